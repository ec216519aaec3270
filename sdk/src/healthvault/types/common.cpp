#include "common.hpp"

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "numbers.hpp"
#include "xml_view.hpp"

namespace bb::healthvault::types {
namespace {

constexpr std::string_view extension_version = "1";

// Codes and identifiers are for programs; what was done is what a thing says anyhow.
bool is_for_people(const ExtensionField& field) {
  if (field.name == "id" || field.name.starts_with("ids.") || (field.name == "mood" && field.text == "EVN"))
    return false;
  return !field.name.ends_with("code") && !field.name.ends_with("system") && !field.name.ends_with("system_name");
}

std::string in_words(const ExtensionField& field) {
  if (field.name == "mood") return fmt::format("planned ({})", field.text);
  return replace_all(field.name, ".display", "") + ": " + field.text;
}

void read_fields(const xmlNode* extension, CommonSaid& said) {
  for (const auto* node : children(extension, "field")) {
    if (said.fields.size() >= extension_field_count_max) return;
    const auto fact = integer_of(xml::attribute(node, "fact"), 0, 1'000'000);
    said.fields.push_back(
        {fact ? static_cast<std::size_t>(*fact) : 0, std::string(xml::attribute(node, "name")), text_of(node)});
  }
}

}  // namespace

CommonSaid read_common(const xmlNode* common) {
  CommonSaid said;
  if (common == nullptr) return said;
  said.source = text_of(common, "source");
  said.note = text_of(common, "note");
  for (const auto* extension : children(common, "extension")) {
    if (xml::attribute(extension, "source") == extension_source)
      read_fields(extension, said);
    else
      said.unheld.push_back({0, "common/extension", std::string(xml::attribute(extension, "source")),
                             "it is an extension of another application"});
  }
  if (const auto tags = text_of(common, "tags"); !tags.empty())
    said.unheld.push_back({0, "common/tags", tags, "a record has no field for it"});
  for (const auto* related : children(common, "related-thing"))
    said.unheld.push_back({0, "common/related-thing",
                           text_of(related, "thing-id") + text_of(related, "client-thing-id"),
                           "a record has no field for it"});
  return said;
}

std::string write_common(const std::string& source, const std::vector<ExtensionField>& fields) {
  std::string inside;
  if (!source.empty()) inside += text_element("source", source);
  std::vector<std::string> words;
  std::string markup;
  for (const auto& field : fields) {
    if (is_for_people(field)) words.push_back(in_words(field));
    const auto name = escape_markup(field.name);
    markup +=
        fmt::format("<field{} name=\"{}\">{}</field>", field.fact == 0 ? "" : fmt::format(" fact=\"{}\"", field.fact),
                    name, text_markup(field.text));
  }
  if (!words.empty()) inside += text_element("note", "Not held by this type: " + join(words, "; "));
  if (!markup.empty())
    inside +=
        fmt::format("<extension source=\"{}\" ver=\"{}\">{}</extension>", extension_source, extension_version, markup);
  return inside.empty() ? std::string{} : element("common", inside);
}

}  // namespace bb::healthvault::types
