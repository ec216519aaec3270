#include "harness/engine/session_pool.hpp"

#include <fmt/format.h>

#include <limits>

#include <bb/core/text.hpp>

namespace bb::engine {

std::string role_of_instance(const std::string& name) { return name.substr(0, name.find_first_of("/@")); }

RoleTraffic::RoleTraffic(const suite::RoleBinding& role, host::Clock& clock)
    : may_overlap(role.max_in_flight.value_or(1) > 1),
      places(role.max_in_flight.value_or(std::numeric_limits<int>::max())),
      pace(clock, role.requests_per_second) {}

CallGate::Way ConnectorInstance::way_of(const host::Operation& operation) const {
  const bool is_together = traffic != nullptr && traffic->may_overlap && operation.interface != "bb.session/1" &&
                           connector.load()->may_overlap();
  return is_together ? CallGate::Way::together : CallGate::Way::alone;
}

SessionPool::SessionPool(const suite::Target& target, const Plan& plan, ConnectorSource& source, RunServices services)
    : target_(target), source_(source), services_(services), plan_(plan) {
  for (std::size_t i = 0; i < plan.nodes.size(); ++i)
    for (const auto& sign_in : plan.nodes[i].sign_ins)
      first_sign_in_.emplace(std::pair(sign_in.role, sign_in.person), i);
  for (const auto& role : target.roles) traffic_.try_emplace(role.role, role, *services.clock);
}

// Names are settled by the plan alone and are distinct, so that what is seeded
// by them does not depend on what ran first.
std::string SessionPool::instance_name(const Actor& actor) const {
  std::string name = actor.person.empty() ? actor.role : actor.role + "/" + actor.person;
  const auto first = first_sign_in_.find({actor.role, actor.person});
  if (first == first_sign_in_.end() || first->second == actor.signed_in_by) return name;
  if (actor.signed_in_by == Actor::no_session) return name + "@nobody";
  return name + "@" + plan_.nodes[actor.signed_in_by].name;
}

Result<ConnectorInstance*> SessionPool::instance(const Actor& actor, ClockWorker& worker) {
  ConnectorInstance* instance = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = instances_[{actor.role, actor.person, actor.signed_in_by}];
    if (!slot) {
      slot = std::make_unique<ConnectorInstance>();
      slot->name = instance_name(actor);
      slot->is_session_lost = lost_.contains(actor);
      if (const auto found = traffic_.find(actor.role); found != traffic_.end()) slot->traffic = &found->second;
    }
    instance = slot.get();
  }
  if (!instance->is_made) {
    const auto pass = instance->gate.enter(CallGate::Way::alone, worker);
    if (!instance->is_made)
      if (Status made = make(*instance, actor); !made) instance->error = std::move(made).error();
    instance->is_made = true;
  } else if (const auto* used = instance->connector.load(); used != nullptr && used->is_lost()) {
    const auto pass = instance->gate.enter(CallGate::Way::alone, worker);
    if (instance->connector.load()->is_lost()) {
      // Before the fresh one can be seen: whoever sees it signs in first.
      instance->is_session_lost = actor.signed_in_by != Actor::no_session;
      BB_CHECK(make(*instance, actor));
    }
  }
  if (instance->error) return *instance->error;
  return instance;
}

Status SessionPool::make(ConnectorInstance& instance, const Actor& actor) {
  const auto* binding = target_.find_role(actor.role);
  if (binding == nullptr)
    return Error{fmt::format("target '{}' binds no connector to role '{}'", target_.id, actor.role)};
  host::InstanceOptions options;
  options.type_id = binding->connector;
  options.name = instance.name;
  options.config = binding->config;
  options.secrets = binding->secrets;
  if (!actor.person.empty()) {
    const auto* person = target_.find_person(actor.person);
    if (person == nullptr) {
      std::vector<std::string> known;
      for (const auto& candidate : target_.people) known.push_back(candidate.id);
      return Error{
          fmt::format("target '{}' has no person '{}'; people there: {}", target_.id, actor.person, join(known, ", "))};
    }
    for (const auto& [name, origin] : person->secrets) options.secrets[name] = origin;
  }
  for (const auto& [name, origin] : options.secrets) instance.secrets.insert(name);
  options.http.ca_file = binding->ca_file;
  options.http.is_cleartext_allowed = binding->is_cleartext_allowed;
  options.is_network_allowed = binding->is_network_allowed;
  options.stream_permits = binding->stream_permits;
  options.clock = services_.clock;
  options.recorder = services_.recorder;
  options.redactor = services_.redactor;
  options.people = services_.people;
  options.pace = instance.traffic == nullptr ? nullptr : &instance.traffic->pace;
  options.cancellation = services_.cancellation;
  if (services_.seed) options.random_seed = fmt::format("{}/random/{}", *services_.seed, instance.name);
  // After a crash the same bytes again would be nonces used twice; so would they
  // be in another process of the run.
  if (services_.seed && services_.process > 1) options.random_seed += fmt::format("/process {}", services_.process);
  if (services_.seed && !instance.connectors.empty())
    options.random_seed += fmt::format("/{}", instance.connectors.size() + 1);
  BB_TRY(auto made, source_.create(options));
  instance.connector = made.get();
  instance.connectors.push_back(std::move(made));
  return {};
}

}  // namespace bb::engine
