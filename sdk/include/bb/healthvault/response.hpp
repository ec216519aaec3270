// bb/healthvault/response.hpp - the envelope of an answer: a status and, of a success, an info.
//
// Source: the catalogue's rows HV-RSP-01 to -05.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/healthvault/request.hpp>
#include <bb/healthvault/status_code.hpp>

namespace bb::healthvault {

struct Response {
  int code = 0;
  std::string message = {};  // of an error: printable, one line
  // HV-RSP-05: server names and exceptions, for the records of whoever runs the
  // platform; never for a user.
  std::string server_name = {};
  std::string server_address = {};
  std::string exception = {};
  std::string error_info = {};  // the inside of `error-info`, byte by byte
  std::string info = {};        // "<wc:info ...>...</wc:info>", byte by byte; empty where there is none
};

std::string write_response(const Response& response);

// The error is of what is no answer: no XML, no `response/status/code`, a code without
// a message that is not 0, elements in another order (HV-RSP-01).
[[nodiscard]] Result<Response> read_response(std::string_view body, const EnvelopeLimits& limits = {});

// For people: "11 ACCESS_DENIED: message". Holds no context (HV-RSP-05).
std::string describe(const Response& response);

}  // namespace bb::healthvault
