// Level 3: the contract of each capability.
#include <algorithm>
#include <set>

#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "checks.hpp"

namespace bb::kit {
namespace {

constexpr int pages_max = 200;

// A connector with that capability, made and signed in, for `check`.
template <class Table>
Verdict with(Bench& bench, const char* id, const std::function<Verdict(Driver&, const Table&)>& check) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    BB_KIT_TRY(driver.make());
    if (driver.table<Table>(id) == nullptr) return does_not_apply("the connector does not offer {}", id);
    driver.destroy();
    BB_KIT_TRY(driver.ready());
    return check(driver, *driver.table<Table>(id));
  });
}

std::vector<std::string> ids_of(const Gather& got) {
  std::vector<std::string> ids;
  for (const auto& item : got.items) ids.push_back(item.id);
  return ids;
}

// A skip where the call did not work, with its reason.
Verdict worked(Driver& driver, std::string_view operation, const Done& done) {
  BB_KIT_TRY(driver.peer_is_there(done));
  if (done.status != BB_OK)
    return skip("{} gave {}{}", operation, status_name(done.status), done.error ? ": " + done.error->message : "");
  return pass();
}

// All ids of a listing, page by page.
Verdict list_all(Driver& driver, std::string_view operation, std::uint32_t limit, std::vector<std::string>& out) {
  Arguments arguments;
  arguments.limit = limit;
  for (int page = 0; page < pages_max; ++page) {
    const auto done = driver.call(operation, arguments);
    BB_KIT_TRY(worked(driver, operation, done));
    if (limit != 0 && driver.got->items.size() > limit)
      return fail("{} with limit {} gave {} items", operation, limit, driver.got->items.size());
    for (auto& id : ids_of(*driver.got)) out.push_back(std::move(id));
    if (driver.got->cursor.empty()) return pass();
    if (driver.got->cursor == arguments.cursor) return fail("{} gave the cursor that it was called with", operation);
    arguments.cursor = driver.got->cursor;
  }
  return fail("{} with limit {} had no end after {} pages", operation, limit, pages_max);
}

Verdict view_list_read(Bench& bench) {
  return with<bb_view>(bench, BB_VIEW, [](Driver& driver, const bb_view&) -> Verdict {
    std::vector<std::string> ids;
    BB_KIT_TRY(list_all(driver, "view.list", 0, ids));
    if (ids.empty()) return skip("view.list gave no items to read");
    ids.resize(std::min<std::size_t>(ids.size(), 20));
    for (const auto& id : ids) {
      Arguments arguments;
      arguments.id = id;
      const auto done = driver.call("view.read", arguments);
      BB_KIT_TRY(driver.peer_is_there(done));
      if (done.status != BB_OK)
        return fail("item '{}' is listed, and view.read of it gave {}", id, status_name(done.status));
    }
    Arguments unknown;
    unknown.id = "kit-unlisted-item";
    const auto done = driver.call("view.read", unknown);
    BB_KIT_TRY(driver.peer_is_there(done));
    if (done.status != BB_E_NOT_FOUND)
      return fail("view.read of an unlisted id gave {}, expected BB_E_NOT_FOUND (101)", status_name(done.status));
    return pass();
  });
}

Verdict view_paging(Bench& bench) {
  return with<bb_view>(bench, BB_VIEW, [](Driver& driver, const bb_view&) -> Verdict {
    std::vector<std::string> whole;
    BB_KIT_TRY(list_all(driver, "view.list", 0, whole));
    Arguments first;
    first.limit = 1;
    BB_KIT_TRY(worked(driver, "view.list", driver.call("view.list", first)));
    if (driver.got->cursor.empty() && driver.got->items.size() == whole.size())
      return does_not_apply("the listing has one page");
    for (const std::uint32_t limit : {1u, 2u, 7u}) {
      std::vector<std::string> paged;
      BB_KIT_TRY(list_all(driver, "view.list", limit, paged));
      if (paged != whole)
        return fail("pages of {} gave {} items, one page gave {}: expected the same list", limit, paged.size(),
                    whole.size());
    }
    return pass();
  });
}

