#include <bb/xdr/metadata.hpp>

#include <algorithm>
#include <array>
#include <span>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

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

constexpr std::size_t uuid_bytes = 16;

// A UUID of a name, version 5.
std::array<unsigned, uuid_bytes> uuid_bits(std::string_view text) {
  const auto digest = sha1_hex("bluebridge\n" + std::string(text));
  std::array<unsigned, uuid_bytes> uuid{};
  for (std::size_t i = 0; i < uuid.size(); ++i)
    uuid[i] = static_cast<unsigned>(std::stoul(digest.substr(2 * i, 2), nullptr, 16));
  uuid[6] = (uuid[6] & 0x0f) | 0x50;
  uuid[8] = (uuid[8] & 0x3f) | 0x80;
  return uuid;
}

void add_missing(const std::string& of, std::span<const std::string_view> wanted, const Attributes& there,
                 std::vector<std::string>& missing) {
  for (const auto name : wanted) {
    const auto found = there.find(name);
    if (found == there.end() || found->second.empty()) missing.push_back(of + ": " + std::string(name));
  }
}

}  // namespace

std::string_view word_of(MetadataLevel level) { return level == MetadataLevel::minimal ? "minimal" : "XDS"; }

std::string oid_of(std::string_view text) {
  auto uuid = uuid_bits(text);
  std::string decimal;
  while (std::any_of(uuid.begin(), uuid.end(), [](unsigned byte) { return byte != 0; })) {
    unsigned rest = 0;
    for (auto& byte : uuid) {
      const auto number = rest << 8 | byte;
      byte = number / 10;
      rest = number % 10;
    }
    decimal += static_cast<char>('0' + rest);
  }
  std::reverse(decimal.begin(), decimal.end());
  return "2.25." + decimal;
}

std::string uuid_of(std::string_view text) {
  std::string bytes;
  for (const auto byte : uuid_bits(text)) bytes += static_cast<char>(static_cast<unsigned char>(byte));
  const auto hex = to_hex(bytes);
  return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) +
         "-" + hex.substr(20);
}

std::string dtm_of(std::int64_t unix_ns) {
  std::string digits;
  for (const char c : format_utc(unix_ns).substr(0, 19))
    if (c >= '0' && c <= '9') digits += c;
  return digits;
}

std::string telecommunication(std::string_view address) { return "^^Internet^" + std::string(address); }

std::string intended_recipients(const std::vector<std::string>& addresses) {
  std::vector<std::string> values;
  for (const auto& address : addresses) values.push_back("||" + telecommunication(address));
  return join(values, "\n");
}

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
