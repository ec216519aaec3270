// Level 3: what holds for every operation, whatever its capability.
#include <algorithm>

#include <bb/core/text.hpp>
#include "checks.hpp"

namespace bb::kit {
namespace {

constexpr const char* sensitive_word = "KITCANARY";  // patient data in the answers of a peer

// Runs `check` with every operation that can be driven. The first verdict that
// is bad counts, then a skip, and a pass where at least one operation ran.
Verdict on_each_operation(Bench& bench,
                          const std::function<Verdict(Driver&, const std::string&, const Arguments&)>& check) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    std::vector<std::string> operations;
    BB_KIT_TRY(operations_of(bench, type, operations));
    std::optional<Verdict> open;
    bool has_run = false;
    for (const auto& operation : operations) {
      Driver driver(bench, type);  // a new one for each, so that none sees what another left
      BB_KIT_TRY(driver.ready());
      Arguments arguments;
      auto verdict = driver.arguments_of(operation, arguments);
      if (verdict.outcome == Outcome::pass) verdict = check(driver, operation, arguments);
      if (is_bad(verdict)) {
        verdict.what = operation + ": " + verdict.what;
        return verdict;
      }
      if (verdict.outcome == Outcome::pass) has_run = true;
      if (verdict.outcome == Outcome::skip && !open) {
        verdict.what = operation + ": " + verdict.what;
        open = std::move(verdict);
      }
    }
    if (has_run) return pass();
    if (open) return *open;
    return does_not_apply("the connector offers no operation that this check could drive");
  });
}

bool is_send(const std::string& operation) { return operation.ends_with(".send"); }
bool is_listing(const std::string& operation) {
  return operation == "view.list" || operation == "activity.list" || operation == "inbox.poll";
}
bool is_content(const std::string& operation) {
  return operation.ends_with(".read") || operation == "download.fetch" || operation == "probe.run";
}

Verdict null_safe(Bench& bench) {
  return on_each_operation(bench, [](Driver& driver, const std::string& operation, const Arguments&) -> Verdict {
    // Nothing but empty texts, in both forms; any status is an answer.
    Arguments empty;
    empty.key.clear();
    empty.state.clear();
    empty.destination_count = 0;
    driver.call(operation, empty);
    driver.call(operation, empty, {.is_data_not_null = true});
    return pass();
  });
}

Verdict utf8(Bench& bench) {
  return on_each_operation(bench, [](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    for (const auto* bad : {"\xff", "a\xc0\x80"}) {
      Arguments arguments = good;
      // A cursor or a kind is the system's own text, which it may refuse itself.
      if (is_listing(operation)) return does_not_apply("takes no id");
      if (is_send(operation))
        arguments.key = bad;
      else if (operation == "probe.run" || operation == "inbox.allocate")
        arguments.name = bad;
      else if (operation == "download.formats")
        arguments.subject = bad;
      else if (is_content(operation) || operation.ends_with(".track") || operation == "inbox.acknowledge" ||
               operation == "trust.discover" || operation == "trust.evaluate")
        arguments.id = bad;
      else
        return does_not_apply("takes no text");
      const auto done = driver.call(operation, arguments);
      if (status_class(done.status) != 1)
        return fail("a text that is not UTF-8 gave {}, expected 1xx", status_name(done.status));
    }
    return pass();
  });
}

// What every status must be, over calls that work and calls that do not.
Verdict on_statuses(Bench& bench, Verdict (*judge)(const Done& done)) {
  return on_each_operation(bench, [&](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    std::vector<Arguments> all{good};
    auto other = good;
    other.id = other.name = "kit-unknown-id";
    all.push_back(other);
    other = good;
    other.kind = "kit-unknown-kind";
    all.push_back(other);
    other = good;
    other.cursor = "kit-unknown-cursor";
    all.push_back(other);
    other = good;
    other.key.clear();
    all.push_back(other);
    for (const auto& arguments : all) BB_KIT_TRY(judge(driver.call(operation, arguments)));
    for (const auto fault : {PeerFault::reset, PeerFault::denied}) {
      driver.host.peer_fault = fault;
      BB_KIT_TRY(judge(driver.call(operation, good)));
    }
    return pass();
  });
}

