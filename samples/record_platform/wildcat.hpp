// wildcat.hpp - the one address where every method is answered.
#pragma once

#include <string>

#include "record_platform/call.hpp"
#include "web/http_message.hpp"

namespace bb::record_platform {

// What a request was, for the journal of the control interface.
struct Seen {
  std::string method;
  int version = 0;
  std::string app_id, person_id, record_id;
  int code = 0;
  std::string message;  // of a refusal
  Checks checks = {};
  bool is_repeated = false;  // a signed write that came before
};

// POST of /platform/wildcat.ashx: one request envelope to one answer envelope.
web::HttpResponse answer_request(const World& world, Database& database, std::int64_t now_ns,
                                 const web::HttpRequest& request, Seen& seen);

// The answer to a request that is not read.
web::HttpResponse refuse_request(const World& world, int code, std::string message);

// The text of an answer, with its info in another method's namespace.
std::string in_wrong_namespace(std::string text);

}  // namespace bb::record_platform
