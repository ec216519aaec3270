// plugins/rest/oauth_probe.hpp - what the probes of connectors with OAuth have in common: fields as a suite words them,
// what became of an authorization request, and answers without the tokens in them.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/form.hpp>
#include <bb/core/value.hpp>
#include <bb/sdk/connector.hpp>
#include <bb/sdk/services/http.hpp>

#include "fhir/fhir_line.hpp"

namespace bb::rest {

// The members of a JSON object, all texts.
FormFields fields_of_object(const Value& object);
// The form with `set`'s fields instead of its own, and without those that `omit` names.
FormFields changed_fields(FormFields fields, const Value& set, const Value& omit);

// A server that takes a bad request answers with tokens that work: of each there is "(removed, sha256
// 0123456789abcdef)", which tells whether two are the same.
std::string without_tokens(const std::string& body);

// An authorization request of these fields, by GET or POST; without the session's token.
FhirRequest authorization_request(std::string_view endpoint, const FormFields& fields, std::string_view method);
// What became of it: `status`, and `outcome` "asked" (a page of HTML, or the way to one), "code", "refused" (RFC
// 6749, 4.1.2.1, or a status of 4xx), "failed" (anything else); of a redirect to the application its `error` and
// `state`.
Value authorization_outcome(const HttpResponse& response, std::string_view redirect_uri);

// A probe's own answer, JSON.
void emit_told(std::string_view probe, const Value& told, Content& out);
// What came back, without tokens; a status of 4xx or 5xx is also the failure.
void emit_answer(std::string_view probe, const HttpResponse& response, Content& out,
                 Failure (*failure_of)(const HttpResponse&, std::string_view) = failure_of_bearer);

}  // namespace bb::rest
