// The console report: requirements, what a person answered, what was not
// tested, what to mend, and the verdict last, where a terminal leaves the eye.
#include <fmt/format.h>

#include <algorithm>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/evidence/waivers.hpp"
#include "harness/report/explain.hpp"
#include "harness/report/plain.hpp"
#include "harness/report/report.hpp"

namespace bb::report {
namespace {

using evidence::RequirementView;
using evidence::RunView;
using evidence::TestView;

constexpr std::size_t width_min = 40;
constexpr std::size_t word_columns = 12;      // "not attested"
constexpr std::size_t value_bytes_max = 600;  // of an expected or found value; the page has all of it

std::string_view colour_of(std::string_view word) {
  if (word == "pass" || word == "conformant") return "\x1b[32m";
  if (word == "fail" || word == "not conformant") return "\x1b[1;31m";
  if (word == "error" || word == "cancel" || word == "not attested" || word == "skip" || word == "not run" ||
      word == "stale" || word == "expired")
    return "\x1b[33m";
  if (word == "warn" || word == "attested" || word == "waived" || word == "used") return "\x1b[36m";
  return {};
}

class Page {
 public:
  explicit Page(const ConsoleOptions& options)
      : is_coloured_(options.is_coloured), width_(std::max(options.width, width_min)) {}

  void heading(std::string_view text) {
    if (!out_.empty()) out_ += '\n';
    out_ += is_coloured_ ? fmt::format("\x1b[1m{}\x1b[0m\n", text) : fmt::format("{}\n", text);
  }

  // `first` stands once before the text, blanks of its width on the lines after.
  void paragraph(std::string_view first, std::string_view text, std::string_view colour = {}) {
    const auto indent = columns(first);
    const auto lines = wrap(text, width_ > indent + 20 ? width_ - indent : 20);
    out_ += is_coloured_ && !colour.empty() ? fmt::format("{}{}\x1b[0m", colour, first) : std::string(first);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i > 0) out_.append(indent, ' ');
      out_ += lines[i];
      out_ += '\n';
    }
  }

  void row(std::string_view word, std::string_view text) {
    paragraph(fmt::format("  {:<{}}  ", word, word_columns), text, colour_of(word));
  }

  void field(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    paragraph(fmt::format("{:>16}  {:<9} ", "", name), shorten(printable(text), value_bytes_max));
  }

  void line(std::string_view text, std::string_view colour = {}) {
    for (const auto& each : wrap(text, width_))
      out_ += is_coloured_ && !colour.empty() ? fmt::format("{}{}\x1b[0m\n", colour, each) : fmt::format("{}\n", each);
  }

  std::string take() { return std::move(out_); }

 private:
  bool is_coloured_;
  std::size_t width_;
  std::string out_;
};

std::string requirement_text(const RequirementView& requirement) {
  auto text = fmt::format("{}  {}  {}", requirement.id, requirement.level, requirement.text);
  if (requirement.is_tested && !requirement.counts) text += fmt::format(" ({})", uncounted_note);
  if (const auto note = part_note(requirement); !note.empty()) text += fmt::format(" ({})", note);
  return one_line(text);
}

void put_requirements(Page& page, const RunView& run) {
  std::vector<const RequirementView*> tested;
  std::vector<const RequirementView*> attested;
  std::vector<const RequirementView*> untested;
  for (const auto& requirement : run.requirements)
    (is_attested(requirement) ? attested : requirement.is_tested ? tested : untested).push_back(&requirement);

  if (!tested.empty()) page.heading("Requirements");
  for (const auto* requirement : tested) page.row(outcome_word(*requirement), requirement_text(*requirement));

  if (!attested.empty()) page.heading("Answered by a person, listed apart");
  for (const auto* requirement : attested) page.row(outcome_word(*requirement), requirement_text(*requirement));

  if (!untested.empty()) page.heading("Not tested");
  for (const auto* requirement : untested) {
    page.row("untested", requirement_text(*requirement));
    page.field("missing", missing(*requirement));
  }
}

void put_attestations(Page& page, const RunView& run) {
  if (run.attestations.empty()) return;
  page.heading("Answers of people");
  for (const auto& answer : run.attestations) {
    page.row(answer_word(answer), one_line(answer.question));
    page.field("by", signature_of(answer));
    page.field("evidence", evidence_of(answer));
    page.field("expires", expiry_of(answer));
  }
}

