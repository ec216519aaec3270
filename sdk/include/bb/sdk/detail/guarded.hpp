// bb/sdk/detail/guarded.hpp - the one exception barrier between C++ and the ABI.
#pragma once

#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include <bb/abi/base.h>
#include <bb/sdk/failure.hpp>
#include <bb/sdk/slices.hpp>

namespace bb::detail {

// Statuses that a plugin may return; anything else it says is its own defect.
constexpr bb_status returnable(bb_status status) noexcept {
  const bool is_host_only = status == BB_E_CONNECTOR_LOST || status == BB_E_CONNECTOR_STUCK;
  return status < 100 || status > 699 || is_host_only ? BB_E_INTERNAL : status;
}

inline bb_status report(bb_call* call, bb_status status, std::string_view message, std::string_view domain,
                        const Failure* failure = nullptr) noexcept {
  const bb_status result = returnable(status);
  if (!BB_HAS(call, set_error)) return result;
  bb_error error{};
  error.struct_size = sizeof error;
  error.status = result;
  error.message = to_str(message);
  error.domain = to_str(domain);
  if (failure != nullptr) {
    error.domain_code = failure->domain_code;
    error.remote_detail = to_str(failure->remote_detail);
    error.retry_after_ms = failure->retry_after_ms;
  }
  call->set_error(call, &error);
  return result;
}

// Runs the body; returns BB_OK or the status of what it threw, with details
// attached to the call. `call` may be null where there is none.
template <class Body>
bb_status guarded(bb_call* call, Body&& body) noexcept {
  try {
    std::forward<Body>(body)();
    return BB_OK;
  } catch (const Failure& failure) {
    return report(call, failure.status, failure.message, failure.domain, &failure);
  } catch (const Pending&) {
    return BB_E_PENDING;
  } catch (const std::bad_alloc&) {
    return report(call, BB_E_OUT_OF_MEMORY, "out of memory", "c++");
  } catch (const std::exception& other) {
    return report(call, BB_E_INTERNAL, other.what(), "c++");
  } catch (...) {
    return report(call, BB_E_INTERNAL, "an exception of unknown type", "c++");
  }
}

}  // namespace bb::detail
