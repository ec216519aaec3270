#include "portal/api.hpp"

#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/access_pages.hpp"
#include "portal/api_answers.hpp"
#include "portal/pages.hpp"
#include "portal/request_fields.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t key_bytes_max = 255;
constexpr std::size_t restriction_bytes_max = 1'000;
constexpr std::string_view scopes = "view download share activity";

Part part_of(std::string_view resource, bool is_member) {
  if (resource == "download") return Part::download;
  if (resource == "shares") return Part::transmit;
  if (resource == "messages") return Part::messages;
  if (resource == "formats") return Part::formats;
  return resource == "items" && is_member ? Part::page : Part::other;
}

bool is_text_or_absent(const Value& body, std::string_view key) {
  const auto* value = body.find(key);
  return value == nullptr || value->is_string();
}

Result<std::vector<std::string>> read_texts(const Value& body, std::string_view key) {
  std::vector<std::string> texts;
  const auto* value = body.find(key);
  if (value == nullptr) return texts;
  if (!value->is_array())
    return Error{"'" + std::string(key) + "' must be a list of texts, got " + std::string(value->kind())};
  for (const auto& item : *value->items()) {
    if (!item.is_string()) return Error{"'" + std::string(key) + "' must hold texts, got " + std::string(item.kind())};
    texts.push_back(*item.string());
  }
  return texts;
}

// For vdt-takes-reversed-period. Both ends are compared as they are written.
web::HttpRequest with_ordered_period(web::HttpRequest request) {
  std::string* from = nullptr;
  std::string* until = nullptr;
  for (auto& [name, value] : request.query) {
    if (name == "from") from = &value;
    if (name == "until") until = &value;
  }
  if (from != nullptr && until != nullptr && *until < *from) std::swap(*from, *until);
  return request;
}

}  // namespace

std::size_t body_bytes_max(const web::HttpRequest& request) {
  return request.path.size() == 2 && request.path[0] == "inbox" ? inbox_body_bytes_max : api_body_bytes_max;
}

bool Api::is_for(const web::HttpRequest& request) {
  return !request.path.empty() && (request.path[0] == "api" || request.path[0] == "inbox" ||
                                   request.path[0] == "source" || request.path[0] == "health");
}

web::HttpResponse Api::handle(const web::HttpRequest& request) {
  const bool is_mended = holder_.defects().is_on(Defect::vdt_takes_reversed_period);
  return is_mended ? route(with_ordered_period(request)) : route(request);
}

web::HttpResponse Api::route(const web::HttpRequest& request) {
  const auto& path = request.path;
  if (path[0] == "inbox") return inbox(request);
  if (path[0] == "source") return source(request);
  if (path[0] == "health" && path.size() == 1) {
    if (request.method != "GET") return wrong_method(request, "GET");
    return web::HttpResponse::json(200,
                                   Value::object({{"status", "ok"}, {"patients", holder_.patients().all().size()}}));
  }
  if (path.size() == 2 && path[1] == "session") return session(request);
  if (path.size() >= 4 && path[1] == "patients") return patient(request);
  return not_found("there is nothing at this address");
}

Value Api::describe(const Session& session) const {
  const auto left_ns = session.expires_ns - now_unix_ns();
  auto value = Value::object({{"token_type", "Bearer"},
                              {"expires_in", std::max<std::int64_t>(0, (left_ns + ns_per_second - 1) / ns_per_second)},
                              {"subject", session.account},
                              {"patient", holder_.patient_of(session)}});
  if (!session.acting_for.empty()) value.set("acting_for", session.acting_for);
  value.set("scopes", scopes);
  return value;
}

