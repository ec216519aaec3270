// bb/xdr/metadata.hpp - what travels with documents sent by XDR: of each document, and
// of the set they are submitted as.
//
// Attributes go by the names that IHE gives them; where each stands in ebRIM is one
// table in metadata.cpp. A coded value is "CODE^DISPLAY^SCHEME".
// Sources: IHE ITI TF-3, 4.2 (metadata); XDR and XDM for Direct Messaging 1.0 (minimal
// metadata); the catalogue's rows DIRECT-XDR-06 and -07.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bb::xdr {

enum class MetadataLevel { minimal, xds };
// "minimal", "XDS".
std::string_view word_of(MetadataLevel level);

using Attributes = std::map<std::string, std::string, std::less<>>;

struct Document {
  std::string id;  // "Document01": names it inside of one request
  Attributes attributes;
  std::string bytes;
};

struct SubmissionSet {
  Attributes attributes;
};

// Ids that follow from a text: the same text gives the same ones. "2.25.NUMBER" (ITU-T
// X.667, 7) and "urn:uuid:..." of one UUID (RFC 9562, 5.5).
std::string oid_of(std::string_view text);
std::string uuid_of(std::string_view text);
// "20260102030405" (TF-3, 4.2.3.1.6), UTC.
std::string dtm_of(std::int64_t unix_ns);
// An address as XTN of HL7 has it (TF-3, 4.2.3.1.4.5).
std::string telecommunication(std::string_view address);
// The value of intendedRecipient for such addresses (TF-3, 4.2.3.3.7), parted by line feeds.
std::string intended_recipients(const std::vector<std::string>& addresses);

// What the level asks for and is not there, as "document Document01: uniqueId" and
// "submission set: sourceId".
std::vector<std::string> missing_metadata(MetadataLevel level, const std::vector<Document>& documents,
                                          const SubmissionSet& set);

}  // namespace bb::xdr
