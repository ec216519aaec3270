#include "record_platform/wildcat.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/date_time.hpp>
#include <bb/healthvault/request.hpp>
#include <bb/healthvault/response.hpp>

#include "record_platform/authority.hpp"
#include "record_platform/session_service.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

constexpr std::size_t expansion_bytes_max = 1'000;  // of expands-entities

// A DOCTYPE with one internal entity, which the text names once or more: the text with the
// entity's replacement, never longer by more than the bound.
std::string expanded(std::string body) {
  const auto doctype = body.find("<!DOCTYPE"), end = body.find("]>", doctype);
  const auto entity = body.find("<!ENTITY ", doctype);
  if (doctype == std::string::npos || end == std::string::npos) return body;
  std::string name, value;
  if (entity < end) {
    const auto name_end = body.find(' ', entity + 9), open = body.find('"', name_end), close = body.find('"', open + 1);
    if (close < end)
      name = body.substr(entity + 9, name_end - entity - 9), value = body.substr(open + 1, close - open - 1);
  }
  body.erase(doctype, end + 2 - doctype);
  return name.empty() ? body : replace_all(body, "&" + name + ";", shorten(value, expansion_bytes_max));
}

// app-id or auth-session behind msg-time, put where it belongs.
std::string in_order(const std::string& body) {
  const auto app = body.find("<app-id>"), app_end = body.find("</app-id>"), time = body.find("<msg-time>");
  if (app == std::string::npos || app_end == std::string::npos || time == std::string::npos || time > app) return body;
  const auto element = body.substr(app, app_end + std::string_view("</app-id>").size() - app);
  auto ordered = body;
  ordered.erase(app, element.size());
  return ordered.insert(std::min(time, body.find("<culture-code>")), element);
}

bool has_upper_case_type(std::string_view info) {
  constexpr std::string_view tag = "<type-id>";
  for (auto at = info.find(tag); at != std::string_view::npos; at = info.find(tag, at + 1)) {
    const auto id = info.substr(at + tag.size(), 36);
    if (to_lower(id) != id) return true;
  }
  return false;
}

const hv::Method& method_of(const World& world, const hv::Header& header, int& version) {
  const auto* method = hv::find_method(header.method);
  if (method == nullptr) {
    if (world.defects.is_on(Defect::unknown_method_failed)) BB_REFUSE("FAILED", "the request failed");
    BB_REFUSE("BAD_METHOD", "there is no method '" + shorten(header.method, 60) + "'");
  }
  version = header.method_version;
  if (!hv::has_version(*method, version)) {
    if (!world.defects.is_on(Defect::guesses_version))
      BB_REFUSE("BAD_METHOD",
                fmt::format("{} has versions 1 to {}, got {}", method->name, method->version_max, version));
    version = method->version_max;
  }
  return *method;
}

// HV-ENV-13: a call that comes again, byte by byte, is answered as before and stores nothing.
// Not where it stores nothing anyway: who begins two blobs within what their msg-time tells apart
// needs two addresses.
bool is_remembered(const hv::Method& method) {
  constexpr auto allocating =
      std::to_array<std::string_view>({"AllocatePackageId", "BeginPutBlob", "BeginPutConnectPackageBlob"});
  return method.is_write && std::find(allocating.begin(), allocating.end(), method.name) == allocating.end();
}

std::string key_of(const hv::Received& request) {
  return sha256_hex(std::string(request.header_bytes) + (request.code ? request.code->code : ""));
}

class Wildcat {
 public:
  Wildcat(const World& world, Database& database, std::int64_t now_ns, Seen& seen)
      : world_(world), database_(database), now_ns_(now_ns), seen_(seen) {}

  std::string answer(const std::string& body) {
    if (body.size() > static_cast<std::size_t>(request_bytes_max))
      BB_REFUSE("REQUEST_TOO_LONG",
                fmt::format("the request has {} bytes, at most {} are read", body.size(), request_bytes_max));
    const auto request = hv::read_request(body);
    seen_.checks.envelope = static_cast<bool>(request);
    if (!request) BB_REFUSE("INVALID_XML", request.error().what);
    const auto& header = request->header;
    seen_.method = header.method;
    seen_.version = header.method_version;
    seen_.record_id = header.record_id;
    if (header.session) seen_.person_id = header.session->offline_person_id;
    int version = 0;
    const auto& method = method_of(world_, header, version);
    Transaction t(database_);
    Call call{world_, t, method, version, request->info_bytes, now_ns_};
    try {
      check_request(call, *request);
    } catch (const Refusal&) {
      see(call);
      throw;
    }
    see(call);
    if (world_.defects.is_on(Defect::compares_guid_case) && has_upper_case_type(request->info_bytes))
      BB_REFUSE("INVALID_THING_TYPE", "there is no such type");
    if (auto before = answered_before(t, *request, method)) return *std::move(before);
    const auto service = find_service(method.name);
    if (service == nullptr) BB_REFUSE("NYI", std::string(method.name) + " is not served by this sample platform");
    auto text = write(run(service, call));
    see(call);  // the service looks at more
    remember(t, *request, method, text);
    t.commit();
    return text;
  }

