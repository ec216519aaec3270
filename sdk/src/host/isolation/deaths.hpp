// deaths.hpp - how often the processes of a plugin ended before their time, and
// what follows: a pause before the next start, in the end none at all.
//
// In memory, for as long as the host lives: an operator who runs again, or a
// new version of the plugin, begins anew.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace bb::host {

// [any thread]
class Deaths {
 public:
  static constexpr std::int64_t window_ns = 60'000'000'000;
  static constexpr std::size_t quarantine_count = 3;  // deaths within the window

  // `plugin` says id and version; `now_ns` is on bb::monotonic_ns. True when
  // this death put the plugin into quarantine.
  bool note(const std::string& plugin, const std::string& reason, std::int64_t now_ns);
  // When the next process may start at the earliest; 0 = at any time. 0.1 s
  // after the first death, then 1 s, then 10 s; a quiet window forgets them.
  std::int64_t start_ns(const std::string& plugin) const;
  // Why none is started any more, as a sentence; empty where they are.
  std::string quarantine(const std::string& plugin) const;

 private:
  struct Record {
    std::deque<std::int64_t> times_ns;  // those within the window of the last
    std::size_t in_a_row = 0;           // without a quiet window between
    std::string quarantine;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Record> records_;
};

}  // namespace bb::host
