#include "portal/functions/functions_api.hpp"

#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "portal/functions/function_pages.hpp"
#include "portal/record_access.hpp"
#include "portal/request_fields.hpp"

namespace bb::portal::functions {
namespace {

constexpr std::size_t key_bytes_max = 255;
constexpr auto resources =
    std::to_array<std::string_view>({"conversations", "prescriptions", "refills", "slots", "appointments", "entries",
                                     "education", "preferences", "feedback"});

web::HttpResponse to_response(const Answer& answer) {
  return answer.is_done() ? web::HttpResponse::json(answer.status, answer.value)
                          : web::HttpResponse::error(answer.status, answer.code, answer.why);
}

web::HttpResponse malformed(std::string_view why) { return web::HttpResponse::error(400, "malformed", why); }
web::HttpResponse nothing_here() {
  return web::HttpResponse::error(404, "not_found", "there is nothing at this address");
}
web::HttpResponse wrong_method(const web::HttpRequest& request, std::string_view allowed) {
  return web::HttpResponse::error(405, "method_not_allowed",
                                  request.method + " is not possible here; possible: " + std::string(allowed))
      .with("Allow", allowed);
}

// The body of a request that has one.
struct Body {
  Value value;
  std::optional<web::HttpResponse> refusal = {};
  std::string text(std::string_view name) const { return value[name].string_or(""); }
};
Body read_body(const web::HttpRequest& request) {
  if (request.media_type() != "application/json")
    return {{},
            web::HttpResponse::error(415, "unsupported_media_type",
                                     "the body must be application/json, got '" + request.media_type() + "'")};
  auto value = parse_json(request.body);
  if (!value) return {{}, malformed(value.error().what)};
  if (!value->is_object()) return {{}, malformed("the body must be an object, got " + std::string(value->kind()))};
  return {*std::move(value)};
}

// What is sent so that nothing is done twice.
std::optional<std::string> key_of(const web::HttpRequest& request) {
  std::string key(request.header("idempotency-key"));
  if (key.empty() || key.size() > key_bytes_max) return std::nullopt;
  return key;
}
web::HttpResponse no_key() { return malformed("the header Idempotency-Key must have 1 to 255 bytes"); }

std::optional<Outgoing> outgoing_of(const Body& body, std::string key) {
  Outgoing message;
  message.key = std::move(key);
  message.subject = body.text("subject");
  message.text = body.text("text");
  message.recipient = body.text("to");
  message.claimed_author = body.text("author");
  const auto& attachments = body.value["attachments"];
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    auto data = base64_decode(attachments[i]["content"].string_or(""));
    if (!data) return std::nullopt;
    message.attachments.push_back({attachments[i]["filename"].string_or("file"),
                                   to_lower(attachments[i]["media_type"].string_or("")), *std::move(data)});
  }
  return message;
}

web::HttpResponse conversations(Functions& functions, const web::HttpRequest& request, const std::string& patient,
                                const Actor& actor, const std::optional<Session>& session) {
  const auto& path = request.path;
  const bool is_get = request.method == "GET";
  if (path.size() == 5 && path[4] == "recipients")
    return is_get ? web::HttpResponse::json(200, Value::object({{"recipients", Conversations::recipients()}}))
                  : wrong_method(request, "GET");
  if (path.size() == 5 && path[4] == "new")
    return is_get ? web::HttpResponse::html(200, compose_page(functions, session, patient, ""))
                  : wrong_method(request, "GET");
  if (path.size() == 6 && path[5] == "page" && is_get) {
    auto page = conversation_page(functions, session, patient, path[4], "");
    return page ? web::HttpResponse::html(200, *std::move(page)) : to_response(none_such("conversation"));
  }
  if (path.size() == 8 && path[5] == "attachments" && is_get) {
    const auto message = message_number(path[6]), number = message_number(path[7]);
    const auto found = message && number ? functions.conversations.attachment(patient, path[4], *message, *number)
                                         : none_such("attachment");
    if (!found.is_done()) return to_response(found);
    return {200, found.value["media_type"].string_or(""), found.value["data"].string_or(""), {}};
  }
  if (path.size() > 5) return nothing_here();
  const auto id = path.size() == 5 ? path[4] : std::string();
  if (is_get)
    return to_response(id.empty() ? functions.conversations.list(patient, actor)
                                  : functions.conversations.read(patient, id, actor));
  if (request.method != "POST") return wrong_method(request, "GET, POST");
  const auto key = key_of(request);
  if (!key) return no_key();
  const auto body = read_body(request);
  if (body.refusal) return *body.refusal;
  const auto message = outgoing_of(body, *key);
  if (!message) return malformed("'content' of an attachment must be base64");
  return to_response(functions.conversations.post(patient, id, actor, *message));
}

web::HttpResponse refills(Functions& functions, const web::HttpRequest& request, const std::string& patient,
                          const Actor& actor) {
  const auto& path = request.path;
  if (path.size() > 5) return nothing_here();
  const bool is_one = path.size() == 5;
  if (request.method == "GET")
    return to_response(is_one ? functions.refills.status(patient, path[4]) : functions.refills.list(patient));
  if (request.method != "POST" || is_one) return wrong_method(request, is_one ? "GET" : "GET, POST");
  const auto key = key_of(request);
  if (!key) return no_key();
  const auto body = read_body(request);
  if (body.refusal) return *body.refusal;
  return to_response(functions.refills.request(patient, body.text("prescription"),
                                               body.value["kind"].string_or("refill"), actor, *key));
}

web::HttpResponse appointments(Functions& functions, const web::HttpRequest& request, const std::string& patient,
                               const Actor& actor) {
  const auto& path = request.path;
  if (path.size() == 6 && path[5] == "calendar" && request.method == "GET") {
    const auto found = functions.appointments.calendar(patient, path[4]);
    return found.is_done()
               ? web::HttpResponse{200, "text/calendar; charset=utf-8", found.value["text"].string_or(""), {}}
               : to_response(found);
  }
  if (path.size() > 5) return nothing_here();
  if (path.size() == 5) {
    if (request.method == "GET") return to_response(functions.appointments.find(patient, path[4]));
    if (request.method == "DELETE") return to_response(functions.appointments.cancel(patient, path[4]));
    return wrong_method(request, "GET, DELETE");
  }
  if (request.method == "GET") return to_response(functions.appointments.list(patient));
  if (request.method != "POST") return wrong_method(request, "GET, POST");
  const auto key = key_of(request);
  if (!key) return no_key();
  const auto body = read_body(request);
  if (body.refusal) return *body.refusal;
  return to_response(functions.appointments.book(patient, body.text("slot"), body.text("instead_of"),
                                                 body.text("reason"), actor, *key));
}

web::HttpResponse entries(Functions& functions, const web::HttpRequest& request, const std::string& patient,
                          const Actor& actor) {
  const auto& path = request.path;
  const bool is_get = request.method == "GET";
  if (path.size() == 6 && path[5] == "history" && is_get)
    return to_response(functions.entries.history(patient, path[4]));
  if (path.size() == 6 && path[5] == "document" && is_get) {
    const auto found = functions.entries.document(patient, path[4]);
    if (!found.is_done()) return to_response(found);
    return {200, found.value["media_type"].string_or(""), found.value["data"].string_or(""), {}};
  }
  if (path.size() > 5) return nothing_here();
  if (is_get)
    return to_response(path.size() == 5 ? functions.entries.find(patient, path[4]) : functions.entries.list(patient));
  if (path.size() == 5 && request.method == "DELETE")
    return to_response(functions.entries.remove(patient, path[4], actor));
  const bool is_writing = request.method == (path.size() == 5 ? "PUT" : "POST");
  if (!is_writing) return wrong_method(request, path.size() == 5 ? "GET, PUT, DELETE" : "GET, POST");
  const auto body = read_body(request);
  if (body.refusal) return *body.refusal;
  return to_response(path.size() == 5 ? functions.entries.correct(patient, path[4], body.value, actor)
                                      : functions.entries.add(patient, body.value, actor));
}

web::HttpResponse wishes(Functions& functions, const web::HttpRequest& request, const std::string& account) {
  const bool is_preferences = request.path[3] == "preferences";
  if (is_preferences && request.method == "GET") return to_response(functions.wishes.preferences(account));
  if (request.method != (is_preferences ? "PUT" : "POST"))
    return wrong_method(request, is_preferences ? "GET, PUT" : "POST");
  const auto body = read_body(request);
  if (body.refusal) return *body.refusal;
  if (!is_preferences) return to_response(functions.wishes.give_feedback(account, body.text("text")));
  const auto to = body.text("notices_to");
  if (!to.empty())
    if (const auto destination = parse_destination(to); !destination)
      return to_response(invalid(destination.error().what));
  return to_response(functions.wishes.set_preferences(account, to));
}

// The answer to who may open the record.
web::HttpResponse of_patient(Functions& functions, const web::HttpRequest& request,
                             const std::optional<Session>& session) {
  const auto& patient = request.path[2];
  const auto& resource = request.path[3];
  const auto actor = functions.actor_of(session, patient);
  if (resource == "conversations") return conversations(functions, request, patient, actor, session);
  if (resource == "refills") return refills(functions, request, patient, actor);
  if (resource == "appointments") return appointments(functions, request, patient, actor);
  if (resource == "entries") return entries(functions, request, patient, actor);
  const bool is_prescription = resource == "prescriptions" && request.path.size() == 5;
  if (request.path.size() != 4 && !is_prescription) return nothing_here();
  if (resource == "preferences" || resource == "feedback") return wishes(functions, request, session->account);
  if (request.method != "GET") return wrong_method(request, "GET");
  if (is_prescription) return to_response(functions.refills.prescription(patient, request.path[4]));
  if (resource == "prescriptions") return to_response(functions.refills.prescriptions(patient));
  if (resource == "slots") return to_response(functions.appointments.slots());
  return to_response(functions.education.list(patient, functions.name_of(patient)));
}

}  // namespace

