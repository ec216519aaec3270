// JUnit XML has no schema that everybody keeps; this is the part that Jenkins,
// GitLab and junitparser read: testsuites, testsuite, properties, testcase with
// at most one of failure, error and skipped, system-out. `<properties>` in a
// testcase is read by junitparser, pytest's and GitLab's readers and ignored by
// others.
#include <fmt/format.h>

#include <algorithm>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/evidence/waivers.hpp"
#include "harness/report/explain.hpp"
#include "harness/report/plain.hpp"
#include "harness/report/report.hpp"

namespace bb::report {
namespace {

using evidence::Outcome;
using evidence::RunView;
using evidence::SuiteView;
using evidence::TestView;

constexpr std::size_t system_out_bytes_max = 4096;

enum class Element { none, failure, error, skipped };

// Inconclusive outcomes are errors: a CI server must not show them as good.
// What is attested is no pass either, and what does not count is no failure:
// `skipped` is the nearest neutral word.
Element element_of(const TestView& test) {
  if (!test.is_done) return Element::error;
  if (!test.counts && test.outcome != Outcome::pass) return Element::skipped;
  switch (test.outcome) {
    case Outcome::fail:
      return Element::failure;
    case Outcome::error:
    case Outcome::cancel:
    case Outcome::not_attested:
      return Element::error;
    case Outcome::skip:
    case Outcome::omit:
    case Outcome::attested:
    case Outcome::waived:
      return Element::skipped;
    case Outcome::warn:
    case Outcome::pass:
      return Element::none;
  }
  return Element::none;
}

// Attribute values keep line ends only as references.
std::string attribute(std::string_view text) { return escape_markup(one_line(text)); }
std::string content(std::string_view text) { return escape_markup(printable(text)); }

std::string seconds(std::int64_t ms) {
  return fmt::format("{:.3f}", static_cast<double>(std::max<std::int64_t>(ms, 0)) / 1000.0);
}

// "2026-11-21T22:25:48": the form the JUnit schema of Jenkins asks for.
std::string timestamp(std::int64_t unix_ns) { return format_utc(unix_ns).substr(0, 19); }

struct Tally {
  int tests = 0, failures = 0, errors = 0, skipped = 0;
  std::int64_t duration_ms = 0;

  void add(const TestView& test) {
    ++tests;
    duration_ms += std::max<std::int64_t>(test.duration_ms, 0);
    switch (element_of(test)) {
      case Element::failure:
        ++failures;
        break;
      case Element::error:
        ++errors;
        break;
      case Element::skipped:
        ++skipped;
        break;
      case Element::none:
        break;
    }
  }
  void add(const Tally& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
    duration_ms += other.duration_ms;
  }
  std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{}")", tests, failures, errors,
                       skipped, seconds(duration_ms));
  }
};

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("<property name=\"{}\" value=\"{}\"/>", name, attribute(value));
}

std::string summary(const TestView& test) {
  if (!test.is_done) return "the run ended before this test";
  if (!test.counts) return fmt::format("{}: {}", outcome_word(test), uncounted_note);
  const auto why = reason(test);
  return why.empty() ? std::string(meaning(outcome_word(test))) : why;
}

std::string explanation(const RunView& run, const TestView& test, const std::vector<BrokenClaim>& broken) {
  std::string text;
  for (const auto& each : broken) {
    text += fmt::format("claim: {}\nexpected: {}\nfound: {}\nnext: {}\nwhere: {}\n\n", each.claim->text,
                        each.claim->expected, each.claim->found, next_step(test, *each.claim), where(run, test, each));
  }
  if (broken.empty() && !next_step(test).empty()) text += fmt::format("next: {}\n", next_step(test));
  return text;
}

std::string exchanges(const TestView& test) {
  std::string text;
  for (const auto* step : judged_steps(test)) {
    text += fmt::format("{}: {}\n", step->id, one_line(step->action));
    for (const auto& exchange : step->exchanges) text += "  " + describe(exchange) + '\n';
  }
  return shorten(text, system_out_bytes_max);
}

