// L07 ids stay. Answers, targets and reports of others name them, so what a
// version of a suite has, the next of the same major number has too.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/lint_context.hpp"

namespace bb::suite {
namespace {

// "1.10.0-rc" as numbers, so that it comes after "1.9.0".
std::vector<unsigned long long> numbers(std::string_view version) {
  std::vector<unsigned long long> out;
  for (const auto& part : split(version.substr(0, version.find_first_of("-+")), '.'))
    std::from_chars(part.data(), part.data() + part.size(), out.emplace_back());
  return out;
}

}  // namespace

std::vector<Diagnostic> lint_since(const Suite& suite, const Suite& before) {
  std::vector<Diagnostic> out;
  const auto error = [&](const std::string& message, const std::string& note = "") {
    const Place place = value_place(suite.tree.get(), "version", {suite.source, 1, 1, 0});
    out.push_back({Severity::error, place, message + " [L07]", note});
  };
  const auto now = numbers(suite.version);
  const auto then = numbers(before.version);
  if (now < then) error(fmt::format("version {} comes before {}", suite.version, before.version));
  if (now.front() > then.front()) return out;
  const auto check_kept = [&](std::string_view what, auto id, const auto& old_ones, const auto& ones) {
    for (const auto& old : old_ones)
      if (std::none_of(ones.begin(), ones.end(), [&](const auto& one) { return one.*id == old.*id; }))
        error(fmt::format("{} '{}' of version {} is gone", what, old.*id, before.version),
              fmt::format("keep the id, or make this version {}.0.0", then.front() + 1));
  };
  check_kept("test", &Test::path, before.tests, suite.tests);
  check_kept("requirement", &Requirement::id, before.catalogue.requirements, suite.catalogue.requirements);
  check_kept("input", &Input::name, before.inputs, suite.inputs);
  check_kept("option", &Option::name, before.options, suite.options);
  check_kept("role", &Role::name, before.roles, suite.roles);
  return out;
}

}  // namespace bb::suite
