#include "harness/facts/agreement.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/facts/ucum.hpp"
#include "harness/facts/wording.hpp"
#include "harness/facts/words.hpp"

namespace bb::facts {
namespace {

Agrees yes_or_no(bool agrees) { return agrees ? Agrees::yes : Agrees::no; }

// "10 mg" in one text, or a value and its unit apart.
Quantity quantity_of(const Attribute& attribute) {
  if (attribute.unit.empty())
    if (auto split = split_quantity(attribute.value)) return *std::move(split);
  return {attribute.value, attribute.unit};
}

// What is counted in words alone: "tablet" of "{tbl}" and "tablets". Empty for a unit.
std::string counted_thing(const std::string& unit, const Tables& tables) {
  const bool is_annotation = unit.starts_with('{') && unit.find('}') == unit.size() - 1;
  return is_annotation || !parse_unit(unit) ? name_key(unit, tables) : std::string{};
}

bool quantities_agree(const Attribute& a, const Attribute& b, const Tables& tables) {
  if (a.value == b.value && a.unit == b.unit) return true;
  auto a_quantity = quantity_of(a);
  auto b_quantity = quantity_of(b);
  const auto a_thing = counted_thing(a_quantity.unit, tables);
  const auto b_thing = counted_thing(b_quantity.unit, tables);
  if (!a_thing.empty() && !b_thing.empty()) {
    if (a_thing != b_thing) return false;
    a_quantity.unit = b_quantity.unit = {};
  }
  const auto rounding = a.how == How::amount ? Rounding::none : Rounding::after_conversion;
  const auto agreement = compare(a_quantity, b_quantity, rounding);
  if (agreement == Agreement::not_comparable) return folded(a.in_words()) == folded(b.in_words());
  return agreement == Agreement::agree;
}

// The names of a set, and where it is coded their codes; sorted.
struct SetKeys {
  std::vector<std::string> names, codes;
};

SetKeys set_keys(const Attribute& attribute, const Tables& tables) {
  SetKeys out;
  for (const auto& code : attribute.codes)
    if (!code.code.empty()) out.codes.push_back(fmt::format("{}|{}", tables.system(code.system), to_lower(code.code)));
  // A text may hold them in one value: "Hives, Nausea".
  for (const auto& name : attribute.names)
    for (const auto& part : split(replace_all(name, ";", ","), ',')) out.names.push_back(name_key(part, tables));
  for (auto* keys : {&out.names, &out.codes}) {
    std::sort(keys->begin(), keys->end());
    keys->erase(std::unique(keys->begin(), keys->end()), keys->end());
  }
  return out;
}

Agrees sets_agree(const Attribute& a, const Attribute& b, const Tables& tables) {
  const auto a_keys = set_keys(a, tables);
  const auto b_keys = set_keys(b, tables);
  if (a_keys.names == b_keys.names) return Agrees::yes;
  const bool is_coded = a_keys.codes.size() == a.names.size() && b_keys.codes.size() == b.names.size();
  return is_coded && a_keys.codes == b_keys.codes ? Agrees::in_other_words : Agrees::no;
}

// "every 24 hours" and "every 1 day".
bool periods_agree(std::string_view a, std::string_view b) {
  constexpr std::string_view every = "every ";
  if (!a.starts_with(every) || !b.starts_with(every)) return false;
  const auto a_period = split_quantity(a.substr(every.size()));
  const auto b_period = split_quantity(b.substr(every.size()));
  return a_period && b_period && parse_unit(a_period->unit) && parse_unit(b_period->unit) &&
         compare(*a_period, *b_period, Rounding::none) == Agreement::agree;
}

// Other words for one code.
Agrees agree_by_code(const Attribute& a, const Attribute& b, const Tables& tables) {
  const bool is_one_code = compare_codes(a.code, b.code, tables).value_or(false);
  return is_one_code && compare_wording(a.value, b.value, tables) != Wording::contrary ? Agrees::in_other_words
                                                                                       : Agrees::no;
}

Agrees names_agree(const Attribute& a, const Attribute& b, const Tables& tables) {
  return name_key(a.value, tables) == name_key(b.value, tables) ? Agrees::yes : agree_by_code(a, b, tables);
}

}  // namespace

std::optional<bool> compare_codes(const records::Code& a, const records::Code& b, const Tables& tables) {
  if (a.code.empty() || b.code.empty() || tables.system(a.system) != tables.system(b.system)) return std::nullopt;
  return iequals(a.code, b.code);
}

bool dates_agree(std::string_view a, const Format& a_format, std::string_view b, const Format& b_format) {
  return dates_agree(a, b, std::min(a_format.precision, b_format.precision), a_format.has_zones && b_format.has_zones);
}

Agrees compare_values(const Attribute& a, const Format& a_format, const Attribute& b, const Format& b_format,
                      const Tables& tables) {
  switch (a.how) {
    case How::words:
      return yes_or_no(a.value == b.value || folded(a.value) == folded(b.value));
    case How::frequency:
      return yes_or_no(folded(a.value) == folded(b.value) || periods_agree(a.value, b.value));
    case How::name:
      return names_agree(a, b, tables);
    case How::date:
      return yes_or_no(dates_agree(a.value, a_format, b.value, b_format));
    case How::quantity:
    case How::amount:
      return quantities_agree(a, b, tables) ? Agrees::yes : agree_by_code(a, b, tables);
    case How::status:
      return yes_or_no(a.value == b.value || tables.status(a.value) == tables.status(b.value));
    case How::sex:
      return yes_or_no(a.value == b.value || tables.sex(a.value) == tables.sex(b.value));
    case How::interpretation:
      return yes_or_no(a.value == b.value || tables.interpretation(a.value) == tables.interpretation(b.value));
    case How::set:
      return a.names == b.names ? Agrees::yes : sets_agree(a, b, tables);
  }
  return Agrees::no;
}

bool are_alike(const Fact& a, const Format& a_format, const Fact& b, const Format& b_format, const Tables& tables) {
  return std::all_of(a.attributes.begin(), a.attributes.end(), [&](const Attribute& one) {
    const auto* other = b.find(one.name);
    return other == nullptr || compare_values(one, a_format, *other, b_format, tables) != Agrees::no;
  });
}

}  // namespace bb::facts
