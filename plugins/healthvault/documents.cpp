#include "documents.hpp"

#include <algorithm>
#include <array>

#include <bb/core/text.hpp>

namespace bb::healthvault_connector {
namespace {

constexpr std::string_view xml_media_type = "application/xml";
// Of US Realm Header: without an extension Release 1.1, with "2015-08-01" 2.1.
constexpr std::string_view ccda_template = "2.16.840.1.113883.10.20.22.1.1";

struct FileFormat {
  std::string_view media_type, format;
};
constexpr std::array<FileFormat, 4> file_formats{{{"application/pdf", "pdf"},
                                                  {"text/html", "html"},
                                                  {"text/plain", "blue-button-text"},
                                                  {"application/fhir+json", "fhir-bundle"}}};

std::string format_of_cda(std::string_view document) {
  const auto at = document.find(ccda_template);
  if (at == std::string_view::npos) return "cda";
  // Both may be named; the newer one counts.
  for (auto next = at; next != std::string_view::npos; next = document.find(ccda_template, next + 1)) {
    const auto tag = document.substr(document.rfind('<', next));
    if (tag.substr(0, tag.find('>')).find("extension") != std::string_view::npos) return "ccda-2.1";
  }
  return "ccda-1.1";
}

std::string child_text(std::string_view data, std::string_view name) {
  const auto open = "<" + std::string(name) + ">";
  const auto begin = data.find(open);
  if (begin == std::string_view::npos) return {};
  const auto text = data.substr(begin + open.size());
  return std::string(trim(text.substr(0, text.find('<'))));
}

}  // namespace

std::vector<std::string> document_types() {
  return {std::string(ccd_type), std::string(cda_type), std::string(ccr_type), std::string(file_type)};
}

bool is_document_type(std::string_view type_id) {
  const auto types = document_types();
  return std::any_of(types.begin(), types.end(), [&](const std::string& type) { return iequals(type, type_id); });
}

std::string_view without_common(std::string_view data_xml) {
  const auto data = trim(data_xml);
  if (!data.ends_with("</common>") && !data.ends_with("<common/>")) return data;
  return trim(data.substr(0, data.rfind("<common")));
}

std::optional<Document> document_of(const hv::Thing& thing) {
  if (!is_document_type(thing.type_id) || thing.data.empty()) return std::nullopt;
  const auto data = without_common(thing.data.front().bytes);
  const auto id = thing.key ? thing.key->id : std::string();
  if (iequals(thing.type_id, file_type)) {
    Document file{.format = "file", .media_type = "application/octet-stream", .is_blob = true};
    file.filename = file.title = child_text(data, "name");
    // A codable value: content-type/text.
    const auto kind = data.find("<content-type>");
    if (kind != std::string_view::npos)
      if (auto type = child_text(data.substr(kind), "text"); !type.empty()) file.media_type = to_lower(type);
    for (const auto& known : file_formats)
      if (file.media_type.starts_with(known.media_type)) file.format = known.format;
    return file;
  }
  Document document{.media_type = std::string(xml_media_type), .filename = id + ".xml", .bytes = std::string(data)};
  const bool is_ccr = iequals(thing.type_id, ccr_type);
  document.format = is_ccr ? "ccr" : format_of_cda(data);
  document.title = is_ccr ? "Continuity of Care Record" : child_text(data, "title");
  return document;
}

}  // namespace bb::healthvault_connector
