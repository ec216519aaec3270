// tests/support/fake_call.hpp - a bb_call of a host that only remembers.
#pragma once

#include <cstdint>
#include <string>

#include <bb/abi/base.h>
#include <bb/sdk/slices.hpp>

namespace bb::test {

// What set_error said last.
struct SeenError {
  bb_status status = BB_OK;
  std::string domain;
  std::int64_t domain_code = 0;
  std::string message;
  std::string remote_detail;
  std::uint64_t retry_after_ms = 0;
};

class FakeCall {
 public:
  FakeCall() {
    call_.struct_size = sizeof call_;
    call_.host_data = this;
    call_.call_id = 1;
    call_.is_cancelled = [](const bb_call* call) -> std::int32_t { return self(call).is_cancelled; };
    call_.set_error = [](bb_call* call, const bb_error* given) {
      self(call).error = {given->status,
                          std::string(to_view(given->domain)),
                          given->domain_code,
                          std::string(to_view(given->message)),
                          std::string(to_view(given->remote_detail)),
                          given->retry_after_ms};
    };
    call_.progress = [](bb_call* call, std::uint64_t done, std::uint64_t total, bb_str) {
      self(call).progress_done = done;
      self(call).progress_total = total;
    };
  }
  FakeCall(const FakeCall&) = delete;
  FakeCall& operator=(const FakeCall&) = delete;

  bb_call* raw() { return &call_; }

  bool is_cancelled = false;
  SeenError error;
  std::uint64_t progress_done = 0;
  std::uint64_t progress_total = 0;

 private:
  static FakeCall& self(const bb_call* call) { return *static_cast<FakeCall*>(call->host_data); }

  bb_call call_{};
};

}  // namespace bb::test
