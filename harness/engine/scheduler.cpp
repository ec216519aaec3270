#include "harness/engine/scheduler.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace bb::engine {
namespace {

class Scheduler {
 public:
  Scheduler(const std::vector<Job>& jobs, const std::function<void(std::size_t)>& work)
      : jobs_(jobs), work_(work), open_needs_(jobs.size()), needed_by_(jobs.size()), left_(jobs.size()) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const std::set<std::size_t> needs(jobs[i].needs.begin(), jobs[i].needs.end());
      open_needs_[i] = needs.size();
      for (const auto need : needs) needed_by_[need].push_back(i);
      if (needs.empty()) ready_.insert(i);
      for (const auto thing : jobs[i].uses)
        if (thing >= users_.size()) users_.resize(thing + 1);
    }
  }

  void serve() {
    std::unique_lock lock(mutex_);
    while (left_ > 0) {
      const auto next = take_next();
      if (!next) {
        changed_.wait(lock);
        continue;
      }
      lock.unlock();
      work_(*next);
      lock.lock();
      finish(*next);
      changed_.notify_all();
    }
  }

 private:
  bool may_start(std::size_t job) const {
    const auto& locks = jobs_[job].locks;
    return std::none_of(locks.begin(), locks.end(), [this](const auto& name) { return held_.contains(name); });
  }
  bool would_wait(std::size_t job) const {
    const auto& uses = jobs_[job].uses;
    return std::any_of(uses.begin(), uses.end(), [this](std::size_t thing) { return users_[thing] > 0; });
  }

  std::optional<std::size_t> take_next() {
    auto next = ready_.end();
    for (auto it = ready_.begin(); it != ready_.end(); ++it) {
      if (!may_start(*it)) continue;
      const bool is_best = !would_wait(*it);
      if (is_best || next == ready_.end()) next = it;
      if (is_best) break;
    }
    if (next == ready_.end()) return std::nullopt;
    const std::size_t job = *next;
    ready_.erase(next);
    held_.insert(jobs_[job].locks.begin(), jobs_[job].locks.end());
    for (const auto thing : jobs_[job].uses) ++users_[thing];
    return job;
  }

  void finish(std::size_t job) {
    --left_;
    for (const auto thing : jobs_[job].uses) --users_[thing];
    for (const auto& name : jobs_[job].locks) held_.erase(name);
    for (const auto next : needed_by_[job])
      if (--open_needs_[next] == 0) ready_.insert(next);
  }

  const std::vector<Job>& jobs_;
  const std::function<void(std::size_t)>& work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> open_needs_;
  std::vector<std::vector<std::size_t>> needed_by_;
  std::set<std::size_t> ready_;
  std::set<std::string> held_;
  std::vector<int> users_;  // running jobs that use a thing, by its number
  std::size_t left_;
};

}  // namespace

void run_jobs(const std::vector<Job>& jobs, int threads, const std::function<void(std::size_t)>& work) {
  Scheduler scheduler(jobs, work);
  std::vector<std::jthread> others;
  const auto useful = std::min<std::size_t>(static_cast<std::size_t>(std::max(threads, 1)), jobs.size());
  for (std::size_t i = 1; i < useful; ++i) others.emplace_back([&scheduler] { scheduler.serve(); });
  scheduler.serve();
}

}  // namespace bb::engine