 private:
  void see(const Call& call) {
    seen_.app_id = call.app_id;
    if (!call.person_id.empty()) seen_.person_id = call.person_id;
    seen_.checks = call.checks;
    seen_.checks.envelope = true;
  }

  static std::string run(Service service, Call& call) {
    try {
      return service(call);
    } catch (const Refusal&) {
      if (call.is_kept) call.t.commit();
      throw;
    }
  }

  std::string write(std::string info) const {
    if (world_.defects.is_on(Defect::wrong_namespace)) info = in_wrong_namespace(std::move(info));
    return hv::write_response({.code = 0, .info = std::move(info)});
  }

  std::optional<std::string> answered_before(Transaction& t, const hv::Received& request, const hv::Method& method) {
    if (!is_remembered(method) || !request.code) return std::nullopt;
    auto rows = t.rows("SELECT answer FROM answered WHERE request = ?", key_of(request));
    if (!rows.next()) return std::nullopt;
    seen_.is_repeated = true;
    return world_.defects.is_on(Defect::accepts_replay) ? std::nullopt : std::optional(rows.text(0));
  }

  void remember(Transaction& t, const hv::Received& request, const hv::Method& method, const std::string& text) const {
    if (!is_remembered(method) || !request.code) return;
    // Longer than it is in time, whatever it says when it was sent.
    const auto until = now_ns_ + hv::time_to_live_ns(request.header) + 2 * clock_skew_seconds_max * ns_per_second;
    t.execute("DELETE FROM answered WHERE expires < ?", now_ns_);
    t.execute("INSERT OR REPLACE INTO answered VALUES(?, ?, ?)", key_of(request), until, Argument::bytes(text));
  }

  const World& world_;
  Database& database_;
  std::int64_t now_ns_;
  Seen& seen_;
};

web::HttpResponse refusal(const World& world, int code, std::string message) {
  if (world.defects.is_on(Defect::leaks_context))
    message += " (server RECORD-PLATFORM-1, 127.0.0.1: System.Exception at Wildcat.Answer)";
  auto text = hv::write_response({.code = code, .message = std::move(message)});
  if (world.defects.is_on(Defect::no_code)) text = replace_all(text, fmt::format("<code>{}</code>", code), "");
  return {
      world.defects.is_on(Defect::http_errors) ? 400 : 200, std::string(hv::request_media_type), std::move(text), {}};
}

}  // namespace

std::string in_wrong_namespace(std::string text) {
  return replace_all(std::move(text), "urn:com.microsoft.wc.methods.response.",
                     "urn:com.microsoft.wc.methods.response.Other");
}

web::HttpResponse refuse_request(const World& world, int code, std::string message) {
  return refusal(world, code, std::move(message));
}

web::HttpResponse answer_request(const World& world, Database& database, std::int64_t now_ns,
                                 const web::HttpRequest& request, Seen& seen) {
  if (request.method != "POST") {
    seen.code = hv::status("BAD_HTTP");
    auto answer = refusal(world, seen.code, "every method is called by POST");
    answer.status = 405;
    return answer.with("Allow", "POST");
  }
  try {
    auto body = request.body;
    if (world.defects.is_on(Defect::expands_entities)) body = expanded(std::move(body));
    if (world.defects.is_on(Defect::accepts_any_order)) body = in_order(body);
    return {200, std::string(hv::request_media_type), Wildcat(world, database, now_ns, seen).answer(body), {}};
  } catch (const Refusal& refused) {
    seen.code = refused.code;
    seen.message = refused.message;
  } catch (const DatabaseFailure& failure) {
    seen.code = hv::status("FAILED");
    seen.message = failure.what();
    if (world.log_line) world.log_line(seen.message);
    return refusal(world, seen.code, "the platform could not store the request; see its log");
  }
  return refusal(world, seen.code, seen.message);
}

}  // namespace bb::record_platform