Verdict view_repeatable(Bench& bench) {
  return with<bb_view>(bench, BB_VIEW, [](Driver& driver, const bb_view&) -> Verdict {
    std::vector<std::string> first, second;
    BB_KIT_TRY(list_all(driver, "view.list", 0, first));
    BB_KIT_TRY(list_all(driver, "view.list", 0, second));
    if (first != second)
      return fail("two lists without a change between differ: '{}' and '{}'", shorten(join(first, " "), 80),
                  shorten(join(second, " "), 80));
    return pass();
  });
}

Verdict download_formats(Bench& bench) {
  return with<bb_download>(bench, BB_DOWNLOAD, [](Driver& driver, const bb_download&) -> Verdict {
    BB_KIT_TRY(worked(driver, "download.formats", driver.call("download.formats")));
    const auto formats = driver.got->formats;
    if (formats.empty()) return fail("download.formats gave no formats");
    for (const auto& format : formats) {
      Arguments arguments;
      arguments.id = format.id;
      const auto done = driver.call("download.fetch", arguments);
      BB_KIT_TRY(driver.peer_is_there(done));
      if (done.status != BB_OK)
        return fail("format '{}' is listed, and download.fetch of it gave {}", format.id, status_name(done.status));
      if (driver.got->head.media_type != format.media_type)
        return fail("format '{}' is listed as '{}', and came as '{}'", format.id, format.media_type,
                    driver.got->head.media_type);
    }
    Arguments unknown;
    unknown.id = "kit-unknown-format";
    const auto done = driver.call("download.fetch", unknown);
    BB_KIT_TRY(driver.peer_is_there(done));
    // With a peer, what the system says to an unknown format is its own.
    const bool is_own = driver.host.exchange_count() == 0;
    if (done.status == BB_OK || (is_own && done.status != BB_E_UNSUPPORTED))
      return fail("download.fetch of an unknown format gave {}, expected BB_E_UNSUPPORTED (102)",
                  status_name(done.status));
    return pass();
  });
}

Verdict on_sends(Bench& bench, const std::function<Verdict(Driver&, const std::string&)>& check) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    bool has_any = false;
    for (const auto& [id, name] : {std::pair(BB_SHARE, "share"), std::pair(BB_TRANSMIT, "transmit")}) {
      Driver driver(bench, type);
      BB_KIT_TRY(driver.make());
      if (driver.table<void>(id) == nullptr) continue;
      driver.destroy();
      BB_KIT_TRY(driver.ready());
      has_any = true;
      BB_KIT_TRY(check(driver, name));
    }
    return has_any ? pass() : does_not_apply("the connector offers neither bb.share/1 nor bb.transmit/1");
  });
}

Verdict send_idempotent(Bench& bench) {
  return on_sends(bench, [](Driver& driver, const std::string& name) -> Verdict {
    const auto operation = name + ".send";
    Arguments arguments;
    arguments.key = "kit-same-key";
    const auto before = driver.host.exchanges().size();
    BB_KIT_TRY(worked(driver, operation, driver.call(operation, arguments)));
    const auto first = driver.got->receipts;
    const auto middle = driver.host.exchanges().size();
    const auto done = driver.call(operation, arguments);
    if (done.status != BB_OK)
      return fail("{} with the same key gave {} the second time, expected BB_OK", operation, status_name(done.status));
    const auto second = driver.got->receipts;
    if (!first.empty() && !second.empty() && first.front().message_id != second.front().message_id)
      return fail("{} with the same key gave message '{}', then '{}': expected one message", operation,
                  first.front().message_id, second.front().message_id);
    // Sent again is right only where the system can tell by the key.
    const auto all = driver.host.exchanges();
    const auto holds_key = [](const Exchange& exchange) {
      if (exchange.url.find("kit-same-key") != std::string::npos) return true;
      if (exchange.body.find("kit-same-key") != std::string::npos) return true;
      return std::any_of(exchange.headers.begin(), exchange.headers.end(),
                         [](const auto& field) { return field.second.find("kit-same-key") != std::string::npos; });
    };
    for (auto i = middle; i < all.size(); ++i)
      if (all[i].method != "GET" && !holds_key(all[i]) && middle > before)
        return fail("{} with the same key sent {} {} again without the key: the system sees two", operation,
                    all[i].method, all[i].url);
    return pass();
  });
}

