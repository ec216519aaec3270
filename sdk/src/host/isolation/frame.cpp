#include "frame.hpp"

#include "frame_log.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bb::host {
namespace {

template <class Number>
void put(Number number, char*& out) {
  for (std::size_t byte = 0; byte < sizeof(Number); ++byte)
    *out++ = static_cast<char>(static_cast<unsigned char>(number >> (8 * byte)));
}

template <class Number>
Number take(const char*& in) {
  Number number = 0;
  for (std::size_t byte = 0; byte < sizeof(Number); ++byte)
    number = static_cast<Number>(
        number | static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(*in++)) << (8 * byte)));
  return number;
}

}  // namespace

std::string_view frame_type_name(FrameType type) {
  constexpr std::array<std::string_view, 17> names{"none", "hello", "create",  "created",   "invoke", "upcall",
                                                   "done", "data",  "head",    "ack",       "pull",   "cancel",
                                                   "ping", "pong",  "destroy", "destroyed", "sandbox"};
  const auto index = static_cast<std::size_t>(type);
  return index < names.size() ? names[index] : names[0];
}

void write_header(const FrameHeader& header, char* out) {
  put(header.length, out);
  put(static_cast<std::uint16_t>(header.type), out);
  put(header.flags, out);
  put(header.call, out);
}

bool FrameReader::refuse(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

bool FrameReader::begin_frame() {
  const char* in = header_bytes_.data();
  header_.length = take<std::uint32_t>(in);
  const auto type = take<std::uint16_t>(in);
  header_.flags = take<std::uint16_t>(in);
  header_.call = take<std::uint64_t>(in);
  header_.type = static_cast<FrameType>(type);
  header_bytes_.clear();
  if (log_) log_->note(FrameLog::Way::received, header_);
  if (header_.length > frame_body_bytes_max)
    return refuse("a frame of " + std::to_string(header_.length) + " bytes, at most " +
                  std::to_string(frame_body_bytes_max) + " are allowed");
  if (type == 0 || type > static_cast<std::uint16_t>(frame_type_max))
    return refuse("a frame of unknown type " + std::to_string(type));
  if ((header_.flags & ~frame_flag_more) != 0)
    return refuse("a frame with unknown flags " + std::to_string(header_.flags));
  if (is_in_message_ && (message_.type != header_.type || message_.call != header_.call))
    return refuse("a frame '" + std::string(frame_type_name(header_.type)) + "' inside a message '" +
                  std::string(frame_type_name(message_.type)) + "'");
  if (!is_in_message_) message_ = Message{header_.type, header_.call, {}, false};
  is_in_message_ = true;
  is_in_frame_ = true;
  left_ = header_.length;
  return true;
}

bool FrameReader::feed(std::string_view bytes, std::deque<Message>& messages) {
  if (!problem_.empty()) return false;
  for (;;) {
    if (!is_in_frame_) {
      const std::size_t wanted = std::min(frame_header_bytes - header_bytes_.size(), bytes.size());
      header_bytes_ += bytes.substr(0, wanted);
      bytes.remove_prefix(wanted);
      if (header_bytes_.size() < frame_header_bytes) return true;
      if (!begin_frame()) return false;
    }
    const std::size_t count = std::min(left_, bytes.size());
    if (message_.is_too_large || count > whole_bytes_max_ - message_.body.size()) {
      message_.is_too_large = true;
      message_.body = std::string();
    } else {
      message_.body += bytes.substr(0, count);
    }
    bytes.remove_prefix(count);
    left_ -= count;
    if (left_ != 0) return true;
    is_in_frame_ = false;
    if ((header_.flags & frame_flag_more) != 0) continue;
    is_in_message_ = false;
    messages.push_back(std::move(message_));
  }
}

}  // namespace bb::host
