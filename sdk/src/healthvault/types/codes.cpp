#include "codes.hpp"

#include <bb/core/text.hpp>

#include "description.hpp"
#include "fields.hpp"

namespace bb::healthvault::types {
namespace {

const CodeSystem* system_of(const xmlNode* code) {
  const auto family = text_of(code, "family");
  const auto type = text_of(code, "type");
  for (const auto& system : description().systems)
    if (iequals(system.family, family) && (system.type.empty() || iequals(system.type, type))) return &system;
  return nullptr;
}

// What write_coded() writes of a system that the description does not know is read back
// as it was.
records::Code code_of(const xmlNode* node) {
  records::Code code;
  code.code = text_of(node, "value");
  if (const auto* system = system_of(node)) {
    code.system = system->oid;
    code.system_name = system->name;
    return code;
  }
  const auto family = text_of(node, "family");
  const auto type = text_of(node, "type");
  if (is_system(type)) {
    code.system = type;
    code.system_name = family;
  } else {
    code.system_name = family.empty() || type.empty() ? family + type : family + "/" + type;
  }
  return code;
}

records::Code without_words(const Value& code) {
  return {text_at(code, "code"), text_at(code, "system"), text_at(code, "system_name"), {}};
}

std::string coded(std::string_view value, std::string_view family, std::string_view type) {
  auto markup = text_element("value", value);
  if (!family.empty()) markup += text_element("family", family);
  return element("code", markup + text_element("type", type));
}

std::string write_coded(const records::Code& code) {
  for (const auto& system : description().systems)
    if (system.oid == code.system) return coded(code.code, system.family, system.type);
  if (is_system(code.system)) return coded(code.code, code.system_name, code.system);
  const auto slash = code.system_name.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == code.system_name.size())
    return coded(code.code, code.system_name, {});
  return coded(code.code, code.system_name.substr(0, slash), code.system_name.substr(slash + 1));
}

}  // namespace

bool is_system(std::string_view system) {
  return system.find(':') != std::string_view::npos ||
         (system.find('.') != std::string_view::npos &&
          system.find_first_not_of("0123456789.") == std::string_view::npos);
}

std::optional<Value> read_codable(const xmlNode* node, Marks& marks) {
  const auto* words = child(node, "text");
  const auto codes = children(node, "code");
  const xmlNode* chosen = nullptr;
  for (const auto* one : codes)
    if (chosen == nullptr || (system_of(chosen) == nullptr && system_of(one) != nullptr)) chosen = one;
  auto code = chosen == nullptr ? records::Code{} : code_of(chosen);
  const auto said = words == nullptr ? std::string{} : text_of(words);
  if (said.empty() && code.code.empty()) return std::nullopt;
  if (said != records::in_words(code)) code.display = said;
  if (words != nullptr) marks.insert(words);
  if (chosen != nullptr) marks.insert(chosen);
  return Value::object(
      {{"code", code.code}, {"system", code.system}, {"system_name", code.system_name}, {"display", code.display}});
}

std::optional<std::string> read_words(const xmlNode* node, Marks& marks) {
  if (const auto* words = child(node, "text"); words != nullptr && !text_of(words).empty()) {
    marks.insert(words);
    return text_of(words);
  }
  return read_code(node, {}, marks);
}

std::optional<std::string> read_code(const xmlNode* node, std::string_view vocabulary, Marks& marks) {
  for (const auto* code : children(node, "code")) {
    const auto value = text_of(code, "value");
    if (value.empty() || (!vocabulary.empty() && text_of(code, "type") != vocabulary)) continue;
    marks.insert(code);
    if (const auto* words = child(node, "text")) marks.insert(words);
    return value;
  }
  return std::nullopt;
}

std::string write_codable(const Value& code) {
  auto read_back = without_words(code);
  if (read_back.code.empty()) return write_words(text_at(code, "display"));
  for (const auto& system : description().systems)
    if (system.oid == read_back.system) read_back.system_name = system.name;
  const auto display = text_at(code, "display");
  return text_element("text", display.empty() ? records::in_words(read_back) : display) +
         write_coded(without_words(code));
}

std::string write_words(std::string_view words) { return words.empty() ? std::string{} : text_element("text", words); }

std::string write_words(std::string_view words, std::string_view code, std::string_view vocabulary) {
  const auto slash = vocabulary.find('/');
  return write_words(words) + coded(code, vocabulary.substr(0, slash), vocabulary.substr(slash + 1));
}

}  // namespace bb::healthvault::types
