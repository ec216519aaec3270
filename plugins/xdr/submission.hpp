// plugins/xdr/submission.hpp - what is sent, as a submission with metadata.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/xdr/request.hpp>

namespace bb::xdr_connector {

// What a target says of the sender.
struct Source {
  std::string endpoint;
  std::string from;        // a Direct address
  std::string source_id;   // an OID
  std::string patient_id;  // "ID^^^&OID&ISO" (HL7 v2 CX)
};

struct Content {
  std::string media_type;
  std::string bytes;
};

// Ids follow from `key`: the same key gives the same ones.
xdr::Request submission_of(const Source& source, std::string_view key, std::int64_t now_unix_ns,
                           xdr::MetadataLevel level, const std::vector<std::string>& recipients,
                           const std::vector<Content>& contents);

}  // namespace bb::xdr_connector