web::HttpResponse Api::session(const web::HttpRequest& request) {
  if (request.method == "POST") {
    if (request.media_type() != "application/json") return wrong_media_type(request, "application/json");
    const auto body = parse_json(request.body);
    if (!body) return malformed(body.error().what);
    const auto *account = (*body)["account"].string(), *password = (*body)["password"].string();
    if (account == nullptr || password == nullptr) return malformed("'account' and 'password' must be texts");
    if (!is_text_or_absent(*body, "acting_for")) return malformed("'acting_for' must be a text");
    auto answer = holder_.sign_in(*account, *password, (*body)["acting_for"].string_or(""), Client::program);
    switch (answer.outcome) {
      case DataHolder::SignIn::wrong_pair:
        if (holder_.defects().is_on(Defect::unknown_account_told) && holder_.people().find(*account) == nullptr)
          return not_signed_in("there is no such account");
        return not_signed_in("account and password do not belong together");
      case DataHolder::SignIn::not_granted:
        return web::HttpResponse::error(403, "not_yours", "this person has not granted you access to their record");
      case DataHolder::SignIn::too_many:
        return web::HttpResponse::error(429, "too_many_attempts",
                                        "too many wrong passwords for this account; try again in a minute")
            .with("Retry-After", std::to_string(web::SignInGuard::window_seconds));
      case DataHolder::SignIn::done:
        break;
    }
    auto value = Value::object({{"access_token", answer.opened.token}});
    const auto description = describe(answer.opened.session);
    for (const auto& member : *description.members()) value.set(member.key, member.value);
    return web::HttpResponse::json(200, value);
  }
  if (request.method != "GET" && request.method != "DELETE") return wrong_method(request, "GET, POST, DELETE");
  const auto token = bearer_token(request);
  const auto session = holder_.find_session(token, Client::program);
  if (!session || session->is_signed_out) return not_signed_in("sign in first: POST /api/session");
  if (request.method == "GET") return web::HttpResponse::json(200, describe(*session));
  holder_.sign_out(token, *session);
  return web::HttpResponse::empty(204);
}

web::HttpResponse Api::patient(const web::HttpRequest& request) {
  const auto& path = request.path;
  const auto& patient = path[2];
  const auto& resource = path[3];
  const bool is_collection = path.size() == 4;
  const bool is_member = path.size() == 5;
  const bool is_known = (is_collection && (resource == "items" || resource == "formats" || resource == "download" ||
                                           resource == "shares" || resource == "activity" || resource == "messages" ||
                                           resource == "restrictions")) ||
                        (is_member && (resource == "items" || resource == "shares" || resource == "messages"));
  if (!is_known) return not_found("there is nothing at this address");

  const auto session = holder_.find_session(bearer_token(request), Client::program);
  switch (holder_.access(session, patient, part_of(resource, is_member))) {
    case Access::not_signed_in:
      return refusal(not_signed_in("sign in first: POST /api/session"), patient);
    case Access::not_yours:
      holder_.log_refused(session, patient);
      return refusal(web::HttpResponse::error(403, "not_yours", "this record is not yours to see"), patient);
    case Access::not_found:
      return not_found("there is no such patient");
    case Access::granted:
      break;
  }
  if (is_collection && resource == "restrictions") return restrictions(request, session, patient);
  const bool is_sharing = is_collection && resource == "shares";
  if (request.method != (is_sharing ? "POST" : "GET")) return wrong_method(request, is_sharing ? "POST" : "GET");
  if (is_sharing && holder_.defects().is_on(Defect::vdt_caregiver_sends_nothing) && session &&
      session->account != patient)
    return web::HttpResponse::error(403, "not_yours", "only the patient may send this record");
  if (is_sharing) return share(request, session, patient);
  if (resource == "items")
    return is_member ? read_item(request, session, patient) : list_items(request, session, patient);
  if (resource == "download") return download(request, session, patient);
  if (resource == "activity") return activity(request, patient);
  if (resource == "messages") return is_member ? read_message(path[4], patient) : list_messages(request, patient);
  if (resource == "shares") {
    const auto share = holder_.find_share(patient, path[4]);
    return share ? web::HttpResponse::json(200, to_value(*share)) : not_found("there is no such share");
  }
  auto formats = Value::array();
  for (const auto& format : formats_of(holder_.kind()))
    formats.push(Value::object({{"id", format.id}, {"media_type", format.media_type}, {"title", format.title}}));
  return web::HttpResponse::json(200, Value::object({{"formats", std::move(formats)}}));
}

web::HttpResponse Api::refusal(web::HttpResponse answer, const std::string& patient) const {
  const auto* record = holder_.patients().find(patient);
  if (!holder_.defects().is_on(Defect::refusal_leaks) || record == nullptr) return answer;
  return web::HttpResponse::html(answer.status, record_page(record->record, patient, {}, std::nullopt));
}

