#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "harness/fhir/walk.hpp"

namespace bb::fhir {
namespace {

constexpr std::size_t quoted_bytes_max = 80;

std::string plain(const Value& value) { return value.is_string() ? *value.string() : to_json(value); }

// What a coded element says, for a sentence.
std::string codes_of(const Element& element, std::string_view type) {
  if (type == "CodeableConcept") {
    std::vector<std::string> words;
    for (const auto* coding : element.children_of("coding")) words.push_back(codes_of(*coding, "Coding"));
    return words.empty() ? "no code" : shorten(join(words, ", "), 2 * quoted_bytes_max);
  }
  if (element.children.empty() || element.find("code") == nullptr)
    return fmt::format("'{}'", shorten(element.value, quoted_bytes_max));
  return fmt::format(
      "'{}' of {}", shorten(element.value_of("code"), quoted_bytes_max),
      element.find("system") == nullptr ? "no system" : shorten(element.value_of("system"), quoted_bytes_max));
}

}  // namespace

bool is_like(const Element& element, const Value& wanted, Match match) {
  const auto* members = wanted.members();
  if (members == nullptr) return element.value == plain(wanted);
  for (const auto& member : *members) {
    const auto children = element.children_of(member.key);
    if (const auto* items = member.value.items()) {
      if (match == Match::exact && children.size() != items->size()) return false;
      for (std::size_t i = 0; i < items->size(); ++i) {
        const bool is_there = match == Match::exact
                                  ? is_like(*children[i], (*items)[i], match)
                                  : std::any_of(children.begin(), children.end(), [&](const Element* child) {
                                      return is_like(*child, (*items)[i], match);
                                    });
        if (!is_there) return false;
      }
    } else if (children.size() != 1 || !is_like(*children.front(), member.value, match)) {
      return false;
    }
  }
  if (match == Match::at_least) return true;
  return std::all_of(element.children.begin(), element.children.end(),
                     [&](const Element& child) { return wanted.find(child.name) != nullptr; });
}

bool has_code_of(const Element& element, std::string_view type, const CodeSet& codes) {
  if (type == "CodeableConcept") {
    const auto codings = element.children_of("coding");
    // "At least one Coding SHALL be from the value set." What is absent with a reason has none.
    if (codings.empty()) return element.find("extension") != nullptr;
    return std::any_of(codings.begin(), codings.end(),
                       [&](const Element* coding) { return has_code_of(*coding, "Coding", codes); });
  }
  if (type == "Coding" || type == "Quantity") {
    if (element.find("code") == nullptr) return true;
    return element.find("system") == nullptr ? codes.has_code(element.value_of("code"))
                                             : codes.has(element.value_of("system"), element.value_of("code"));
  }
  return element.value.empty() || codes.has_code(element.value);
}

void Walk::binding(const Element& element, const ElementRule& rule, std::string_view type) {
  if (rule.value_set.empty()) return;
  if (rule.codes == nullptr)
    return not_evaluated(element, "fhir-binding",
                         fmt::format("the codes of the value set {} cannot be listed", rule.value_set));
  if (!has_code_of(element, type, *rule.codes))
    error(element, "fhir-binding", split_canonical(rule.value_set).first,
          fmt::format("{} has no code of the value set {}", rule.path, rule.value_set), rule.codes->words(),
          codes_of(element, type));
}

void Walk::values(const Element& element, const ElementRule& rule, std::string_view by) {
  const auto in_profile = by.empty() ? std::string() : fmt::format(" by {}", by);
  if (element.form == Element::Form::none && element.value.empty()) return;  // absent, with a reason
  if (rule.fixed && !is_like(element, *rule.fixed, Match::exact))
    error(element, "fhir-fixed", rule.name, fmt::format("{} is fixed{}", rule.path, in_profile),
          shorten(plain(*rule.fixed), quoted_bytes_max), shorten(element.value, quoted_bytes_max));
  if (rule.pattern && !is_like(element, *rule.pattern, Match::at_least))
    error(element, "fhir-pattern", rule.name, fmt::format("{} lacks what is required of it{}", rule.path, in_profile),
          shorten(plain(*rule.pattern), 2 * quoted_bytes_max),
          element.value.empty() ? "something else" : shorten(element.value, quoted_bytes_max));
}

}  // namespace bb::fhir
