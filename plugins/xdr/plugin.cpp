// org.bluebridge.xdr - documents handed over by web service, as edges of the Direct
// network do (IHE XDR).
#include "sender.hpp"

BB_PLUGINS("org.bluebridge.xdr", "0.1.0",
           bb::type<bb::xdr_connector::XdrSender>("org.bluebridge.xdr.sender", "XDR sender", "BlueBridge", "0.1.0"))
