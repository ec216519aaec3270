#include "harness/report/statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/evidence/requirement_rollup.hpp"
#include "harness/evidence/run_folder.hpp"
#include "harness/report/explain.hpp"

namespace bb::report {
namespace {

using evidence::AttestationView;
using evidence::Outcome;
using evidence::RequirementView;
using evidence::RunView;
using evidence::TestView;

constexpr std::string_view not_stated = "not stated";

constexpr std::string_view disclaimers[] = {
    "This statement is not an ONC certification, and no part of one.",
    "This statement is not an approval by CMS, and no part of one.",
    "It is not endorsed by the U.S. Department of Health and Human Services (HHS), the Centers for Medicare & Medicaid "
    "Services (CMS) or any other agency. Taking the pledge is voluntary.",
    "It is no seal: the Blue Button mark may not be used to show that a system conforms."};

// What became of a commitment. Worst first but for `untested`.
enum class Kept { not_kept, open, waived, kept, untested };
std::string_view to_word(Kept kept) {
  switch (kept) {
    case Kept::not_kept:
      return "not kept";
    case Kept::open:
      return "open";
    case Kept::waived:
      return "kept but for what is waived";
    case Kept::kept:
      return "kept";
    case Kept::untested:
      break;
  }
  return "not tested";
}

// Whether a person alone answers for it: no program measured anything.
bool is_answered_by_people(const RequirementView& row) { return is_attested(row); }

bool is_measured(const RequirementView& row) {
  return row.is_tested && row.counts && row.outcome != Outcome::omit && !is_answered_by_people(row);
}

Kept kept_by(const RequirementView& row) {
  switch (row.outcome) {
    case Outcome::fail:
      return Kept::not_kept;
    case Outcome::waived:
      return Kept::waived;
    case Outcome::pass:
    case Outcome::warn:
      return Kept::kept;
    default:
      return Kept::open;
  }
}

// What the rows come to without the answers of people, so that no answer raises or
// lowers the verdict.
std::vector<RequirementView> measured_rows(const RunView& run) {
  RunView measured;
  measured.tests = run.tests;
  measured.requirements = run.requirements;
  for (auto& row : measured.requirements) row.tests.clear();
  evidence::roll_up_requirements(measured);
  return std::move(measured.requirements);
}

std::string counted(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

Value row_value(const RequirementView& row) {
  auto value = Value::object({{"id", one_line(row.id)},
                              {"level", row.level},
                              {"status", row.status},
                              {"text", one_line(row.text)},
                              {"outcome", outcome_word(row)},
                              {"house", row.status == "house"},
                              {"tests", Value::strings(row.tests)}});
  if (!row.source.empty()) value.set("source", one_line(row.source));
  return value;
}

class Statement {
 public:
  Statement(const RunView& run, const Commitments& commitments, const StatementOptions& options)
      : run_(run), commitments_(commitments), options_(options), rows_(measured_rows(run)) {}

  Result<Value> make() {
    Value out = Value::object({{"format", "bluebridge-statement/1"},
                               {"programme", commitments_.programme},
                               {"programme_version", commitments_.version},
                               {"disclaimers", Value::array()}});
    for (const auto text : disclaimers) out.find("disclaimers")->push(text);
    put_parties(out);
    BB_CHECK(put_run(out));
    BB_CHECK(put_citation(out));
    put_commitments(out);
    put_apart(out);
    put_answers(out);
    put_findings(out);
    put_waivers(out);
    put_verdict(out);
    out.set("missing", Value::strings(missing_));
    return out;
  }

 private:
  std::string stated(std::string_view what, const std::string& text) {
    if (!text.empty()) return one_line(text);
    missing_.emplace_back(what);
    return std::string(not_stated);
  }

  void put_parties(Value& out) {
    const auto fact = [&](std::string_view key) { return run_.profile[key].string_or(""); };
    const auto given = [](const std::string& option, const std::string& profile) {
      return option.empty() ? profile : option;
    };
    const std::string conducted_by =
        stated("who conducted the run", given(options_.conducted_by, fact("conducted_by")));
    const bool is_self = conducted_by == "self-test";
    out.set("organisation",
            Value::object(
                {{"name", stated("the organisation", given(options_.organisation, fact("organisation")))},
                 {"role", stated("the role", fact("role"))},
                 {"holder_type", fact("role") == "non-data-holder" ? "none: it holds no health records"
                                                                   : stated("the kind of holder", fact("holder"))}}));
    out.set("system", Value::object({{"id", one_line(run_.target)},
                                     {"name", one_line(run_.target_title.empty() ? run_.target : run_.target_title)},
                                     {"version", stated("the version of the system", run_.target_version)},
                                     {"environment", one_line(run_.environment)}}));
    out.set("conducted_by", Value::object({{"kind", is_self                      ? "self-test"
                                                    : conducted_by == not_stated ? std::string(not_stated)
                                                                                 : "third party"},
                                           {"name", is_self ? "the organisation itself" : conducted_by}}));
  }

  Status put_run(Value& out) const {
    BB_TRY(const std::string events, read_regular_file(run_.folder / evidence::events_file_name));
    out.set("run", Value::object({{"id", run_.id},
                                  {"date", format_date(run_.started_unix_ns)},
                                  {"rule_date", run_.rule_date},
                                  {"program_version", run_.program_version},
                                  {"complete", run_.is_complete && !run_.is_damaged && !run_.part},
                                  {"verdict", run_.verdict.word},
                                  {"exit_status", run_.verdict.exit_status},
                                  {"events_sha256", sha256_hex(events)}}));
    Value suites = Value::array();
    for (const auto& suite : run_.suites)
      suites.push(Value::object(
          {{"id", suite.id}, {"version", suite.version}, {"title", one_line(suite.title)}, {"sha256", suite.sha256}}));
    out.set("suites", std::move(suites));
    Value notes = Value::array();
    for (const auto& note : run_.notes) notes.push(one_line(note));
    out.set("notes", std::move(notes));
    return {};
  }

  Status put_citation(Value& out) const {
    std::string until = options_.cite_until;
    if (until.empty()) {
      until = format_date(run_.started_unix_ns);
      const int year = std::stoi(until.substr(0, 4)) + 1;
      // Of a 29 February the day before.
      if (until.substr(4) == "-02-29") until.replace(4, 6, "-02-28");
      until.replace(0, 4, fmt::format("{:04}", year));
    }
    if (until.size() != 10 || !parse_time(until))
      return Error{fmt::format("'{}' is no day until which a statement may be cited, for example 2027-01-31", until)};
    if (const auto day = format_date(run_.started_unix_ns); until < day)
      return Error{
          fmt::format("a statement on a run of {} cannot be cited until {}, the day before it or earlier", day, until)};
    out.set("cite", Value::object({{"until", until},
                                   {"void_if",
                                    "Any change of the system, its version or its configuration voids this "
                                    "statement; so does a newer statement on the same system."}}));
    return {};
  }

  void put_commitments(Value& out) {
    Value values = Value::array();
    for (const auto& commitment : commitments_.commitments) values.push(commitment_value(commitment));
    out.set("commitments", std::move(values));
  }

  Value commitment_value(const Commitment& commitment) {
    Kept worst = Kept::untested;
    std::map<Kept, std::size_t> counts;
    std::size_t answers = 0, warned = 0;
    Value rows = Value::array();
    for (const auto& row : rows_) {
      if (!matches(commitment.rows, row.id) || matches(commitments_.apart, row.id)) continue;
      if (row.is_tested && row.counts && is_answered_by_people(row)) ++answers;
      if (!is_measured(row)) continue;
      rows.push(row_value(row));
      const Kept kept = kept_by(row);
      ++counts[kept];
      if (row.outcome == Outcome::warn) ++warned;
      worst = std::min(worst, kept);
    }
    (worst == Kept::untested && !commitment.is_needed ? untested_ : verdicts_).push_back({worst, commitment.title});
    std::string sentence = sentence_of(worst, counts, rows.size());
    if (warned > 0 && worst == Kept::kept)
      sentence = fmt::format("What must hold did hold; {} of {} that should hold did not.", warned,
                             counted(rows.size(), "requirement"));
    if (worst == Kept::untested && !commitment.suites.empty())
      sentence += fmt::format(" What measures it: {}.", join(commitment.suites, ", "));
    if (answers > 0)
      sentence += fmt::format(" For {} a person answers, listed apart.", counted(answers, "more requirement"));
    return Value::object({{"id", commitment.id},
                          {"title", commitment.title},
                          {"promise", commitment.promise},
                          {"verdict", to_word(worst)},
                          {"sentence", std::move(sentence)},
                          {"rows", std::move(rows)}});
  }

  static std::string sentence_of(Kept kept, std::map<Kept, std::size_t>& counts, std::size_t rows) {
    switch (kept) {
      case Kept::not_kept:
        return fmt::format("This was not kept: {} of {} that were tested did not hold.", counts[Kept::not_kept],
                           counted(rows, "requirement"));
      case Kept::open:
        return fmt::format("Nobody can say yet: {} of {} could not be judged.", counts[Kept::open],
                           counted(rows, "requirement"));
      case Kept::waived:
        return fmt::format("Kept, but for {} of {} that do not hold and were excused until a day (see below).",
                           counts[Kept::waived], counted(rows, "requirement"));
      case Kept::kept:
        return rows == 1 ? "The one requirement that was tested held."
                         : fmt::format("All {} requirements that were tested held.", rows);
      case Kept::untested:
        break;
    }
    return "This run measured nothing of it.";
  }

  void put_apart(Value& out) const {
    Value historic = Value::array(), proposed = Value::array(), others = Value::array(), programmes = Value::array();
    for (const auto& row : rows_) {
      if (!row.is_tested || row.outcome == Outcome::omit) continue;
      const bool is_mapped =
          std::any_of(commitments_.commitments.begin(), commitments_.commitments.end(),
                      [&](const Commitment& commitment) { return matches(commitment.rows, row.id); });
      if (matches(commitments_.apart, row.id))
        programmes.push(row_value(row));
      else if (row.status == "proposed")
        proposed.push(row_value(row));
      else if (!row.counts)
        historic.push(row_value(row));
      else if (!is_mapped)
        others.push(row_value(row));
    }
    out.set("historic", std::move(historic));
    out.set("proposed", std::move(proposed));
    out.set("other_programmes", std::move(programmes));
    out.set("others", std::move(others));
  }

  void put_answers(Value& out) const {
    Value attested = Value::array(), open = Value::array();
    for (const auto& answer : run_.attestations) {
      Value value = Value::object({{"suite", answer.suite},
                                   {"test", answer.test},
                                   {"question", one_line(answer.question)},
                                   {"requirements", Value::strings(verified_by(answer))}});
      if (answer.attests()) {
        const std::pair<std::string_view, const std::string*> parts[] = {
            {"name", &answer.name}, {"role", &answer.role}, {"date", &answer.date}, {"evidence", &answer.evidence}};
        for (const auto& [key, text] : parts) value.set(key, text->empty() ? std::string(not_stated) : one_line(*text));
        if (!answer.expires.empty()) value.set("expires", answer.expires);
        attested.push(std::move(value));
      } else {
        value.set("answer", !answer.is_answered ? std::string("nobody answered")
                            : !answer.is_yes    ? std::string("no")
                                                : fmt::format("yes, and it expired on {}", answer.expires));
        open.push(std::move(value));
      }
    }
    out.set("attested", std::move(attested));
    out.set("open_attestations", std::move(open));
  }

  std::vector<std::string> verified_by(const AttestationView& answer) const {
    for (const auto& test : run_.tests)
      if (test.suite == answer.suite && test.name == answer.test) return test.verifies;
    return {};
  }

  // Every test that is not well, in plain words.
  void put_findings(Value& out) const {
    Value findings = Value::array();
    for (const auto& test : run_.tests) {
      const bool is_told = !test.is_done || test.outcome == Outcome::fail || test.outcome == Outcome::skip ||
                           test.outcome == Outcome::error || test.outcome == Outcome::cancel ||
                           test.outcome == Outcome::waived;
      if (is_told) findings.push(finding_value(test));
    }
    out.set("findings", std::move(findings));
  }

  static Value finding_value(const TestView& test) {
    const auto broken = broken_claims(test);
    // The text of a claim names facts and does not hold them; what was expected and
    // found may be a patient's, and a statement is public.
    std::vector<std::string> ids;
    for (const auto& row : test.rows) ids.push_back(row.id);
    Value claims = Value::array();
    for (const auto& each : broken)
      claims.push(Value::object({{"step", each.step->id}, {"claim", one_line(each.claim->text)}}));
    return Value::object({{"suite", test.suite},
                          {"test", test.name},
                          {"title", one_line(test.title)},
                          {"outcome", outcome_word(test)},
                          {"meaning", meaning(outcome_word(test))},
                          {"counts", test.counts},
                          {"next_step", one_line(broken.empty() ? next_step(test) : next_step(test, *broken[0].claim))},
                          {"requirements", Value::strings(ids)},
                          {"claims", std::move(claims)}});
  }

  void put_waivers(Value& out) const {
    Value waivers = Value::array();
    for (const auto& waiver : run_.waivers)
      if (waiver.state != evidence::WaiverView::State::apart)
        waivers.push(Value::object({{"test", waiver.test},
                                    {"claim", one_line(waiver.claim)},
                                    {"expires", waiver.expires},
                                    {"sentence", one_line(sentence_of_waiver(waiver))}}));
    out.set("waivers", std::move(waivers));
  }
  static std::string sentence_of_waiver(const evidence::WaiverView& waiver) { return report::sentence_of(waiver); }

  void put_verdict(Value& out) const {
    Kept worst = Kept::kept;
    std::map<Kept, std::vector<std::string>> titles;
    for (const auto& [kept, title] : verdicts_) {
      const Kept counts = kept == Kept::untested ? Kept::open : kept;
      worst = std::min(worst, counts);
      titles[kept].push_back(title);
    }
    const bool is_whole = run_.is_complete && !run_.is_damaged && !run_.part;
    if (!is_whole) worst = std::min(worst, Kept::open);
    std::vector<std::string> said;
    const auto say = [&](Kept kept, std::string_view lead) {
      if (!titles[kept].empty()) said.push_back(fmt::format("{}: {}.", lead, join(titles[kept], ", ")));
    };
    if (!is_whole) said.emplace_back("The run is incomplete, damaged or a part: it cannot show that anything is kept.");
    said.emplace_back(lead_of(worst));
    say(Kept::not_kept, "Not kept");
    say(Kept::open, "Open");
    say(Kept::untested, "Not tested, and needed");
    say(Kept::waived, "Kept but for what is waived");
    say(Kept::kept, "Kept");
    if (!untested_.empty()) {
      std::vector<std::string> names;
      for (const auto& [kept, title] : untested_) names.push_back(title);
      said.push_back(fmt::format("Not tested by this run: {}.", join(names, ", ")));
    }
    out.set("verdict", Value::object({{"word", to_word(worst)}, {"sentence", join(said, " ")}}));
  }

  static std::string_view lead_of(Kept worst) {
    switch (worst) {
      case Kept::not_kept:
        return "Something that was promised is not kept.";
      case Kept::waived:
        return "What was promised and tested is kept, but for what was excused for a while.";
      case Kept::kept:
        return "What was promised and tested is kept.";
      default:
        return "Nothing that was promised was found broken, and not all of it could be judged.";
    }
  }

  const RunView& run_;
  const Commitments& commitments_;
  const StatementOptions& options_;
  const std::vector<RequirementView> rows_;  // measured
  std::vector<std::string> missing_;
  std::vector<std::pair<Kept, std::string>> verdicts_, untested_;  // with the commitment's title
};

// Members in the order of their names, at any depth.
Value sorted(const Value& value) {
  if (const auto* items = value.items()) {
    Value out = Value::array();
    for (const auto& item : *items) out.push(sorted(item));
    return out;
  }
  const auto* members = value.members();
  if (members == nullptr) return value;
  std::map<std::string, const Value*> ordered;
  for (const auto& member : *members) ordered.emplace(member.key, &member.value);
  Value out = Value::object();
  for (const auto& [key, member] : ordered) out.set(key, sorted(*member));
  return out;
}

}  // namespace

Result<Value> statement_of(const RunView& run, const Commitments& commitments, const StatementOptions& options) {
  return Statement(run, commitments, options).make();
}

std::string canonical_statement(const Value& statement) { return to_json(sorted(statement)); }

}  // namespace bb::report
