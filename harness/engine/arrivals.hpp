// harness/engine/arrivals.hpp - messages that came in a run and that no wait took.
//
// Each is told with the wait that comes nearest and what differs, so that a record
// sent to a wrong address or too late is found without a look at the mail server.
// Of a message only what its inbox lists is told: nothing is read for this.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/value.hpp>
#include "harness/engine/message_match.hpp"
#include "harness/evidence/run_view.hpp"

namespace bb::engine {

struct RunContext;

// Who read another form of a message, as an earlier process tells it, took the
// message: adds to `ids` the parents of the items that it holds.
void add_parents(std::set<std::string>& ids, const Value& items);

// A wait that was begun: `open.until` is when its time is over.
struct BegunWait {
  evidence::WaitView open;
  std::int64_t began_unix_ns = 0;
  std::int64_t ended_unix_ns = 0;  // with or without a message
};

// What an inbox role was seen to hold. Not synchronised: see Inbox::seen_mutex.
class Arrivals {
 public:
  // Items that were listed for an address ("": for none in particular).
  void list(const std::string& address, const Value& items, std::int64_t now_unix_ns);
  // What is there before anything was sent is no arrival. True once.
  bool begin_baseline() { return !std::exchange(has_baseline_, true); }
  bool has_baseline() const { return has_baseline_; }
  void add_before(const std::string& id) { before_.insert(id); }
  void take(const std::string& id) { taken_.insert(id); }
  // What is known of a message that was listed; of others nothing.
  MessageFields known(const std::string& id) const;
  // What was read of it.
  void know(const std::string& id, MessageFields fields) { arrivals_[id].read = std::move(fields); }
  void add_wait(BegunWait wait) { waits_.push_back(std::move(wait)); }
  const std::vector<BegunWait>& waits() const { return waits_; }
  std::vector<evidence::ArrivalView> unmatched(const std::string& role) const;

 private:
  struct Arrival {
    std::set<std::string> addresses;  // that it was listed for
    std::int64_t seen_unix_ns = 0;    // first
    std::string updated, title;       // of a message that was opened the title inside
    MessageFields read;               // all none: nobody read it
  };
  evidence::ArrivalView compared(const std::string& id, const Arrival& arrival, const BegunWait& wait) const;

  bool has_baseline_ = false;
  std::map<std::string, Arrival> arrivals_;  // by id
  std::set<std::string> before_, taken_;
  std::vector<BegunWait> waits_;
};

// Looks once more into each inbox that was waited at for what a test sent, and
// writes an event for each message that no wait took.
void tell_unmatched_arrivals(RunContext& run);

}  // namespace bb::engine
