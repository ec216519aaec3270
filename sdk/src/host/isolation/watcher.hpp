// watcher.hpp - one thread that looks after descriptors while nobody else does:
// what connectors print, and what they say between calls.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace bb::host {

// [any thread]
class Watcher {
 public:
  Watcher();
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // Calls `action` whenever the descriptor can be read, from the watcher's
  // thread, until it returns false or remove(). It must be quick and not block.
  void add(int descriptor, std::function<bool()> action);
  // Afterwards the action runs no more. Not from an action.
  void remove(int descriptor);

 private:
  void watch();

  int epoll_ = -1;
  int stop_ = -1;
  std::mutex mutex_;  // held while an action runs
  std::map<int, std::function<bool()>> actions_;
  std::thread thread_;
};

}  // namespace bb::host
