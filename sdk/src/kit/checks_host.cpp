// Level 3: hosts that are less than whole, and the world outside the host.
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <atomic>

#include "checks.hpp"
#include "elf.hpp"
#include "traps.hpp"

namespace bb::kit {
namespace {

const char* const services[] = {BB_HOST_LOG,  BB_HOST_CLOCK,    BB_HOST_CANCEL, BB_HOST_RANDOM, BB_HOST_SECRET,
                                BB_HOST_HTTP, BB_HOST_EVIDENCE, BB_HOST_PERSON, BB_HOST_STREAM};

bool has_own_network(Bench& bench, const bb_connector_type& type) {
  const auto* const known = bench.in_manifest(type.id);
  return known != nullptr && known->network == host::Network::own;
}

Verdict network_denied(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    std::vector<std::string> operations;
    BB_KIT_TRY(operations_of(bench, type, operations));
    bool has_any = false;
    for (const auto& operation : operations) {
      Driver driver(bench, type);
      BB_KIT_TRY(driver.ready());
      Arguments arguments;
      if (driver.arguments_of(operation, arguments).outcome != Outcome::pass) continue;
      const auto before = driver.host.fault_count();
      driver.host.peer_fault = PeerFault::denied;
      const auto done = driver.call(operation, arguments);
      if (driver.host.fault_count() == before) continue;
      has_any = true;
      if (done.status != BB_E_FORBIDDEN)
        return fail("{}: the host denied an exchange or a stream with BB_E_FORBIDDEN (201), and the call gave {}",
                    operation, status_name(done.status));
    }
    return has_any ? pass()
                   : does_not_apply("no operation that could be driven uses {} or {}", BB_HOST_HTTP, BB_HOST_STREAM);
  });
}

Verdict services_absent(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    {
      Driver whole(bench, type);
      BB_KIT_TRY(whole.make());
    }
    Value config;
    for (const auto* id : services) {
      Driver driver(bench, type);
      driver.host.denied.insert(id);
      BB_KIT_TRY(driver.config(config));
      bb_connector* made = nullptr;
      const auto done = driver.create(type.id, config, &made);
      driver.connector = done.status == BB_OK ? made : nullptr;
      if (done.status != BB_OK && (!done.error || done.error->message.find(id) == std::string::npos))
        return fail("without {} create gave {}, and no message names the service", id, status_name(done.status));
      if (driver.connector == nullptr) continue;
      driver.destroy();
      if (driver.ready().outcome == Outcome::pass) driver.call_everything();
    }
    Driver bare(bench, type);
    bare.host.offers_nothing = true;
    bb_connector* made = nullptr;
    if (bare.create(type.id, config, &made).status == BB_OK) {
      bare.connector = made;
      bare.call_everything();
    }
    return pass();
  });
}

// The clocks that a library may ask for past the host; each keeps working.
std::atomic<const char*> clock_read{nullptr};
time_t trapped_time(time_t* out) {
  clock_read = "time";
  return ::time(out);
}
int trapped_gettimeofday(timeval* out, void* zone) {
  clock_read = "gettimeofday";
  return ::gettimeofday(out, static_cast<struct timezone*>(zone));
}
int trapped_clock_gettime(clockid_t which, timespec* out) {
  if (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE || which == CLOCK_TAI) clock_read = "clock_gettime";
  return ::clock_gettime(which, out);
}
std::int64_t trapped_system_clock() {
  clock_read = "std::chrono::system_clock::now";
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

Verdict clock_only(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    if (has_own_network(bench, type)) return does_not_apply("the manifest says network: own");
    const auto handle = bench.load();
    redirect(*handle, "time", reinterpret_cast<void*>(&trapped_time));
    redirect(*handle, "gettimeofday", reinterpret_cast<void*>(&trapped_gettimeofday));
    redirect(*handle, "clock_gettime", reinterpret_cast<void*>(&trapped_clock_gettime));
    redirect(*handle, "_ZNSt6chrono3_V212system_clock3nowEv", reinterpret_cast<void*>(&trapped_system_clock));
    Driver driver(bench, type);
    driver.host.is_clock_frozen = true;
    const auto ready = driver.ready();
    if (ready.outcome == Outcome::pass) driver.call_everything();
    if (const char* const name = clock_read)
      return fail("plugin read the wall clock itself, by {}; expected {}", name, BB_HOST_CLOCK);
    return ready;
  });
}

Verdict no_own_socket(Bench& bench) {
  BB_KIT_TRY(bench.usable());  // what loading opens is lib-no-io-on-load's
  if (!set_trap(Trap::sockets)) return skip("the kernel allows no seccomp filter here");
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    if (has_own_network(bench, type)) return does_not_apply("the manifest says network: own");
    Driver driver(bench, type);
    const auto ready = driver.ready();
    if (ready.outcome == Outcome::pass) driver.call_everything();
    if (const auto what = caught_by_trap(); !what.empty())
      return fail("plugin tried to {} on its own, expected {} and {} alone", what, BB_HOST_HTTP, BB_HOST_STREAM);
    return ready;
  });
}

// What goes out, as one text.
std::string outgoing(Driver& driver) {
  std::string out;
  for (const auto& exchange : driver.host.exchanges()) {
    out += fmt::format("{} {}\n", exchange.method, exchange.url);
    for (const auto& [name, value] : exchange.headers) out += fmt::format("{}: {}\n", name, value);
    out += exchange.body + '\n';
  }
  return out + driver.host.streams.sent();
}

Verdict random_only(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    std::string first;
    for (int round = 0; round < 2; ++round) {
      Driver driver(bench, type);
      driver.host.is_clock_frozen = true;
      BB_KIT_TRY(driver.ready());
      driver.call_everything();
      if (driver.host.exchange_count() == 0)
        return does_not_apply("no operation that could be driven sends anything through the host");
      auto now = outgoing(driver);
      if (round == 0) {
        first = std::move(now);
        continue;
      }
      if (now == first) return pass();
      const auto at = static_cast<std::size_t>(std::mismatch(first.begin(), first.end(), now.begin(), now.end()).first -
                                               first.begin());
      const auto line = first.rfind('\n', at) == std::string::npos ? 0 : first.rfind('\n', at) + 1;
      return fail("two runs of one seed sent different bytes, first in '{}'; expected randomness from {} alone",
                  first.substr(line, std::min<std::size_t>(first.find('\n', line) - line, 100)), BB_HOST_RANDOM);
    }
    return pass();
  });
}

// Structs of version 1.0 that end where their page ends. A host older than 1.0
// there is none; with 1.1 the loop begins here.
Verdict old_host(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type, Lender::How::edge);
    const auto ready = driver.ready();
    if (ready.outcome != Outcome::pass) return ready;
    for (const auto& operation : driver.operations()) {
      Arguments arguments;
      if (driver.arguments_of(operation, arguments).outcome == Outcome::pass)
        driver.call(operation, arguments, {.lends = Lender::How::edge});
    }
    return pass();
  });
}

}  // namespace

std::vector<Check> host_checks() {
  return {
      {{"host-http-denied", 3, "BB-R051", "what the host denies stays denied"}, network_denied},
      {{"host-services-absent", 3, "BB-R016", "each host service taken away in turn"}, services_absent},
      {{"host-clock-only", 3, "BB-R052", "civil time is the host's"}, clock_only},
      {{"no-own-socket", 3, "BB-R053", "no socket of its own"}, no_own_socket},
      {{"host-random-only", 3, "BB-R054", "one seed, the same bytes"}, random_only},
      {{"abi-old-host", 3, "BB-R055", "no field is read that may not be there"}, old_host},
  };
}

}  // namespace bb::kit