Verdict status_known(Bench& bench) {
  return on_statuses(bench, [](const Done& done) -> Verdict {
    if (done.status == BB_OK || (done.status >= 100 && done.status <= 699)) return pass();
    return fail("plugin returned {}, expected 0 or a value of classes 1 to 6", done.status);
  });
}

Verdict status_host_only(Bench& bench) {
  return on_statuses(bench, [](const Done& done) -> Verdict {
    if (done.status != BB_E_CONNECTOR_LOST && done.status != BB_E_CONNECTOR_STUCK) return pass();
    return fail("plugin returned {}, which the host alone makes", status_name(done.status));
  });
}

Verdict error_detail(Bench& bench) {
  return on_statuses(bench, [](const Done& done) -> Verdict {
    if (done.status == BB_OK || done.status == BB_E_CANCELLED || done.status == BB_E_PENDING) return pass();
    if (!done.error) return fail("{} came without set_error, expected a message", status_name(done.status));
    if (done.error->message.empty()) return fail("{} came with an empty message", status_name(done.status));
    return pass();
  });
}

Verdict error_secrets(Bench& bench) {
  std::string shown;
  bool has_told = false;
  const auto look = [&](std::string_view text, std::string_view where) {
    for (const std::string_view canary : {"kit-canary-secret-of-", sensitive_word})
      if (shown.empty() && text.find(canary) != std::string_view::npos)
        shown = fmt::format("{} holds {}: '{}'", where,
                            canary == sensitive_word ? "patient data of the peer's answer" : "a secret",
                            shorten(text, 120));
  };
  const auto look_at = [&](Driver& driver, const Done& done) {
    if (done.error) look(done.error->message, "an error's message");
    for (const auto& line : driver.host.logs()) look(line, "a log line");
    for (const auto& record : driver.host.evidence()) look(record, "evidence without the sensitive flag");
    has_told = true;
  };
  auto verdict =
      on_each_operation(bench, [&](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
        look_at(driver, driver.call(operation, good));
        auto other = good;
        other.id = "kit-unknown-id";
        look_at(driver, driver.call(operation, other));
        driver.host.peer_fault = PeerFault::truncated;
        look_at(driver, driver.call(operation, good));
        if (!shown.empty()) return fail("{}; expected neither secrets nor patient data there", shown);
        return pass();
      });
  return verdict;
}

Verdict deadline(Bench& bench) {
  constexpr std::int64_t passed_ms_max = 100, grace_ms = 250, deadline_ms = 150;
  return on_each_operation(bench, [&](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    const auto exchanges = driver.host.exchange_count();
    const auto late = driver.call(operation, good, {.deadline_in_ms = -1000});
    if (late.took_ms > passed_ms_max)
      return fail("with its deadline passed the call took {} ms, expected at most {}", late.took_ms, passed_ms_max);
    if (driver.host.exchange_count() > exchanges && late.status != BB_E_DEADLINE)
      return fail("the host said BB_E_DEADLINE (111) to an exchange, and the call gave {}", status_name(late.status));
    driver.host.peer_fault = PeerFault::silent;
    const auto slow = driver.call(operation, good, {.deadline_in_ms = deadline_ms});
    if (slow.took_ms > deadline_ms + grace_ms)
      return fail("the call ended {} ms after its deadline, expected at most {}", slow.took_ms - deadline_ms, grace_ms);
    return pass();
  });
}

