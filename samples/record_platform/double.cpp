#include "record_platform/double.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/response.hpp>

#include "record_platform/connect_service.hpp"
#include "record_platform/grants.hpp"
#include "record_platform/notices.hpp"
#include "record_platform/thing_rows.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

constexpr std::size_t journal_entries_max = 10'000;
constexpr std::size_t faults_max = 1'000;
constexpr std::int64_t hang_ms_default = 30'000;
constexpr std::int64_t hang_ms_max = 300'000;
constexpr std::int64_t offset_seconds_max = std::int64_t{100} * 366 * 24 * 60 * 60;

constexpr auto fault_kinds = std::to_array<std::string_view>(
    {"http_500", "code", "hang", "no_answer", "answer_lost", "truncated", "slow", "wrong_namespace"});

web::HttpResponse refused(int status, std::string_view code, std::string_view why) {
  return web::HttpResponse::error(status, code, why);
}

// Of the text alone: a request that cannot be read has faults too.
std::string method_of(std::string_view body) {
  constexpr std::string_view tag = "<method>";
  const auto begin = body.find(tag);
  if (begin == std::string_view::npos) return {};
  const auto rest = body.substr(begin + tag.size());
  return std::string(rest.substr(0, rest.find('<')));
}

Value maybe(const std::optional<bool>& flag) { return flag ? Value(*flag) : Value(nullptr); }

// The id by the set-up's name or account, or as it was given.
std::string resolved(Transaction& t, const char* sql, const std::string& given) {
  auto rows = t.rows(sql, given);
  return rows.next() ? rows.text(0) : to_lower(given);
}

struct Who {
  std::string app, person, record;
};
Who who_of(Transaction& t, const Value& wanted) {
  return {to_lower(wanted["application"].string_or("")),
          resolved(t, "SELECT id FROM person WHERE account = ?", wanted["person"].string_or("")),
          to_lower(wanted["record"].string_or(""))};
}

void need(const std::string& value, const char* name) {
  if (value.empty()) BB_REFUSE("FAILED", fmt::format("'{}' is missing", name));
}

}  // namespace

Double::Double(std::function<std::int64_t()> clock, Database& database, const World& world)
    : clock_(std::move(clock)), database_(database), world_(world), token_(random_token()) {}

bool Double::is_for(const web::HttpRequest& request) { return !request.path.empty() && request.path[0] == "double"; }

void Double::stop() {
  const std::lock_guard lock(mutex_);
  is_stopping_ = true;
  wake_.notify_all();
}

void Double::hang(std::int64_t wait_ms) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::milliseconds(wait_ms), [&] { return is_stopping_; });
}

std::optional<Double::Fault> Double::take_fault(const std::string& body) {
  const std::lock_guard lock(mutex_);
  const auto method = method_of(body);
  const auto found = std::find_if(faults_.begin(), faults_.end(),
                                  [&](const Fault& fault) { return fault.method == "*" || fault.method == method; });
  if (found == faults_.end()) return std::nullopt;
  auto fault = *found;
  if (--found->count == 0) faults_.erase(found);
  return fault;
}

web::HttpResponse Double::answer(const web::HttpRequest& request) {
  const auto begin_ns = now_ns();
  Seen seen;
  seen.method = method_of(request.body);
  const auto fault = take_fault(request.body);
  const auto kind = fault ? fault->kind : std::string();
  web::HttpResponse answer;
  if (kind == "http_500") {
    answer = {500, "text/plain; charset=utf-8", "the server failed\n", {}};
  } else if (kind == "code") {
    seen.code = fault->code;
    answer = {200,
              std::string(hv::request_media_type),
              hv::write_response({.code = fault->code, .message = "a fault that the test asked for"}),
              {}};
  } else if (kind == "hang" || kind == "no_answer") {
    answer.mishap = web::Mishap::no_answer;
    if (kind == "hang") {
      // Seen while it lasts: whoever asked may have given up long before its end.
      note(seen, request, begin_ns, fault);
      hang(fault->wait_ms);
      return answer;
    }
  } else {
    answer = answer_request(world_, database_, begin_ns, request, seen);
    if (kind == "answer_lost") answer.mishap = web::Mishap::no_answer;
    if (kind == "truncated") answer.mishap = web::Mishap::truncated;
    if (kind == "slow") answer.mishap = web::Mishap::slow;
    if (kind == "wrong_namespace") answer.body = in_wrong_namespace(std::move(answer.body));
  }
  note(seen, request, begin_ns, fault);
  return answer;
}

