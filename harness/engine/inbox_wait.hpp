// harness/engine/inbox_wait.hpp - waiting for a message, in civil time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "harness/engine/run_context.hpp"
#include "harness/engine/verbs.hpp"

namespace bb::engine {

inline constexpr std::int64_t poll_ms_first = 200;
inline constexpr std::int64_t poll_ms_most = 2'000;
inline constexpr std::int64_t within_ms_default = 60'000;
// How long a run that may be detached looks before it leaves a wait open.
inline constexpr std::int64_t detach_ms = 2'000;

// Which form of a message is read: as received, or as the connector opened it. What it
// could not open, and mail that needs no opening, is read as received.
enum class Form { received, opened };

// What is waited for, from when and until when.
struct InboxWait {
  std::string address;  // empty: any
  std::int64_t began_unix_ns = 0;
  std::int64_t until_unix_ns = 0;
  std::string taken{};  // id of the message that this wait took in an earlier process; empty: none
  Form form = Form::received;
  evidence::Wanted wanted{};
};

// The first message for the address that no wait has taken and that is what is wanted, in
// the form that is asked for. Who asks for more than the listing says has messages read,
// as they were opened where they were, without taking them. When the time is over the answer is `timeout`, or
// `unavailable` where the inbox itself never answered; a refusal ends the wait at once. None where the wait is left
// open: with `give_up_ms`, after so long without a message.
std::optional<VerbReply> wait_for_message(Inbox& inbox, const InboxWait& wait, std::optional<std::int64_t> give_up_ms,
                                          host::Clock& clock, const host::Cancellation* cancellation,
                                          const Invoke& invoke);

// Whether nobody asked before: who is told so calls note_baseline().
bool begin_baseline(Inbox& inbox);
// What lies there for anybody before something was sent is no arrival of the run.
// It stays what a wait may take.
void note_baseline(Inbox& inbox, const Invoke& invoke);

// Makes every message that is there now invisible to later waits. What cannot
// be listed is left alone.
void forget_old_messages(Inbox& inbox, const std::string& address, host::Clock& clock, const Invoke& invoke);

}  // namespace bb::engine