web::HttpResponse Api::list_items(const web::HttpRequest& request, const std::optional<Session>& session,
                                  const std::string& patient) {
  const auto range = read_range(request.query);
  if (!range) return malformed(range.error().what);
  const auto limit = read_limit(request.query);
  if (!limit) return malformed(limit.error().what);
  const auto start = read_cursor(request.query);
  if (!start) return malformed(start.error().what);
  const auto* kind = web::find_field(request.query, "kind");

  auto items = Value::array();
  std::int64_t position = 0;
  std::int64_t next = 0;
  for (const auto& item : holder_.items(session, patient)) {
    if (kind != nullptr && !kind->empty() && item.kind != *kind) continue;
    if (item.kind == "visit" && !touches(item.updated, *range)) continue;
    if (position++ < *start) continue;
    if (items.size() == static_cast<std::size_t>(*limit)) {
      next = position - 1;
      break;
    }
    auto value =
        Value::object({{"id", item.id}, {"kind", item.kind}, {"media_type", "text/html"}, {"title", item.title}});
    if (!item.updated.empty()) value.set("updated", item.updated);
    items.push(std::move(value));
  }
  holder_.log_listing(session, patient);
  auto answer = Value::object({{"items", std::move(items)}});
  if (next != 0) answer.set("next", std::to_string(next));
  return web::HttpResponse::json(200, answer);
}

web::HttpResponse Api::read_item(const web::HttpRequest& request, const std::optional<Session>& session,
                                 const std::string& patient) {
  const auto range = read_range(request.query);
  if (!range) return malformed(range.error().what);
  const Selection selection{{request.path[4]}, *range};
  const auto record = holder_.view(session, patient, selection);
  if (!record) return not_found("there is no such item");
  return with_open_record(
      web::HttpResponse::html(
          200, holder_.complete_page(with_others(record_page(*record, patient, selection, session, holder_.kind()),
                                                 holder_.also_shown_to(patient)),
                                     patient)),
      record->patient, holder_.defects());
}

web::HttpResponse Api::download(const web::HttpRequest& request, const std::optional<Session>& session,
                                const std::string& patient) {
  const auto* format_id = web::find_field(request.query, "format");
  if (format_id == nullptr)
    return malformed("'format' is missing; formats are listed at /api/patients/" + patient + "/formats");
  const auto* format = find_format_of(holder_.kind(), *format_id);
  if (holder_.defects().is_on(Defect::vdt_refuses_offered_format) && *format_id == "html") format = nullptr;
  if (format == nullptr) {
    std::vector<std::string> offered;
    for (const auto& one : formats_of(holder_.kind())) offered.emplace_back(one.id);
    return web::HttpResponse::error(
        406, "not_acceptable",
        "format '" + shorten(*format_id, 40) + "' is not offered; offered: " + join(offered, ", "));
  }
  const auto selection = read_selection(request.query);
  if (!selection) return malformed(selection.error().what);
  auto file = holder_.download(session, patient, *format, *selection);
  if (!file) return not_found("there is no such item");
  auto answer = web::HttpResponse{200, file->content_type, std::move(file->bytes), {}}.with(
      "Content-Disposition", attachment_disposition(file->name));
  return holder_.defects().is_on(Defect::vdt_cacheable_download) ? answer.with("Cache-Control", "public, max-age=3600")
                                                                 : answer;
}

web::HttpResponse Api::restrictions(const web::HttpRequest& request, const std::optional<Session>& session,
                                    const std::string& patient) {
  if (request.method == "GET") {
    auto items = Value::array();
    for (const auto& one : holder_.list_restrictions(patient)) items.push(to_value(one));
    return web::HttpResponse::json(200, Value::object({{"items", std::move(items)}}));
  }
  if (request.method != "POST") return wrong_method(request, "GET, POST");
  if (request.media_type() != "application/json") return wrong_media_type(request, "application/json");
  const auto body = parse_json(request.body);
  if (!body) return malformed(body.error().what);
  const auto data_class = (*body)["class"].string_or("");
  if (data_class.empty() || data_class.size() > restriction_bytes_max || !is_text_or_absent(*body, "reason") ||
      (*body)["reason"].string_or("").size() > restriction_bytes_max)
    return malformed("'class' must be a text of 1 to 1000 bytes, 'reason' one of at most that");
  const auto taken =
      holder_.ask_restriction(session, patient, {.data_class = data_class, .reason = (*body)["reason"].string_or("")});
  if (taken.id.empty()) return not_found("requests to restrict the use of data are not taken here");
  return web::HttpResponse::json(201, to_value(taken));
}

