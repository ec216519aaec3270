// plugins/direct/enclosures.hpp - what the probes of the sender attach: small documents
// of an invented patient, right ones and odd ones that receivers take.
//
// Source: requirements DIRECT-EDGE-07 to -12, DIRECT-XDM-04, -05.
#pragma once

#include <string_view>

#include <bb/records/mime.hpp>

namespace bb::direct_connector {

using MakeEnclosure = records::MimePart (*)();

// "ccda", "xdm" ...; nullptr for another word. docs/reference/direct-connector.md has them.
const MakeEnclosure* find_enclosure(std::string_view name);

}  // namespace bb::direct_connector
