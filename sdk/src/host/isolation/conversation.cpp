#include "conversation.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include <bb/core/time.hpp>

namespace bb::host {
namespace {

constexpr std::int64_t send_ms_max = 10'000;  // where nothing else bounds it

}  // namespace

Conversation::Conversation(std::unique_ptr<ConnectorProcess> process)
    : process_(std::move(process)), channel_(process_->take_socket(), message_bytes_max) {}

void Conversation::begin(std::uint64_t call, std::int64_t deadline_ns, const Cancellation* cancellation) {
  call_ = call;
  deadline_ns_ = deadline_ns;
  cancellation_ = cancellation;
  cancelled_ns_ = 0;
}

std::int64_t Conversation::end_ns() const {
  std::int64_t end = 0;
  for (const std::int64_t from : {deadline_ns_, cancelled_ns_})
    if (from != 0 && (end == 0 || from + grace_ms * ns_per_ms < end)) end = from + grace_ms * ns_per_ms;
  return end;
}

void Conversation::fail(Failure failure, std::string problem) {
  if (failure_ != Failure::none) return;
  failure_ = failure;
  problem_ = std::move(problem);
  // Of a process that has ended what it said before is still heard.
  if (failure != Failure::lost) inbox_.clear();
}

bool Conversation::send(FrameType type, std::uint64_t call, std::string_view body) {
  if (failure_ != Failure::none) return false;
  const std::int64_t end = end_ns();
  const std::int64_t limit = end != 0 ? end : monotonic_ns() + send_ms_max * ns_per_ms;
  switch (channel_.send(type, call, body, limit, &inbox_)) {
    case Channel::Sent::whole:
      return true;
    case Channel::Sent::late:
      fail(Failure::stuck, "it took nothing that was sent to it");
      return false;
    case Channel::Sent::closed:
      break;
  }
  // What it said last may still be there.
  receive(true);
  return failure_ == Failure::none;
}

void Conversation::receive(bool has_ended) {
  for (;;) {
    switch (channel_.receive(inbox_)) {
      case Channel::Got::some:
        heard_ns_ = monotonic_ns();
        is_asked_ = false;
        if (!has_ended) return;
        continue;
      case Channel::Got::nothing:
        if (has_ended) fail(Failure::lost, "");
        return;
      case Channel::Got::closed:
        fail(Failure::lost, "");
        return;
      case Channel::Got::malformed:
        fail(Failure::broken, channel_.problem());
        return;
    }
  }
}

// Asks a silent child whether it is there. False when it is not.
bool Conversation::check_quiet(std::int64_t now_ns) {
  if (now_ns - heard_ns_ < quiet_ms_max * ns_per_ms) return true;
  if (is_asked_) {
    fail(Failure::stuck, "it did not answer within " + std::to_string(quiet_ms_max / 1000) + " s");
    return false;
  }
  is_asked_ = true;
  heard_ns_ = now_ns;
  return send(FrameType::ping, 0, {});
}

std::optional<Message> Conversation::next_received() {
  if (inbox_.empty()) return std::nullopt;
  Message message = std::move(inbox_.front());
  inbox_.pop_front();
  return message;
}

std::optional<Message> Conversation::next() {
  heard_ns_ = monotonic_ns();
  is_asked_ = false;
  for (;;) {
    const std::int64_t now_ns = monotonic_ns();
    if (failure_ == Failure::none && cancellation_ && cancelled_ns_ == 0 && cancellation_->is_cancelled()) {
      cancelled_ns_ = now_ns;
      if (call_ != 0)
        static_cast<void>(send(FrameType::cancel, call_, {}));
      else
        fail(Failure::stuck, "it was cancelled before it could be called");
    }
    // Whatever it still says: a process that never stops talking ends, too.
    const std::int64_t end = end_ns();
    if (end != 0 && now_ns >= end)
      fail(Failure::stuck, "it did not end within " + std::to_string(grace_ms / 1000) + " s after " +
                               (cancelled_ns_ != 0 ? "it was cancelled" : "its deadline"));
    if (auto message = next_received()) return message;
    if (failure_ != Failure::none) return std::nullopt;
    if (!check_quiet(now_ns)) continue;
    std::int64_t wait_ns = heard_ns_ + quiet_ms_max * ns_per_ms - now_ns;
    if (end != 0) wait_ns = std::min(wait_ns, end - now_ns);
    std::array<pollfd, 3> entries{
        pollfd{channel_.descriptor(), POLLIN, 0}, pollfd{process_->end_descriptor(), POLLIN, 0},
        pollfd{cancellation_ && cancelled_ns_ == 0 ? cancellation_->wait_handle() : -1, POLLIN, 0}};
    ::poll(entries.data(), entries.size(), static_cast<int>(wait_ns / ns_per_ms) + 1);
    const bool has_ended = entries[1].revents != 0;
    if (entries[0].revents != 0 || has_ended) receive(has_ended);
  }
}

}  // namespace bb::host