web::HttpResponse Api::source(const web::HttpRequest& request) {
  if (source_key_.empty() || request.path.size() != 3 || request.path[1] != source_key_)
    return not_found("there is nothing at this address");
  if (request.method != "POST") return wrong_method(request, "POST");
  const auto body = parse_json(request.body);
  if (!body) return malformed(body.error().what);
  if (request.path[2] == "clock") {
    const auto now = parse_time((*body)["now"].string_or(""));
    if (!now) return malformed("'now' must be an RFC 3339 time");
    holder_.source().set_clock(*now);
    return web::HttpResponse::empty(204);
  }
  if (request.path[2] != "events") return not_found("there is nothing at this address");
  SourceEvent event{.patient = (*body)["patient"].string_or(""), .title = (*body)["title"].string_or("")};
  const auto kind = (*body)["kind"].string_or("");
  const auto at = parse_time((*body)["available_at"].string_or(""));
  if (holder_.patients().find(event.patient) == nullptr || event.title.empty() || !at ||
      (kind != "result" && kind != "discharge"))
    return malformed("an event has a patient, a title, the kind result or discharge, and available_at, a time");
  event.kind = kind == "result" ? SourceEvent::Kind::result : SourceEvent::Kind::discharge;
  event.available_unix_ns = *at;
  holder_.source().file(std::move(event));
  return web::HttpResponse::empty(204);
}

web::HttpResponse Api::share(const web::HttpRequest& request, const std::optional<Session>& session,
                             const std::string& patient) {
  if (request.media_type() != "application/json") return wrong_media_type(request, "application/json");
  const std::string key(request.header("idempotency-key"));
  if (key.empty() || key.size() > key_bytes_max)
    return malformed("the header Idempotency-Key must have 1 to 255 bytes");
  const auto body = parse_json(request.body);
  if (!body) return malformed(body.error().what);
  if (!body->is_object()) return malformed("the body must be an object, got " + std::string(body->kind()));
  for (const auto* name : {"format", "from", "until"})
    if (!is_text_or_absent(*body, name)) return malformed("'" + std::string(name) + "' must be a text");
  const auto urls = read_texts(*body, "to");
  if (!urls) return malformed(urls.error().what);
  if (urls->empty()) return malformed("'to' must name at least one destination");
  if (urls->size() > destination_count_max)
    return invalid("'to' may name at most 10 destinations, got " + std::to_string(urls->size()));
  const auto items = read_texts(*body, "items");
  if (!items) return malformed(items.error().what);

  ShareRequest share;
  for (const auto& url : *urls) {
    auto destination = holder_.read_destination(url);
    if (!destination) return invalid(destination.error().what);
    share.to.push_back(*std::move(destination));
  }
  const auto format_id = (*body)["format"].string_or(default_format_of(holder_.kind()));
  share.format = find_format_of(holder_.kind(), format_id);
  if (share.format == nullptr) return invalid("format '" + shorten(format_id, 40) + "' is not offered");
  const auto range = read_range({{"from", (*body)["from"].string_or("")}, {"until", (*body)["until"].string_or("")}});
  if (!range) return malformed(range.error().what);
  share.selection = {*items, *range};
  auto confirmed = read_texts(*body, "confirmed");
  if (!confirmed) return malformed(confirmed.error().what);
  share.confirmed = *std::move(confirmed);

  const auto answer = holder_.share(session, patient, key, sha256_hex(request.body), share);
  switch (answer.refusal) {
    case DataHolder::ShareRefusal::unknown_item:
      return invalid("'items' names an item that does not exist");
    case DataHolder::ShareRefusal::not_a_partner:
      return invalid("destination '" + answer.refused_destination + "' is not a partner of this portal");
    case DataHolder::ShareRefusal::no_mail_there:
      return invalid("destination '" + answer.refused_destination + "' cannot be used: " + answer.why);
    case DataHolder::ShareRefusal::not_confirmed:
      return web::HttpResponse::error(
          422, "confirmation_needed",
          answer.why + " To send all the same, name '" + answer.refused_destination + "' in 'confirmed'");
    case DataHolder::ShareRefusal::key_reused:
      return web::HttpResponse::error(409, "conflict", "this Idempotency-Key was used for another request");
    case DataHolder::ShareRefusal::none:
      break;
  }
  return web::HttpResponse::json(202, to_value(answer.share))
      .with("Location", base_url_ + "/api/patients/" + percent_encode(patient) + "/shares/" + answer.share.id);
}

