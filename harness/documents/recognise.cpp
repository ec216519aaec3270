#include "harness/documents/recognise.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>
#include <bb/xml/markup.hpp>

#include "harness/documents/nodes.hpp"

namespace bb::documents {
namespace {

struct TemplateId {
  std::string root;
  std::string extension;
  bool operator==(const TemplateId&) const = default;
};

std::vector<TemplateId> templates_of(const xmlNode* element) {
  std::vector<TemplateId> templates;
  for (const xmlNode* child = element->children; child != nullptr; child = child->next)
    if (is_cda(child, "templateId"))
      templates.push_back(
          {std::string(trim(attribute(child, "root"))), std::string(trim(attribute(child, "extension")))});
  return templates;
}

bool has_child(const xmlNode* element, std::string_view name) {
  for (const xmlNode* child = element->children; child != nullptr; child = child->next)
    if (is_cda(child, name)) return true;
  return false;
}

// A body that is not XML: its content is for people alone.
bool is_unstructured(const xmlNode* root) {
  for (const xmlNode* child = root->children; child != nullptr; child = child->next)
    if (is_cda(child, "component") && has_child(child, "nonXMLBody")) return true;
  return false;
}

fhir::Release read_release(const Value& row) {
  fhir::Release release{row["title"].string_or(""), row["version"].string_or(""), strings_of(row["profiles"]), {}, {}};
  for (auto& type : strings_of(row["types"])) release.types.insert(std::move(type));
  if (const auto* members = row["elements"].members())
    for (const auto& [type, names] : *members)
      for (auto& name : strings_of(names)) release.elements[type].insert(std::move(name));
  return release;
}

constexpr std::string_view pem_begin = "-----BEGIN ";  // RFC 7468, 3

// X.690, 8.1: a SEQUENCE whose length stands in one to four bytes, or is not given.
bool is_der_sequence(std::string_view bytes) {
  const auto length = bytes.size() > 2 ? static_cast<unsigned char>(bytes[1]) : 0u;
  return length >= 0x80u && length <= 0x84u && bytes[0] == '\x30';
}

}  // namespace

Result<Formats> Formats::read(const std::filesystem::path& file) {
  BB_TRY(const auto table, read_yaml(file));
  if (table["format"].string_or("") != "bluebridge-document-formats/1" || !table["formats"].is_object() ||
      !table["document_types"].is_object() || !table["other_kinds"].is_object())
    return Error{
        fmt::format("{}: expected format 'bluebridge-document-formats/1' with the maps 'formats', 'document_types' and "
                    "'other_kinds'",
                    file.string())};
  Formats formats;
  for (const auto& [id, entry] : *table["formats"].members()) {
    Entry one{id, entry["title"].string_or(""),    entry["header"].string_or(""), entry["extension"].string_or(""),
              {}, entry["builds_on"].string_or("")};
    if (const auto* templates = entry["templates"].items())
      for (const auto& root : *templates) one.templates.push_back(root.string_or(""));
    formats.formats_.push_back(std::move(one));
  }
  for (const auto& [id, type] : *table["document_types"].members())
    formats.types_.push_back({id, type["title"].string_or(""), type["template"].string_or("")});
  for (const auto& [id, kind] : *table["other_kinds"].members())
    formats.other_kinds_.push_back({id, kind["title"].string_or("")});
  if (const auto* releases = table["fhir_releases"].members())
    for (const auto& [id, release] : *releases) formats.fhir_releases_.push_back(read_release(release));
  return formats;
}

Recognition Formats::recognition_of(std::string_view kind) const {
  const auto known =
      std::find_if(other_kinds_.begin(), other_kinds_.end(), [&](const OtherKind& other) { return other.id == kind; });
  const auto title = known == other_kinds_.end() ? std::string(kind) : known->title;
  return {std::string(kind), title, "", "", {title}};
}

Recognition Formats::recognise(const xml::Document& document) const {
  const auto* root = document.root();
  if (is_element(root, "urn:astm-org:CCR", "ContinuityOfCareRecord"))
    return {"ccr", "ASTM Continuity of Care Record", "", "", {"ASTM Continuity of Care Record"}};
  if (!is_cda(root, "ClinicalDocument"))
    return {
        "xml", fmt::format("XML, no clinical document (root element '{}')", shorten(name_of(root), 60)), "", "", {}};

  const auto templates = templates_of(root);
  const auto has_root = [&](std::string_view wanted) {
    return std::any_of(templates.begin(), templates.end(), [&](const auto& id) { return id.root == wanted; });
  };
  Recognition recognition;
  std::vector<std::string_view> roots;  // of the header and of each document type
  for (const auto& type : types_) {
    roots.push_back(type.root);
    if (recognition.document_type.empty() && has_root(type.root)) {
      recognition.document_type = type.id;
      recognition.document_title = type.title;
    }
  }
  for (const auto& format : formats_) {
    const auto is_claimed =
        format.header.empty()
            ? std::any_of(format.templates.begin(), format.templates.end(), has_root)
            : std::any_of(templates.begin(), templates.end(), [&](const TemplateId& id) {
                return id.extension == format.extension &&
                       (id.root == format.header || std::find(roots.begin(), roots.end(), id.root) != roots.end());
              });
    if (!is_claimed) continue;
    recognition.claims.push_back(format.title);
    if (recognition.format.empty()) {
      recognition.format = format.id;
      recognition.title = format.title;
    }
  }
  if (recognition.format.empty() && is_unstructured(root)) {
    recognition.format = "c62";
    recognition.title = "unstructured CDA document";
  }
  if (recognition.format.empty()) {
    recognition.format = "cda";
    recognition.title = "CDA R2 document of no known template";
  }
  return recognition;
}

Recognition Formats::recognise_other(std::string_view bytes) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> beginnings{{
      {"{\\rtf", "RTF"},
      {"\x89PNG", "PNG image"},
      {"\xFF\xD8\xFF", "JPEG image"},
  }};
  for (const auto& [beginning, title] : beginnings)
    if (bytes.starts_with(beginning)) return {"unknown", std::string(title), "", "", {}};
  if (xml::is_utf32(bytes)) return {"unknown", "text in UTF-32", "", "", {}};
  if (bytes.size() > 132 && bytes.substr(128, 4) == "DICM") return {"unknown", "DICOM image", "", "", {}};
  const auto text = trim(without_utf8_mark(bytes).substr(0, 4096));
  if (text.starts_with('{') || text.starts_with('[')) return {"unknown", "JSON", "", "", {}};
  if (to_lower(text.substr(0, 512)).find("<clinicaldocument") != std::string::npos)
    return {"unknown", "damaged CDA document", "", "", {}};
  if (text.starts_with('<')) return {"unknown", "damaged XML", "", "", {}};
  if (text.starts_with(pem_begin)) {
    const auto label =
        text.substr(pem_begin.size(), text.substr(0, 80).find("-----", pem_begin.size()) - pem_begin.size());
    return {"unknown", fmt::format("PEM of '{}' that is no certificate and no CMS", shorten(label, 40)), "", "", {}};
  }
  if (is_der_sequence(bytes)) return {"unknown", "DER that is no whole certificate and no whole CMS", "", "", {}};
  if (bytes.empty()) return {"unknown", "empty file", "", "", {}};
  return {"unknown", is_utf8(text) && text.find('\0') == std::string_view::npos ? "text" : "binary data", "", "", {}};
}

