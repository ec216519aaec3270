#include "harness/doctor/examination.hpp"

#include <utility>

#include "harness/engine/connectors.hpp"

namespace bb::doctor {
namespace {

struct Nowhere final : host::Recorder {
  void exchange(const host::HttpExchange&) override {}
  void log(const host::LogLine&) override {}
  void evidence(const host::EvidenceRecord&) override {}
};

Result<std::vector<std::string>> ask_probes(host::Host& host, const suite::RoleBinding& role,
                                            const Settings& settings) {
  Nowhere nowhere;
  const auto clock = host::make_real_clock();
  host::Redactor redactor;
  host::InstanceOptions options;
  options.type_id = role.connector;
  options.name = role.role;
  options.config = role.config;
  options.secrets = role.secrets;
  options.http.ca_file = role.ca_file;
  options.http.is_cleartext_allowed = role.is_cleartext_allowed;
  options.is_network_allowed = role.is_network_allowed;
  options.stream_permits = role.stream_permits;
  options.clock = clock.get();
  options.recorder = &nowhere;
  options.redactor = &redactor;
  options.cancellation = settings.options.cancellation;
  BB_TRY(const auto connector, host.create(options));
  std::vector<std::string> names;
  if (!connector->offers("bb.probe/1")) return names;
  const auto listed = connector->invoke(
      {"bb.probe/1", "list"}, {.timeout_ms = settings.timeout_ms, .cancellation = settings.options.cancellation});
  if (listed.status != BB_OK) return Error{"its probes are not known: " + listed.error.message};
  const auto& probes = listed.emitted["probes"];
  for (std::size_t i = 0; i < probes.size(); ++i) names.push_back(probes[i]["name"].string_or(""));
  return names;
}

}  // namespace

Examination::Examination(Loaded loaded, Settings settings, host::Host& host)
    : loaded_(std::move(loaded)), settings_(std::move(settings)), host_(host) {
  if (!loaded_.is_runnable()) return;
  if (auto plan = engine::make_plan(loaded_.input, settings_.options)) plan_ = *std::move(plan);
}

Examination::~Examination() = default;

bool Examination::is_cancelled() const {
  const auto* cancellation = settings_.options.cancellation;
  return cancellation != nullptr && cancellation->is_cancelled();
}

const Result<host::TypeInfo>& Examination::type_of(const suite::RoleBinding& role) {
  const auto found = types_.find(role.connector);
  return found != types_.end() ? found->second
                               : types_.emplace(role.connector, host_.describe(role.connector)).first->second;
}

const Result<std::vector<std::string>>& Examination::probes_of(const suite::RoleBinding& role) {
  const auto found = probes_.find(role.role);
  return found != probes_.end() ? found->second
                                : probes_.emplace(role.role, ask_probes(host_, role, settings_)).first->second;
}

const std::vector<LookedAt>& Examination::addresses() {
  if (!addresses_) {
    std::vector<Address> found;
    for (const auto& role : target().roles)
      if (const auto& type = type_of(role)) add_addresses(role, *type, found);
    addresses_ = look_at(std::move(found), settings_.timeout_ms, settings_.options.cancellation);
  }
  return *addresses_;
}

const Rehearsal& Examination::rehearsal() {
  if (!rehearsal_) {
    rehearsal_.emplace();
    if (plan_) rehearsal_ = rehearse(loaded_.input, *plan_, settings_.options, settings_.timeout_ms, host_);
  }
  return *rehearsal_;
}

}  // namespace bb::doctor
