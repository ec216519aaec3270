// harness/doctor/examination.hpp - what all checks look at, and what they share.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bb/host/host.hpp>
#include "harness/doctor/addresses.hpp"
#include "harness/doctor/load.hpp"
#include "harness/doctor/record_needs.hpp"
#include "harness/doctor/rehearsal.hpp"
#include "harness/engine/plan.hpp"

namespace bb::doctor {

inline constexpr std::int64_t timeout_ms_default = 5'000;

struct Settings {
  engine::RunOptions options;                    // inputs, options, rule date, browser, cancellation
  std::int64_t timeout_ms = timeout_ms_default;  // of a look at one address, and of a step of a sign-in
  bool signs_in = true;
  // What must be imported before a document of this kind ("ccda/ccd") can be called valid, and is not; empty: nothing.
  std::function<std::string(const std::string& kind)> missing_rules;
};

// The network is asked when a check first wants to know, once. [one thread]
class Examination {
 public:
  Examination(Loaded loaded, Settings settings, host::Host& host);
  ~Examination();

  const Loaded& loaded() const { return loaded_; }
  const suite::Target& target() const { return loaded_.input.target; }
  const std::vector<suite::Suite>& suites() const { return loaded_.input.suites; }
  const Settings& settings() const { return settings_; }
  host::Host& host() const { return host_; }
  bool is_cancelled() const;
  // Null where the files have mistakes.
  const engine::Plan* plan() const { return plan_ ? &*plan_ : nullptr; }

  // What the library of a role's connector says; an error where it cannot be used.
  const Result<host::TypeInfo>& type_of(const suite::RoleBinding& role);
  // The probes that the connector of a role knows; an error where it cannot be made.
  const Result<std::vector<std::string>>& probes_of(const suite::RoleBinding& role);
  const std::vector<LookedAt>& addresses();
  const Rehearsal& rehearsal();

 private:
  Loaded loaded_;
  const Settings settings_;
  host::Host& host_;
  std::optional<engine::Plan> plan_;
  std::map<std::string, Result<host::TypeInfo>> types_;
  std::map<std::string, Result<std::vector<std::string>>> probes_;
  std::optional<std::vector<LookedAt>> addresses_;
  std::optional<Rehearsal> rehearsal_;
};

}  // namespace bb::doctor
