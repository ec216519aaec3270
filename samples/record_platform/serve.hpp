// serve.hpp - a function on a method's messages as one on their bytes.
#pragma once

#include <bb/healthvault/method.hpp>

#include "record_platform/call.hpp"

namespace bb::record_platform {

template <class Method, typename Method::Answer (*answer)(Call&, const typename Method::Request&)>
std::string serve(Call& call) {
  auto request = healthvault::read_request_info<Method>(call.info, call.version);
  if (!request) BB_REFUSE("INVALID_XML", request.error().what);
  return healthvault::write_answer_info<Method>(answer(call, *request), call.version);
}

}  // namespace bb::record_platform
