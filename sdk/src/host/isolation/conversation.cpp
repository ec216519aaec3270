#include "conversation.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include <bb/core/time.hpp>
#include "wire.hpp"

namespace bb::host {
namespace {

constexpr std::int64_t send_ms_max = 10'000;  // where nothing else bounds it
constexpr std::size_t waiting_bytes_max = 2 * message_bytes_max;
// How late one that waits for another to receive may see its own cancel.
constexpr std::int64_t look_ms = 50;

}  // namespace

Conversation::Conversation(std::unique_ptr<ConnectorProcess> process)
    : process_(std::move(process)), channel_(process_->take_socket(), message_bytes_max) {}

void Conversation::receive_now() {
  const std::scoped_lock lock(mutex_);
  receive(nullptr, false);
}

std::size_t Conversation::waiting_count() const {
  const std::scoped_lock lock(mutex_);
  return waiting_count_;
}

std::uint64_t Conversation::received_bytes() const {
  const std::scoped_lock lock(mutex_);
  return channel_.received_bytes();
}

Conversation::Failure Conversation::failure() const {
  const std::scoped_lock lock(mutex_);
  return failure_;
}

std::string Conversation::problem() const {
  const std::scoped_lock lock(mutex_);
  return problem_;
}

void Conversation::fail(Failure failure, std::string problem) {
  const std::scoped_lock lock(mutex_);
  set_failure(failure, std::move(problem));
}

void Conversation::set_failure(Failure failure, std::string problem) {
  if (failure_ != Failure::none) return;
  failure_ = failure;
  problem_ = std::move(problem);
  for (const auto& [call, lane] : lanes_) lane->came_.notify_one();
  // Of a process that has ended what it said before is still heard.
  if (failure == Failure::lost) return;
  unheard_.clear();
  for (const auto& [call, lane] : lanes_) lane->inbox_.clear();
  waiting_count_ = waiting_bytes_ = 0;
}

void Conversation::receive(Lane* receiver, bool has_ended) {
  for (;;) {
    std::deque<Message> came;
    const Channel::Got got = channel_.receive(came);
    distribute(std::move(came), receiver);
    switch (got) {
      case Channel::Got::some:
        heard_ns_ = monotonic_ns();
        is_asked_ = false;
        if (waiting_count_ > waiting_messages_max || waiting_bytes_ > waiting_bytes_max)
          return set_failure(Failure::broken, "more than " + std::to_string(waiting_messages_max) + " messages or " +
                                                  std::to_string(waiting_bytes_max) +
                                                  " bytes that nobody had asked for, all at once");
        if (!has_ended) return;
        continue;
      case Channel::Got::nothing:
        if (has_ended) set_failure(Failure::lost, "");
        return;
      case Channel::Got::closed:
        return set_failure(Failure::lost, "");
      case Channel::Got::malformed:
        return set_failure(Failure::broken, channel_.problem());
    }
  }
}

// What is of no lane that there is goes to who receives it, and is wrong there or not.
void Conversation::distribute(std::deque<Message> came, Lane* receiver) {
  for (Message& message : came) {
    const bool is_upcall = message.call % 2 != 0;
    const auto found = lanes_.find(is_upcall ? call_of_upcall(message.call) : message.call);
    Lane* const lane = found != lanes_.end() ? found->second : receiver;
    ++waiting_count_;
    waiting_bytes_ += message.body.size();
    (lane ? lane->inbox_ : unheard_).push_back(std::move(message));
    if (lane && lane != receiver) lane->came_.notify_one();
  }
}

std::optional<Message> Conversation::take(std::deque<Message>& from) {
  if (from.empty()) return std::nullopt;
  Message message = std::move(from.front());
  from.pop_front();
  --waiting_count_;
  waiting_bytes_ -= message.body.size();
  return message;
}

void Conversation::wake_a_receiver() {
  const auto waiting =
      std::find_if(lanes_.begin(), lanes_.end(), [](const auto& one) { return one.second->is_waiting_; });
  if (waiting != lanes_.end()) waiting->second->came_.notify_one();
}

Lane::Lane(Conversation& conversation, std::uint64_t call, std::int64_t deadline_ns, const Cancellation* cancellation)
    : conversation_(conversation), call_(call), deadline_ns_(deadline_ns), cancellation_(cancellation) {
  const std::scoped_lock lock(conversation_.mutex_);
  conversation_.lanes_[call_] = this;
}

Lane::~Lane() {
  const std::scoped_lock lock(conversation_.mutex_);
  conversation_.lanes_.erase(call_);
  std::move(inbox_.begin(), inbox_.end(), std::back_inserter(conversation_.unheard_));
}

std::int64_t Lane::end_ns() const {
  std::int64_t end = 0;
  for (const std::int64_t from : {deadline_ns_, cancelled_ns_})
    if (from != 0 && (end == 0 || from + grace_ms * ns_per_ms < end)) end = from + grace_ms * ns_per_ms;
  return end;
}

void Lane::fail(Failure failure, std::string problem) {
  const std::scoped_lock lock(conversation_.mutex_);
  blame(failure, std::move(problem));
}

void Lane::blame(Failure failure, std::string problem) {
  if (conversation_.failure_ == Failure::none) is_to_blame_ = true;
  conversation_.set_failure(failure, std::move(problem));
}

bool Lane::send(FrameType type, std::uint64_t call, std::string_view body) {
  if (conversation_.failure() != Failure::none) return false;
  const std::int64_t end = end_ns();
  const std::int64_t limit = end != 0 ? end : monotonic_ns() + send_ms_max * ns_per_ms;
  // Two who both send must not wait for each other.
  const auto receive_meanwhile = [this] {
    const std::scoped_lock lock(conversation_.mutex_);
    conversation_.receive(this, false);
    return conversation_.failure_ == Failure::none;
  };
  switch (conversation_.channel_.send(type, call, body, limit, receive_meanwhile)) {
    case Channel::Sent::whole:
      return true;
    case Channel::Sent::late:
      fail(Failure::stuck, "it took nothing that was sent to it");
      return false;
    case Channel::Sent::closed:
      break;
  }
  // What it said last may still be there.
  const std::scoped_lock lock(conversation_.mutex_);
  if (conversation_.failure_ == Failure::none) conversation_.receive(this, true);
  return false;
}

// Asks a silent child whether it is there. False when it is not.
bool Lane::check_quiet(std::int64_t now_ns, std::unique_lock<std::mutex>& lock) {
  Conversation& all = conversation_;
  if (now_ns - all.heard_ns_ < quiet_ms_max * ns_per_ms) return true;
  if (all.is_asked_) {
    blame(Failure::stuck, "it did not answer within " + std::to_string(quiet_ms_max / 1000) + " s");
    return false;
  }
  all.is_asked_ = true;
  all.heard_ns_ = now_ns;
  lock.unlock();
  const bool is_sent = send(FrameType::ping, 0, {});
  lock.lock();
  return is_sent;
}

std::optional<Message> Lane::take() {
  if (auto message = conversation_.take(inbox_)) return message;
  return conversation_.take(conversation_.unheard_);
}

std::optional<Message> Lane::next_received() {
  const std::scoped_lock lock(conversation_.mutex_);
  return take();
}

void Lane::wait_for_another(std::int64_t now_ns, std::unique_lock<std::mutex>& lock) {
  std::int64_t wait_ns = quiet_ms_max * ns_per_ms;
  if (const std::int64_t end = end_ns(); end != 0) wait_ns = std::min(wait_ns, end - now_ns);
  if (cancellation_ && cancelled_ns_ == 0) wait_ns = std::min(wait_ns, look_ms * ns_per_ms);
  is_waiting_ = true;
  came_.wait_for(lock, std::chrono::nanoseconds(wait_ns));
  is_waiting_ = false;
}

std::optional<Message> Lane::next() {
  Conversation& all = conversation_;
  std::unique_lock lock(all.mutex_);
  all.heard_ns_ = monotonic_ns();
  all.is_asked_ = false;
  for (;;) {
    const std::int64_t now_ns = monotonic_ns();
    if (all.failure_ == Failure::none && cancellation_ && cancelled_ns_ == 0 && cancellation_->is_cancelled()) {
      cancelled_ns_ = now_ns;
      if (call_ != 0) {
        lock.unlock();
        static_cast<void>(send(FrameType::cancel, call_, {}));
        lock.lock();
      } else {
        blame(Failure::stuck, "it was cancelled before it could be called");
      }
    }
    // Whatever it still says: a process that never stops talking ends, too.
    const std::int64_t end = end_ns();
    if (end != 0 && now_ns >= end)
      blame(Failure::stuck, "it did not end within " + std::to_string(grace_ms / 1000) + " s after " +
                                (cancelled_ns_ != 0 ? "it was cancelled" : "its deadline"));
    if (auto message = take()) {
      if (!all.is_receiving_) all.wake_a_receiver();
      return message;
    }
    if (all.failure_ != Failure::none) return std::nullopt;
    if (all.is_receiving_) {
      wait_for_another(now_ns, lock);
      continue;
    }
    if (!check_quiet(now_ns, lock)) continue;
    std::int64_t wait_ns = all.heard_ns_ + quiet_ms_max * ns_per_ms - now_ns;
    if (end != 0) wait_ns = std::min(wait_ns, end - now_ns);
    std::array<pollfd, 3> entries{
        pollfd{all.channel_.descriptor(), POLLIN, 0}, pollfd{all.process_->end_descriptor(), POLLIN, 0},
        pollfd{cancellation_ && cancelled_ns_ == 0 ? cancellation_->wait_handle() : -1, POLLIN, 0}};
    all.is_receiving_ = true;
    lock.unlock();
    ::poll(entries.data(), entries.size(), static_cast<int>(wait_ns / ns_per_ms) + 1);
    lock.lock();
    all.is_receiving_ = false;
    const bool has_ended = entries[1].revents != 0;
    if (entries[0].revents != 0 || has_ended) all.receive(this, has_ended);
  }
}

}  // namespace bb::host
