// org.bluebridge.tls - how a host protects what it says.
#include "tls/tls_host.hpp"

BB_PLUGINS("org.bluebridge.tls", "0.1.0",
           bb::type<bb::tls::TlsHost>("org.bluebridge.tls.host", "TLS of a host", "BlueBridge", "0.1.0"))
