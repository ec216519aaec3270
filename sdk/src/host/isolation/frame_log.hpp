// frame_log.hpp - headers of the last frames that went through a channel: what
// is told of a process that died, without a word of what they held.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

#include "frame.hpp"

namespace bb::host {

// [any thread]
class FrameLog {
 public:
  static constexpr std::size_t frame_count_max = 16;
  enum class Way { sent, received };

  void note(Way way, const FrameHeader& header);
  // The oldest first: "> invoke 231 bytes call 4, < upcall 96 bytes call 3".
  std::string text() const;

 private:
  struct Noted {
    Way way;
    FrameHeader header;
  };
  mutable std::mutex mutex_;
  std::deque<Noted> frames_;
};

}  // namespace bb::host
