#include "idle_limit.hpp"

namespace bb::host {

bool IdleLimit::count(std::size_t messages, std::size_t bytes, std::int64_t now_ns) {
  if (now_ns - window_began_ns_ >= window_ns) {
    window_began_ns_ = now_ns;
    messages_ = 0;
    bytes_ = 0;
  }
  messages_ += messages;
  bytes_ += bytes;
  return messages_ <= message_count_max && bytes_ <= bytes_max;
}

}  // namespace bb::host
