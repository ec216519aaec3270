// plugins/direct/hostile.hpp - messages that a receiver has to refuse, or take with
// care: each wrong in one thing.
//
// They are what the probes of the sender send. Source: requirements DIRECT-SEC, -MSG,
// -ALG, -CERT and -MDN.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/message.hpp>

namespace bb::direct_connector {

// What a hostile message is made of.
struct Draft {
  std::string message;  // whole and right, with CRLF, in the clear
  const direct::Identity& sender;
  std::vector<direct::Certificate> recipients;
  std::int64_t at = 0;  // seconds since 1970
};

struct HostileCase {
  std::string_view probe;     // "direct-tampered-body"
  std::string_view title;     // what is wrong
  std::string_view identity;  // of the configuration's `identities`; empty: the sender's own
  // The message as it goes out.
  Result<std::string> (*make)(const Draft& draft);
  // A notification, about a message that the arguments name or that was never sent.
  bool is_notification = false;
  int copies = 1;
};
std::span<const HostileCase> hostile_cases();

}  // namespace bb::direct_connector