Verdict cancel(Bench& bench) {
  constexpr std::int64_t end_ms_max = 500, work_ms = 100;
  return on_each_operation(bench, [&](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    const auto exchanges = driver.host.exchange_count();
    const auto before = driver.call(operation, good, {.is_cancelled = true});
    if (driver.host.exchange_count() > exchanges)
      return fail("a call that was cancelled before it began started an exchange, expected no side effect");
    if (before.status == BB_OK && is_send(operation))
      return fail("a call that was cancelled before it began sent, expected BB_E_CANCELLED (110)");
    if (before.status == BB_OK && is_listing(operation) && driver.got->emitted > 0)
      return fail("a call that was cancelled before it began gave {} items, expected BB_E_CANCELLED (110)",
                  driver.got->emitted);
    Driver other(driver.bench, driver.type);
    BB_KIT_TRY(other.ready());
    Arguments again;
    BB_KIT_TRY(other.arguments_of(operation, again));
    if (is_listing(operation)) {
      other.call(operation, again, {.cancel_at = 0, .pause_ms = work_ms});
      if (other.got->emitted > 2)
        return fail("cancelled at the first item, plugin gave {} more, expected at most 1", other.got->emitted - 1);
    }
    other.host.peer_fault = PeerFault::silent;
    const auto during = other.call(operation, again, {.cancel_after_ms = work_ms});
    if (during.took_ms > work_ms + end_ms_max)
      return fail("the call ended {} ms after it was cancelled, expected at most {}", during.took_ms - work_ms,
                  end_ms_max);
    return pass();
  });
}

Verdict cancel_then_use(Bench& bench) {
  return on_each_operation(bench, [](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    const auto first = driver.call(operation, good);
    if (first.status != BB_OK) return skip("gave {}", status_name(first.status));
    driver.call(operation, good, {.is_cancelled = true});
    const auto after = driver.call(operation, good);
    BB_KIT_TRY(driver.peer_is_there(after));
    if (after.status != BB_OK)
      return fail("after a cancelled call the same call gave {}{}, expected BB_OK", status_name(after.status),
                  after.error ? ": " + after.error->message : "");
    return pass();
  });
}

Verdict sink_stop(Bench& bench) {
  return on_each_operation(bench, [](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    if (operation.starts_with("session.") || operation == "inbox.acknowledge")
      return does_not_apply("its sink cannot say stop");
    for (int k = 0; k <= 5; ++k) {
      auto arguments = good;
      if (is_send(operation)) arguments.key = fmt::format("kit-stop-{}", k);
      constexpr bb_status stop = BB_E_TOO_LARGE;
      const auto done = driver.call(operation, arguments, {.stop_at = k, .stop_status = stop});
      BB_KIT_TRY(driver.peer_is_there(done));
      if (driver.got->after_stop > 0)
        return fail("plugin went on after the sink said stop: {} more {}, expected none", driver.got->after_stop,
                    driver.got->after_stop == 1 ? "item" : "items");
      if (driver.got->emitted <= k) break;  // there was no k-th thing
      if (done.status != stop)
        return fail("the sink said {} at item {}, and the call gave {}", status_name(stop), k,
                    status_name(done.status));
    }
    return pass();
  });
}

Verdict sink_borrow(Bench& bench) {
  return on_each_operation(bench, [](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    const Conduct lends{.lends = Lender::How::protect};
    driver.call(operation, good, lends);
    driver.call(operation, good, lends);
    for (const auto& other : driver.operations()) {
      Arguments arguments;
      if (driver.arguments_of(other, arguments).outcome == Outcome::pass) driver.call(other, arguments, lends);
    }
    driver.destroy();
    return pass();
  });
}

Verdict sink_order(Bench& bench) {
  return on_each_operation(bench, [](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    if (!is_content(operation)) return does_not_apply("gives no content");
    const auto done = driver.call(operation, good);
    BB_KIT_TRY(driver.peer_is_there(done));
    if (done.status != BB_OK) return skip("gave {}", status_name(done.status));
    if (driver.got->writes_before_head > 0) return fail("write came before head");
    if (driver.got->heads != 1) return fail("head came {} times, expected once", driver.got->heads);
    const auto declared = driver.got->head.size;
    if (declared != UINT64_MAX && declared != driver.got->body.size())
      return fail("head declared {} bytes, {} were written", declared, driver.got->body.size());
    return pass();
  });
}

