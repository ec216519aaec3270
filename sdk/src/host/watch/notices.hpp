// notices.hpp - what a watch saw, and how much of it is told.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace bb::host {

// A rule that was broken. `what` is made of our own words, names of functions
// and numbers: nothing in it comes from the connector or its system.
struct Seen {
  std::string_view rule;  // "BB-R023"
  std::string what;
  bool is_host = false;       // the host broke it
  std::uint64_t call_id = 0;  // of the call that runs; 0 outside any, in create, and of a call that is over
};

// Where a watch tells what it saw. [any thread]
using Tell = std::function<void(const Seen&)>;

// A connector that breaks a rule in each of its calls tells no more than one
// that does so twenty times.
class NoticeLimit {
 public:
  enum class Told { yes, last, no };
  // Counts one more of the rule. [any thread]
  Told count(std::string_view rule) {
    constexpr int of_a_rule_max = 20;
    const std::scoped_lock lock(mutex_);
    const int count = ++counts_[std::string(rule)];
    return count < of_a_rule_max ? Told::yes : count == of_a_rule_max ? Told::last : Told::no;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> counts_;
};

}  // namespace bb::host