void Double::note(const Seen& seen, const web::HttpRequest& request, std::int64_t begin_ns,
                  const std::optional<Fault>& fault) {
  auto entry = Value::object({{"method", seen.method},
                              {"version", seen.version},
                              {"application", seen.app_id},
                              {"person", seen.person_id},
                              {"record", seen.record_id},
                              {"code", seen.code},
                              {"message", seen.message},
                              {"envelope", maybe(seen.checks.envelope)},
                              {"info_hash", maybe(seen.checks.info_hash)},
                              {"header_code", maybe(seen.checks.header_code)},
                              {"in_time", maybe(seen.checks.time)},
                              {"fresh_secret", maybe(seen.checks.fresh_secret)},
                              {"repeated", seen.is_repeated},
                              {"http_method", request.method},
                              {"content_encoding", request.header("content-encoding")},
                              {"body_bytes", request.body.size()},
                              {"body_sha256", sha256_hex(request.body)},
                              {"begin", format_utc(begin_ns)},
                              {"end", format_utc(now_ns())}});
  if (fault) entry.set("fault", fault->kind);
  const std::lock_guard lock(mutex_);
  entry.set("number", ++number_);
  journal_.push_back(std::move(entry));
  if (journal_.size() > journal_entries_max) journal_.pop_front();
}

Value Double::journal() {
  const std::lock_guard lock(mutex_);
  auto requests = Value::array();
  for (const auto& entry : journal_) requests.push(entry);
  return Value::object({{"requests", std::move(requests)}});
}

Status Double::add_fault(const Value& wanted) {
  Fault fault{.method = wanted["method"].string_or("*"),
              .kind = wanted["fault"].string_or(""),
              .count = wanted["count"].integer_or(1),
              .code = static_cast<int>(wanted["code"].integer_or(1)),
              .wait_ms = std::clamp<std::int64_t>(wanted["wait_ms"].integer_or(hang_ms_default), 0, hang_ms_max)};
  if (std::find(fault_kinds.begin(), fault_kinds.end(), fault.kind) == fault_kinds.end())
    return Error{
        fmt::format("'fault' must be one of {}, got '{}'", fmt::join(fault_kinds, ", "), shorten(fault.kind, 40))};
  if (fault.count < 1) return Error{"'count' must be above 0"};
  const std::lock_guard lock(mutex_);
  if (faults_.size() == faults_max) return Error{"there are too many faults already"};
  faults_.push_back(std::move(fault));
  return {};
}

Value Double::things(const std::string& record) {
  Transaction t(database_);
  auto list = Value::array();
  auto rows =
      t.rows(fmt::format("SELECT {} FROM thing WHERE ? = '' OR record = ? ORDER BY record, sequence", thing_columns),
             record, record);
  while (rows.next()) {
    const auto row = read_thing(rows);
    list.push(Value::object({{"id", row.id},
                             {"version", row.version},
                             {"record", row.record},
                             {"type", row.type},
                             {"state", row.is_deleted ? "Deleted" : "Active"},
                             {"current", row.is_current},
                             {"action", row.action},
                             {"flags", row.flags},
                             {"effective", format_utc(row.effective)},
                             {"application", row.updated_app},
                             {"person", row.updated_person},
                             {"client_id", row.client_id ? Value(*row.client_id) : Value(nullptr)},
                             {"data", row.data}}));
  }
  return Value::object({{"things", std::move(list)}});
}