Verdict send_receipts(Bench& bench) {
  return on_sends(bench, [](Driver& driver, const std::string& name) -> Verdict {
    const auto operation = name + ".send";
    Arguments arguments;
    arguments.destination_count = 2;
    auto done = driver.call(operation, arguments);
    if (const auto peer = driver.peer_is_there(done); peer.outcome != Outcome::pass) return peer;
    if (done.status != BB_OK) {
      arguments.destination_count = 1;
      arguments.key = "kit-key-2";
      done = driver.call(operation, arguments);
      BB_KIT_TRY(worked(driver, operation, done));
    }
    const auto receipts = driver.got->receipts;
    if (receipts.size() < static_cast<std::size_t>(arguments.destination_count))
      return fail("{} gave {} receipts for {} destinations, expected one for each", operation, receipts.size(),
                  arguments.destination_count);
    std::set<std::string> recipients;
    for (const auto& receipt : receipts) {
      recipients.insert(receipt.recipient);
      if (receipt.message_id.empty()) return fail("a receipt of {} has no message id, which track needs", operation);
    }
    if (recipients.size() < static_cast<std::size_t>(arguments.destination_count))
      return fail("{} gave receipts of {} recipients for {} destinations", operation, recipients.size(),
                  arguments.destination_count);
    Arguments tracked;
    tracked.id = receipts.front().message_id;
    done = driver.call(name + ".track", tracked);
    BB_KIT_TRY(driver.peer_is_there(done));
    if (done.status != BB_OK)
      return fail("{}.track of the message that send gave came to {}", name, status_name(done.status));
    for (const auto& receipt : driver.got->receipts)
      if (receipt.message_id != tracked.id)
        return fail("{}.track gave a receipt of message '{}', expected '{}'", name, receipt.message_id, tracked.id);
    if (driver.got->receipts.empty()) return fail("{}.track gave no receipts, expected those of send", name);
    return pass();
  });
}

Verdict inbox_ack(Bench& bench) {
  return with<bb_inbox>(bench, BB_INBOX, [](Driver& driver, const bb_inbox&) -> Verdict {
    Arguments arguments;
    BB_KIT_TRY(driver.arguments_of("inbox.poll", arguments));
    BB_KIT_TRY(worked(driver, "inbox.poll", driver.call("inbox.poll", arguments)));
    const auto first = ids_of(*driver.got);
    if (first.empty()) return skip("inbox.poll gave no messages");
    BB_KIT_TRY(worked(driver, "inbox.poll", driver.call("inbox.poll", arguments)));
    if (ids_of(*driver.got) != first)
      return fail("a second inbox.poll gave {} messages, the first {}: expected that poll does not consume",
                  driver.got->items.size(), first.size());
    Arguments acknowledged;
    acknowledged.id = first.front();
    for (const auto* time : {"first", "second"}) {
      const auto done = driver.call("inbox.acknowledge", acknowledged);
      BB_KIT_TRY(driver.peer_is_there(done));
      if (done.status != BB_OK)
        return fail("the {} inbox.acknowledge of a message gave {}, expected BB_OK", time, status_name(done.status));
    }
    return pass();
  });
}

Verdict inbox_raw(Bench& bench) {
  return with<bb_inbox>(bench, BB_INBOX, [](Driver& driver, const bb_inbox&) -> Verdict {
    Arguments arguments;
    BB_KIT_TRY(driver.arguments_of("inbox.poll", arguments));
    BB_KIT_TRY(worked(driver, "inbox.poll", driver.call("inbox.poll", arguments)));
    const auto items = driver.got->items;
    if (items.empty()) return skip("inbox.poll gave no messages");
    for (const auto& item : items) {
      const bool is_opened = (item.flags & BB_ITEM_OPENED) != 0;
      if (is_opened && item.parent.empty())
        return fail("item '{}' is an opened form and has no parent, expected the id of what was received", item.id);
      Arguments read;
      read.id = item.id;
      const auto done = driver.call("inbox.read", read);
      BB_KIT_TRY(driver.peer_is_there(done));
      if (done.status != BB_OK)
        return fail("message '{}' is listed, and inbox.read of it gave {}", item.id, status_name(done.status));
      if (is_opened) {
        const auto& given = driver.got->attributes;
        if (std::none_of(given.begin(), given.end(), [](const auto& a) { return a.first.starts_with("opened."); }))
          return fail("opened item '{}' does not say what was verified, expected attributes opened.*", item.id);
        continue;
      }
      if (driver.got->head.media_type != "message/rfc822")
        return fail("a received message came as '{}', expected message/rfc822", driver.got->head.media_type);
      for (const auto& exchange : driver.host.exchanges())
        if (exchange.is_answer && exchange.is_answered) {
          const auto& peer = driver.setup.peer;
          const bool is_whole = std::any_of(peer.begin(), peer.end(),
                                            [&](const PeerRule& rule) { return rule.answer == driver.got->body; });
          if (!is_whole) return fail("the bytes of message '{}' are in no answer of the peer", item.id);
          break;
        }
    }
    return pass();
  });
}

