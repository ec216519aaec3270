// org.bluebridge.mail - plain mail, without S/MIME: a mailbox to read and a server to
// send by.
#include "edge.hpp"
#include "inbox.hpp"
#include "transmit.hpp"

BB_PLUGINS("org.bluebridge.mail", "0.1.0",
           bb::type<bb::mail::MailEdge>("org.bluebridge.mail.edge", "Mail server probe", "BlueBridge", "0.1.0"),
           bb::type<bb::mail::MailInbox>("org.bluebridge.mail.inbox", "Mail inbox", "BlueBridge", "0.1.0"),
           bb::type<bb::mail::MailTransmit>("org.bluebridge.mail.transmit", "Mail sender", "BlueBridge", "0.1.0"))
