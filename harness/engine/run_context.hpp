// harness/engine/run_context.hpp - what all tests of a run share while it runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <bb/host/clock.hpp>
#include <bb/host/redactor.hpp>
#include "harness/engine/arrivals.hpp"
#include "harness/engine/connectors.hpp"
#include "harness/engine/people.hpp"
#include "harness/engine/plan.hpp"
#include "harness/engine/run.hpp"
#include "harness/engine/session_pool.hpp"
#include "harness/evidence/event_writer.hpp"

namespace bb::engine {

// The address of an inbox role and what has arrived there so far. Each message
// is taken by one wait only.
struct Inbox {
  std::mutex address_mutex;  // held while an address is allocated
  bool is_asked = false;
  std::string address;         // empty: none
  std::string cause;           // why there is none
  std::mutex seen_mutex;       // never held during a call
  std::set<std::string> seen;  // ids of messages that no wait may take
  Arrivals arrivals;           // under seen_mutex while tests run
};

class RecordedRun;

// A sign-in or sign-out of an earlier process, to be repeated as it was.
struct SessionStep {
  std::string verb;
  Value arguments;      // resolved
  std::string purpose;  // of its token
};

// What one test left behind for those that need it.
struct TestResult {
  evidence::TestView view;
  std::vector<std::pair<std::string, Value>> saved;
};

struct RunContext {
  const RunInput& input;
  const RunOptions& options;
  const Plan& plan;
  ConnectorSource& source;
  RunFacts facts;
  host::Clock& clock;
  host::VirtualClock* virtual_clock;  // the same clock, or null
  host::Redactor& redactor;
  evidence::EventWriter& writer;
  SessionPool& pool;
  PeopleOfRun& people;
  std::vector<TestResult> results;       // by node; written by the node's own thread
  std::map<std::string, Inbox> inboxes;  // by role; all made before the run
  std::atomic<std::uint64_t> next_call{1};
  std::atomic<int> failures{0};
  std::mutex done_mutex;  // orders on_test_done
  // What earlier processes of the run came to; null in its first.
  const RecordedRun* before = nullptr;
  std::vector<evidence::WaiverView> waivers;  // as the run took them when it began
  int round = 0;  // of tests that are done again, so that what they send is not what was sent before
  std::map<Actor, std::vector<SessionStep>> sessions;  // that those made; read only while tests run

  // Whether it was cancelled and is left as it stands.
  bool is_broken_off() const { return options.asker != nullptr && is_cancelled(); }
  bool is_cancelled() const { return options.cancellation != nullptr && options.cancellation->is_cancelled(); }
  // A text that nobody can guess; with --seed the same in every run.
  std::string token(const std::string& purpose) const;
};

// What a token of a step is for, so that no two are the same.
std::string purpose_of(const std::string& suite, const std::string& test, const std::string& step);

// Whether an earlier process began the test, and did not end it.
bool is_under_way(const RunContext& run, std::size_t node);

// Puts into a fresh context what the earlier processes of the run left: ends of
// tests and what they saved, addresses and what arrived there, sessions, numbers.
Status restore(RunContext& run);

// What a test saved is found by its own name, and by the path that instances share.
void save(checks::Scope& scope, const PlanNode& node, const std::string& name, const Value& value);

// The scope a test starts with: inputs, options, target, run, each, addresses
// known so far, and what the tests it needs have saved. `results` holds what
// those saved. Where a needed instance shares this one's values, its saves
// stand under the plain name too.
checks::Scope test_scope(const Plan& plan, std::size_t node, const std::vector<TestResult>& results);
// That of a test of this run, with what the test itself has saved so far.
checks::Scope scope_so_far(const RunContext& run, std::size_t node);

}  // namespace bb::engine
