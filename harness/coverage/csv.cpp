// The table of a coverage, which is a catalogue again.
#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/coverage/render.hpp"
#include "harness/suite/csv.hpp"

namespace bb::coverage {
namespace {

std::string line_of(const std::vector<std::string>& cells) {
  std::vector<std::string> escaped;
  for (const auto& text : cells) escaped.push_back(suite::csv_cell(text));
  return join(escaped, ",") + "\r\n";
}

std::string record_of(const Row& row) {
  const auto& requirement = *row.requirement;
  std::vector<std::string> tests, claims, rules;
  for (const auto& citation : row.tests) {
    tests.push_back(citation_text(citation));
    for (const auto* claim : citation.claims)
      claims.push_back(fmt::format("{}:{} {}", citation.suite->id, claim->place.line, claim->text));
  }
  for (const auto* rule : row.rules) rules.push_back(rule->id);
  return line_of({requirement.id,
                  requirement.level_text,
                  requirement.text,
                  requirement.at,
                  requirement.source,
                  requirement.status,
                  requirement.applies,
                  requirement.from,
                  requirement.until,
                  requirement.check,
                  requirement.how,
                  requirement.edition,
                  join(requirement.rests_on, " "),
                  requirement.judged_by,
                  requirement.untested,
                  row.catalogue,
                  row.family,
                  std::string(to_word(row.standing)),
                  std::string(to_word(row.proof)),
                  join(tests, "\n"),
                  join(claims, "\n"),
                  join(rules, " "),
                  join(faults_of(row), "\n")});
}

}  // namespace

std::string render_csv(const Coverage& coverage) {
  std::string out =
      line_of({"id",       "level",      "text",    "at",      "source",   "status",    "applies",  "from",
               "until",    "check",      "how",     "edition", "rests_on", "judged_by", "untested", "x-catalogue",
               "x-family", "x-standing", "x-proof", "x-tests", "x-claims", "x-rules",   "x-catches"});
  for (const auto& row : coverage.rows)
    if (row.is_listed) out += record_of(row);
  return out;
}

}  // namespace bb::coverage