Verdict inbox_allocate(Bench& bench) {
  return with<bb_inbox>(bench, BB_INBOX, [&](Driver& driver, const bb_inbox&) -> Verdict {
    const auto* const inbox = driver.table<bb_inbox>(BB_INBOX);
    if (!BB_HAS(inbox, allocate) || inbox->allocate == nullptr)
      return does_not_apply("the connector does not allocate addresses");
    const auto address = [](Driver& of, Verdict& verdict) {
      Arguments arguments;
      arguments.name = "kit";
      verdict = worked(of, "inbox.allocate", of.call("inbox.allocate", arguments));
      return of.got->text;
    };
    Verdict verdict;
    const auto first = address(driver, verdict);
    BB_KIT_TRY(verdict);
    if (first.empty()) return fail("inbox.allocate gave an empty address");
    const auto again = address(driver, verdict);
    BB_KIT_TRY(verdict);
    if (again != first) return fail("the same tag gave '{}', then '{}': expected one address", first, again);
    Driver other(driver.bench, driver.type, Lender::How::keep, "other");
    BB_KIT_TRY(other.ready());
    const auto foreign = address(other, verdict);
    BB_KIT_TRY(verdict);
    // A scripted peer says the same to both.
    if (foreign == first && driver.host.exchange_count() == 0)
      return fail("two instances got the address '{}', expected one each", first);
    return pass();
  });
}

Value event_schema() {
  return *parse_json(R"({"type": "object", "required": ["id", "action", "at", "actor"], "additionalProperties": false,
    "properties": {"id": {"type": "string", "minLength": 1},
      "action": {"enum": ["view", "download", "transmit", "api", "sign_in", "sign_out", "amend", "other"]},
      "at": {"type": "string", "format": "date-time"},
      "actor": {"type": "object", "required": ["name"], "additionalProperties": false,
        "properties": {"name": {"type": "string", "minLength": 1}, "id": {"type": "string"},
          "role": {"enum": ["patient", "proxy", "staff", "app", "system"]}}},
      "items": {"type": "array", "items": {"type": "string"}}, "what": {"type": "string"},
      "to": {"type": "array", "items": {"type": "string"}}, "detail": {"type": "string"}}})");
}

// RFC 3339: a date, a T, a time and an offset.
bool is_date_time(const std::string& text) {
  const auto at = text.find_first_of("Tt");
  const bool has_offset = text.ends_with('Z') || text.ends_with('z') ||
                          (at != std::string::npos && text.find_first_of("+-", at) != std::string::npos);
  return at == 10 && has_offset && parse_time(text).has_value();
}

