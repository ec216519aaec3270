// org.bluebridge.healthvault - two connectors for platforms of the HealthVault style: a person's
// record, and what arrives in one.
#include "inbox.hpp"
#include "record.hpp"

BB_PLUGINS("org.bluebridge.healthvault", "0.1.0",
           bb::type<bb::healthvault_connector::RecordConnector>("org.bluebridge.healthvault.record",
                                                                "HealthVault record", "BlueBridge", "0.1.0"),
           bb::type<bb::healthvault_connector::InboxConnector>("org.bluebridge.healthvault.inbox", "HealthVault inbox",
                                                               "BlueBridge", "0.1.0"))
