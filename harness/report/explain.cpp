#include "harness/report/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bb/core/text.hpp>
#include <utility>

#include "harness/report/plain.hpp"

namespace bb::report {
namespace {

using evidence::ClaimView;
using evidence::ExchangeView;
using evidence::Outcome;
using evidence::RequirementView;
using evidence::RunView;
using evidence::StepView;
using evidence::TestView;

constexpr int urgency_of_uncounted = 7;
constexpr std::size_t reason_bytes_max = 240;

// Order of "what to do first". Lower comes first; -1: nothing to do.
int urgency_of_outcome(const TestView& test) {
  if (!test.is_done) return 6;
  switch (test.outcome) {
    case Outcome::fail:
      return 0;
    case Outcome::error:
      return 1;
    case Outcome::cancel:
      return 2;
    case Outcome::not_attested:
      return 3;
    case Outcome::skip:
      return 4;
    case Outcome::warn:
      return 5;
    case Outcome::attested:
    case Outcome::waived:
    case Outcome::pass:
    case Outcome::omit:
      return -1;
  }
  return -1;
}

int urgency(const TestView& test) {
  const auto urgency = urgency_of_outcome(test);
  return urgency >= 0 && !test.counts ? urgency_of_uncounted : urgency;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> meanings = {{
    {"pass", "Everything that must hold did hold."},
    {"warn", "Something that should hold did not. It does not count against the verdict."},
    {"fail", "Something that must hold did not. It counts against the verdict."},
    {"skip", "Could not be tested, because something it needs was missing. The verdict stays open."},
    {"omit", "Does not apply to this system, or is optional and not offered."},
    {"attested", "A person answered yes, with name, date and evidence. Listed apart, never counted as a pass."},
    {"not attested", "A person has not answered, or answered no. The verdict stays open."},
    {"error", "The test tool or the connector broke, not the system under test. The verdict stays open."},
    {"waived", "Failed exactly as a valid waiver said it would."},
    {"cancel", "A person stopped the run before this was finished."},
    {"not run", "The run ended before this test."},
    {"untested", "No test of this run checks it. The text says what is missing."},
}};

std::string counted_tests(int count) { return fmt::format("{} test{}", count, count == 1 ? "" : "s"); }

std::string left_out_words(int count) {
  return fmt::format("{} that {} it {} left out", counted_tests(count), count == 1 ? "checks" : "check",
                     count == 1 ? "was" : "were");
}

std::string advice_for_error(const std::string& kind) {
  if (kind == "validator_unavailable")
    return "Install the data that the validator needs, then run again. This says nothing about the system under test.";
  if (kind == "config") return "Correct the target file or the set-up named above, then run again.";
  if (kind.starts_with("connector"))
    return "The connector broke, not the system under test. Send this report to whoever wrote the connector.";
  return "The test tool broke, not the system under test. Run again; if it stays, report it with this run folder.";
}

const std::string* suite_file(const RunView& run, const TestView& test) {
  const auto it = std::find_if(run.suites.begin(), run.suites.end(), [&](const auto& s) { return s.id == test.suite; });
  return it == run.suites.end() || it->file.empty() ? nullptr : &it->file;
}

}  // namespace

std::vector<const StepView*> judged_steps(const TestView& test) {
  std::vector<const StepView*> steps;
  for (const auto& step : test.steps) {
    if (step.is_setup || step.is_cleanup) continue;
    const auto earlier = std::find_if(steps.begin(), steps.end(), [&](const StepView* s) { return s->id == step.id; });
    if (earlier != steps.end() && step.attempt > (*earlier)->attempt)
      *earlier = &step;
    else
      steps.push_back(&step);
  }
  return steps;
}

std::vector<BrokenClaim> broken_claims(const TestView& test) {
  std::vector<BrokenClaim> broken;
  for (const auto* step : judged_steps(test))
    for (const auto& claim : step->claims)
      if (claim.outcome != "held") broken.push_back({step, &claim});
  return broken;
}

std::vector<const TestView*> open_tests(const RunView& run) {
  std::vector<const TestView*> tests;
  for (const auto& test : run.tests)
    if (urgency(test) >= 0) tests.push_back(&test);
  std::stable_sort(tests.begin(), tests.end(),
                   [](const TestView* a, const TestView* b) { return urgency(*a) < urgency(*b); });
  return tests;
}

std::string_view outcome_word(const TestView& test) {
  return test.is_done ? evidence::to_word(test.outcome) : std::string_view("not run");
}

std::string_view outcome_word(const RequirementView& requirement) {
  return requirement.is_tested ? evidence::to_word(requirement.outcome) : std::string_view("untested");
}

std::string missing(const RequirementView& requirement) {
  if (requirement.left_out > 0) return "not in this part: " + left_out_words(requirement.left_out);
  if (!requirement.untested.empty()) return requirement.untested;
  if (!requirement.rests_on.empty())
    return "rests on " + join(requirement.rests_on, ", ") + ", none of which was judged in this run";
  if (requirement.judged_by.starts_with("tests/"))
    return "it asks something of a connector, not of a system; tests of BlueBridge judge its own: " +
           requirement.judged_by;
  if (!requirement.judged_by.empty()) return "no suite judges it, '" + requirement.judged_by + "' does";
  return "no test of these suites checks it";
}

std::string part_note(const RequirementView& requirement) {
  if (!requirement.is_tested || requirement.left_out == 0) return {};
  return "in part: " + left_out_words(requirement.left_out);
}

std::string_view meaning(std::string_view outcome_word) {
  for (const auto& [word, sentence] : meanings)
    if (word == outcome_word) return sentence;
  return {};
}

std::string reason(const TestView& test) {
  const auto broken = broken_claims(test);
  if (broken.empty()) return shorten(one_line(test.cause), reason_bytes_max);
  auto text = "does not hold: " + shorten(one_line(broken.front().claim->text), reason_bytes_max);
  if (broken.size() > 1) text += fmt::format(" (and {} more)", broken.size() - 1);
  return text;
}

std::string next_step(const TestView& test) {
  if (test.is_waiting) return "Go on with the run: 'bluebridge resume'.";
  if (!test.is_done) return "Go on with the run: it ended before this test.";
  switch (test.outcome) {
    case Outcome::fail:
      if (!test.hint.empty()) return test.hint;
      return "Compare what was expected with what was found, mend the system, then run again.";
    case Outcome::warn:
      if (!test.hint.empty()) return test.hint;
      return "Nothing has to be done. Mending it makes the system better for patients.";
    case Outcome::error:
      return advice_for_error(test.kind);
    case Outcome::cancel:
      return "Run again and let it finish.";
    case Outcome::not_attested:
      return "Let somebody who can see the system answer the question, with name and date, in the file given to "
             "--answers, then run again.";
    case Outcome::skip:
      if (!test.hint.empty()) return test.hint;
      return "Mend what is named as the cause, then run again.";
    case Outcome::waived:
      return "Mend the system before the waiver ends.";
    case Outcome::attested:
    case Outcome::pass:
    case Outcome::omit:
      return {};
  }
  return {};
}

std::string next_step(const TestView& test, const ClaimView& claim) {
  return claim.hint.empty() ? next_step(test) : claim.hint;
}

namespace {

// What to do next, whether all of the suites was run or a part.
std::string first_step(const RunView& run) {
  const evidence::Counts counts = evidence::counts_for_verdict(run.tests, evidence::standing_of(run));
  if (run.is_damaged)
    return "The run folder is not as the run wrote it, so nothing in this report can be relied on. Take the folder "
           "from "
           "whoever made the run once more, or run again.";
  if (run.is_waiting)
    return fmt::format("Go on with 'bluebridge resume {}' when what the tests wait for has arrived, or wait there.{}",
                       run.folder.string(), counts.fail > 0 ? " What failed so far is below." : "");
  if (!run.is_complete)
    return fmt::format(
        "The run ended before it was finished. What it recorded until then is below. Go on with "
        "'bluebridge resume {}' for a verdict.",
        run.folder.string());
  if (counts.fail > 0)
    return "Begin with the tests that failed. Give this report to whoever runs the system: it shows what was "
           "expected, "
           "what was found and the exchanges behind it. Then run again.";
  if (counts.cancel > 0) return "Somebody stopped the run. Run again and let it finish.";
  if (counts.error + counts.skip + counts.not_attested > 0)
    return "Nothing failed, but not everything could be judged. Mend the set-up or answer the open questions named "
           "below, then run again.";
  if (run.verdict.exit_status == 6)
    return "Nothing else is wrong, and waivers are stale or expired: review those named below, then run again.";
  if (run.verdict.exit_status == 3)
    return "Nothing that counts was judged, so there is nothing to publish. Look at the rule date, the options and the "
           "roles of the target: they say which requirements apply.";
  if (run.part) return "What was run is well, which says nothing about the rest: there is nothing to publish yet.";
  if (counts.attested > 0)
    return "Publish the result together with the answers it rests on. Keep the run folder: it is the proof.";
  return "Publish the result. Keep the run folder: it is the proof.";
}

}  // namespace

std::string next_step(const RunView& run) {
  if (!run.part || run.is_damaged) return first_step(run);
  const int left_out = run.part->of - run.part->tests;
  return fmt::format("{} {} of these suites {} left out: run the whole for a verdict, without --filter and --tag.",
                     first_step(run), counted_tests(left_out), left_out == 1 ? "was" : "were");
}

std::string processes_sentence(const RunView& run) {
  if (run.processes < 2) return "";
  return fmt::format("This run was made by {} processes, one after the other.", run.processes);
}

std::string sentence_of(const evidence::WaitView& wait) {
  if (wait.event == evidence::person_event)
    return fmt::format("{}/{} waits for the answer of a person: {}", wait.suite, wait.test, wait.tell);
  std::string text = fmt::format("{}/{} waits for {}", wait.suite, wait.test, wait.event);
  if (!wait.address.empty()) text += " at " + wait.address;
  const std::pair<std::string_view, const std::string*> wanted[] = {{"subject", &wait.wanted.subject},
                                                                    {"subject matching", &wait.wanted.subject_matches},
                                                                    {"sender", &wait.wanted.from},
                                                                    {"answer to", &wait.wanted.in_reply_to}};
  for (const auto& [what, value] : wanted)
    if (!value->empty()) text += fmt::format(", {} {}", what, *value);
  return fmt::format("{} until {}{}{}", text, wait.until, wait.tell.empty() ? "" : ": ", wait.tell);
}

std::string sentence_of(const evidence::ArrivalView& arrival, Repeats repeats) {
  const bool is_whole = repeats == Repeats::all;
  std::string text = fmt::format("{} holds message {}", arrival.role, arrival.id);
  if (is_whole && !arrival.title.empty()) text += fmt::format(", '{}'", arrival.title);
  if (is_whole && !arrival.sender.empty()) text += ", from " + arrival.sender;
  if (!arrival.updated.empty()) text += ", of " + arrival.updated;
  text += ", which no wait took";
  if (arrival.nearest.test.empty()) return text;
  text += fmt::format("; nearest is {}/{}, step {}", arrival.nearest.suite, arrival.nearest.test, arrival.nearest.step);
  for (const auto& one : arrival.differs) {
    const bool is_told = is_whole || (one.field != "subject" && one.field != "from");
    text += is_told ? fmt::format(": {}: expected {}, found {}", one.field, one.expected, one.found)
                    : fmt::format(": another {}, which the other reports name", one.field);
  }
  return arrival.differs.empty() ? text + ", which took another" : text;
}

std::string sentence_of(const evidence::WaiverView& waiver) {
  std::string text = fmt::format("{}, '{}', on {}, until {}: {}", waiver.test, waiver.claim, waiver.subject,
                                 waiver.expires, waiver.reason);
  if (!waiver.link.empty()) text += fmt::format(" ({})", waiver.link);
  return waiver.why.empty() ? text : fmt::format("{}. {}", text, waiver.why);
}

std::string next_step(const evidence::WaiverView& waiver) {
  switch (waiver.state) {
    case evidence::WaiverView::State::used:
      return fmt::format("Mend the system by {}.", waiver.expires);
    case evidence::WaiverView::State::stale:
      return "Take the waiver out of the waivers file, or correct what it names.";
    case evidence::WaiverView::State::expired:
      return "Mend the system and take the waiver out, or agree on another day.";
    case evidence::WaiverView::State::open:
    case evidence::WaiverView::State::apart:
      return {};
  }
  return {};
}

std::string where(const RunView& run, const TestView& test, const BrokenClaim& broken) {
  std::string text;
  const int line = broken.claim->line > 0 ? broken.claim->line : test.line;
  if (const auto* file = suite_file(run, test)) {
    text = line > 0 ? fmt::format("{}:{}", *file, line) : *file;
    text += ", ";
  }
  return text + "step " + broken.step->id;
}

std::string describe(const ExchangeView& view) {
  const auto& exchange = view.exchange;
  const auto request = one_line(exchange.method + ' ' + exchange.url);
  if (exchange.status == 0)
    return exchange.error.empty() ? request + ": no answer" : request + ": " + one_line(exchange.error);
  if (!exchange.error.empty()) return fmt::format("{}: {}, {}", request, exchange.status, one_line(exchange.error));
  return fmt::format("{}: {}", request, exchange.status);
}

const ExchangeView* answering_exchange(const StepView& step) {
  const auto it = std::find_if(step.exchanges.rbegin(), step.exchanges.rend(),
                               [](const ExchangeView& e) { return e.exchange.is_answer; });
  if (it != step.exchanges.rend()) return &*it;
  return step.exchanges.empty() ? nullptr : &step.exchanges.back();
}

std::string chosen(const evidence::OptionView& option) { return fmt::format("{} ({})", option.value, option.from); }

std::string options_sentence(const evidence::SuiteView& suite) {
  std::vector<std::string> options;
  for (const auto& option : suite.options) options.push_back(fmt::format("{} {}", option.name, chosen(option)));
  return options.empty() ? std::string() : fmt::format("{}: {}", suite.id, join(options, ", "));
}

std::string target_name(const RunView& run) {
  auto name = run.target_title.empty() ? run.target : run.target_title;
  if (!run.target_version.empty()) name += ' ' + run.target_version;
  return name.empty() ? std::string("a system without a name") : one_line(name);
}

std::vector<Misbehaviour> misbehaviours(const evidence::RunView& run) {
  std::vector<Misbehaviour> found;
  for (const auto& notice : run.notices) {
    auto known = std::find_if(found.begin(), found.end(), [&](const Misbehaviour& one) {
      return one.first.rule == notice.rule && one.first.instance == notice.instance &&
             one.first.is_host == notice.is_host;
    });
    if (known == found.end()) known = found.insert(found.end(), {notice, 0, false});
    ++known->count;
    known->has_more = known->has_more || notice.is_last;
  }
  return found;
}

std::string connectors_sentence(const evidence::RunView& run) {
  if (!run.are_connectors_checked) return {};
  if (run.notices.empty()) return "no rule of the plugin contract was seen broken";
  const auto found = misbehaviours(run);
  const bool has_more = std::any_of(found.begin(), found.end(), [](const Misbehaviour& one) { return one.has_more; });
  return fmt::format("rules of the plugin contract were seen broken {}{} {}; this changes no verdict",
                     has_more ? "at least " : "", run.notices.size(), run.notices.size() == 1 ? "time" : "times");
}

std::string_view answer_word(const evidence::AttestationView& answer) {
  if (!answer.is_answered) return answer.name.empty() ? "no answer" : "declined";
  if (!answer.expired_by.empty()) return "expired";
  return answer.is_yes ? "yes" : "no";
}

std::string signature_of(const evidence::AttestationView& answer) {
  std::vector<std::string> parts;
  for (const auto* part : {&answer.name, &answer.role, &answer.date})
    if (!part->empty()) parts.push_back(*part);
  return join(parts, ", ");
}

std::string expiry_of(const evidence::AttestationView& answer) {
  if (answer.expires.empty() || answer.expired_by.empty()) return answer.expires;
  return fmt::format("{}: it does not count on {}", answer.expires, answer.expired_by);
}

std::string evidence_of(const evidence::AttestationView& answer) {
  if (answer.evidence_blob.empty()) return answer.evidence;
  return fmt::format("{} (blobs/{})", answer.evidence, answer.evidence_blob);
}

std::string sentence_of(const evidence::AttestationView& answer) {
  std::vector<std::string> facts;
  const auto note = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) facts.push_back(fmt::format("{} {}", label, value));
  };
  note("by", signature_of(answer));
  note("evidence:", evidence_of(answer));
  note("expires", expiry_of(answer));
  return fmt::format("{}: {}{}{}{}", answer_word(answer), answer.question, facts.empty() ? "" : " (", join(facts, "; "),
                     facts.empty() ? "" : ")");
}

bool is_attested(const RequirementView& requirement) {
  return requirement.is_tested &&
         (requirement.outcome == Outcome::attested || requirement.outcome == Outcome::not_attested);
}

}  // namespace bb::report