Verdict activity_schema(Bench& bench) {
  return with<bb_activity>(bench, BB_ACTIVITY, [](Driver& driver, const bb_activity&) -> Verdict {
    std::vector<std::string> ids;
    BB_KIT_TRY(list_all(driver, "activity.list", 0, ids));
    if (ids.empty()) return skip("activity.list gave no events");
    ids.resize(std::min<std::size_t>(ids.size(), 20));
    const auto schema = event_schema();
    std::vector<std::int64_t> times;
    for (const auto& id : ids) {
      Arguments arguments;
      arguments.id = id;
      const auto done = driver.call("activity.read", arguments);
      BB_KIT_TRY(driver.peer_is_there(done));
      if (done.status != BB_OK)
        return fail("event '{}' is listed, and activity.read gave {}", id, status_name(done.status));
      const auto event = parse_json(driver.got->body);
      if (!event) return fail("event '{}' is no JSON: {}", id, event.error().what);
      if (const auto findings = validate(schema, *event); !findings.empty())
        return fail("event '{}' at '{}': {}", id, findings.front().pointer, findings.front().message);
      const auto at = (*event)["at"].string_or("");
      if (!is_date_time(at)) return fail("event '{}' has at '{}', expected RFC 3339 with an offset", id, at);
      times.push_back(*parse_time(at));
    }
    const auto newest = *std::max_element(times.begin(), times.end());
    const auto oldest = *std::min_element(times.begin(), times.end());
    if (newest == oldest) return pass();
    for (const bool is_from : {true, false}) {
      Arguments bounded;
      (is_from ? bounded.from_unix_ns : bounded.until_unix_ns) = is_from ? newest : oldest;
      const auto done = driver.call("activity.list", bounded);
      BB_KIT_TRY(worked(driver, "activity.list", done));
      for (const auto& item : driver.got->items) {
        const auto known = std::find(ids.begin(), ids.end(), item.id);
        if (known == ids.end()) continue;
        const auto at = times[static_cast<std::size_t>(known - ids.begin())];
        if (is_from ? at < newest : at > oldest)
          return fail("activity.list {} {} gave event '{}' of {}", is_from ? "from" : "until",
                      format_utc(is_from ? newest : oldest), item.id, format_utc(at));
      }
    }
    return pass();
  });
}

Verdict probe_arguments(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    BB_KIT_TRY(driver.make());
    if (driver.table<bb_probe>(BB_PROBE) == nullptr) return does_not_apply("the connector does not offer {}", BB_PROBE);
    const auto before = driver.host.exchange_count();
    const auto done = driver.call("probe.list");
    if (driver.host.exchange_count() > before) return fail("probe.list used the network, expected none");
    if (done.status != BB_OK)
      return fail("probe.list before sign-in gave {}, expected BB_OK", status_name(done.status));
    for (const auto& probe : driver.got->probes) {
      if (probe.name.find('.') != std::string::npos && !probe.name.starts_with(std::string(type.id) + "."))
        return fail("probe '{}' has a dot and does not begin with '{}.'", probe.name, type.id);
      if (probe.schema.empty()) continue;
      const auto schema = parse_json(probe.schema);
      if (!schema) return fail("the schema of probe '{}' is no JSON: {}", probe.name, schema.error().what);
      if (const auto findings = check_schema(*schema); !findings.empty())
        return fail("the schema of probe '{}' at '{}': {}", probe.name, findings.front().pointer,
                    findings.front().message);
    }
    driver.destroy();
    BB_KIT_TRY(driver.ready());
    Arguments unknown;
    unknown.name = "kit-unknown-probe";
    const auto run = driver.call("probe.run", unknown);
    if (run.status != BB_E_NOT_FOUND)
      return fail("probe.run of an unknown name gave {}, expected BB_E_NOT_FOUND (101)", status_name(run.status));
    return pass();
  });
}

// Whether the connector trusts whom it may, and nobody else.
Verdict trust_evaluate(Bench& bench) {
  return with<bb_trust>(bench, BB_TRUST, [](Driver& driver, const bb_trust&) -> Verdict {
    Arguments arguments;
    BB_KIT_TRY(driver.arguments_of("trust.evaluate", arguments));
    const auto& trust = driver.setup.trust;
    if (trust.good.empty()) return skip("needs 'trust.good' in connector-test.yaml");
    const auto good = driver.call("trust.evaluate", arguments);
    BB_KIT_TRY(driver.peer_is_there(good));
    if (good.status != BB_OK)
      return fail("the good certificate of {} gave {}{}, expected BB_OK", trust.address, status_name(good.status),
                  good.error ? ": " + good.error->message : "");
    arguments.name = "kit-unknown-use";
    if (const auto done = driver.call("trust.evaluate", arguments); done.status != BB_E_UNSUPPORTED)
      return fail("the use 'kit-unknown-use' gave {}, expected BB_E_UNSUPPORTED (102)", status_name(done.status));
    arguments.name = trust.use;
    arguments.certificate = "kit: no certificate";
    if (const auto done = driver.call("trust.evaluate", arguments); status_class(done.status) != 1)
      return fail("bytes that are no certificate gave {}, expected BB_E_INVALID_ARGUMENT (100)",
                  status_name(done.status));
    for (const auto& [defect, certificate] : trust.bad) {
      arguments.certificate = certificate;
      const auto done = driver.call("trust.evaluate", arguments);
      BB_KIT_TRY(driver.peer_is_there(done));
      if (done.status != BB_E_UNTRUSTED_PEER)
        return fail("the {} certificate gave {}, expected BB_E_UNTRUSTED_PEER (210)", defect, status_name(done.status));
      if (!done.error || done.error->message.empty())
        return fail("the {} certificate was refused without a reason, expected a message", defect);
    }
    for (const auto* const defect : trust_defects)
      if (!trust.bad.contains(defect)) return skip("needs 'trust.bad.{}' in connector-test.yaml", defect);
    return pass();
  });
}

