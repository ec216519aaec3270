// Secrets: there, and in files that nobody else may read. Their values are
// never looked at here.
#include <sys/stat.h>

#include <set>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/doctor/checks.hpp"
#include "harness/suite/lint_context.hpp"

namespace bb::doctor {
namespace {

class SecretChecker {
 public:
  void check(const std::map<std::string, host::SecretOrigin>& secrets, const std::string& whose, const YamlNode* node,
             const Place& otherwise) {
    const YamlNode* list = node != nullptr ? node->find("secrets") : nullptr;
    for (const auto& [name, origin] : secrets) {
      ++count_;
      struct stat status {};
      if (origin.file.empty() || ::stat(origin.file.c_str(), &status) != 0) continue;  // T08 says so
      const bool is_for_others = (status.st_mode & (S_IROTH | S_IWOTH)) != 0;
      const bool is_for_group = (status.st_mode & (S_IRGRP | S_IWGRP)) != 0;
      if (!is_for_others && !is_for_group) continue;
      findings_.push_back({.group = Group::secrets,
                           .state = is_for_others ? State::problem : State::warning,
                           .what = fmt::format("secret '{}' of {} can be read by {}", name, whose,
                                               is_for_others ? "everybody on this machine" : "its group"),
                           .place = suite::value_place(list != nullptr ? list->find(name) : nullptr, "file",
                                                       suite::key_place(list, name, otherwise)),
                           .expected = "mode 0600",
                           .found = fmt::format("mode {:04o}", static_cast<unsigned>(status.st_mode & 07777)),
                           .next = fmt::format("chmod 600 {}", origin.file.string())});
    }
  }
  std::size_t count() const { return count_; }
  Findings take() { return std::move(findings_); }

 private:
  std::size_t count_ = 0;
  Findings findings_;
};

}  // namespace

Findings check_secrets(Examination& examination) {
  auto findings = told_of(examination, Group::secrets);
  SecretChecker checker;
  for (const auto& role : examination.target().roles)
    checker.check(role.secrets, fmt::format("role '{}'", role.role), role.node, role.place);
  for (const auto& person : examination.target().people)
    checker.check(person.secrets, fmt::format("person '{}'", person.id), person.node, person.place);
  for (auto& finding : checker.take()) findings.push_back(std::move(finding));
  if (!findings.empty()) return findings;
  if (examination.plan() == nullptr)
    return {{.group = Group::secrets,
             .state = State::note,
             .what = "which secrets are needed shows when the mistakes above are mended"}};
  return {{.group = Group::secrets,
           .what = fmt::format("{}, and those that the suites need are there", counted(checker.count(), "secret"))}};
}

}  // namespace bb::doctor
