// The JSON of a coverage.
#include <cstdint>

#include "harness/coverage/render.hpp"
#include "harness/suite/fault_text.hpp"

namespace bb::coverage {
namespace {

void set_text(Value& value, std::string_view key, const std::string& text) {
  if (!text.empty()) value.set(key, text);
}

// "in force" as a key.
std::string key_of(std::string_view word) {
  std::string key(word);
  for (auto& c : key)
    if (c == ' ') c = '_';
  return key;
}

Value shall_value(const Shall& shall) {
  auto by = Value::object();
  for (const auto proof : proofs) by.set(key_of(to_word(proof)), shall.of(proof));
  return Value::object({{"rows", shall.rows},
                        {"by_program", shall.by_program},
                        {"checked", shall.checked},
                        {"percent", shall.percent()},
                        {"by", std::move(by)}});
}

Value totals_value(const Totals& totals) {
  auto value = Value::object();
  set_text(value, "name", totals.name);
  value.set("rows", totals.rows);
  auto by = Value::object();
  for (const auto standing : standings) by.set(key_of(to_word(standing)), totals.of(standing));
  value.set("standing", std::move(by));
  value.set("shall_in_force", shall_value(totals.in_force));
  value.set("shall_house", shall_value(totals.house));
  return value;
}

Value citation_value(const Citation& citation) {
  auto claims = Value::array();
  for (const auto* claim : citation.claims)
    claims.push(Value::object({{"text", claim->text}, {"line", claim->place.line}}));
  auto catches = Value::array();
  for (const auto& fault : citation.test->catches) catches.push(suite::fault_text(fault));
  return Value::object({{"suite", citation.suite->id},
                        {"test", citation.test->path},
                        {"title", citation.test->title},
                        {"line", citation.test->place.line},
                        {"instances", citation.instances},
                        {"asks_a_person", citation.is_asked},
                        {"claims", std::move(claims)},
                        {"catches", std::move(catches)}});
}

Value rule_value(const documents::OwnRule& rule) {
  return Value::object({{"id", rule.id},
                        {"level", documents::to_word(rule.level)},
                        {"file", rule.place.source ? rule.place.source->name : std::string()},
                        {"line", rule.place.line}});
}

Value row_value(const Row& row) {
  const auto& requirement = *row.requirement;
  auto value = Value::object({{"id", requirement.id},
                              {"catalogue", row.catalogue},
                              {"family", row.family},
                              {"level", requirement.level_text},
                              {"text", requirement.text},
                              {"status", requirement.status},
                              {"standing", to_word(row.standing)},
                              {"check", requirement.check},
                              {"proof", to_word(row.proof)}});
  set_text(value, "source", requirement.source);
  set_text(value, "at", requirement.at);
  set_text(value, "applies", requirement.applies);
  set_text(value, "edition", requirement.edition);
  set_text(value, "from", requirement.from);
  set_text(value, "until", requirement.until);
  set_text(value, "how", requirement.how);
  set_text(value, "judged_by", requirement.judged_by);
  set_text(value, "untested", requirement.untested);
  if (!requirement.rests_on.empty()) value.set("rests_on", Value::strings(requirement.rests_on));
  auto tests = Value::array();
  for (const auto& citation : row.tests) tests.push(citation_value(citation));
  value.set("tests", std::move(tests));
  auto rules = Value::array();
  for (const auto* rule : row.rules) rules.push(rule_value(*rule));
  value.set("rules", std::move(rules));
  return value;
}

template <class List, class ToValue>
Value list_of(const List& list, ToValue to_value) {
  auto out = Value::array();
  for (const auto& one : list) out.push(to_value(one));
  return out;
}

}  // namespace

Value to_value(const Coverage& coverage, const Sources& sources, std::string_view program_version) {
  auto gaps = Value::array();
  for (const auto* row : coverage.gaps(true)) gaps.push(row->requirement->id);
  auto rows = Value::array();
  for (const auto& row : coverage.rows)
    if (row.is_listed) rows.push(row_value(row));
  return Value::object(
      {{"format", "bluebridge-coverage/1"},
       {"program_version", program_version},
       {"rule_date", coverage.rule_date},
       {"suites",
        list_of(
            sources.suites,
            [](const suite::Suite& suite) {
              return Value::object({{"suite", suite.id}, {"version", suite.version}, {"tests", suite.tests.size()}});
            })},
       {"totals", totals_value(coverage.all)},
       {"catalogues", list_of(coverage.catalogues, totals_value)},
       {"families", list_of(coverage.families, totals_value)},
       {"gaps", std::move(gaps)},
       {"requirements", std::move(rows)}});
}

}  // namespace bb::coverage
