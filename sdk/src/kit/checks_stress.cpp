// Level 4: many instances, faults of memory and network, what is left behind.
#include <fenv.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <new>
#include <thread>

#include <bb/core/text.hpp>
#include "checks.hpp"
#include "elf.hpp"
#include "folder_entries.hpp"

extern "C" char** environ;

namespace bb::kit {
namespace {

Verdict create_destroy_100(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    constexpr int cycles = 100;
    std::size_t threads = 0, files = 0;
    for (int cycle = 0; cycle < cycles; ++cycle) {
      Driver driver(bench, type);
      BB_KIT_TRY(driver.make());
      driver.destroy();
      if (cycle > 0) continue;  // the first may fill caches
      threads = entries_of("/proc/self/task");
      files = entries_of("/proc/self/fd");
    }
    if (const auto now = entries_of("/proc/self/fd"); now > files)
      return fail("{} instances made and destroyed left {} descriptors open, expected none", cycles, now - files);
    for (int wait = 0; wait < 20 && entries_of("/proc/self/task") > threads; ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (const auto now = entries_of("/proc/self/task"); now > threads)
      return fail("{} instances made and destroyed left {} threads, expected none", cycles, now - threads);
    return pass();
  });
}

Verdict two_instances(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver alice(bench, type, Lender::How::keep, "alice"), bruno(bench, type, Lender::How::keep, "bruno");
    BB_KIT_TRY(alice.make());
    if (alice.table<bb_session>(BB_SESSION) == nullptr)
      return does_not_apply("the connector does not offer {}", BB_SESSION);
    alice.destroy();
    BB_KIT_TRY(alice.ready());
    BB_KIT_TRY(bruno.make());
    const auto stranger = bruno.call("session.describe");
    if (stranger.status != BB_E_UNAUTHENTICATED)
      return fail(
          "one instance is signed in, and session.describe of another gave {}, expected "
          "BB_E_UNAUTHENTICATED (200)",
          status_name(stranger.status));
    bruno.destroy();
    BB_KIT_TRY(bruno.ready());
    const auto closed = alice.call("session.close");
    if (closed.status != BB_OK) return skip("session.close gave {}", status_name(closed.status));
    const auto left = bruno.call("session.describe");
    BB_KIT_TRY(bruno.peer_is_there(left));
    if (left.status != BB_OK)
      return fail("one instance signed out, and session.describe of another gave {}, expected BB_OK",
                  status_name(left.status));
    return pass();
  });
}

// Allocations of the library itself, of which the n-th and all later ones of a
// stretch fail.
std::atomic<int> allocations_left{-1};  // -1 = all work
bool is_out_of_memory() {
  if (allocations_left < 0) return false;
  return allocations_left == 0 || allocations_left-- == 0;
}
void* failing_malloc(std::size_t size) { return is_out_of_memory() ? nullptr : std::malloc(size); }
void* failing_calloc(std::size_t count, std::size_t size) {
  return is_out_of_memory() ? nullptr : std::calloc(count, size);
}
void* failing_realloc(void* old, std::size_t size) { return is_out_of_memory() ? nullptr : std::realloc(old, size); }
void* failing_new(std::size_t size) {
  if (is_out_of_memory()) throw std::bad_alloc();
  return ::operator new(size);
}

// Runs `body` with the n-th allocation failing, n = 0, 1, 2 ... Says whether an
// exception came out.
Verdict with_failing_memory(Bench& bench, bool judges_exceptions) {
  const auto handle = bench.load();
  if (!handle) return skip("the library cannot be loaded, see lib-loads-now");
  int slots = redirect(*handle, "malloc", reinterpret_cast<void*>(&failing_malloc));
  slots += redirect(*handle, "calloc", reinterpret_cast<void*>(&failing_calloc));
  slots += redirect(*handle, "realloc", reinterpret_cast<void*>(&failing_realloc));
  slots += redirect(*handle, "_Znwm", reinterpret_cast<void*>(&failing_new));
  if (slots == 0) return does_not_apply("the library allocates nothing itself");
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    constexpr int allocations_max = 40;
    Value config;
    {
      Driver driver(bench, type);
      BB_KIT_TRY(driver.config(config));
    }
    std::string thrown_by;
    const auto guarded = [&](std::string_view what, const std::function<void()>& body) {
      try {
        body();
      } catch (...) {  // whatever a plugin lets out
        allocations_left = -1;
        thrown_by = what;
      }
      allocations_left = -1;
    };
    for (int n = 0; n < allocations_max && thrown_by.empty(); ++n) {
      Driver driver(bench, type);
      bb_connector* made = nullptr;
      bb_status status = BB_OK;
      guarded("create", [&] {
        allocations_left = n;
        status = driver.create(type.id, config, &made).status;
      });
      driver.connector = status == BB_OK && thrown_by.empty() ? made : nullptr;
      if (driver.connector == nullptr) continue;
      if (!judges_exceptions && status == BB_OK && made == nullptr) return fail("create gave BB_OK and no instance");
      driver.destroy();
      if (driver.ready().outcome != Outcome::pass) continue;
      for (const auto& operation : driver.operations()) {
        Arguments arguments;
        if (driver.arguments_of(operation, arguments).outcome != Outcome::pass) continue;
        guarded(operation, [&] {
          allocations_left = n;
          driver.call(operation, arguments);
        });
        if (!thrown_by.empty()) break;
      }
    }
    if (!thrown_by.empty() && judges_exceptions)
      return fail("an exception came out of {}, expected BB_E_OUT_OF_MEMORY (501)", thrown_by);
    return pass();
  });
}