bool FunctionsApi::is_for(const web::HttpRequest& request) {
  const auto& path = request.path;
  if (path.size() < 3 || path[0] != "api") return false;
  if (path[1] == "care") return true;
  return path.size() >= 4 && path[1] == "patients" &&
         std::find(resources.begin(), resources.end(), path[3]) != resources.end();
}

web::HttpResponse FunctionsApi::handle(const web::HttpRequest& request) {
  try {
    return request.path[1] == "care" ? care(request) : patient(request);
  } catch (const storage::DatabaseFailure& failure) {
    return web::HttpResponse::error(500, "broken", failure.what());
  }
}

web::HttpResponse FunctionsApi::patient(const web::HttpRequest& request) {
  auto& holder = functions_.holder();
  const auto& patient = request.path[2];
  const auto& resource = request.path[3];
  const auto access = record_access(holder, request, patient);
  if (access.refusal) return *access.refusal;
  const auto& session = access.session;
  auto response = of_patient(functions_, request, session);
  const bool is_change = request.method != "GET" && response.status < 400;
  if (is_change)
    holder.log_function(session, patient, resource == "conversations" ? "a message" : "a change of " + resource);
  return response;
}

// The care team's side: everything of a patient's functions that somebody has to answer.
web::HttpResponse FunctionsApi::care(const web::HttpRequest& request) {
  const auto& path = request.path;
  const auto session = functions_.holder().find_session(bearer_token(request), Client::program);
  if (!session || session->is_signed_out)
    return web::HttpResponse::error(401, "not_signed_in", "sign in first: POST /api/session")
        .with("WWW-Authenticate", "Bearer");
  if (!functions_.is_staff(session))
    return web::HttpResponse::error(403, "not_yours", "this is for the care team alone");
  const bool is_get = request.method == "GET";
  if (path.size() == 3 && path[2] == "feedback")
    return is_get ? to_response(functions_.wishes.feedback()) : wrong_method(request, "GET");
  if (path.size() < 5 || path[2] != "patients") return nothing_here();
  const auto& patient = path[3];
  const auto& resource = path[4];
  if (functions_.holder().patients().find(patient) == nullptr)
    return web::HttpResponse::error(404, "not_found", "there is no such patient");
  const auto actor = functions_.actor_of(session, patient);
  if (is_get && path.size() == 5 && resource == "conversations")
    return to_response(functions_.conversations.list(patient, actor));
  if (is_get && path.size() == 6 && resource == "conversations")
    return to_response(functions_.conversations.read(patient, path[5], actor));
  if (is_get && path.size() == 5 && resource == "refills") return to_response(functions_.refills.list(patient));
  if (is_get && path.size() == 5 && resource == "entries") {
    auto list = functions_.entries.list(patient);
    if (functions_.holder().defects().is_on(Defect::entries_hidden_from_care_team))
      list.value = Value::object({{"entries", Value::array()}});
    return to_response(list);
  }
  if (request.method != "POST") return nothing_here();
  const auto body = read_body(request);
  if (body.refusal) return *body.refusal;
  if (path.size() == 6 && resource == "conversations") {
    const auto key = key_of(request);
    if (!key) return no_key();
    const auto message = outgoing_of(body, *key);
    if (!message) return malformed("'content' of an attachment must be base64");
    return to_response(functions_.conversations.post(patient, path[5], actor, *message));
  }
  if (path.size() == 6 && resource == "refills")
    return to_response(functions_.refills.decide(patient, path[5], body.text("status"), body.text("reason")));
  if (path.size() == 5 && resource == "education")
    return to_response(functions_.education.assign(patient, body.text("material"), actor));
  if (path.size() == 7 && resource == "entries" && path[6] == "link")
    return to_response(functions_.entries.link(patient, path[5], body.text("note"), actor));
  return nothing_here();
}

}  // namespace bb::portal::functions
