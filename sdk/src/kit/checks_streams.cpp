// Level 3: what holds of bb.host.stream/1, for connectors that use it.
#include <string>
#include <vector>

#include "checks.hpp"

namespace bb::kit {
namespace {

Verdict no_stream() { return does_not_apply("no operation that could be driven uses {}", BB_HOST_STREAM); }

Verdict breaches_of(const FakeHost& host, std::string_view topic) {
  for (const auto& breach : host.breaches())
    if (breach.topic == topic) return fail("{}", breach.what);
  return pass();
}

Verdict lifetime(Bench& bench) {
  constexpr std::string_view topic = "stream-lifetime";
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver first(bench, type, Lender::How::keep, "first"), second(bench, type, Lender::How::keep, "second");
    for (auto* const driver : {&first, &second}) {
      driver->host.streams.protects_info = true;
      BB_KIT_TRY(driver->ready());
      driver->call_everything();
    }
    if (first.host.streams.opened() + second.host.streams.opened() == 0) return no_stream();
    first.destroy();
    second.destroy();
    // With what those left, and a cancel while a stream waits: whoever closes it
    // then does so beneath a read.
    constexpr std::int64_t cancel_ms = 50;
    Driver third(bench, type, Lender::How::keep, "third");
    BB_KIT_TRY(third.ready());
    third.call_everything({.cancel_after_ms = cancel_ms}, PeerFault::silent);
    third.destroy();
    for (const auto* const driver : {&first, &second, &third}) BB_KIT_TRY(breaches_of(driver->host, topic));
    return pass();
  });
}

Verdict short_reads(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    std::vector<std::string> operations;
    BB_KIT_TRY(operations_of(bench, type, operations));
    bool has_any = false;
    for (const auto& operation : operations) {
      Done whole, little;
      bool has_dripped = false;
      for (const auto fault : {PeerFault::none, PeerFault::drip}) {
        Driver driver(bench, type);
        BB_KIT_TRY(driver.ready());
        Arguments arguments;
        if (driver.arguments_of(operation, arguments).outcome != Outcome::pass) break;
        const auto opened = driver.host.streams.exchange_count();
        driver.host.peer_fault = fault;
        (fault == PeerFault::none ? whole : little) = driver.call(operation, arguments);
        if (driver.host.streams.exchange_count() == opened || whole.status != BB_OK) break;
        has_dripped = fault == PeerFault::drip;
      }
      if (!has_dripped) continue;
      has_any = true;
      if (little.status != BB_OK)
        return fail("{} gave {}{} where a stream gives one byte at a time, expected BB_OK", operation,
                    status_name(little.status), little.error ? ": " + little.error->message : "");
    }
    return has_any ? pass() : no_stream();
  });
}

Verdict start_tls(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver good(bench, type);
    BB_KIT_TRY(good.ready());
    good.call_everything();
    const auto go_aheads = good.host.streams.go_aheads();
    if (go_aheads.empty()) return does_not_apply("no operation that could be driven starts TLS on a stream");
    Driver attacked(bench, type);
    attacked.host.streams.injects_behind = go_aheads;
    if (attacked.ready().outcome == Outcome::pass) attacked.call_everything();
    return breaches_of(attacked.host, "stream-start-tls");
  });
}

// Of an operation all of whose streams bound their waits.
Verdict waits(Bench& bench) {
  constexpr std::int64_t deadline_ms = 2000;  // for what never stops reading
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    std::vector<std::string> operations;
    BB_KIT_TRY(operations_of(bench, type, operations));
    bool has_any = false;
    for (const auto& operation : operations) {
      Done silenced;
      bool is_bounded = true;
      for (const auto fault : {PeerFault::none, PeerFault::silent}) {
        Driver driver(bench, type);
        BB_KIT_TRY(driver.ready());
        Arguments arguments;
        if (driver.arguments_of(operation, arguments).outcome != Outcome::pass) is_bounded = false;
        if (!is_bounded) break;
        const auto& streams = driver.host.streams;
        const auto opened = streams.opened(), unbounded = streams.unbounded(), asked = driver.host.exchanges().size();
        driver.host.streams.skips_waits = true;
        driver.host.peer_fault = fault;
        silenced = driver.call(operation, arguments, {.deadline_in_ms = deadline_ms});
        is_bounded =
            streams.opened() != opened && streams.unbounded() == unbounded && driver.host.exchanges().size() == asked;
      }
      if (!is_bounded) continue;
      has_any = true;
      if (silenced.status == BB_E_DEADLINE)
        return fail("{} went on to its deadline after each wait of its streams had ended with BB_E_UNAVAILABLE (300)",
                    operation);
    }
    return has_any ? pass() : does_not_apply("no operation that could be driven bounds the waits of its streams");
  });
}

}  // namespace

std::vector<Check> stream_checks() {
  return {
      {{"stream-lifetime", 3, "BB-R072", "streams are used while they are open"}, lifetime},
      {{"stream-short-reads", 3, "BB-R073", "streams that give little at a time"}, short_reads},
      {{"stream-start-tls", 3, "BB-R074", "nothing is taken that came before TLS"}, start_tls},
      {{"stream-wait", 3, "BB-R075", "streams whose wait has ended"}, waits},
  };
}

}  // namespace bb::kit
