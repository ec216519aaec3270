// harness/engine/inbox_wait.hpp - waiting for a message, in civil time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "harness/engine/run_context.hpp"
#include "harness/engine/verbs.hpp"

namespace bb::engine {

inline constexpr std::int64_t poll_ms_first = 200;
inline constexpr std::int64_t poll_ms_most = 2'000;
inline constexpr std::int64_t within_ms_default = 60'000;

// Which form of a message is read: as received, or as the connector opened it. What it
// could not open, and mail that needs no opening, is read as received.
enum class Form { received, opened };

// The first message for `address` that no wait has taken, in the form that was
// asked for. After `within_ms` the answer is `timeout`, or `unavailable`
// where the inbox itself never answered; a refusal ends the wait at once.
VerbReply wait_for_message(Inbox& inbox, const std::string& address, Form form, std::int64_t within_ms,
                           host::Clock& clock, const host::Cancellation* cancellation, const Invoke& invoke);

// Makes every message that is there now invisible to later waits. What cannot
// be listed is left alone.
void forget_old_messages(Inbox& inbox, const std::string& address, const Invoke& invoke);

}  // namespace bb::engine
