#include "harness/doctor/load.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/checks/lint_xpath.hpp"
#include "harness/engine/setup.hpp"
#include "harness/suite/lint.hpp"

namespace bb::doctor {
namespace {

void add(std::vector<Diagnostic>& all, std::vector<Diagnostic> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

suite::Given given_names(const engine::RunOptions& options) {
  suite::Given given;
  for (const auto& [name, value] : options.inputs) given.inputs.push_back(name);
  for (const auto& [name, value] : options.options) given.options.push_back(name);
  return given;
}

// Whether the target binds what a suite needs and gives what it cannot be run without.
bool can_serve(const suite::Target& target, const suite::Suite& suite, const engine::RunOptions& options,
               host::Host& host) {
  for (const auto& role : suite.roles) {
    const auto* bound = target.find_role(role.name);
    if (bound == nullptr && role.is_optional) continue;
    if (bound == nullptr) return false;
    const auto manifest = host.find_type(bound->connector);
    if (!manifest) continue;  // it is told of
    const auto type = std::find_if(manifest->types.begin(), manifest->types.end(),
                                   [&](const host::ManifestType& one) { return one.id == bound->connector; });
    for (const auto& capability : role.needs)
      if (type != manifest->types.end() && std::find(type->interfaces.begin(), type->interfaces.end(),
                                                     "bb." + capability + "/1") == type->interfaces.end())
        return false;
  }
  return std::all_of(suite.inputs.begin(), suite.inputs.end(), [&](const suite::Input& input) {
    if (input.is_optional || options.inputs.contains(input.name)) return true;
    const auto* given = target.inputs.find(input.name);
    const auto& value = given != nullptr ? *given : input.default_value;
    return input.type == "person" ? target.find_person(value.string_or("")) != nullptr : !value.is_null();
  });
}

class Loader {
 public:
  Loader(const Files& files, engine::RunInput input, const engine::RunOptions& options, host::Host& host)
      : files_(files), options_(options), host_(host) {
    loaded_.input = std::move(input);
  }

  Loaded load() {
    load_target();
    for (const auto& file : files_.suites) load_suite(file);
    if (files_.suites.empty()) choose_suites();
    auto& found = loaded_.diagnostics;
    const bool are_all_read = loaded_.input.suites.size() >= files_.suites.size();
    const auto& suites = loaded_.input.suites;
    const bool are_whole =
        are_all_read && std::all_of(suites.begin(), suites.end(), [](const auto& suite) { return suite.is_whole; });
    if (are_whole) {
      add(found, suite::lint_catalogues(suites));
      if (!files_.suites.empty()) add(found, suite::lint_given(given_names(options_), suites));
    }
    loaded_.are_suites_good = are_whole && !has_suite_errors_;
    load_answers(are_whole);
    if (has_target_) judge_target(are_all_read && !files_.suites.empty());
    return std::move(loaded_);
  }

 private:
  void load_target() {
    auto target = suite::read_target(files_.target);
    loaded_.is_target_good = target.is_good();
    has_target_ = target.value.has_value();
    loaded_.is_unreadable |= !has_target_;
    if (has_target_) loaded_.input.target = *std::move(target.value);
    add(loaded_.diagnostics, std::move(target.diagnostics));
  }

  void load_suite(const std::filesystem::path& file) {
    auto read = suite::read_suite(file);
    if (!read.value) {
      loaded_.is_unreadable = true;
      has_suite_errors_ = true;
      return add(loaded_.diagnostics, std::move(read.diagnostics));
    }
    add(read.diagnostics, suite::lint_suite(*read.value, loaded_.input.vocabulary, {}));
    add(read.diagnostics, checks::lint_xpaths(*read.value));
    has_suite_errors_ |= has_errors(read.diagnostics);
    add(loaded_.diagnostics, std::move(read.diagnostics));
    loaded_.input.suites.push_back(*std::move(read.value));
  }

  // The installed ones are linted where they are built.
  void choose_suites() {
    for (const auto& file : files_.installed) {
      auto read = suite::read_suite(file);
      if (read.is_good() && can_serve(loaded_.input.target, *read.value, options_, host_))
        loaded_.input.suites.push_back(*std::move(read.value));
    }
  }

  void load_answers(bool are_suites_whole) {
    if (files_.answers.empty()) return;
    auto answers = suite::read_answers(files_.answers);
    add(loaded_.diagnostics, std::move(answers.diagnostics));
    if (!answers.value) {
      loaded_.is_unreadable = true;
      return;
    }
    loaded_.input.answers = *std::move(answers.value);
    if (are_suites_whole)
      add(loaded_.diagnostics, suite::lint_answers(loaded_.input.answers, loaded_.input.suites,
                                                   loaded_.is_target_good ? &loaded_.input.target : nullptr));
  }

  void judge_target(bool are_suites_named) {
    const auto& input = loaded_.input;
    auto found = suite::lint_target(input.target, input.suites,
                                    are_suites_named ? suite::SuitesAre::all : suite::SuitesAre::some);
    if (has_errors(found)) loaded_.is_target_good = false;
    auto set_up = engine::check_setup(input, options_, host_, suite::SecretsAre::needed,
                                      loaded_.is_runnable() ? engine::SuitesAre::good : engine::SuitesAre::faulty);
    add(loaded_.diagnostics, std::move(found));
    add(loaded_.diagnostics, std::move(set_up));
  }

  const Files& files_;
  const engine::RunOptions& options_;
  host::Host& host_;
  Loaded loaded_;
  bool has_target_ = false;
  bool has_suite_errors_ = false;
};

}  // namespace

Loaded load(const Files& files, engine::RunInput input, const engine::RunOptions& options, host::Host& host) {
  return Loader(files, std::move(input), options, host).load();
}

}  // namespace bb::doctor
