// org.bluebridge.direct - Direct, secure health transport: a mailbox that opens and
// answers, and a sender.
#include "inbox.hpp"
#include "sender.hpp"

BB_PLUGINS("org.bluebridge.direct", "0.1.0",
           bb::type<bb::direct_connector::DirectInbox>("org.bluebridge.direct.inbox", "Direct inbox", "BlueBridge",
                                                       "0.1.0"),
           bb::type<bb::direct_connector::DirectSender>("org.bluebridge.direct.sender", "Direct sender", "BlueBridge",
                                                        "0.1.0"))
