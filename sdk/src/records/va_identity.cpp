#include "va_identity.hpp"

#include <bb/core/text.hpp>

#include "tables.hpp"
#include "text_facts.hpp"
#include "text_grammar.hpp"
#include "text_values.hpp"

namespace bb::records {
namespace {

// "Ms. Isabella Jones" beside the parts tells the prefix.
std::string prefix_of(const std::string& full, const PersonName& name) {
  auto plain = name;
  plain.prefix.clear();
  const auto rest = plain.full();
  if (rest.empty() || full.size() <= rest.size() || !full.ends_with(rest)) return {};
  return std::string(trim(std::string_view(full).substr(0, full.size() - rest.size())));
}

}  // namespace

PersonName va_name_of(const TextEntry& entry) {
  PersonName name;
  name.family = text_of(entry, "Last Name");
  if (auto first = text_of(entry, "First Name"); !first.empty()) name.given.push_back(std::move(first));
  for (const auto* key : {"Middle Name", "Middle Initial"})
    for (auto& part : all_of(entry, key)) name.given.push_back(std::move(part));
  name.suffix = text_of(entry, "Suffix");
  name.prefix = prefix_of(text_of(entry, "Full Name"), name);
  return name;
}

bool is_same_va_name(const PersonName& known, const PersonName& here) {
  if (known == PersonName{} || here == PersonName{}) return true;
  if (iequals(name_of_text(last_name_first(here)).full(), known.full()) || iequals(here.full(), known.full()))
    return true;
  const auto first_of_given = [](const PersonName& name) {
    return name.given.empty() ? std::string() : split(name.given.front(), ' ').front();
  };
  return iequals(known.family, here.family) && iequals(first_of_given(known), first_of_given(here));
}

void tell_other_patients(TextDocument& document) {
  TextEntry head;
  head.fields = document.head;
  const auto name = name_of_text(text_of(head, "Name"));
  const auto birth_date = text_of(head, "Date of Birth");
  const auto deviate = [&](std::string_view what, int line) {
    add_deviation(document.deviations, "other-patient", what, line);
  };
  for (const auto& section : document.sections) {
    if (section.name != "SELF REPORTED DEMOGRAPHICS" && section.name != "VA DEMOGRAPHICS") continue;
    for (const auto& entry : section.entries) {
      const auto here = va_name_of(entry);
      const bool is_whole = !here.family.empty() && !here.given.empty();
      if (is_whole && !is_same_va_name(name, here)) deviate(last_name_first(here), entry.line);
      const auto born = text_of(entry, "Date of Birth");
      if (is_text_date(birth_date) && is_text_date(born) && date_of_text(birth_date) != date_of_text(born))
        deviate("born " + born, entry.line);
    }
  }
}

}  // namespace bb::records