void put_waivers(Page& page, const RunView& run) {
  const auto is_apart = [](const auto& waiver) { return waiver.state == evidence::WaiverView::State::apart; };
  if (std::all_of(run.waivers.begin(), run.waivers.end(), is_apart)) return;
  page.heading("Waivers");
  for (const auto& waiver : run.waivers) {
    if (is_apart(waiver)) continue;
    page.row(evidence::to_word(waiver.state), one_line(sentence_of(waiver)));
    page.field("next", next_step(waiver));
  }
}

void put_open_test(Page& page, const RunView& run, const TestView& test) {
  const auto word = outcome_word(test);
  auto title = one_line(test.suite + '/' + test.name);
  if (!test.title.empty()) title += ": " + one_line(test.title);
  if (!test.counts) title += fmt::format(" ({})", uncounted_note);
  page.row(word, title);
  const auto broken = broken_claims(test);
  if (broken.empty()) page.field("cause", reason(test));
  for (const auto& each : broken) {
    page.field("claim", one_line(each.claim->text));
    page.field("expected", each.claim->expected);
    page.field("found", each.claim->found);
    page.field("hint", next_step(test, *each.claim));
    page.field("where", where(run, test, each));
    if (const auto* exchange = answering_exchange(*each.step)) page.field("exchange", describe(*exchange));
  }
  if (broken.empty()) page.field("hint", next_step(test));
}

void put_connectors(Page& page, const RunView& run) {
  const auto sentence = connectors_sentence(run);
  if (sentence.empty()) return;
  page.heading("Connectors");
  page.line(sentence);
  for (const auto& [first, count, has_more] : misbehaviours(run)) {
    page.line(one_line(fmt::format("{}: {} {}, {}{} {}", severity_of(first), first.rule, first.instance,
                                   has_more ? "at least " : "", count, count == 1 ? "time" : "times")),
              colour_of("warn"));
    page.field("seen", first.what);
    page.field("says", first.header);
  }
}

std::string counts_sentence(const evidence::Counts& counts) {
  std::vector<std::string> parts;
  const auto add = [&](int count, std::string_view word) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, word));
  };
  add(counts.fail, "fail");
  add(counts.error, "error");
  add(counts.cancel, "cancel");
  add(counts.not_attested, "not attested");
  add(counts.skip, "skip");
  add(counts.attested, "attested");
  add(counts.waived, "waived");
  add(counts.warn, "warn");
  add(counts.pass, "pass");
  add(counts.omit, "omit");
  return parts.empty() ? std::string("no test ended") : "tests: " + join(parts, ", ");
}

}  // namespace

std::string render_console(const RunView& run, const ConsoleOptions& options) {
  Page page(options);
  page.heading(fmt::format("BlueBridge: {}", target_name(run)));
  page.line(fmt::format("run {}, begun {}, rules of {}", run.id.empty() ? "without an id" : one_line(run.id),
                        format_utc(run.started_unix_ns), run.rule_date.empty() ? "today" : one_line(run.rule_date)));
  if (const auto processes = processes_sentence(run); !processes.empty()) page.line(processes);
  for (const auto& suite : run.suites)
    if (const auto sentence = options_sentence(suite); !sentence.empty()) page.line("options of " + one_line(sentence));
  for (const auto& note : run.notes) page.line("note: " + one_line(note));

  put_requirements(page, run);
  put_attestations(page, run);

  const auto open = open_tests(run);
  if (!open.empty()) page.heading("Tests to look at");
  for (const auto* test : open) put_open_test(page, run, *test);

  put_waivers(page, run);
  put_connectors(page, run);

  page.heading(fmt::format("Verdict: {}", run.verdict.word));
  if (!run.is_complete && !run.is_waiting) page.line("This run is incomplete.", colour_of("fail"));
  for (const auto& arrival : run.arrivals) page.line(one_line(sentence_of(arrival, Repeats::nothing_of_the_message)));
  for (const auto& wait : run.waits) page.line(one_line(sentence_of(wait)), colour_of("skip"));
  if (run.is_damaged) page.line("The evidence of this run is damaged.", colour_of("fail"));
  for (const auto& problem : run.problems) page.line("problem: " + one_line(problem));
  if (!run.verdict.sentence.empty()) page.line(one_line(run.verdict.sentence));
  page.line(counts_sentence(run.counts));
  page.line(next_step(run));
  return page.take();
}

}  // namespace bb::report