constexpr const char* method_names[] = {"none",       "client_credentials", "user_redirect",
                                        "mutual_tls", "signed_request",     "password"};

bool has_method(const bb_session& session, bb_auth_method method) {
  return (session.methods >> static_cast<unsigned>(method) & 1u) != 0;
}

Verdict session_request(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    BB_KIT_TRY(driver.make());
    const auto* const session = driver.table<bb_session>(BB_SESSION);
    if (session == nullptr) return does_not_apply("the connector does not offer {}", BB_SESSION);
    if (session->methods == 0) return fail("bb_session::methods is 0, expected at least one method");
    for (bb_auth_method method = BB_AUTH_NONE; method <= BB_AUTH_PASSWORD; ++method) {
      if (has_method(*session, method)) continue;
      Arguments arguments;
      arguments.method = method_names[method];
      const auto done = driver.call("session.open", arguments);
      if (done.status != BB_E_UNSUPPORTED)
        return fail("session.open by {}, which methods does not list, gave {}, expected BB_E_UNSUPPORTED (102)",
                    method_names[method], status_name(done.status));
    }
    if (has_method(*session, BB_AUTH_USER_REDIRECT)) {
      Arguments arguments;
      arguments.method = "user_redirect";
      const auto done = driver.call("session.open", arguments);
      BB_KIT_TRY(driver.peer_is_there(done));
      for (const auto& challenge : driver.got->challenges)
        if (challenge.url.find(arguments.state) == std::string::npos)
          return fail("the challenge's URL is '{}', expected the host's state '{}' in it", challenge.url,
                      arguments.state);
    }
    Driver asked(bench, type);
    const auto ready = asked.ready();
    static const std::set<std::string> given{"kit.password", "kit.client", "kit.refresh", "kit.key"};
    const auto config = to_json(asked.setup.config.value_or(Value()));
    for (const auto& name : asked.host.secrets_asked())
      if (!given.contains(name) && config.find("\"" + name + "\"") == std::string::npos)
        return fail("secret '{}' was asked for, expected a name of the request or of the configuration", name);
    return ready;
  });
}

Verdict session_states(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    BB_KIT_TRY(driver.make());
    const auto* const session = driver.table<bb_session>(BB_SESSION);
    if (session == nullptr) return does_not_apply("the connector does not offer {}", BB_SESSION);
    for (const auto& operation : driver.operations()) {
      if (operation == "probe.list" || operation == "probe.run") continue;  // below the patient's level
      const auto done = driver.call(operation);
      if (driver.peer_is_there(done).outcome != Outcome::pass)
        return fail("{} before sign-in asked the system ({}), expected BB_E_UNAUTHENTICATED (200)", operation,
                    driver.host.unanswered());
      if (done.status != BB_E_UNAUTHENTICATED)
        return fail("{} before sign-in gave {}, expected BB_E_UNAUTHENTICATED (200)", operation,
                    status_name(done.status));
    }
    if (has_method(*session, BB_AUTH_USER_REDIRECT)) {
      Arguments arguments;
      arguments.method = "user_redirect";
      auto done = driver.call("session.open", arguments);
      BB_KIT_TRY(driver.peer_is_there(done));
      if (done.status == BB_E_PENDING && driver.got->challenges.size() != 1)
        return fail("session.open gave BB_E_PENDING with {} challenges, expected one", driver.got->challenges.size());
      if (done.status == BB_E_PENDING) {
        arguments.resume_state = driver.got->challenges.front().resume_state;
        arguments.response = "https://bluebridge.test/callback?code=kit&state=another-state";
        done = driver.call("session.resume", arguments);
        if (status_class(done.status) != 1)
          return fail("session.resume with another state gave {}, expected BB_E_INVALID_ARGUMENT (100)",
                      status_name(done.status));
      }
    }
    driver.destroy();
    BB_KIT_TRY(driver.ready());
    Arguments again;
    for (bb_auth_method method = BB_AUTH_NONE; method <= BB_AUTH_PASSWORD && again.method.empty(); ++method)
      if (has_method(*session, method) && method != BB_AUTH_USER_REDIRECT) again.method = method_names[method];
    if (!again.method.empty()) {
      const auto done = driver.call("session.open", again);
      if (done.status != BB_E_STATE)
        return fail("session.open while open gave {}, expected BB_E_STATE (103)", status_name(done.status));
    }
    for (const auto* time : {"first", "second"}) {
      const auto done = driver.call("session.close");
      BB_KIT_TRY(driver.peer_is_there(done));
      if (done.status != BB_OK)
        return fail("the {} session.close gave {}, expected BB_OK", time, status_name(done.status));
    }
    return pass();
  });
}

