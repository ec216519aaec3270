// frame.hpp - the frames between a host and a connector's process.
//
// Header of 16 bytes, little-endian: length u32 (of what follows the header),
// type u16, flags u16, call u64. A message is one frame, or several of the same
// type and call one after the other, all but the last with the flag `more`. The
// reader trusts nobody: it allocates no more than what has come, and it ends at
// the first frame that is none. docs/reference/isolation.md has the list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace bb::host {

inline constexpr std::uint32_t framing_version = 3;
inline constexpr std::size_t frame_header_bytes = 16;
inline constexpr std::size_t frame_bytes_max = 64 * 1024;  // with its header
inline constexpr std::size_t frame_body_bytes_max = frame_bytes_max - frame_header_bytes;
inline constexpr std::size_t message_bytes_max = 16 * 1024 * 1024;

enum class FrameType : std::uint16_t {
  hello = 1,  // child: who it is, or why it cannot be
  create,     // host: make the instance
  created,    // child
  invoke,     // host: run an operation
  upcall,     // child: a host service
  done,       // ends an invoke (from the child) or an upcall (from the host)
  data,       // content; of an upcall: a piece of an answer, or what was pulled
  head,       // host: status and fields of an HTTP answer
  ack,        // child: what its sink said to head or data, its source to pull
  pull,       // host: bytes of a request body, please
  cancel,     // host: the call should end
  ping,
  pong,       // is anybody there
  destroy,    // host: end the instance
  destroyed,  // child
  sandbox,    // child, before the library is loaded: what it gave up
};
inline constexpr auto frame_type_max = FrameType::sandbox;
std::string_view frame_type_name(FrameType type);

inline constexpr std::uint16_t frame_flag_more = 1;

struct FrameHeader {
  std::uint32_t length = 0;
  FrameType type = FrameType::ping;
  std::uint16_t flags = 0;
  std::uint64_t call = 0;
};
void write_header(const FrameHeader& header, char* out);  // frame_header_bytes

class FrameLog;

struct Message {
  FrameType type = FrameType::ping;
  std::uint64_t call = 0;
  std::string body;
  bool is_too_large = false;  // over the cap: it was read and dropped
};

class FrameReader {
 public:
  // `log` notes each header; it may be null.
  explicit FrameReader(std::size_t whole_bytes_max, FrameLog* log = nullptr)
      : whole_bytes_max_(whole_bytes_max), log_(log) {}
  // Takes bytes as they come and appends the messages that became whole. False
  // once something malformed came; problem() says what, and no more is read.
  bool feed(std::string_view bytes, std::deque<Message>& messages);
  const std::string& problem() const { return problem_; }

 private:
  bool begin_frame();
  bool refuse(std::string problem);

  const std::size_t whole_bytes_max_;
  FrameLog* const log_;
  std::string header_bytes_;  // of a header that has not come whole
  FrameHeader header_;
  std::size_t left_ = 0;  // of the frame's body
  bool is_in_frame_ = false;
  bool is_in_message_ = false;
  Message message_;
  std::string problem_;
};

}  // namespace bb::host