void Double::apply(Transaction& t, const std::string& what, const Value& wanted, Value& answer) {
  const auto who = who_of(t, wanted);
  if (what == "expire-sessions") {
    t.execute("UPDATE session SET expires = 0 WHERE ? = '' OR app = ?", who.app, who.app);
    answer.set("sessions", t.changed());
    return;
  }
  need(who.person, "person");
  if (what == "user-token") {
    need(who.app, "application");
    answer.set("user_token", new_user_token(t, who.app, who.person, now_ns()));
    return;
  }
  need(who.record, "record");
  if (what == "claim") {
    const auto code = wanted["code"].string_or("");
    const auto waiting = look_up(t, world_.defects, now_ns(), code);
    const auto given = wanted["answer"].string_or("");
    if (!waiting.is_package) check_answer(t, world_.defects, code, given);
    const auto contents = waiting.is_package ? contents_of(t, world_.defects, code, given) : std::vector<hv::Thing>();
    Call call{world_, t, *hv::find_method("PutThings"), 2, {}, now_ns()};
    call.app_id = waiting.app_id;
    call.person_id = who.person;
    call.record_id = who.record;
    claim(call, code, contents);
    authorize(t, {waiting.app_id, who.person, who.record}, now_ns());
    return;
  }
  need(who.app, "application");
  if (what == "grant") return authorize(t, {who.app, who.person, who.record}, now_ns());
  answer.set("was_authorized", take_back(t, {who.app, who.person, who.record}));
}

web::HttpResponse Double::change(const std::string& what, const Value& wanted) {
  auto answer = Value::object();
  Transaction t(database_);
  try {
    apply(t, what, wanted, answer);
  } catch (const Refusal& refusal) {
    t.commit();  // a wrong answer was counted
    return refused(422, std::to_string(refusal.code), refusal.message);
  }
  t.commit();
  return web::HttpResponse::json(200, answer);
}

web::HttpResponse Double::handle(const web::HttpRequest& request) {
  if (!equal_constant_time(request.header("authorization"), "Bearer " + token_))
    return refused(401, "not_allowed", "send 'Authorization: Bearer TOKEN' with control.token of the ready line");
  const auto what = request.path.size() == 2 ? request.path[1] : std::string();
  if (request.method == "GET" && what == "journal") return web::HttpResponse::json(200, journal());
  if (request.method == "GET" && what == "things") {
    const auto* record = web::find_field(request.query, "record");
    return web::HttpResponse::json(200, things(record == nullptr ? "" : *record));
  }
  if (request.method == "GET" && what == "notices") {
    Transaction t(database_);
    return web::HttpResponse::json(200, Value::object({{"notices", notices(t)}}));
  }
  if (request.method == "DELETE" && (what == "journal" || what == "faults")) {
    const std::lock_guard lock(mutex_);
    what == "journal" ? journal_.clear() : faults_.clear();
    return web::HttpResponse::empty(204);
  }
  if (request.method != "POST") return refused(404, "not_found", "see docs/reference/record-platform.md");
  auto wanted = request.body.empty() ? Result<Value>(Value::object()) : parse_json(request.body);
  if (!wanted) return refused(400, "malformed", wanted.error().what);
  if (what == "faults") {
    const auto added = add_fault(*wanted);
    return added ? web::HttpResponse::empty(204) : refused(422, "invalid", added.error().what);
  }
  if (what == "clock") {
    offset_ns_ =
        std::clamp((*wanted)["offset_seconds"].integer_or(0), -offset_seconds_max, offset_seconds_max) * ns_per_second;
    return web::HttpResponse::json(200, Value::object({{"now", format_utc(now_ns())}}));
  }
  constexpr std::array<std::string_view, 5> changes{"expire-sessions", "user-token", "claim", "revoke", "grant"};
  if (std::find(changes.begin(), changes.end(), what) == changes.end())
    return refused(404, "not_found", "see docs/reference/record-platform.md");
  return change(what, *wanted);
}

}  // namespace bb::record_platform