Verdict session_expiry(Bench& bench) {
  return with<bb_session>(bench, BB_SESSION, [](Driver& driver, const bb_session&) -> Verdict {
    BB_KIT_TRY(worked(driver, "session.describe", driver.call("session.describe")));
    if (driver.got->infos.empty() || driver.got->infos.front().expires_unix_ns == 0)
      return does_not_apply("the session does not say when it expires");
    constexpr std::int64_t year_ns = 366ll * 24 * 3600 * ns_per_second;
    constexpr std::size_t exchanges_max = 4;  // refused, renewed, asked again, and one in reserve
    driver.host.clock_offset_ns += year_ns;
    // A renewal over one stream is a conversation of any length.
    const auto counted = [&] { return driver.host.exchanges().size() + driver.host.streams.opened(); };
    const auto before = counted();
    const auto done = driver.call("session.describe", {}, {.deadline_in_ms = 2000});
    if (const auto count = counted() - before; count > exchanges_max)
      return fail("the first call after expiry made {} exchanges, expected one renewal", count);
    if (done.took_ms > 2500) return fail("the first call after expiry took {} ms, expected an end", done.took_ms);
    if (done.status != BB_OK && status_class(done.status) != 2)
      return fail("the first call after expiry gave {}, expected BB_OK or 2xx", status_name(done.status));
    return pass();
  });
}

}  // namespace

std::vector<Check> capability_checks() {
  return {
      {{"view-list-read", 3, "BB-R037", "what is listed can be read"}, view_list_read},
      {{"view-paging", 3, "BB-R038", "pages make up the list"}, view_paging},
      {{"view-repeatable", 3, "BB-R039", "two lists are the same"}, view_repeatable},
      {{"download-formats", 3, "BB-R040", "listed formats can be fetched"}, download_formats},
      {{"send-idempotent", 3, "BB-R041", "one key sends once"}, send_idempotent},
      {{"send-receipts", 3, "BB-R042", "every destination has a receipt"}, send_receipts},
      {{"inbox-ack", 3, "BB-R043", "poll does not consume, acknowledge repeats"}, inbox_ack},
      {{"inbox-raw", 3, "BB-R044", "messages come as received"}, inbox_raw},
      {{"inbox-allocate", 3, "BB-R045", "one address for a tag and an instance"}, inbox_allocate},
      {{"activity-schema", 3, "BB-R046", "events keep to their schema and bounds"}, activity_schema},
      {{"probe-arguments", 3, "BB-R047", "probes are listed offline, with good schemas"}, probe_arguments},
      {{"trust-evaluate", 3, "BB-R071", "good certificates are trusted, others not"}, trust_evaluate},
      {{"session-request", 3, "BB-R048", "methods, state and secret names are the host's"}, session_request},
      {{"session-states", 3, "BB-R049", "before sign-in, redirect, close"}, session_states},
      {{"session-expiry", 3, "BB-R050", "one renewal after expiry, or 200"}, session_expiry},
  };
}

}  // namespace bb::kit
