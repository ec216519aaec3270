// harness/suite/lint.hpp - what the schema of a suite cannot say.
//
// References reach through needs; roles, verbs, arguments, options and
// requirements exist; every SHALL test names what it catches; a negative test
// needs its positive twin. The rules are numbered in
// docs/reference/suite-lint.md.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/host/host.hpp>
#include "harness/suite/model.hpp"
#include "harness/suite/reader.hpp"
#include "harness/suite/verbs.hpp"

namespace bb::suite {

struct LintOptions {
  bool is_strict = false;  // warnings become errors
};
std::vector<Diagnostic> lint_suite(const Suite& suite, const Vocabulary& vocabulary, const LintOptions& options);

// Whether a version of a suite keeps the ids of the one before it (L07).
std::vector<Diagnostic> lint_since(const Suite& suite, const Suite& before);

// Whether a target can serve a suite: roles are bound, inputs are given,
// people exist, options are known values. Of a suite with mistakes of shape only
// what could be read is asked; where `suites` are some of a run's, the others
// not readable, no name of the target is said to be of no use.
enum class SuitesAre { all, some };
std::vector<Diagnostic> lint_target(const Target& target, const std::vector<Suite>& suites,
                                    SuitesAre suites_are = SuitesAre::all);

// Names that the command line gives.
struct Given {
  std::vector<std::string> inputs, options;
};
// Whether some suite asks for each of them. The diagnostics have no place.
std::vector<Diagnostic> lint_given(const Given& given, const std::vector<Suite>& suites);

// Whether the suites of a run that know a requirement say the same of it.
std::vector<Diagnostic> lint_catalogues(const std::vector<Suite>& suites);

// What a run wants of a role that the target binds.
struct SignInUse {
  std::string person;
  std::string method;  // that the step names; empty: the person's own, or what their secrets allow
  friend auto operator<=>(const SignInUse&, const SignInUse&) = default;
};
struct RoleUse {
  std::string role;
  bool is_called = false;        // some step talks to it
  std::set<std::string> people;  // ids of those it is called as
  std::set<SignInUse> sign_ins;  // who signs in to it
};
enum class SecretsAre { needed, not_needed };

// Whether the connectors of these roles can be made: they are installed, their
// configuration fits, their secrets are there, also those that people sign in
// with. Loads the libraries; sends nothing.
std::vector<Diagnostic> lint_setup(const Target& target, const std::vector<RoleUse>& uses, host::Host& host,
                                   SecretsAre secrets);

// Whether answers answer what is asked, on a day that was, and bring the evidence
// that the steps ask for; whether a connector could ask the people they name.
// Looks for the files they name. Without a target people are not looked up.
std::vector<Diagnostic> lint_answers(const Answers& answers, const std::vector<Suite>& suites, const Target* target);

// Whether what the target waives is there: the test in its suite, the claim in its
// test, one claim only, and one that can come to the outcome. Of suites that are
// not in this run nothing is asked. What may be in another version of the suite is
// a warning, since the run says so too (exit status 6). `today` is the day of the run.
std::vector<Diagnostic> lint_waivers(const Target& target, const std::vector<Suite>& suites, std::string_view today);

}  // namespace bb::suite
