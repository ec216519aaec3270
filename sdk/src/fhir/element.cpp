#include <bb/core/bytes.hpp>
#include <bb/fhir/element.hpp>

#include <algorithm>

#include <bb/xml/markup.hpp>

namespace bb::fhir {
namespace {

constexpr std::size_t root_bytes_max = 4096;  // within which the root of XML says what it is

std::string_view without_mark(std::string_view bytes) {
  bytes = without_utf8_mark(bytes);
  const auto begin = bytes.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : bytes.substr(begin);
}

bool is_xml(std::string_view bytes) { return xml::is_wide(bytes) || without_mark(bytes).starts_with('<'); }

// The root's start tag.
std::string_view root_tag(std::string_view text) {
  for (auto at = text.find('<'); at < text.size(); at = text.find('<', at)) {
    const auto length = xml::opaque_length(text.substr(at));
    if (length == 0) return text.substr(at, text.find('>', at) - at);
    at += length;
  }
  return {};
}

bool has_fhir_root(std::string_view bytes) {
  const auto begin = bytes.substr(0, root_bytes_max);
  const auto narrow = xml::is_wide(bytes) ? xml::narrowed(begin) : std::string(begin);
  const auto tag = root_tag(narrow);
  for (const char quote : {'"', '\''})
    if (tag.find(quote + std::string(xml_namespace) + quote) != std::string_view::npos) return true;
  return false;
}

// Whether the braces that a line opens are closed in it. What is in strings does
// not count.
bool is_whole_object(std::string_view line) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (is_in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      is_in_string = !is_in_string;
    } else if (!is_in_string && (c == '{' || c == '}')) {
      depth += c == '{' ? 1 : -1;
    }
  }
  return depth == 0 && !is_in_string;
}

}  // namespace

const Element* Element::find(std::string_view child) const {
  const auto found = std::find_if(children.begin(), children.end(), [&](const Element& e) { return e.name == child; });
  return found == children.end() ? nullptr : &*found;
}

std::vector<const Element*> Element::children_of(std::string_view child) const {
  std::vector<const Element*> found;
  for (const auto& element : children)
    if (element.name == child) found.push_back(&element);
  return found;
}

std::string_view Element::value_of(std::string_view child) const {
  const auto* found = find(child);
  return found == nullptr ? std::string_view() : std::string_view(found->value);
}

Reading read(std::string_view bytes) { return is_xml(bytes) ? read_xml(bytes) : read_json(bytes); }

bool looks_like_fhir(std::string_view bytes) {
  if (is_xml(bytes)) return has_fhir_root(bytes);
  return without_mark(bytes).starts_with('{') && bytes.find("\"resourceType\"") != std::string_view::npos;
}

bool looks_like_ndjson(std::string_view bytes) {
  if (is_xml(bytes) || !looks_like_fhir(bytes)) return false;
  const auto text = without_mark(bytes);
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return false;
  return without_mark(text.substr(end)).starts_with('{') && is_whole_object(text.substr(0, end));
}

}  // namespace bb::fhir
