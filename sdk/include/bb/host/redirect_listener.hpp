// bb/host/redirect_listener.hpp - where a person's browser comes back to after a sign-in.
//
// An address on this machine that is good for one return (RFC 8252, section 7.3). What came back
// holds credentials: Redactor::learn_return() before anything of it is recorded. Whether it is the
// return of this sign-in is the connector's to judge, by the state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <bb/core/result.hpp>

namespace bb::host {

class Cancellation;

class RedirectListener {
 public:
  // Listens on 127.0.0.1, at a port of the kernel's choice and a path that nobody can guess.
  static Result<std::unique_ptr<RedirectListener>> open();
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
