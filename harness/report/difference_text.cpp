#include <fmt/format.h>

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/report/difference_words.hpp"
#include "harness/report/explain.hpp"
#include "harness/report/plain.hpp"

namespace bb::report {
namespace {

constexpr std::size_t width_min = 40;
constexpr std::size_t value_bytes_max = 200;  // of an expected or found value; JSON has all of it

std::string then(const std::string& before, const std::string& after) {
  return before == after ? after : fmt::format("{}, then {}", before, after);
}

std::string_view or_nothing(const std::string& text) { return text.empty() ? std::string_view("nothing") : text; }

class Text {
 public:
  explicit Text(const ConsoleOptions& options)
      : is_coloured_(options.is_coloured), width_(std::max(options.width, width_min)) {}

  void heading(std::string_view text) {
    if (!out_.empty()) out_ += '\n';
    out_ += is_coloured_ ? fmt::format("\x1b[1m{}\x1b[0m\n", text) : fmt::format("{}\n", text);
  }
  void line(std::string_view text, std::string_view indent = "") {
    for (const auto& part : wrap(one_line(text), width_ - indent.size())) out_ += fmt::format("{}{}\n", indent, part);
  }
  std::string take() { return std::move(out_); }

 private:
  bool is_coloured_;
  std::size_t width_;
  std::string out_;
};

void put_requirements(Text& text, const Difference& difference) {
  std::string_view group;
  for (const auto& change : difference.requirements) {
    if (const auto word = to_word(change.kind); word != group) {
      group = word;
      text.heading(fmt::format("Requirements {}", group));
    }
    text.line(in_words(change));
    if (!change.cites.empty()) text.line("rule: " + change.cites, "    ");
    if (!change.tests.empty()) text.line("tests: " + join(change.tests, ", "), "    ");
  }
}

void put_tests(Text& text, const Difference& difference) {
  if (!difference.tests.empty()) text.heading("Tests");
  for (const auto& change : difference.tests) {
    text.line(in_words(change));
    for (const auto& claim : change.claims_before) text.line("did not hold: " + in_words(claim), "    ");
    for (const auto& claim : change.claims_after) text.line("does not hold: " + in_words(claim), "    ");
    if (!change.cause.empty()) text.line("cause: " + change.cause, "    ");
    for (const auto& rule : change.cites) text.line("rule: " + rule, "    ");
  }
}

void put_fields(Text& text, std::string_view title, const std::vector<FieldChange>& changes) {
  if (!changes.empty()) text.heading(title);
  for (const auto& change : changes) text.line(in_words(change));
}

}  // namespace

std::string headline(const Difference& difference) {
  if (difference.is_empty()) return "nothing changed";
  return difference.is_worse() ? "something got worse" : "nothing got worse";
}

std::string run_sentence(const evidence::RunView& run) {
  return fmt::format("run {} of {}, begun {}, rules of {}", run.id, target_name(run), format_utc(run.started_unix_ns),
                     run.rule_date);
}

std::string in_words(const RequirementChange& change) {
  const auto counts = change.counted_before == change.counts_after
                          ? std::string(change.counts_after ? "" : ", does not count")
                          : std::string(change.counts_after ? ", counts now" : ", counts no longer");
  return fmt::format("{}{} {}, {}: {}{}", change.is_worse ? "! " : "", change.id, change.level, change.text,
                     then(change.before, change.after), counts);
}

std::string in_words(const TestChange& change) {
  const bool is_same = change.before == change.after;
  return fmt::format("{}{}/{}, {}: {}{}", change.is_worse ? "! " : "", change.suite, change.name, change.title,
                     then(change.before, change.after), is_same ? ", for another reason" : "");
}

std::string in_words(const FieldChange& change) {
  return fmt::format("{}: {}, then {}", change.what, or_nothing(change.before), or_nothing(change.after));
}

std::string in_words(const FailingClaim& claim) {
  return fmt::format("{}, step {}: expected {}, found {}", claim.text, claim.step,
                     shorten(one_line(claim.expected), value_bytes_max),
                     shorten(one_line(claim.found), value_bytes_max));
}

std::string render_difference(const Difference& difference, const evidence::RunView& before,
                              const evidence::RunView& after, const ConsoleOptions& options) {
  Text text(options);
  text.line("from " + run_sentence(before));
  text.line("to   " + run_sentence(after));
  put_requirements(text, difference);
  put_tests(text, difference);
  put_fields(text, "Waivers", difference.waivers);
  put_fields(text, "Answers of people", difference.attestations);
  put_fields(text, "What else changed", difference.setup);
  if (!difference.not_comparable.empty()) text.heading("What is not comparable");
  for (const auto& sentence : difference.not_comparable) text.line(sentence);
  text.heading("Verdict");
  text.line(then(difference.verdict.before, difference.verdict.after));
  text.line(headline(difference));
  return text.take();
}

}  // namespace bb::report