bool Formats::has(std::string_view format) const {
  const auto known = ids();
  return std::find(known.begin(), known.end(), format) != known.end();
}

bool Formats::has_type(std::string_view type) const {
  return std::any_of(types_.begin(), types_.end(), [&](const Type& known) { return known.id == type; });
}

std::vector<std::string> Formats::type_ids() const {
  std::vector<std::string> ids;
  for (const auto& type : types_) ids.push_back(type.id);
  return ids;
}

std::vector<std::string> Formats::releases() const {
  std::vector<std::string> extensions;
  for (const auto& format : formats_)
    if (!format.extension.empty()) extensions.push_back(format.extension);
  return extensions;
}

bool Formats::is_known_release(std::string_view root, std::string_view extension) const {
  const bool is_ours =
      std::any_of(formats_.begin(), formats_.end(), [&](const Entry& e) { return e.header == root; }) ||
      std::any_of(types_.begin(), types_.end(), [&](const Type& type) { return type.root == root; });
  const auto known = releases();
  return !is_ours || extension.empty() || std::find(known.begin(), known.end(), extension) != known.end();
}

bool Formats::is_one_of(std::string_view format, std::string_view wanted) const {
  return format == wanted || std::any_of(formats_.begin(), formats_.end(), [&](const Entry& known) {
           return known.id == format && known.builds_on == wanted;
         });
}

std::vector<std::string> Formats::ids() const {
  std::vector<std::string> ids;
  for (const auto& format : formats_) ids.push_back(format.id);
  ids.insert(ids.end(), {"ccr", "cda"});
  for (const auto& kind : other_kinds_) ids.push_back(kind.id);
  return ids;
}

}  // namespace bb::documents
