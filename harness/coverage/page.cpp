// The page of a coverage.
#include <fmt/format.h>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "harness/coverage/page_text.hpp"
#include "harness/coverage/render.hpp"
#include "harness/report/page_template.hpp"

namespace bb::coverage {
namespace {

std::string anchor_of(const Row& row) { return "row-" + row.requirement->id; }

std::string_view class_of(Proof proof) {
  switch (proof) {
    case Proof::test:
    case Proof::rule:
    case Proof::rows:
    case Proof::command:
    case Proof::own_tests:
      return "pass";
    case Proof::attested:
      return "attested";
    case Proof::reason:
      return "skip";
    case Proof::gap:
      return "fail";
    case Proof::information:
      break;
  }
  return "none";
}

std::string titled(std::string_view word) {
  std::string out(word);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

Value standing_row(const Totals& totals, std::string_view name) {
  auto cells = Value::array();
  for (const auto standing : standings) cells.push(Value::object({{"cell", totals.of(standing)}}));
  return Value::object({{"name", name}, {"rows", totals.rows}, {"cells", std::move(cells)}});
}

Value shall_row(const Shall& shall, std::string_view name) {
  auto cells = Value::array();
  for (const auto proof : proofs) cells.push(Value::object({{"cell", shall.of(proof)}}));
  return Value::object({{"name", name},
                        {"rows", shall.rows},
                        {"by_program", shall.by_program},
                        {"percent", fmt::format("{:.1f}", shall.percent())},
                        {"cells", std::move(cells)}});
}

Value shall_table(const Coverage& coverage, std::string_view anchor, std::string_view title,
                  const std::vector<Totals>& of, Shall Totals::*which) {
  auto rows = Value::array();
  for (const auto& totals : of)
    if ((totals.*which).rows > 0) rows.push(shall_row(totals.*which, totals.name));
  rows.push(shall_row(coverage.all.*which, "All"));
  auto words = Value::array();
  for (const auto proof : proofs) words.push(Value::object({{"proof_word", titled(to_word(proof))}}));
  return Value::object({{"shall_anchor", anchor},
                        {"shall_title", title},
                        {"proof_words", std::move(words)},
                        {"shall_rows", std::move(rows)}});
}

std::string facts_of(const Row& row) {
  const auto& requirement = *row.requirement;
  std::vector<std::string> facts = {requirement.level_text, std::string(to_word(row.standing)), row.family};
  const auto add = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) facts.push_back(fmt::format("{} {}", label, value));
  };
  add("from", requirement.from);
  add("until", requirement.until);
  add("applies to", requirement.applies);
  add("edition", requirement.edition);
  add("source:", requirement.source);
  return one_line(join(facts, ", "));
}

Value test_value(const Citation& citation) {
  auto claims = Value::array();
  for (const auto* claim : citation.claims)
    claims.push(Value::object({{"claim_text", one_line(claim->text)}, {"claim_line", claim->place.line}}));
  return Value::object({{"test_name", citation_text(citation)},
                        {"test_title", one_line(citation.test->title)},
                        {"has_claims", claims.size() > 0},
                        {"claims", std::move(claims)}});
}

Value row_value(const Row& row) {
  auto tests = Value::array();
  for (const auto& citation : row.tests) tests.push(test_value(citation));
  std::vector<std::string> rules;
  for (const auto* rule : row.rules) rules.push_back(rule->id);
  return Value::object({{"row_anchor", anchor_of(row)},
                        {"row_id", row.requirement->id},
                        {"row_class", class_of(row.proof)},
                        {"row_proof", to_word(row.proof)},
                        {"row_text", one_line(row.requirement->text)},
                        {"row_facts", facts_of(row)},
                        {"row_how", one_line(row.requirement->how)},
                        {"row_account", one_line(account_of(row))},
                        {"has_tests", tests.size() > 0},
                        {"tests", std::move(tests)},
                        {"row_rules", join(rules, ", ")},
                        {"row_catches", one_line(join(faults_of(row), "; "))}});
}

// Rows of one catalogue follow each other.
Value groups_of(const Coverage& coverage) {
  auto groups = Value::array();
  for (std::size_t i = 0; i < coverage.rows.size();) {
    const auto& catalogue = coverage.rows[i].catalogue;
    auto rows = Value::array();
    for (; i < coverage.rows.size() && coverage.rows[i].catalogue == catalogue; ++i)
      if (coverage.rows[i].is_listed) rows.push(row_value(coverage.rows[i]));
    if (rows.size() == 0) continue;
    const auto title = fmt::format("{}: {}", catalogue, counted(rows.size(), "requirement"));
    groups.push(Value::object({{"group_title", title}, {"group_rows", std::move(rows)}}));
  }
  return groups;
}

}  // namespace

std::string render_page(const Coverage& coverage, const Sources& sources, std::string_view program_version) {
  const auto open = coverage.gaps(false);
  auto gaps = Value::array();
  for (const auto* row : open)
    gaps.push(Value::object({{"gap_anchor", anchor_of(*row)},
                             {"gap_id", row->requirement->id},
                             {"gap_text", one_line(row->requirement->text)}}));
  auto words = Value::array();
  for (const auto standing : standings) words.push(Value::object({{"standing_word", titled(to_word(standing))}}));
  auto rows = Value::array();
  for (const auto& totals : coverage.catalogues) rows.push(standing_row(totals, totals.name));
  rows.push(standing_row(coverage.all, "All"));
  auto shall = Value::array();
  shall.push(shall_table(coverage, "in-force", "SHALL requirements in force", coverage.catalogues, &Totals::in_force));
  shall.push(shall_table(coverage, "house", "SHALL requirements of the house", coverage.catalogues, &Totals::house));
  shall.push(shall_table(coverage, "families", "SHALL requirements in force, by family", coverage.families,
                         &Totals::in_force));
  const auto& all = coverage.all;
  const auto page = Value::object(
      {{"style", fmt::format("{}{}", report::page_style(), report::table_style())},
       {"verdict", open.empty() ? "Every SHALL requirement is accounted for"
                                : counted(open.size(), "requirement") + " not accounted for"},
       {"verdict_class", open.empty() ? "good" : "bad"},
       {"verdict_sentence",
        fmt::format("On {}: {} in force and {} of the house. Of those that a program can judge {:.1f} % and {:.1f} % "
                    "are checked by one.",
                    coverage.rule_date, counted(all.in_force.rows, "SHALL requirement"), all.house.rows,
                    all.in_force.percent(), all.house.percent())},
       {"rule_date", coverage.rule_date},
       {"has_gaps", !open.empty()},
       {"gaps", std::move(gaps)},
       {"standing_words", std::move(words)},
       {"standing_rows", std::move(rows)},
       {"shall_tables", std::move(shall)},
       {"groups", groups_of(coverage)},
       {"suite_words", counted(sources.suites.size(), "suite")},
       {"program_version", program_version}});
  // The template is ours and tested: it cannot be malformed.
  auto filled = report::fill_template(coverage_page_mustache, page);
  return filled ? *std::move(filled) : std::string();
}

}  // namespace bb::coverage
