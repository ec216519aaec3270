// watcher.hpp - one thread that looks after descriptors while nobody else does:
// what connectors print, and what they say between calls.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
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

  using Action = std::function<bool()>;
  // Calls `action` whenever the descriptor can be read, from the watcher's
  // thread, until it returns false or remove(). It must be quick and not block.
  void add(int descriptor, Action action);
  // Afterwards the action runs no more; waits for this one alone. Not from an
  // action.
  void remove(int descriptor);

 private:
  void watch();
  void act(int descriptor);

  int epoll_ = -1;
  int stop_ = -1;
  std::mutex mutex_;  // not held while an action runs
  std::condition_variable acted_;
  int acting_ = -1;  // whose action runs
  std::map<int, std::shared_ptr<const Action>> actions_;
  std::thread thread_;
};

}  // namespace bb::host
