// A01 evidence that a step asks for, A02 files named as evidence, A03 questions
// that nobody asks, A04 dates to come, A05 answers that expire before they were
// given, A06 that have expired. Known before a run, so that nobody waits
// for its end to hear of it.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"

namespace bb::suite {
namespace {

// Where it is tomorrow first, days begin so much before those of UTC.
constexpr std::int64_t earliest_zone_ns = std::int64_t{14} * 3600 * ns_per_second;

bool asks(const Step& step) { return step.action == Action::attest; }

// "s/t" and "s/t.step" for each question; of instances the test and each by name.
std::vector<std::string> questions_of(const Suite& suite) {
  std::vector<std::string> questions;
  for (const auto& test : suite.tests) {
    if (std::none_of(test.steps.begin(), test.steps.end(), asks)) continue;
    std::vector<std::string> names{suite.id + "/" + test.path};
    for (const auto& label : instance_labels(test)) names.push_back(fmt::format("{}[{}]", names[0], label));
    for (const auto& name : names) {
      questions.push_back(name);
      for (const auto& step : test.steps)
        if (asks(step)) questions.push_back(name + "." + step.id);
    }
  }
  return questions;
}

// Without the instance of a test whose instances only a target knows.
std::string without_open_instance(const Suite& suite, const std::string& address) {
  const auto open = address.find('[');
  const auto close = address.find(']', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return address;
  const std::size_t begin = suite.id.size() + 1;
  const Test* test = open > begin ? suite.find_test(address.substr(begin, open - begin)) : nullptr;
  return test && has_open_instances(*test) ? address.substr(0, open) + address.substr(close + 1) : address;
}

class AnswersLinter {
 public:
  AnswersLinter(const Answers& answers, std::vector<Diagnostic>& diagnostics)
      : answers_(answers), diagnostics_(diagnostics) {}

  void check(const Suite& suite, const Test& test, const Step& step) {
    if (step.action != Action::attest || step.evidence_kind == "none") return;
    for (const auto& answer : answers_.answers) {
      const auto name = answered_test(answer, suite, test, step);
      // One that goes before it may speak for this step.
      if (name && answers_.find(suite.id, *name, step.id) == &answer) check_evidence(answer, step);
    }
  }

  // What is asked of nobody, and answers of days to come.
  void check_answers(const std::vector<Suite>& suites) {
    for (const auto& answer : answers_.answers) {
      check_days(answer);
      check_question(suites, answer);
    }
  }

  // Answers to connectors. What they ask is known in the run only.
  void check_questions(const std::vector<Suite>& suites, const Target* target) {
    for (const auto& answer : answers_.questions) {
      check_days(answer);
      std::error_code ignored;
      if (!answer.file.empty() && !std::filesystem::is_regular_file(answers_.file.parent_path() / answer.file, ignored))
        error("A02", answer.file_place, fmt::format("there is no file '{}'", shorten(answer.file, 80)), path_note);
      if (target != nullptr) check_asked(answer, suites, *target);
    }
  }

 private:
  static constexpr const char* path_note = "a path is relative to the folder of the answers";

  template <class AnyAnswer>
  void check_days(const AnyAnswer& answer) {
    check_day(answer.date, answer.date_place);
    if (answer.expires.empty() || !parse_time(answer.date) || !parse_time(answer.expires)) return;
    const Place& place = answer.expires_place;
    if (expired_by(answer.expires, now_, "").empty() && answer.expires >= answer.date) return;
    if (!told_days_.emplace(place.line, place.column).second) return;
    if (answer.expires < answer.date)
      error("A05", place,
            fmt::format("the answer expires on {}, before it was given on {}", answer.expires, answer.date),
            "'expires' is the last day on which it counts");
    else
      diagnostics_.push_back({Severity::warning, place,
                              fmt::format("the answer expired on {} and does not count; today is {} [A06]",
                                          answer.expires, format_date(now_)),
                              "ask again, and write the day of the new answer"});
  }

  void check_day(const std::string& date, const Place& place) {
    // What is no day the reader has told; the day of the file is that of many answers.
    const bool is_to_come = parse_time(date) && date > latest_;
    if (is_to_come && told_days_.emplace(place.line, place.column).second)
      error("A04", place, fmt::format("the answer is dated {}, and today is {}", date, format_date(now_)),
            "write the day on which it was given");
  }

  // "role/question" or "role/person/question".
  void check_asked(const QuestionAnswer& answer, const std::vector<Suite>& suites, const Target& target) {
    const auto parts = split(answer.question, '/');
    // What is no address the reader has told.
    if (parts.size() < 2 || parts.size() > 3) return;
    std::vector<std::string> roles;
    for (const auto& suite : suites)
      for (const auto& role : suite.roles)
        if (std::find(roles.begin(), roles.end(), role.name) == roles.end()) roles.push_back(role.name);
    if (std::find(roles.begin(), roles.end(), parts[0]) == roles.end()) {
      not_of_run(answer.place, fmt::format("no suite of this run has a role '{}'", shorten(parts[0], 60)), parts[0],
                 roles, "roles");
      return;
    }
    if (parts.size() < 3 || target.find_person(parts[1])) return;
    std::vector<std::string> people;
    for (const auto& person : target.people) people.push_back(person.id);
    not_of_run(answer.place, fmt::format("the target has nobody called '{}'", shorten(parts[1], 60)), parts[1], people,
               "people");
  }

  // It may be meant for another run, or be misspelt.
  void not_of_run(const Place& place, const std::string& message, const std::string& name,
                  const std::vector<std::string>& known, std::string_view things) {
    diagnostics_.push_back({nearest(name, known) ? Severity::error : Severity::warning, place, message + " [A03]",
                            suggest(name, known, things)});
  }

  void check_question(const std::vector<Suite>& suites, const Answer& answer) {
    const std::string id = answer.test.substr(0, answer.test.find('/'));
    const auto suite = std::find_if(suites.begin(), suites.end(), [&](const Suite& one) { return one.id == id; });
    if (suite == suites.end()) {
      std::vector<std::string> known;
      for (const auto& one : suites) known.push_back(one.id);
      not_of_run(answer.place, fmt::format("no suite of this run is called '{}'", shorten(id, 60)), id, known,
                 "suites");
      return;
    }
    const auto questions = questions_of(*suite);
    const std::string asked = without_open_instance(*suite, answer.test);
    if (std::find(questions.begin(), questions.end(), asked) != questions.end()) return;
    error("A03", answer.place, fmt::format("nobody asks '{}'", shorten(answer.test, 80)),
          suggest(asked, questions, "questions"));
  }

  // The test or instance that the answer names, where it may be about this step:
  // "t" of "s/t" and "s/t.step", "t[a]" of "s/t[a]" and "s/t[a].step".
  static std::optional<std::string> answered_test(const Answer& answer, const Suite& suite, const Test& test,
                                                  const Step& step) {
    std::string_view rest = answer.test;
    const std::string prefix = suite.id + "/" + test.path;
    if (!rest.starts_with(prefix)) return std::nullopt;
    rest.remove_prefix(prefix.size());
    const std::string suffix = "." + step.id;
    if (rest.ends_with(suffix)) rest.remove_suffix(suffix.size());
    if (!rest.empty() && !(rest.starts_with('[') && rest.ends_with(']'))) return std::nullopt;
    return test.path + std::string(rest);
  }

  void check_evidence(const Answer& answer, const Step& step) {
    const bool is_note = step.evidence_kind == "note";
    if (answer.evidence.empty()) {
      // Who answers no has nothing to prove.
      if (answer.is_yes)
        error("A01", answer.place,
              fmt::format("the answer names no evidence, step '{}' asks for a {}", step.id, step.evidence_kind),
              is_note ? "write {answer: yes, evidence: what was seen}" : "write {answer: yes, evidence: FILE}");
      return;
    }
    std::error_code ignored;
    if (is_note || std::filesystem::is_regular_file(answers_.file.parent_path() / answer.evidence, ignored)) return;
    error("A02", answer.evidence_place,
          fmt::format("step '{}' asks for a {} as evidence, and there is no file '{}'", step.id, step.evidence_kind,
                      shorten(answer.evidence, 80)),
          path_note);
  }

  void error(std::string_view rule, const Place& place, const std::string& message, const std::string& note) {
    diagnostics_.push_back({Severity::error, place, fmt::format("{} [{}]", message, rule), note});
  }

  const Answers& answers_;
  std::vector<Diagnostic>& diagnostics_;
  const std::int64_t now_ = now_unix_ns();
  const std::string latest_ = format_date(now_ + earliest_zone_ns);
  std::set<std::pair<int, int>> told_days_;  // places
};

}  // namespace

std::vector<Diagnostic> lint_answers(const Answers& answers, const std::vector<Suite>& suites, const Target* target) {
  std::vector<Diagnostic> diagnostics;
  AnswersLinter linter(answers, diagnostics);
  if (!suites.empty()) {
    linter.check_answers(suites);
    linter.check_questions(suites, target);
  }
  for (const auto& suite : suites)
    for (const auto& test : suite.tests)
      for_each_step(test, [&](const Step& step) { linter.check(suite, test, step); });
  return diagnostics;
}

}  // namespace bb::suite
