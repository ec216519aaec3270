#include "portal/editions.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <bb/core/text.hpp>

namespace bb::portal {
namespace {

constexpr std::string_view component_open = "<component", component_close = "</component>";
constexpr std::string_view companion_guide_4_1 = "extension=\"2023-05-01\"";

const std::vector<std::string>& added_after_v1() {
  static const std::vector<std::string> codes{"47420-5", "10190-7", "48768-6", "42349-1"};
  return codes;
}

bool is_one_of(const std::string& code, const std::vector<std::string>& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// The end of the component that begins at `begin`; npos where the text ends before.
std::size_t end_of_component(const std::string& ccda, std::size_t begin) {
  std::size_t depth = 0;
  for (auto at = begin; at != std::string::npos;) {
    const auto open = ccda.find(component_open, at), close = ccda.find(component_close, at);
    if (close == std::string::npos) return close;
    if (open < close) {
      ++depth;
      at = open + component_open.size();
    } else {
      at = close + component_close.size();
      if (--depth == 0) return at;
    }
  }
  return std::string::npos;
}

// The code of the first section in this text.
std::string section_code(std::string_view component) {
  constexpr std::string_view element = "<code ", attribute = " code=\"";
  const auto begin = component.find(element, component.find("<section"));
  if (begin == std::string_view::npos) return {};
  const auto value = component.find(attribute, begin);
  if (value == std::string_view::npos || value > component.find('>', begin)) return {};
  const auto first = value + attribute.size();
  return std::string(component.substr(first, component.find('"', first) - first));
}

// Without the templateIds of which `is_unwanted(tag)`.
template <class Unwanted>
std::string without_templates(std::string ccda, Unwanted is_unwanted) {
  for (auto at = ccda.find("<templateId"); at != std::string::npos; at = ccda.find("<templateId", at)) {
    const auto end = ccda.find('>', at);
    if (end == std::string::npos) break;
    if (is_unwanted(std::string_view(ccda).substr(at, end - at)))
      ccda.erase(at, end + 1 - at);
    else
      at = end;
  }
  return ccda;
}

}  // namespace

std::string without_sections(std::string ccda, const std::vector<std::string>& loinc_codes) {
  constexpr std::string_view body = "<structuredBody>";
  const auto start = ccda.find(body);
  if (start == std::string::npos) return ccda;
  for (auto at = ccda.find(component_open, start + body.size()); at != std::string::npos;
       at = ccda.find(component_open, at)) {
    const auto end = end_of_component(ccda, at);
    if (end == std::string::npos) break;
    if (is_one_of(section_code(std::string_view(ccda).substr(at, end - at)), loinc_codes))
      ccda.erase(at, end - at);
    else
      at = end;
  }
  return ccda;
}

std::string with_additions(std::string ccda, const std::vector<std::string>& lines) {
  const auto end = ccda.rfind("</structuredBody>");
  if (end == std::string::npos || lines.empty()) return ccda;
  std::string section =
      "<component><section><code code=\"48767-8\" codeSystem=\"2.16.840.1.113883.6.1\" codeSystemName=\"LOINC\" "
      "displayName=\"Annotation comment\"/><title>Since this document</title><text>";
  for (const auto& line : lines) section += "<paragraph>" + escape_markup(line) + "</paragraph>";
  return ccda.insert(end, section + "</text></section></component>");
}

records::Record in_uscdi_v1(records::Record record) {
  record.functional_status.clear();
  record.coverages.clear();
  std::erase_if(record.sections,
                [](const records::Section& section) { return is_one_of(section.code.code, added_after_v1()); });
  return record;
}

std::string in_uscdi_v1(std::string ccda) {
  return without_templates(without_sections(std::move(ccda), added_after_v1()), [](std::string_view tag) {
    return tag.find(companion_guide_4_1) != std::string_view::npos;
  });
}

std::string as_release_1_1(std::string ccda) {
  // Templates of R1.1 have no extension. One that a later release added is named without its own.
  constexpr std::string_view element = "<templateId", attribute = " extension=\"";
  std::string before;  // the tag ahead of this one, where it is a templateId too
  std::size_t end_before = 0;
  for (auto at = ccda.find(element); at != std::string::npos; at = ccda.find(element, at)) {
    const auto end = ccda.find('>', at);
    if (end == std::string::npos) break;
    auto tag = ccda.substr(at, end + 1 - at);
    if (const auto begin = tag.find(attribute); begin != std::string::npos)
      tag.erase(begin, tag.find('"', begin + attribute.size()) + 1 - begin);
    const bool is_named = tag == before && ccda.find_first_not_of(" \n\r\t", end_before) == at;
    ccda.replace(at, end + 1 - at, is_named ? std::string() : tag);
    if (is_named) continue;
    before = tag;
    at = end_before = at + tag.size();
  }
  return ccda;
}

}  // namespace bb::portal
