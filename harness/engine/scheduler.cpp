#include "harness/engine/scheduler.hpp"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace bb::engine {
namespace {

class Scheduler {
 public:
  Scheduler(const std::vector<Job>& jobs, const std::function<Turn(std::size_t)>& work,
            const std::vector<int>& capacities)
      : jobs_(jobs),
        work_(work),
        capacities_(capacities),
        is_begun_(jobs.size()),
        has_parked_(jobs.size()),
        open_needs_(jobs.size()),
        needed_by_(jobs.size()) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const std::set<std::size_t> needs(jobs[i].needs.begin(), jobs[i].needs.end());
      open_needs_[i] = needs.size();
      for (const auto need : needs) needed_by_[need].push_back(i);
      if (needs.empty()) ready_.insert(i);
      for (const auto thing : jobs[i].uses)
        if (thing >= users_.size()) users_.resize(thing + 1);
      if (users_.size() > capacities_.size()) capacities_.resize(users_.size(), 1);
      if (!jobs[i].is_begun) continue;
      is_begun_[i] = true;
      ++begun_waiting_;
      held_.insert(jobs[i].locks.begin(), jobs[i].locks.end());
    }
  }

  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      const auto next = take_next();
      if (!next) {
        if (running_ > 0)
          changed_.wait(lock);
        else if (!give_parked_a_turn())
          break;
        continue;
      }
      lock.unlock();
      const Turn turn = work_(*next);
      lock.lock();
      if (turn == Turn::done)
        finish(*next);
      else
        park(*next);
      changed_.notify_all();
    }
  }

 private:
  bool may_start(std::size_t job) const {
    if (is_begun_[job]) return true;
    const auto& locks = jobs_[job].locks;
    return std::none_of(locks.begin(), locks.end(), [this](const auto& name) { return held_.contains(name); });
  }
  bool would_wait(std::size_t job) const {
    const auto& uses = jobs_[job].uses;
    return std::any_of(uses.begin(), uses.end(),
                       [this](std::size_t thing) { return users_[thing] >= capacities_[thing]; });
  }

  std::optional<std::size_t> take_next() {
    auto next = ready_.end();
    int best = -1;
    for (auto it = ready_.begin(); it != ready_.end(); ++it) {
      if (!may_start(*it)) continue;
      const int merit = (is_begun_[*it] ? 2 : 0) + (would_wait(*it) ? 0 : 1);
      if (merit > best) next = it;
      best = std::max(best, merit);
      if (best == 3 || (best == 1 && begun_waiting_ == 0)) break;  // none can be better
    }
    if (next == ready_.end()) return std::nullopt;
    const std::size_t job = *next;
    ready_.erase(next);
    if (is_begun_[job]) --begun_waiting_;
    is_begun_[job] = true;
    ++running_;
    held_.insert(jobs_[job].locks.begin(), jobs_[job].locks.end());
    for (const auto thing : jobs_[job].uses) ++users_[thing];
    return job;
  }

  void leave(std::size_t job) {
    --running_;
    for (const auto thing : jobs_[job].uses) --users_[thing];
  }

  void park(std::size_t job) {
    leave(job);
    if (!has_parked_[job]) ++progress_;
    has_parked_[job] = true;
    parked_[job] = progress_;
  }

  // Those that have not looked since another job ended or parked.
  bool give_parked_a_turn() {
    bool is_any_due = false;
    for (auto parked = parked_.begin(); parked != parked_.end();) {
      const bool is_due = parked->second < progress_;
      if (is_due) ready_.insert(parked->first);
      begun_waiting_ += is_due ? 1 : 0;
      is_any_due |= is_due;
      parked = is_due ? parked_.erase(parked) : std::next(parked);
    }
    return is_any_due;
  }

  void finish(std::size_t job) {
    ++progress_;
    leave(job);
    for (const auto& name : jobs_[job].locks) held_.erase(name);
    for (const auto next : needed_by_[job])
      if (--open_needs_[next] == 0) ready_.insert(next);
  }

  const std::vector<Job>& jobs_;
  const std::function<Turn(std::size_t)>& work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> capacities_;  // of things that are used
  std::vector<bool> is_begun_, has_parked_;
  int begun_waiting_ = 0;  // that are not worked on
  std::vector<std::size_t> open_needs_;
  std::vector<std::vector<std::size_t>> needed_by_;
  std::set<std::size_t> ready_;
  std::set<std::string> held_;
  std::vector<int> users_;                     // running jobs that use a thing, by its number
  std::map<std::size_t, std::size_t> parked_;  // job: the progress when it parked
  std::size_t progress_ = 0;                   // jobs that ended, and that parked for the first time
  int running_ = 0;
};

}  // namespace

void run_jobs(const std::vector<Job>& jobs, int threads, const std::function<Turn(std::size_t)>& work,
              const std::vector<int>& capacities) {
  Scheduler scheduler(jobs, work, capacities);
  std::vector<std::jthread> others;
  const auto useful = std::min<std::size_t>(static_cast<std::size_t>(std::max(threads, 1)), jobs.size());
  for (std::size_t i = 1; i < useful; ++i) others.emplace_back([&scheduler] { scheduler.serve(); });
  scheduler.serve();
}

}  // namespace bb::engine
