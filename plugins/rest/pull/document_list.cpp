#include "pull/document_list.hpp"

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/value.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::rest::pull {
namespace {

Error wrong(const std::string& why) { return Error{"the list of documents: " + why}; }

std::string too_many() { return "expected at most " + std::to_string(list_entries_max) + " entries"; }

Status check_size(std::string_view bytes) {
  if (bytes.size() <= list_bytes_max) return {};
  return wrong("expected at most " + std::to_string(list_bytes_max) + " bytes");
}

Status check_texts(const ListedDocument& document) {
  for (const auto* text : {&document.title, &document.location, &document.format, &document.media_type, &document.type,
                           &document.start, &document.end})
    if (text->size() > entry_text_bytes_max)
      return wrong("expected texts of at most " + std::to_string(entry_text_bytes_max) + " bytes");
  return {};
}

// A text, or the code of a CodeableConcept.
std::string text_in(const Value& value) {
  if (const auto* const text = value.string()) return *text;
  if (const auto code = value["coding"][0]["code"].string_or(""); !code.empty()) return code;
  return value["text"].string_or("");
}

// Elements by their local names: drafts differ in the namespaces that they show.
const xmlNode* child(const xmlNode* parent, std::string_view name) {
  if (parent == nullptr) return nullptr;
  for (const xmlNode* node = parent->children; node != nullptr; node = node->next)
    if (node->type == XML_ELEMENT_NODE && xml::name_of(node) == name) return node;
  return nullptr;
}

std::string text_of(const xmlNode* element) {
  if (element == nullptr) return {};
  if (const auto value = xml::attribute(element, "value"); !value.empty()) return std::string(value);
  if (const auto* const coding = child(element, "coding")) return text_of(child(coding, "code"));
  std::string text;
  for (const xmlNode* node = element->children; node != nullptr; node = node->next)
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) text += xml::view(node->content);
  return std::string(trim(text));
}

ListedDocument document_of(const xmlNode* entry) {
  const auto* reference = child(child(entry, "content"), "DocumentReference");
  if (reference == nullptr) reference = entry;
  const auto* period = child(reference, "period");
  if (period == nullptr) period = child(child(reference, "context"), "period");
  return {.title = text_of(child(entry, "title")),
          .location = text_of(child(reference, "location")),
          .format = text_of(child(reference, "format")),
          .media_type = text_of(child(reference, "mimeType")),
          .type = text_of(child(reference, "type")),
          .start = text_of(child(period, "start")),
          .end = text_of(child(period, "end"))};
}

}  // namespace

Result<std::vector<ListedDocument>> read_bundle(std::string_view json) {
  BB_CHECK(check_size(json));
  const auto parsed = parse_json(json);
  if (!parsed) return wrong("the answer is no JSON: " + parsed.error().what);
  const auto* const entry = parsed->find("entry");
  const bool is_bundle = (*parsed)["resourceType"].string_or("") == "Bundle";
  // A bundle without entries may leave the member out.
  if (!is_bundle && entry == nullptr) return wrong("expected a Bundle, got another object or none");
  std::vector<ListedDocument> documents;
  if (entry == nullptr) return documents;
  if (!entry->is_array()) return wrong("expected 'entry' to be an array, got " + std::string(entry->kind()));
  if (entry->size() > list_entries_max) return wrong(too_many());
  for (const auto& item : *entry->items()) {
    if (!item.is_object()) return wrong("expected entries to be objects, got " + std::string(item.kind()));
    const auto& reference = item["content"].is_object()    ? item["content"]
                            : item["resource"].is_object() ? item["resource"]
                                                           : item;
    const auto& period = reference["period"].is_object() ? reference["period"] : reference["context"]["period"];
    ListedDocument document{.title = item["title"].string_or(""),
                            .location = text_in(reference["location"]),
                            .format = text_in(reference["format"]),
                            .media_type = text_in(reference["mimeType"]),
                            .type = text_in(reference["type"]),
                            .start = period["start"].string_or(""),
                            .end = period["end"].string_or("")};
    BB_CHECK(check_texts(document));
    documents.push_back(std::move(document));
  }
  return documents;
}

Result<std::vector<ListedDocument>> read_atom(std::string_view bytes) {
  BB_CHECK(check_size(bytes));
  auto read = xml::read(bytes);
  if (const auto* const problem = std::get_if<xml::Problem>(&read))
    return wrong("the answer is no XML: " + xml::describe(*problem));
  const auto* const root = std::get<xml::Document>(read).root();
  if (xml::name_of(root) != "feed") return wrong("expected an Atom feed, got another element");
  std::vector<ListedDocument> documents;
  for (const xmlNode* node = root->children; node != nullptr; node = node->next) {
    if (node->type != XML_ELEMENT_NODE || xml::name_of(node) != "entry") continue;
    if (documents.size() == list_entries_max) return wrong(too_many());
    auto document = document_of(node);
    BB_CHECK(check_texts(document));
    documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace bb::rest::pull