Verdict fault_alloc(Bench& bench) { return with_failing_memory(bench, false); }
Verdict exception_barrier(Bench& bench) { return with_failing_memory(bench, true); }

Verdict fault_network(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    bool has_any = false;
    for (const auto fault : {PeerFault::reset, PeerFault::truncated, PeerFault::closed, PeerFault::drip,
                             PeerFault::wrong_length, PeerFault::huge_header, PeerFault::huge_body}) {
      Driver driver(bench, type);
      BB_KIT_TRY(driver.ready());
      for (const auto& operation : driver.operations()) {
        Arguments arguments;
        driver.host.peer_fault = PeerFault::none;
        if (driver.arguments_of(operation, arguments).outcome != Outcome::pass) continue;
        const auto before = driver.host.fault_count();
        driver.host.peer_fault = fault;
        const auto done = driver.call(operation, arguments, {.deadline_in_ms = 2000});
        if (driver.host.fault_count() == before) continue;
        has_any = true;
        const bool is_broken = fault == PeerFault::reset || fault == PeerFault::truncated;
        if (is_broken && done.status == BB_OK)
          return fail("{}: the host said BB_E_UNAVAILABLE (300) to an exchange or of a stream, and the call gave BB_OK",
                      operation);
        if (fault == PeerFault::closed && done.status == BB_E_DEADLINE)
          return fail("{}: the peer of a stream closed, and the call went on to its deadline", operation);
      }
    }
    return has_any ? pass()
                   : does_not_apply("no operation that could be driven uses {} or {}", BB_HOST_HTTP, BB_HOST_STREAM);
  });
}

// Everything of the process that a plugin must leave alone, as lines.
std::vector<std::string> settings() {
  std::vector<std::string> lines;
  const char* const locale = ::setlocale(LC_ALL, nullptr);
  lines.push_back(fmt::format("locale {}", locale != nullptr ? locale : ""));
  std::array<char, 4096> folder{};
  lines.push_back(fmt::format("folder {}", ::getcwd(folder.data(), folder.size()) != nullptr ? folder.data() : "?"));
  const auto mask = ::umask(0);
  ::umask(mask);
  lines.push_back(fmt::format("umask {:o}", mask));
  lines.push_back(fmt::format("rounding {}", ::fegetround()));
  sigset_t blocked;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  for (int number = 1; number < 32; ++number) {
    struct sigaction action = {};
    if (::sigaction(number, nullptr, &action) != 0) continue;
    lines.push_back(fmt::format("signal {} handler {} blocked {}", number,
                                reinterpret_cast<const void*>(action.sa_handler), sigismember(&blocked, number)));
  }
  for (char** entry = environ; *entry != nullptr; ++entry) lines.push_back(fmt::format("environment {}", *entry));
  return lines;
}

Verdict fault_process(Bench& bench) {
  const auto before = settings();
  const auto verdict = on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    if (driver.ready().outcome == Outcome::pass) driver.call_everything();
    return pass();
  });
  const auto after = settings();
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i)
    if (before[i] != after[i])
      return fail("plugin changed a setting of the process: '{}' before, '{}' after", shorten(before[i], 80),
                  shorten(after[i], 80));
  if (before.size() != after.size())
    return fail("plugin changed the environment: {} settings before, {} after", before.size(), after.size());
  return verdict;
}

Verdict unload_clean(Bench& bench) {
  BB_KIT_TRY(bench.usable());  // what loading starts is lib-no-threads-on-load's
  const auto before = entries_of("/proc/self/task");
  const auto verdict = on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    if (driver.ready().outcome == Outcome::pass) driver.call_everything();
    return pass();
  });
  if (verdict.outcome != Outcome::pass) return verdict;
  for (int wait = 0; wait < 20 && entries_of("/proc/self/task") > before; ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  if (const auto now = entries_of("/proc/self/task"); now > before)
    return warn("threads of the library run on 200 ms after deinit: {}, expected none", now - before);
  return pass();
}

}  // namespace

std::vector<Check> stress_checks() {
  return {
      {{"create-destroy-100", 4, "BB-R020", "a hundred instances leave nothing behind"}, create_destroy_100},
      {{"thread-two-instances", 4, "BB-R058", "two instances share no session"}, two_instances},
      {{"fault-alloc", 4, "BB-R059", "the n-th allocation fails"}, fault_alloc},
      {{"fault-http", 4, "BB-R060", "broken, slow and oversized answers"}, fault_network},
      {{"fault-process", 4, "BB-R061", "settings of the process stay"}, fault_process},
      {{"exception-barrier", 4, "BB-R062", "no exception crosses a call"}, exception_barrier},
      {{"unload-clean", 4, "BB-R063", "no thread is left after deinit"}, unload_clean},
  };
}

}  // namespace bb::kit
