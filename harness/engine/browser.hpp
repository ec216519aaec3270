// harness/engine/browser.hpp - a person who signs in on the system's own pages.
//
// The engine knows when somebody has to be sent where; how, and who that is, is the caller's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <bb/core/result.hpp>
#include <bb/host/clock.hpp>

namespace bb::engine {

// Who signs in, and what for.
struct Visitor {
  std::string test;               // "suite/test"
  std::string title;              // of the test
  std::string role;               // "portal"
  std::string person;             // of the target; empty: nobody in particular
  std::string redirect_uri = {};  // that the system has on file for the role; empty: any
  std::string state = {};         // of the sign-in: what comes back with another one is another's
};

// One way there and back.
class Visit {
 public:
  virtual ~Visit() = default;
  // Where the browser is to come back to; known before anybody is sent.
  virtual const std::string& redirect_uri() const = 0;
  // Sends the person to `url`. The whole address that they came back to; nothing where they did not within
  // `timeout_ms`, or `cancellation` (may be null) came first. The error: nobody could be sent. What comes back holds
  // credentials.
  virtual Result<std::optional<std::string>> go(const std::string& url, std::int64_t timeout_ms,
                                                const host::Cancellation* cancellation) = 0;
};

class Browser {
 public:
  virtual ~Browser() = default;
  // [any thread]
  virtual Result<std::unique_ptr<Visit>> begin(const Visitor& visitor) = 0;
};

}  // namespace bb::engine
