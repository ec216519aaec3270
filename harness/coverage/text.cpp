// The text of a coverage.
#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/coverage/render.hpp"

namespace bb::coverage {
namespace {

void put_standings(std::string& out, const Coverage& coverage) {
  out += fmt::format("{:<26}{:>6}", "rows on " + coverage.rule_date, "all");
  for (const auto standing : standings) out += fmt::format("{:>11}", to_word(standing));
  out += '\n';
  const auto line = [&](const Totals& totals, std::string_view name) {
    out += fmt::format("{:<26}{:>6}", name, totals.rows);
    for (const auto standing : standings) out += fmt::format("{:>11}", totals.of(standing));
    out += '\n';
  };
  for (const auto& totals : coverage.catalogues) line(totals, totals.name);
  line(coverage.all, "all");
}

void put_shall_line(std::string& out, std::string_view name, const Shall& shall) {
  out += fmt::format("{:<26}{:>6}{:>9}{:>6}{:>6}{:>6}{:>9}{:>5}{:>8.1f}{:>10}{:>8}{:>6}\n", name, shall.rows,
                     shall.by_program, shall.of(Proof::test), shall.of(Proof::rule), shall.of(Proof::rows),
                     shall.of(Proof::command), shall.of(Proof::own_tests), shall.percent(), shall.of(Proof::attested),
                     shall.of(Proof::reason), shall.of(Proof::gap));
}

void put_shall(std::string& out, const Coverage& coverage, std::string_view title, Shall Totals::*which) {
  if ((coverage.all.*which).rows == 0) return;
  out += fmt::format("\n{:<26}{:>6}{:>9}{:>6}{:>6}{:>6}{:>9}{:>5}{:>8}{:>10}{:>8}{:>6}\n", title, "rows", "program",
                     "test", "rule", "rows", "command", "own", "%", "attested", "reason", "gap");
  for (const auto& totals : coverage.catalogues)
    if ((totals.*which).rows > 0) put_shall_line(out, totals.name, totals.*which);
  put_shall_line(out, "all", coverage.all.*which);
}

std::string head_of(const Row& row) {
  return fmt::format("{}  {}  {}", row.requirement->id, row.requirement->level_text, to_word(row.standing));
}

void put_reasons(std::string& out, const Coverage& coverage) {
  bool is_first = true;
  for (const auto& row : coverage.rows) {
    if (!row.is_listed || row.proof != Proof::reason) continue;
    if (is_first) out += "\nNot tested, and why\n";
    is_first = false;
    out += fmt::format("  {}: {}\n", head_of(row), account_of(row));
  }
}

void put_row(std::string& out, const Row& row) {
  out += fmt::format("{}  {}\n    {}\n", head_of(row), to_word(row.proof), row.requirement->text);
  for (const auto& citation : row.tests) {
    out += fmt::format("    test {}: {}{}\n", citation_text(citation), citation.test->title,
                       citation.is_asked ? " (asks a person)" : "");
    for (const auto* claim : citation.claims) out += fmt::format("      line {}: {}\n", claim->place.line, claim->text);
  }
  for (const auto* rule : row.rules)
    out += fmt::format("    document rule {} ({})\n", rule->id, documents::to_word(rule->level));
  for (const auto& fault : faults_of(row)) out += fmt::format("    catches {}\n", fault);
  if (const auto account = account_of(row); !account.empty()) out += fmt::format("    {}\n", account);
}

void put_gaps(std::string& out, const Coverage& coverage, bool is_strict) {
  const auto gaps = coverage.gaps(is_strict);
  out += '\n';
  for (const auto* row : gaps) out += fmt::format("{}: {}\n", head_of(*row), account_of(*row));
  const auto& all = coverage.all;
  out += fmt::format(
      "{} in force, {} of the house; of those that a program can judge {:.1f} % and {:.1f} % are "
      "checked; {} accounted for\n",
      counted(all.in_force.rows, "SHALL row"), all.house.rows, all.in_force.percent(), all.house.percent(),
      gaps.empty() ? "each row is"
                   : fmt::format("{} not", counted(gaps.size(), "row") + (gaps.size() == 1 ? " is" : " are")));
}

}  // namespace

std::string render_text(const Coverage& coverage, std::string_view filter, bool is_strict) {
  std::string out;
  if (!filter.empty()) {
    for (const auto& row : coverage.rows)
      if (row.is_listed && matches_glob(row.requirement->id, filter)) put_row(out, row);
    return out;
  }
  put_standings(out, coverage);
  put_shall(out, coverage, "SHALL rows in force", &Totals::in_force);
  put_shall(out, coverage, "SHALL rows of the house", &Totals::house);
  put_reasons(out, coverage);
  put_gaps(out, coverage, is_strict);
  return out;
}

}  // namespace bb::coverage
