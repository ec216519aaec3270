// channel.hpp - one end of the socket between host and connector process.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "frame.hpp"
#include "frame_log.hpp"

namespace bb::host {

// Sending is [any thread]; receiving is for one thread at a time.
class Channel {
 public:
  // Takes the descriptor over.
  Channel(int descriptor, std::size_t whole_bytes_max);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  int descriptor() const { return descriptor_; }

  enum class Sent { whole, late, closed };
  // Sends a message, waiting while the peer does not read, until `deadline_ns`
  // on bb::monotonic_ns (0 = for ever). Where there is something to be received
  // meanwhile, `receive` is called, until it says false: nothing more is sent then.
  Sent send(FrameType type, std::uint64_t call, std::string_view body, std::int64_t deadline_ns,
            const std::function<bool()>& receive = {});

  enum class Got { some, nothing, closed, malformed };
  // Receives what is there, without waiting.
  Got receive(std::deque<Message>& inbox);
  std::uint64_t received_bytes() const { return received_bytes_; }
  // Waits for bytes; for the child, which has nothing better to do.
  void wait();
  const std::string& problem() const { return problem_; }
  // The last frames, both ways.
  const FrameLog& frames() const { return frames_; }

 private:
  const int descriptor_;
  FrameLog frames_;
  FrameReader reader_;
  std::string problem_;
  std::string buffer_;  // from the first receive() on
  std::uint64_t received_bytes_ = 0;
  std::mutex sending_;
};

}  // namespace bb::host
