#include "portal/access_api.hpp"

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/api_answers.hpp"
#include "portal/request_fields.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t amendment_bytes_max = 2'000;
constexpr std::size_t date_length = 10;  // "2026-11-23"
constexpr std::int64_t day_ns = 24 * 60 * 60 * ns_per_second;

// The JSON object of a request; the answer where it is none.
std::optional<web::HttpResponse> read_body(const web::HttpRequest& request, Value& into) {
  if (request.media_type() != "application/json") return wrong_media_type(request, "application/json");
  auto body = parse_json(request.body);
  if (!body) return malformed(body.error().what);
  if (!body->is_object()) return malformed("the body must be an object, got " + std::string(body->kind()));
  into = *std::move(body);
  return std::nullopt;
}

template <class Items, class Describe>
web::HttpResponse list_of(std::string_view name, const Items& items, const Describe& describe) {
  auto list = Value::array();
  for (const auto& item : items) list.push(describe(item));
  return web::HttpResponse::json(200, Value::object({{name, std::move(list)}}));
}

}  // namespace

Result<ProxyGrant> read_grant(const std::string& account, const std::vector<std::string>& functions,
                              const std::string& until) {
  ProxyGrant grant;
  grant.account = account;
  for (const auto& name : functions) {
    BB_TRY(const auto right, read_right(name));
    grant.rights.insert(right);
  }
  if (grant.rights.empty()) return Error{"name at least one function; functions: " + join(right_names(), ", ")};
  if (until.empty()) return grant;
  const auto end = parse_time(until);
  if (!end) return Error{"'until' must be a date or an RFC 3339 time, got '" + shorten(until, 40) + "'"};
  grant.until_ns = *end + (until.size() == date_length ? day_ns - 1 : 0);
  return grant;
}

std::string refusal_text(const DataHolder::StandingAnswer& answer) {
  if (!answer.has_room) return "there are 100 requests for sharing already";
  switch (answer.refused.refusal) {
    case DataHolder::ShareRefusal::none:
      return {};
    case DataHolder::ShareRefusal::not_confirmed:
      return "on-going sharing goes to encrypted destinations alone, not to " + answer.refused.refused_destination;
    default:
      return "destination '" + answer.refused.refused_destination + "' cannot be used" +
             (answer.refused.why.empty() ? "" : ": " + answer.refused.why);
  }
}

bool AccessApi::is_for(const web::HttpRequest& request) {
  const auto& path = request.path;
  return (path.size() == 4 || path.size() == 5) && path[0] == "api" && path[1] == "patients" &&
         (path[3] == "proxies" || path[3] == "standing-shares" || path[3] == "amendments");
}

web::HttpResponse AccessApi::handle(const web::HttpRequest& request) {
  const auto& patient = request.path[2];
  const auto& resource = request.path[3];
  const auto session = holder_.find_session(bearer_token(request), Client::program);
  switch (holder_.access(session, patient, resource == "standing-shares" ? Part::transmit : Part::own)) {
    case Access::not_signed_in:
      return not_signed_in("sign in first: POST /api/session");
    case Access::not_yours:
      return not_yours("this is for the patient to decide");
    case Access::not_found:
      return not_found("there is no such patient");
    case Access::granted:
      break;
  }
  if (!session) return not_signed_in("sign in first: POST /api/session");
  if (resource == "proxies") return proxies(request, patient);
  if (resource == "amendments") return amendments(request, patient);
  return standing_shares(request, *session, patient);
}

web::HttpResponse AccessApi::proxies(const web::HttpRequest& request, const std::string& patient) {
  if (request.path.size() == 4) {
    if (request.method != "GET") return wrong_method(request, "GET");
    return list_of("proxies", holder_.list_proxies(patient),
                   [](const DataHolder::NamedGrant& one) { return to_value(one.grant, one.name, now_unix_ns()); });
  }
  const auto& account = request.path[4];
  if (request.method == "PUT") return grant(request, patient, account);
  if (request.method != "DELETE") return wrong_method(request, "PUT, DELETE");
  return holder_.withdraw_proxy(patient, account) ? web::HttpResponse::empty(204)
                                                  : not_found("nobody of this account has access");
}

