#include <libxml/tree.h>

#include <algorithm>
#include <new>
#include <variant>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/healthvault/thing_types.hpp>
#include <bb/xml/markup.hpp>

#include "codes.hpp"
#include "content.hpp"
#include "description.hpp"
#include "xml_view.hpp"

namespace bb::healthvault {
namespace types {
namespace {

constexpr std::string_view ccd_id = "9c48a2b8-952c-4f5a-935d-f3292326bf54";
constexpr std::string_view cda_id = "1ed1cba6-9530-44a3-b7b5-e8219690ebcf";
constexpr std::string_view ccr_id = "1e1ccbfc-a55d-4d91-8940-fa2fbf73c195";
constexpr std::string_view file_id = "bd0403c5-4ae2-4b0e-a8db-1888678e4528";
constexpr std::size_t file_name_length_max = 255;  // file.xsd: string255

// Whether a CDA document is a summary of the kind that the type CCD is for, by its templates: CCD 1.0,
// C32, and whatever C-CDA has a header template for, which is all of it.
bool is_ccd(const xmlNode* document) {
  constexpr std::string_view ccd_1 = "2.16.840.1.113883.10.20.1";
  constexpr std::string_view ccda_header = "2.16.840.1.113883.10.20.22.1.";
  constexpr std::string_view c32 = "2.16.840.1.113883.3.88.11.32.1";
  for (const auto* one : children(document, "templateId")) {
    const auto root = xml::attribute(one, "root");
    if (root == ccd_1 || root == c32 || root.starts_with(ccda_header)) return true;
  }
  return false;
}

std::string_view document_type(const Content& content) {
  if (xml::is_element(content.element(), "urn:hl7-org:v3", "ClinicalDocument"))
    return is_ccd(content.element()) ? ccd_id : cda_id;
  return xml::is_element(content.element(), "urn:astm-org:CCR", "ContinuityOfCareRecord") ? ccr_id : std::string_view{};
}

// The encoding that an XML declaration names, in lower case; empty where there is none.
std::string declared_encoding(std::string_view bytes) {
  if (!bytes.starts_with("<?xml")) return {};
  const auto declaration = bytes.substr(0, bytes.find("?>"));
  const auto at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  const auto begin = declaration.find_first_of("\"'", at);
  if (begin == std::string_view::npos) return {};
  return to_lower(declaration.substr(begin + 1, declaration.find(declaration[begin], begin + 1) - begin - 1));
}

// A document of another encoding as UTF-8, the same to whom reads it as XML; any other bytes as they are.
std::string as_utf8(std::string_view bytes) {
  const auto encoding = declared_encoding(bytes);
  if (!xml::is_wide(bytes) && (encoding.empty() || encoding == "utf-8" || encoding == "us-ascii"))
    return std::string(bytes);
  auto parsed = xml::read(bytes);
  if (!std::holds_alternative<xml::Document>(parsed)) return std::string(bytes);
  xmlChar* text = nullptr;
  int size = 0;
  xmlDocDumpMemoryEnc(std::get<xml::Document>(parsed).get(), &text, &size, "UTF-8");
  if (text == nullptr) throw std::bad_alloc();
  std::string utf8(xml::view(text));
  xmlFree(text);
  return utf8;
}

}  // namespace
}  // namespace types

Result<DocumentThing> document_thing(std::string_view bytes, std::string_view file_name, std::string_view media_type) {
  using namespace types;
  if (bytes.empty()) return Error{"the document is empty; expected at least one byte"};
  const auto utf8 = as_utf8(bytes);
  if (const auto content = Content::read(utf8); content && content->common() == nullptr)
    if (const auto id = document_type(*content); !id.empty())
      // Nothing stands before the root of a CCR (HV-TYPE-03); the same is done to every document.
      return DocumentThing{{std::string(id), std::string(content->element_bytes())}, false};
  const auto length = static_cast<std::size_t>(
      std::count_if(file_name.begin(), file_name.end(), [](char c) { return !is_continuation(c); }));
  if (length == 0 || length > file_name_length_max)
    return Error{fmt::format("the name of the file has {} characters, expected 1 to {}", length, file_name_length_max)};
  auto inside = text_element("name", file_name) + text_element("size", std::to_string(bytes.size()));
  if (!media_type.empty()) inside += element("content-type", write_words(media_type));
  return DocumentThing{{std::string(file_id), element("file", inside)}, true};
}

}  // namespace bb::healthvault
