// org.bluebridge.attended - a portal without an API: a person does what is asked for, the harness judges what comes
// out.
#include "attended_portal.hpp"

BB_PLUGINS("org.bluebridge.attended", "0.1.0",
           bb::type<bb::attended::AttendedPortal>("org.bluebridge.attended.portal", "Portal, attended by a person",
                                                  "BlueBridge", "0.1.0"))
