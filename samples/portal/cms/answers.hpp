// portal/cms/answers.hpp - errors in the forms that the Blue Button web server gives them.
//
// Source: its exceptions and views (FHIR-BB2-22).
#pragma once

#include <string_view>

#include "portal/cms/addresses.hpp"
#include "portal/smart/clients.hpp"
#include "web/http_message.hpp"

namespace bb::portal::cms {

// {"status_code": 400, "message": ...}, of what comes before anybody signs in.
web::HttpResponse message_answer(int status, std::string_view message);
// Of the FHIR endpoints: {"detail": ...}; from version 3 an OperationOutcome.
web::HttpResponse fhir_error(Version version, int status, std::string_view detail);
// Why an inactive application gets nothing (FHIR-BB2-23).
std::string inactive_text(const SmartClient& client);

}  // namespace bb::portal::cms