web::HttpResponse AccessApi::grant(const web::HttpRequest& request, const std::string& patient,
                                   const std::string& account) {
  Value body;
  if (auto refused = read_body(request, body)) return *std::move(refused);
  std::vector<std::string> functions;
  const auto* const listed = body["functions"].items();
  if (listed == nullptr) return malformed("'functions' must be a list of texts: " + join(right_names(), ", "));
  for (const auto& one : *listed) functions.push_back(one.string_or(""));
  auto read = read_grant(account, functions, body["until"].string_or(""));
  if (!read) return invalid(read.error().what);
  const auto given = *read;
  if (const auto done = holder_.grant_proxy(patient, *std::move(read)); !done) return invalid(done.error().what);
  return web::HttpResponse::json(200, to_value(given, holder_.display_name(account), now_unix_ns()));
}

Value AccessApi::describe(const StandingShare& share) const {
  return to_value(share, holder_.display_name(share.account));
}

web::HttpResponse AccessApi::standing_shares(const web::HttpRequest& request, const Session& session,
                                             const std::string& patient) {
  if (request.path.size() == 5) return change_sharing(request, patient, request.path[4]);
  if (request.method == "POST") return ask_for_sharing(request, session, patient);
  if (request.method != "GET") return wrong_method(request, "GET, POST");
  return list_of("standing_shares", holder_.standing_shares().list(patient),
                 [this](const StandingShare& share) { return describe(share); });
}

web::HttpResponse AccessApi::ask_for_sharing(const web::HttpRequest& request, const Session& session,
                                             const std::string& patient) {
  Value body;
  if (auto refused = read_body(request, body)) return *std::move(refused);
  auto to = holder_.read_destination(body["to"].string_or(""));
  if (!to) return invalid(to.error().what);
  const auto* const format = find_format(body["format"].string_or("ccda-2.1"));
  if (format == nullptr) return invalid("this 'format' is not offered");
  const auto frequency = read_frequency(body["frequency"].string_or(""));
  if (!frequency) return invalid(frequency.error().what);
  const auto answer = holder_.add_standing_share(session, patient, *std::move(to), *format, *frequency);
  if (const auto why = refusal_text(answer); !why.empty()) return invalid(why);
  return web::HttpResponse::json(201, describe(answer.share));
}

web::HttpResponse AccessApi::change_sharing(const web::HttpRequest& request, const std::string& patient,
                                            const std::string& id) {
  auto& shares = holder_.standing_shares();
  if (request.method == "DELETE")
    return shares.withdraw(patient, id) ? web::HttpResponse::empty(204) : not_found("there is no such sharing");
  if (request.method != "PUT") return wrong_method(request, "PUT, DELETE");
  Value body;
  if (auto refused = read_body(request, body)) return *std::move(refused);
  const auto frequency = read_frequency(body["frequency"].string_or(""));
  if (!frequency) return invalid(frequency.error().what);
  if (!shares.set_frequency(patient, id, *frequency)) return not_found("there is no such sharing");
  return web::HttpResponse::json(200, describe(*shares.find(patient, id)));
}

web::HttpResponse AccessApi::amendments(const web::HttpRequest& request, const std::string& patient) {
  if (request.path.size() != 4) return not_found("there is nothing at this address");
  const bool is_lost = holder_.defects().is_on(Defect::people_amendment_lost);
  if (request.method == "GET") {
    const auto asked = is_lost ? std::vector<Amendment>() : holder_.amendments().list(patient);
    return list_of("amendments", asked, [](const Amendment& one) { return to_value(one); });
  }
  if (request.method != "POST") return wrong_method(request, "GET, POST");
  Value body;
  if (auto refused = read_body(request, body)) return *std::move(refused);
  const auto text = body["text"].string_or("");
  if (text.empty() || text.size() > amendment_bytes_max) return invalid("'text' must have 1 to 2000 bytes");
  const auto amendment = holder_.amendments().ask(patient, text, now_unix_ns());
  if (!amendment) return invalid("there are 100 requests already");
  return web::HttpResponse::json(201, to_value(*amendment));
}

}  // namespace bb::portal
