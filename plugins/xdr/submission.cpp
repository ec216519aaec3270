#include "submission.hpp"

#include <fmt/format.h>

#include <bb/core/crypto.hpp>

namespace bb::xdr_connector {
namespace {

void add_xds(xdr::Attributes& document, const Source& source, const std::string& time) {
  document.insert({{"creationTime", time},
                   {"languageCode", "en-US"},
                   {"sourcePatientId", source.patient_id},
                   {"patientId", source.patient_id},
                   {"classCode", "34133-9^Summarization of Episode Note^2.16.840.1.113883.6.1"},
                   {"typeCode", "34133-9^Summarization of Episode Note^2.16.840.1.113883.6.1"},
                   {"confidentialityCode", "N^Normal^2.16.840.1.113883.5.25"},
                   {"formatCode", "urn:hl7-org:sdwg:ccda-structuredBody:2.1^C-CDA 2.1^1.3.6.1.4.1.19376.1.2.3"},
                   {"healthcareFacilityTypeCode", "35971002^Ambulatory care site^2.16.840.1.113883.6.96"},
                   {"practiceSettingCode", "394802001^General medicine^2.16.840.1.113883.6.96"}});
}

}  // namespace

xdr::Request submission_of(const Source& source, std::string_view key, std::int64_t now_unix_ns,
                           xdr::MetadataLevel level, const std::vector<std::string>& recipients,
                           const std::vector<Content>& contents) {
  const std::string id(key);
  const auto time = xdr::dtm_of(now_unix_ns);
  xdr::Request request;
  request.message_id = xdr::uuid_of("message " + id);
  request.endpoint = source.endpoint;
  request.from = source.from;
  request.to = recipients;
  request.level = level;
  request.set.attributes = {{"sourceId", source.source_id},
                            {"submissionTime", time},
                            {"uniqueId", xdr::oid_of("set " + id)},
                            {"authorTelecommunication", xdr::telecommunication(source.from)},
                            {"intendedRecipient", xdr::intended_recipients(recipients)}};
  if (level == xdr::MetadataLevel::xds) {
    request.set.attributes.insert({{"patientId", source.patient_id},
                                   {"contentTypeCode", "34133-9^Summarization of Episode Note^2.16.840.1.113883.6.1"}});
  }
  for (const auto& content : contents) {
    xdr::Document document;
    document.id = fmt::format("Document{:02}", request.documents.size() + 1);
    document.bytes = content.bytes;
    document.attributes = {{"mimeType", content.media_type},
                           {"uniqueId", xdr::oid_of(document.id + " " + id)},
                           {"hash", sha1_hex(content.bytes)},
                           {"size", std::to_string(content.bytes.size())}};
    if (level == xdr::MetadataLevel::xds) add_xds(document.attributes, source, time);
    request.documents.push_back(std::move(document));
  }
  return request;
}

}  // namespace bb::xdr_connector
