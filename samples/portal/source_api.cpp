#include "portal/source_api.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>

#include "portal/api_answers.hpp"
#include "portal/request_fields.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t text_bytes_max = 200;

}  // namespace

bool SourceApi::is_for(const web::HttpRequest& request) {
  return request.path.size() >= 2 && request.path[0] == "api" && request.path[1] == "source";
}

web::HttpResponse SourceApi::handle(const web::HttpRequest& request) {
  if (key_.empty()) return not_found("this portal takes nothing from a record system");
  if (!equal_constant_time(bearer_token(request), key_)) return not_signed_in("this is for the record system alone");
  if (request.method != "POST") return wrong_method(request, "POST");
  if (request.media_type() != "application/json") return wrong_media_type(request, "application/json");
  const auto body = parse_json(request.body);
  if (!body) return malformed(body.error().what);
  const auto& path = request.path;
  if (path.size() == 3 && path[2] == "documents") return document(*body);
  if (path.size() == 5 && path[2] == "patients" && path[4] == "changes") return change(*body, path[3]);
  if (path.size() == 5 && path[2] == "patients" && path[4] == "decisions") return decide(*body, path[3]);
  return not_found("there is nothing at this address");
}

web::HttpResponse SourceApi::change(const Value& body, const std::string& patient) {
  RecordChange change;
  const auto kind = read_change_kind(body["change"].string_or(""));
  if (!kind) return invalid(kind.error().what);
  change.kind = *kind;
  change.name = body["name"].string_or("");
  change.value = body["value"].string_or("");
  change.unit = body["unit"].string_or("");
  if (change.name.empty() || change.name.size() + change.value.size() + change.unit.size() > text_bytes_max)
    return invalid("'name' is missing, or 'name', 'value' and 'unit' have more than 200 bytes");
  if (const auto done = holder_.change_record(patient, change); !done) return invalid(done.error().what);
  const auto& now = *holder_.patients().find(patient);
  return web::HttpResponse::json(200, Value::object({{"patient", patient}, {"version", now.version}}));
}

web::HttpResponse SourceApi::document(const Value& body) {
  const Described described{body["given_name"].string_or(""), body["family_name"].string_or(""),
                            body["birth_date"].string_or(""), body["identifier"].string_or("")};
  const auto allergy = body["allergy"].string_or("");
  if (allergy.empty() || allergy.size() > text_bytes_max) return invalid("'allergy' must have 1 to 200 bytes");
  const auto patient = holder_.file_document(described, allergy);
  if (patient.empty()) return web::HttpResponse::json(202, Value::object({{"outcome", "held"}}));
  return web::HttpResponse::json(200, Value::object({{"outcome", "filed"}, {"patient", patient}}));
}

web::HttpResponse SourceApi::decide(const Value& body, const std::string& patient) {
  const auto status = body["status"].string_or("");
  if (status != "accepted" && status != "refused") return invalid("'status' is accepted or refused");
  if (!holder_.amendments().decide(patient, body["id"].string_or(""), status))
    return not_found("there is no such amendment");
  return web::HttpResponse::json(200, Value::object({{"status", status}}));
}

}  // namespace bb::portal