void put_test(std::string& out, const RunView& run, const TestView& test) {
  out += fmt::format(R"(    <testcase classname="{}" name="{}" time="{}">)", attribute(test.suite),
                     attribute(test.name), seconds(test.duration_ms));
  out += "\n      <properties>";
  if (!test.title.empty()) out += property("title", test.title);
  out += property("outcome", outcome_word(test));
  for (const auto& requirement : test.verifies) out += property("verifies", requirement);
  for (const auto& tag : test.tags) out += property("tag", tag);
  for (const auto& answer : run.attestations)
    if (answer.suite == test.suite && answer.test == test.name) out += property("answer", sentence_of(answer));
  out += "</properties>\n";

  const auto broken = broken_claims(test);
  const auto message = attribute(summary(test));
  const auto type = attribute(test.kind.empty() ? outcome_word(test) : std::string_view(test.kind));
  const auto text = content(explanation(run, test, broken));
  switch (element_of(test)) {
    case Element::failure:
      out += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", type, message, text);
      break;
    case Element::error:
      out += fmt::format("      <error type=\"{}\" message=\"{}\">{}</error>\n", type, message, text);
      break;
    case Element::skipped:
      out += fmt::format("      <skipped type=\"{}\" message=\"{}\"/>\n", type, message);
      break;
    case Element::none:
      break;
  }
  const auto shown = test.outcome == Outcome::warn && test.is_done ? explanation(run, test, broken) + exchanges(test)
                                                                   : exchanges(test);
  if (!shown.empty()) out += fmt::format("      <system-out>{}</system-out>\n", content(shown));
  out += "    </testcase>\n";
}

void put_run_properties(std::string& out, const RunView& run, const SuiteView& suite) {
  out += "    <properties>";
  out += property("target", target_name(run)) + property("run", run.id) + property("rule-date", run.rule_date) +
         property("verdict", run.verdict.word) + property("program", "bluebridge " + run.program_version);
  if (!suite.version.empty()) out += property("suite-version", suite.version);
  if (!suite.sha256.empty()) out += property("suite-sha256", suite.sha256);
  for (const auto& option : suite.options) out += property(attribute("option." + option.name), chosen(option));
  for (const auto& connector : run.connectors)
    out += property(attribute("connector." + connector.role), evidence::to_text(connector));
  if (run.processes > 1) out += property("processes", std::to_string(run.processes));
  for (const auto& note : run.notes) out += property("note", note);
  if (run.are_connectors_checked) out += property("connectors", connectors_sentence(run));
  out += "</properties>\n";
}

// Suites in the run's order, and those that only tests name.
std::vector<SuiteView> suites_of(const RunView& run) {
  auto suites = run.suites;
  for (const auto& test : run.tests)
    if (std::none_of(suites.begin(), suites.end(), [&](const auto& s) { return s.id == test.suite; }))
      suites.push_back({.id = test.suite, .version = {}, .title = {}, .file = {}, .sha256 = {}, .options = {}});
  return suites;
}

// What is wrong with the run as a whole, as a suite of its own; nothing when all is well.
std::string run_suite(const RunView& run, Tally& whole) {
  std::string cases;
  Tally tally;
  const auto put_error = [&](std::string_view name, std::string_view type, std::string_view message,
                             std::string_view text) {
    tally.add(Tally{.tests = 1, .errors = 1});
    cases += fmt::format(
        "    <testcase classname=\"bluebridge.run\" name=\"{}\" time=\"0.000\">\n"
        "      <error type=\"{}\" message=\"{}\">{}</error>\n"
        "    </testcase>\n",
        name, type, message, content(text));
  };
  if (run.is_waiting)
    put_error("complete", "waiting", "the run waits and has no verdict yet; go on with 'bluebridge resume'", "");
  else if (!run.is_complete)
    put_error("complete", "incomplete",
              "the run ended before it was finished; go on with 'bluebridge resume' for a verdict", "");
  if (run.is_damaged)
    put_error("undamaged", "damaged", "the run folder is not as the run wrote it, so it proves nothing",
              join(run.problems, "\n"));
  for (const auto& waiver : run.waivers)
    if (evidence::is_to_review(waiver))
      put_error("waivers", fmt::format("{} waiver", evidence::to_word(waiver.state)),
                attribute(fmt::format("the waiver of {} is {}: {}", waiver.test, evidence::to_word(waiver.state),
                                      waiver.why)),
                sentence_of(waiver) + "\nnext: " + next_step(waiver));
  if (cases.empty()) return {};
  whole.add(tally);
  return fmt::format("  <testsuite name=\"bluebridge.run\" {}>\n{}  </testsuite>\n", tally.attributes(), cases);
}

}  // namespace

std::string render_junit(const RunView& run) {
  std::string suites;
  Tally whole;
  for (const auto& suite : suites_of(run)) {
    Tally tally;
    std::string tests;
    for (const auto& test : run.tests) {
      if (test.suite != suite.id) continue;
      tally.add(test);
      put_test(tests, run, test);
    }
    suites += fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n", attribute(suite.id), tally.attributes(),
                          timestamp(run.started_unix_ns));
    put_run_properties(suites, run, suite);
    suites += tests;
    suites += "  </testsuite>\n";
    whole.add(tally);
  }
  suites += run_suite(run, whole);
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" {}>\n{}</testsuites>\n",
                     attribute(target_name(run)), whole.attributes(), suites);
}

}  // namespace bb::report
