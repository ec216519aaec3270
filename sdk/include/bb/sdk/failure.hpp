// bb/sdk/failure.hpp - how a connector says that a call did not work.
//
// Throw Failure or Pending anywhere inside a connector. One barrier
// (bb/sdk/detail/guarded.hpp) turns them into a status and bb_call::set_error;
// no exception leaves the library.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include <bb/abi/base.h>

namespace bb {

// A status with what a person needs to know about it. The message is one lower
// case sentence without secrets and without patient data.
class Failure : public std::exception {
 public:
  Failure(bb_status status_of_call, std::string sentence, std::string error_domain = {}, std::int64_t code = 0,
          std::uint64_t retry_ms = 0)
      : status(status_of_call),
        message(std::move(sentence)),
        domain(std::move(error_domain)),
        domain_code(code),
        retry_after_ms(retry_ms) {}

  const char* what() const noexcept override { return message.c_str(); }

  bb_status status;          // BB_E_...; 503 and 504 are the host's and become BB_E_INTERNAL
  std::string message;       // "no record 17"
  std::string domain;        // "http", "com.example.portal"
  std::int64_t domain_code;  // HTTP status, vendor code
  std::uint64_t retry_after_ms;
  std::string remote_detail;  // as the remote said it; the host redacts it
};

// Not finished: a person or time must act. Ends the call with BB_E_PENDING; the
// host makes the same call again later.
class Pending : public std::exception {
 public:
  const char* what() const noexcept override { return "waiting for a person or for time"; }
};

}  // namespace bb
