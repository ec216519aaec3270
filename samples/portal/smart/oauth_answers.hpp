// oauth_answers.hpp - what programs get: JSON that is kept nowhere, and that pages of other sites may read.
//
// Source: RFC 6749, 5.1 and 5.2; Fetch, "CORS protocol" (FHIR-SMART-09).
#pragma once

#include <optional>
#include <string_view>

#include <bb/core/form.hpp>

#include "web/http_message.hpp"

namespace bb::portal {

// {"error": ..., "error_description": ...}; 401 for invalid_client, else 400.
web::HttpResponse oauth_refusal(std::string_view code, std::string_view description);
// With Pragma beside Cache-Control, which every answer has.
web::HttpResponse oauth_answer(int status, const Value& value);

// RFC 6750, 3 and 3.1: 401 to who has no token, or one that is not good, and 403 to whose token lacks the scope.
web::HttpResponse bearer_refusal(std::string_view token);
web::HttpResponse scope_refusal(std::string_view scope);

// The answer with what lets pages of other sites read it.
web::HttpResponse with_cors(web::HttpResponse answer);
// To an OPTIONS; `methods`: "GET, POST".
web::HttpResponse preflight(std::string_view methods);

// The fields of a posted form, or the answer to one that cannot be read or has a field twice.
std::optional<web::HttpResponse> read_oauth_form(const web::HttpRequest& request, FormFields& into);
// The first field of the name; empty where there is none.
std::string_view field_of(const FormFields& fields, std::string_view name);

}  // namespace bb::portal
