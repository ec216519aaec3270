// portal/fhir/answers.hpp - the answers of the FHIR API: resources, and errors as OperationOutcome.
//
// Source: FHIR R4 http, 3.1.0.1 (FHIR-ERR-01 to -07).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "portal/fhir/resource.hpp"
#include "web/http_message.hpp"

namespace bb::portal::fhir {

inline constexpr std::string_view fhir_json = "application/fhir+json";

// `code` is one of FHIR's issue types.
Value outcome(std::string_view severity, std::string_view code, std::string_view diagnostics);

web::HttpResponse answer(int status, const Value& resource);
web::HttpResponse error(int status, std::string_view code, std::string_view diagnostics);
web::HttpResponse not_found(std::string_view diagnostics);
// With the challenge of RFC 6750, 3; `with_challenge` false: a defect.
web::HttpResponse unauthorized(std::string_view diagnostics, bool with_challenge);
web::HttpResponse forbidden(std::string_view diagnostics);
web::HttpResponse wrong_method(const web::HttpRequest& request, std::string_view allowed);

// "Mon, 23 Nov 2026 13:00:00 GMT" (RFC 9110, 5.6.7).
std::string http_date(std::int64_t unix_ns);

// The resource with ETag and Last-Modified; 304 where the client has it already.
web::HttpResponse resource_answer(const web::HttpRequest& request, const Resource& resource);

// Whether the client takes this media type (Accept); one that names nothing takes all.
bool takes(const web::HttpRequest& request, std::string_view media_type);
// Whether it takes FHIR in JSON, by Accept or `_format`, which goes before.
bool takes_fhir_json(const web::HttpRequest& request);

}  // namespace bb::portal::fhir