Verdict http_answer(Bench& bench) {
  return on_each_operation(bench, [](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    if (!is_content(operation)) return does_not_apply("gives no content");
    const auto before = driver.host.exchanges().size();
    const auto done = driver.call(operation, good);
    BB_KIT_TRY(driver.peer_is_there(done));
    if (done.status != BB_OK) return skip("gave {}", status_name(done.status));
    for (const auto& [name, value] : driver.got->attributes) {
      if (name.starts_with(":")) return fail("attribute '{}' begins with ':', which is the host's", name);
      if (name.find('.') == std::string::npos)
        return fail("attribute '{}' has no dot in its name, as a header field of the host's", name);
    }
    const auto all = driver.host.exchanges();
    const auto marked = std::count_if(all.begin() + static_cast<std::ptrdiff_t>(before), all.end(),
                                      [](const Exchange& exchange) { return exchange.is_answer; });
    if (all.size() > before && marked == 0)
      return fail("{} exchanges, none marked BB_HTTP_ANSWER, expected the one that answers", all.size() - before);
    return pass();
  });
}

Verdict emit_shape(Bench& bench) {
  return on_each_operation(bench, [](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    driver.call(operation, good);
    auto other = good;
    other.id = other.name = "kit-unknown-id";
    driver.call(operation, other);
    for (const auto& breach : driver.host.breaches())
      if (breach.topic == "emit-shape") return fail("{}", breach.what);
    return pass();
  });
}

Verdict thread_serial(Bench& bench) {
  return on_each_operation(bench, [](Driver& driver, const std::string& operation, const Arguments& good) -> Verdict {
    driver.call(operation, good);
    for (const auto& breach : driver.host.breaches())
      if (breach.topic == "thread-serial") return fail("{}", breach.what);
    return pass();
  });
}

Verdict source_short_reads(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    BB_KIT_TRY(driver.ready());
    if (!BB_HAS(driver.table<bb_transmit>(BB_TRANSMIT), track))
      return does_not_apply("the connector takes no content (bb.transmit/1)");
    Arguments arguments;
    arguments.source_step = 0;
    const auto done = driver.call("transmit.send", arguments);
    BB_KIT_TRY(driver.peer_is_there(done));
    if (done.status != BB_OK)
      return fail("transmit.send gave {}{} where the source gives 1, 2, 3, 5 ... bytes at a time, expected BB_OK",
                  status_name(done.status), done.error ? ": " + done.error->message : "");
    arguments.key = "kit-key-2";
    arguments.source_fails_at = 3;
    const auto broken = driver.call("transmit.send", arguments);
    if (broken.status == BB_OK)
      return fail("the source failed with BB_E_UNAVAILABLE (300) in the middle, and transmit.send gave BB_OK");
    return pass();
  });
}

}  // namespace

std::vector<Check> call_checks() {
  return {
      {{"call-null-safe", 3, "BB-R026", "empty texts as {NULL, 0} and {p, 0}"}, null_safe},
      {{"call-utf8", 3, "BB-R027", "texts that are not UTF-8 give 1xx"}, utf8},
      {{"call-status-known", 3, "BB-R028", "every status has a known class"}, status_known},
      {{"status-host-only", 3, "BB-R029", "503 and 504 never come from a plugin"}, status_host_only},
      {{"call-error-detail", 3, "BB-R030", "every failure has a message"}, error_detail},
      {{"call-error-secrets", 3, "BB-R031", "no secrets in messages, logs and evidence"}, error_secrets},
      {{"call-deadline", 3, "BB-R032", "calls end at their deadline"}, deadline},
      {{"call-cancel", 3, "BB-R033", "cancelled calls end and start nothing"}, cancel},
      {{"call-cancel-then-use", 3, "BB-R034", "an instance works after a cancelled call"}, cancel_then_use},
      {{"sink-stop", 3, "BB-R023", "a sink that says stop is not called again"}, sink_stop},
      {{"sink-borrow", 3, "BB-R024", "nothing lent is read after its call"}, sink_borrow},
      {{"sink-order", 3, "BB-R025", "head once, then write; sizes are true"}, sink_order},
      {{"http-answer", 3, "BB-R035", "the answering exchange is marked, attributes have dots"}, http_answer},
      {{"emit-shape", 3, "BB-R064", "what is handed to the host is well formed"}, emit_shape},
      {{"source-short-reads", 3, "BB-R036", "sources that give little, and fail"}, source_short_reads},
      {{"thread-serial", 4, "BB-R056", "the host is called on the thread of the call"}, thread_serial},
  };
}

}  // namespace bb::kit
