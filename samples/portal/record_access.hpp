// record_access.hpp - whether who asks by a program may have a patient's record, for parts of the API beside api.hpp.
#pragma once

#include <optional>
#include <string>

#include "portal/holder.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

struct RecordAccess {
  std::optional<Session> session;
  std::optional<web::HttpResponse> refusal;  // 401, 403 or 404; nothing: go on
};

// By the token that the request has. A refusal of who is signed in stands in the patient's history.
RecordAccess record_access(DataHolder& holder, const web::HttpRequest& request, const std::string& patient);

}  // namespace bb::portal