web::HttpResponse Api::activity(const web::HttpRequest& request, const std::string& patient) {
  const auto range = read_range(request.query);
  if (!range) return malformed(range.error().what);
  const auto limit = read_limit(request.query);
  if (!limit) return malformed(limit.error().what);
  const auto below = read_cursor(request.query);
  if (!below) return malformed(below.error().what);
  const auto page = holder_.history(patient, *range, static_cast<std::size_t>(*limit), *below);
  auto events = Value::array();
  for (const auto& event : page.events) events.push(to_value(event));
  auto answer = Value::object({{"events", std::move(events)}});
  if (page.next != 0) answer.set("next", std::to_string(page.next));
  return web::HttpResponse::json(200, answer);
}

web::HttpResponse Api::list_messages(const web::HttpRequest& request, const std::string& patient) {
  const auto above = read_cursor(request.query);
  if (!above) return malformed(above.error().what);
  auto items = Value::array();
  const auto messages = describe_messages(holder_, patient, *above);
  for (const auto& message : messages)
    items.push(Value::object({{"id", std::to_string(message.number)},
                              {"from", message.from},
                              {"subject", message.subject},
                              {"received", format_utc(message.received_unix_ns)},
                              {"size", message.size}}));
  auto answer = Value::object({{"items", std::move(items)}});
  if (!messages.empty() && !holder_.list_messages(patient, messages.back().number).empty())
    answer.set("next", std::to_string(messages.back().number));
  if (holder_.has_direct()) answer.set("address", holder_.direct_address(patient));
  return web::HttpResponse::json(200, answer);
}

web::HttpResponse Api::read_message(const std::string& id, const std::string& patient) {
  const auto number = message_number(id);
  auto bytes = number ? holder_.read_message(patient, *number) : std::nullopt;
  if (!bytes) return not_found("there is no such message");
  return {200, "message/rfc822", *std::move(bytes), {}};
}

web::HttpResponse Api::inbox(const web::HttpRequest& request) {
  const auto& path = request.path;
  if (path.size() == 1) {
    if (request.method != "POST") return wrong_method(request, "POST");
    std::string tag;
    if (!request.body.empty()) {
      if (request.media_type() != "application/json") return wrong_media_type(request, "application/json");
      const auto body = parse_json(request.body);
      if (!body) return malformed(body.error().what);
      if (!is_text_or_absent(*body, "tag")) return malformed("'tag' must be a text");
      tag = (*body)["tag"].string_or("");
      if (!tag.empty() && !is_inbox_tag(tag))
        return invalid("'tag' must be 1 to 32 of a-z, 0-9 and '-', got '" + shorten(tag, 40) + "'");
    }
    const auto address = inboxes_.allocate(tag);
    if (!address) return web::HttpResponse::error(429, "full", "there are too many addresses already");
    return web::HttpResponse::json(201, Value::object({{"address", base_url_ + "/inbox/" + *address}}));
  }
  const auto& address = path[1];
  if (path.size() > 3 || !inboxes_.exists(address)) return not_found("there is no such address");
  if (path.size() == 2) return inbox_address(request, address);
  const auto number = message_number(path[2]);
  if (request.method == "DELETE")
    return number && inboxes_.remove(address, *number) ? web::HttpResponse::empty(204)
                                                       : not_found("there is no such message");
  if (request.method != "GET") return wrong_method(request, "GET, DELETE");
  auto bytes = number ? inboxes_.read(address, *number) : std::nullopt;
  if (!bytes) return not_found("there is no such message");
  return {200, "message/rfc822", *std::move(bytes), {}};
}

web::HttpResponse Api::inbox_address(const web::HttpRequest& request, const std::string& address) {
  if (request.method == "POST") {
    if (request.media_type() != "message/rfc822") return wrong_media_type(request, "message/rfc822");
    std::int64_t number = 0;
    if (inboxes_.deliver(address, request.body, number) != Inboxes::Outcome::done)
      return web::HttpResponse::error(429, "full", "the inbox is full; delete what was read");
    return web::HttpResponse::json(202, Value::object({{"id", std::to_string(number)}}));
  }
  if (request.method != "GET") return wrong_method(request, "GET, POST");
  const auto above = read_cursor(request.query);
  if (!above) return malformed(above.error().what);
  auto items = Value::array();
  for (const auto& entry : inboxes_.list(address, *above))
    items.push(Value::object({{"id", std::to_string(entry.number)},
                              {"received", format_utc(entry.received_unix_ns)},
                              {"size", entry.size}}));
  return web::HttpResponse::json(200, Value::object({{"items", std::move(items)}}));
}

}  // namespace bb::portal
