#include <bb/xdr/metadata.hpp>

#include <array>
#include <span>

namespace bb::xdr {
namespace {

// "XDR and XDM for Direct Messaging": what minimal metadata cannot do without.
constexpr std::array<std::string_view, 2> document_minimal{"mimeType", "uniqueId"};
constexpr std::array<std::string_view, 5> set_minimal{"sourceId", "submissionTime", "uniqueId",
                                                      "authorTelecommunication", "intendedRecipient"};
// What IHE asks a document source for.
constexpr std::array<std::string_view, 12> document_xds{
    "classCode", "confidentialityCode", "creationTime", "formatCode",      "languageCode", "healthcareFacilityTypeCode",
    "patientId", "practiceSettingCode", "typeCode",     "sourcePatientId", "uniqueId",     "mimeType"};
constexpr std::array<std::string_view, 5> set_xds{"contentTypeCode", "patientId", "sourceId", "submissionTime",
                                                  "uniqueId"};

void add_missing(const std::string& of, std::span<const std::string_view> wanted, const Attributes& there,
                 std::vector<std::string>& missing) {
  for (const auto name : wanted) {
    const auto found = there.find(name);
    if (found == there.end() || found->second.empty()) missing.push_back(of + ": " + std::string(name));
  }
}

}  // namespace

std::string_view word_of(MetadataLevel level) { return level == MetadataLevel::minimal ? "minimal" : "XDS"; }

std::vector<std::string> missing_metadata(MetadataLevel level, const std::vector<Document>& documents,
                                          const SubmissionSet& set) {
  const bool is_minimal = level == MetadataLevel::minimal;
  std::vector<std::string> missing;
  for (const auto& document : documents)
    add_missing("document " + document.id,
                is_minimal ? std::span<const std::string_view>(document_minimal) : document_xds, document.attributes,
                missing);
  add_missing("submission set", is_minimal ? std::span<const std::string_view>(set_minimal) : set_xds, set.attributes,
              missing);
  return missing;
}

}  // namespace bb::xdr
