// Sign-in: everybody whom the suites sign in can, as they would.
#include <algorithm>

#include <fmt/format.h>

#include "harness/doctor/checks.hpp"
#include "harness/suite/sign_in.hpp"

namespace bb::doctor {
namespace {

// Whether a person has to act at a page, and nobody opens it.
bool needs_browser(const Examination& examination, const SignInAsked& asked) {
  const auto* person = examination.target().find_person(asked.person);
  const auto* role = examination.target().find_role(asked.role);
  if (person == nullptr || role == nullptr || examination.settings().options.browser != nullptr) return false;
  const bool has_client_secret = person->secrets.contains("client_secret") || role->secrets.contains("client_secret");
  const auto method = asked.method.empty() ? suite::sign_in_method(*person, role, has_client_secret) : asked.method;
  return method == "user_redirect";
}

Finding judged(const Examination& examination, const SignInAsked& asked, const evidence::TestView* test) {
  const auto* person = examination.target().find_person(asked.person);
  const auto who = asked.person.empty() ? "somebody" : "'" + asked.person + "'";
  const auto whom = fmt::format("{} at role '{}'", who, asked.role);
  Finding finding{.group = Group::sign_in};
  if (test != nullptr && test->outcome == evidence::Outcome::pass) {
    finding.what = fmt::format("{} signs in", whom);
    return finding;
  }
  if (person != nullptr) finding.place = person->place;
  if (test == nullptr || test->outcome == evidence::Outcome::cancel) {
    finding.state = State::not_judged;
    finding.what = fmt::format("{} did not come to sign in before the time was over", whom);
    finding.next = "give it more time with --timeout";
    return finding;
  }
  const auto step = std::find_if(test->steps.begin(), test->steps.end(),
                                 [](const evidence::StepView& one) { return one.id == "sign_in"; });
  const bool is_pending = needs_browser(examination, asked) ||
                          (step != test->steps.end() && step->has_message && step->message.result == "pending");
  finding.state = is_pending ? State::not_judged : State::problem;
  finding.what = is_pending ? fmt::format("{} signs in at a page, and nobody is there to do it", whom)
                            : fmt::format("{} cannot sign in", whom);
  finding.expected = "a session";
  finding.found = test->cause;
  finding.next = is_pending ? "name who opens the page with --browser PROGRAM, or leave it out with --no-sign-in"
                            : "check account, password and the address; then that the account is not locked";
  return finding;
}

}  // namespace

Findings check_sign_ins(Examination& examination) {
  auto findings = told_of(examination, Group::sign_in);
  const auto say = [&](State state, std::string what, std::string next) {
    findings.push_back({.group = Group::sign_in, .state = state, .what = std::move(what), .next = std::move(next)});
    return findings;
  };
  if (!examination.settings().signs_in) return say(State::note, "nobody was signed in: --no-sign-in", "");
  if (examination.plan() == nullptr)
    return say(State::not_judged, "nobody was signed in: the files have mistakes",
               "mend what is said above, and look again");
  const auto& rehearsal = examination.rehearsal();
  if (!rehearsal.problem.empty())
    return say(State::not_judged, "nobody was signed in: " + rehearsal.problem, "mend that, and look again");
  if (rehearsal.sign_ins.empty()) return say(State::note, "the suites sign nobody in", "");
  for (const auto& asked : rehearsal.sign_ins)
    findings.push_back(judged(examination, asked, rehearsal.find(sign_in_suite_id, asked.test)));
  return findings;
}

}  // namespace bb::doctor
