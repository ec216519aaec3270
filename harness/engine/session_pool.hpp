// harness/engine/session_pool.hpp - the connector instances of a run.
//
// One instance serves one role and one person, for as long as the session that
// one sign_in made: two tests that sign in as the same person have two
// instances, so neither can end the other's session. A role without a person
// (an inbox) is one instance. Calls of one instance overlap where the target
// lets its role have several in flight and its connector is made for that.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <bb/host/host.hpp>
#include "harness/engine/call_gate.hpp"
#include "harness/engine/clock_worker.hpp"
#include "harness/engine/connectors.hpp"
#include "harness/engine/plan.hpp"
#include "harness/suite/model.hpp"

namespace bb::engine {

// What all instances of a run share.
struct RunServices {
  host::Clock* clock = nullptr;
  host::Recorder* recorder = nullptr;
  host::Redactor* redactor = nullptr;
  std::optional<std::uint64_t> seed{};  // of a run to be repeated
  host::People* people = nullptr;       // who answers questions of connectors; null = nobody
  const host::Cancellation* cancellation = nullptr;
  int process = 1;  // of the run's processes, this one
};

// What the instances of one role share: the system they speak to.
struct RoleTraffic {
  RoleTraffic(const suite::RoleBinding& role, host::Clock& clock);
  const bool may_overlap;  // several calls of one instance at once
  CallPlaces places;
  host::Pace pace;
};

struct ConnectorInstance {
  std::string name;                   // "portal/alice"
  std::set<std::string> secrets;      // names it was granted
  RoleTraffic* traffic = nullptr;     // null where the target has no such role
  CallGate gate;                      // held during a call
  std::atomic<bool> is_made = false;  // or could not be
  std::optional<Error> error;         // why it could not be made
  // The one in use; null until made. Those whose process ended stay with it
  // until the run is over: somebody may still look at them.
  std::atomic<host::Connector*> connector = nullptr;
  std::vector<std::unique_ptr<host::Connector>> connectors;

  // What made its session, kept by the caller; to repeat it after a crash.
  std::optional<host::Operation> sign_in;  // within `gate`; changed alone there
  std::mutex sign_in_mutex;                // held while that is done; before `gate`
  std::atomic<bool> is_session_lost = false;

  // How an operation is called: sign-in and sign-out alone, with others what may overlap.
  CallGate::Way way_of(const host::Operation& operation) const;
};

// "portal" of "portal/alice@sign_in".
std::string role_of_instance(const std::string& name);

// [any thread]
class SessionPool {
 public:
  SessionPool(const suite::Target& target, const Plan& plan, ConnectorSource& source, RunServices services);
  // The actors whose session an earlier process of the run made: their instances
  // begin as those whose process has ended. Before the first instance.
  void lose_sessions(std::set<Actor> actors) { lost_ = std::move(actors); }

  // The actor's instance, made when first asked for and again when its process
  // has ended. Its `connector` is there; else the error says why it could not be
  // made.
  Result<ConnectorInstance*> instance(const Actor& actor, ClockWorker& worker);

 private:
  using Key = std::tuple<std::string, std::string, std::size_t>;
  std::string instance_name(const Actor& actor) const;
  Status make(ConnectorInstance& instance, const Actor& actor);

  const suite::Target& target_;
  ConnectorSource& source_;
  const RunServices services_;
  // For each role and person the first sign-in of the plan, whose instance has
  // the plain name.
  std::map<std::pair<std::string, std::string>, std::size_t> first_sign_in_;
  const Plan& plan_;
  std::set<Actor> lost_;
  std::map<std::string, RoleTraffic> traffic_;  // by role; all made before the run
  std::mutex mutex_;
  std::map<Key, std::unique_ptr<ConnectorInstance>> instances_;
};

}  // namespace bb::engine
