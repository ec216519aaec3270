// Level 4: calls that overlap, and a process that forks.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <random>
#include <thread>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "checks.hpp"

namespace bb::kit {
namespace {

// What a call gave, as far as two calls of one operation must agree.
std::string gist(const Done& done, const Gather& got) {
  auto text = status_name(done.status);
  for (const auto& item : got.items) text += " item " + item.id;
  for (const auto& format : got.formats) text += " format " + format.id;
  for (const auto& probe : got.probes) text += " probe " + probe.name;
  if (got.heads > 0) text += fmt::format(" content of {}: '{}'", got.head.id, shorten(got.body, 40));
  if (!got.receipts.empty()) text += fmt::format(" {} receipts", got.receipts.size());
  if (!got.text.empty()) text += " text " + got.text;
  return text;
}

struct Job {
  std::string operation;
  Arguments arguments;
  std::string alone;  // the gist of the call with no other beside it
};

constexpr int thread_count = 8;

Arguments of_thread(const Job& job, int thread, int round) {
  auto arguments = job.arguments;
  if (job.operation.ends_with(".send")) arguments.key = fmt::format("kit-thread-{}-{}", thread, round);
  return arguments;
}

// Every operation that works and changes nothing that another would see.
std::vector<Job> jobs_of(Driver& driver) {
  std::vector<Job> jobs;
  for (const auto& operation : driver.operations()) {
    if (operation == "inbox.acknowledge") continue;
    Job job{operation, {}, {}};
    if (driver.arguments_of(operation, job.arguments).outcome != Outcome::pass) continue;
    const auto done = driver.call(operation, job.arguments);
    if (done.status != BB_OK) continue;
    job.alone = gist(done, *driver.got);
    // One that differs without another beside it is other checks' matter.
    const auto again = driver.call(operation, of_thread(job, thread_count, 0));
    if (gist(again, *driver.got) == job.alone) jobs.push_back(std::move(job));
  }
  return jobs;
}

Verdict concurrent(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    constexpr int rounds_max = 20;
    constexpr std::int64_t work_ms = 1000;
    if ((type.flags & BB_CONNECTOR_CONCURRENT) == 0)
      return does_not_apply("the type says that its calls do not overlap");
    Driver driver(bench, type);
    BB_KIT_TRY(driver.ready());
    const auto jobs = jobs_of(driver);
    if (jobs.empty()) return does_not_apply("the connector offers no operation that this check could drive");
    const bool was_serial = driver.host.breaches().empty();  // what breaks alone is thread-serial's
    struct Strand {
      std::vector<std::unique_ptr<Gather>> got;
      std::string finding;
      std::size_t job = 0;
    };
    std::array<Strand, thread_count> strands;
    std::atomic<int> waiting{thread_count};
    const auto end_ns = monotonic_ns() + work_ms * ns_per_ms;
    const auto work = [&](int number) {
      auto& strand = strands[static_cast<std::size_t>(number)];
      std::seed_seq seed{std::hash<std::string>()(bench.seed()), static_cast<std::size_t>(number)};
      std::mt19937 random(seed);
      std::vector<std::size_t> order(jobs.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      --waiting;
      while (waiting > 0) std::this_thread::yield();
      for (int round = 0; round < rounds_max && monotonic_ns() < end_ns; ++round) {
        // All begin with the same, then each goes its own way.
        if (round > 0) std::shuffle(order.begin(), order.end(), random);
        for (const auto index : order) {
          const auto& job = jobs[index];
          auto& got = strand.got.emplace_back();
          const auto done = driver.call_beside(job.operation, got, of_thread(job, number, round));
          if (!strand.finding.empty()) continue;
          strand.finding = gist(done, *got) == job.alone ? "" : gist(done, *got);
          strand.job = index;
        }
      }
    };
    std::vector<std::thread> threads;
    for (int number = 0; number < thread_count; ++number) threads.emplace_back(work, number);
    for (auto& thread : threads) thread.join();
    for (const auto& strand : strands) {
      if (strand.finding.empty()) continue;
      const auto& job = jobs[strand.job];
      // What the calls themselves have changed is no race.
      const auto after = driver.call(job.operation, of_thread(job, thread_count, 1));
      if (gist(after, *driver.got) != job.alone) continue;
      return fail("{} beside calls of {} other threads gave {}, expected {} as alone", job.operation, thread_count - 1,
                  shorten(strand.finding, 200), shorten(job.alone, 200));
    }
    for (const auto& breach : driver.host.breaches())
      if (was_serial && breach.topic == "thread-serial") return fail("{}", breach.what);
    return pass();
  });
}

constexpr std::int64_t fork_ms_max = 2000;

// Forks and starts a program in the child, as a host does. Empty when both went
// through.
std::string fork_and_exec() {
  struct Forked {
    std::atomic<bool> is_done{false};
    std::atomic<pid_t> child{-1};
  };
  const auto forked = std::make_shared<Forked>();  // a thread that hangs outlives this function
  std::thread forking([forked] {
    const pid_t made = ::fork();
    if (made == 0) {
      ::execl("/bin/true", "true", nullptr);
      ::_exit(0);
    }
    forked->child = made;
    forked->is_done = true;
  });
  const auto end_ns = monotonic_ns() + fork_ms_max * ns_per_ms;
  while (!forked->is_done && monotonic_ns() < end_ns) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (!forked->is_done) {
    forking.detach();
    return "fork() did not return";
  }
  forking.join();
  if (forked->child < 0) return {};  // the system's refusal
  while (monotonic_ns() < end_ns) {
    int status = 0;
    if (::waitpid(forked->child, &status, WNOHANG) == forked->child)
      return WIFSIGNALED(status) ? fmt::format("the child ended by SIG{}", ::sigabbrev_np(WTERMSIG(status))) : "";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ::kill(forked->child, SIGKILL);
  ::waitpid(forked->child, nullptr, 0);
  return "the child did not come to exec()";
}

Verdict fork_safe(Bench& bench) {
  constexpr int forks = 3;
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    const auto ready = driver.ready();
    for (int i = 0; i < forks; ++i)
      if (const auto what = fork_and_exec(); !what.empty())
        return fail("{} within {} ms with the library loaded, fork number {}", what, fork_ms_max, i + 1);
    if (ready.outcome != Outcome::pass) return ready;
    for (const auto& operation : driver.operations()) {
      Arguments arguments;
      if (driver.arguments_of(operation, arguments).outcome == Outcome::pass) driver.call(operation, arguments);
    }
    if (const auto what = fork_and_exec(); !what.empty())
      return fail("{} within {} ms after every operation was called", what, fork_ms_max);
    return pass();
  });
}

}  // namespace

std::vector<Check> thread_checks() {
  return {
      {{"thread-concurrent", 4, "BB-R057", "calls of eight threads overlap"}, concurrent},
      {{"fork-safe", 4, "BB-R065", "the host forks with the library loaded"}, fork_safe},
  };
}

}  // namespace bb::kit
