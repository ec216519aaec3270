// bb/host/redirect_listener.hpp - where a person's browser comes back to after a sign-in.
//
// An address on this machine that is good for one return (RFC 8252, section 7.3). What came back
// holds credentials: Redactor::learn_return() before anything of it is recorded. Whether it is the
// return of this sign-in is the connector's to judge, by the state. What has the state of another sign-in is not taken
// here: the browser of another run that was led astray must not end this one's wait.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::host {

class Cancellation;

class RedirectListener {
 public:
  // Listens on 127.0.0.1. `registered` is the redirect URI that the application has at the system, for systems that
  // compare it: "http://127.0.0.1/callback", or of localhost; without a port it is at one of the kernel's choice (RFC
  // 8252, 7.3). Empty: a path that nobody can guess. `state` is what the sign-in went out with: a return with another
  // one of its length is another sign-in's. Empty: every return is taken. The error is of another form, and of a port
  // that is taken.
  static Result<std::unique_ptr<RedirectListener>> open(std::string_view registered = {}, std::string_view state = {});
  // Whether open() knows the form.
  static Status check(std::string_view registered);
  ~RedirectListener();

  // The redirect URI: "http://127.0.0.1:41234/uRx3...".
  const std::string& address() const;
  // The whole address that the browser came to first, with its query; nothing after `timeout_ms` (0: one look), or
  // once cancelled. `cancellation` may be null.
  std::optional<std::string> wait(std::int64_t timeout_ms, const Cancellation* cancellation);

 private:
  struct Impl;
  explicit RedirectListener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bb::host
