#include "channel.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <bb/core/time.hpp>

namespace bb::host {
namespace {

constexpr std::size_t receive_bytes = 256 * 1024;
constexpr std::size_t frames_at_once = 16;
constexpr int wait_ms_max = 1000;

}  // namespace

Channel::Channel(int descriptor, std::size_t whole_bytes_max)
    : descriptor_(descriptor), reader_(whole_bytes_max, &frames_) {}

Channel::~Channel() { ::close(descriptor_); }

Channel::Sent Channel::send(FrameType type, std::uint64_t call, std::string_view body, std::int64_t deadline_ns,
                            const std::function<bool()>& receive) {
  const std::scoped_lock lock(sending_);
  do {
    std::array<std::array<char, frame_header_bytes>, frames_at_once> headers;
    std::array<iovec, 2 * frames_at_once> parts;
    std::size_t part_count = 0;
    for (std::size_t frame = 0; frame < frames_at_once && (frame == 0 || !body.empty()); ++frame) {
      const std::string_view piece = body.substr(0, frame_body_bytes_max);
      body.remove_prefix(piece.size());
      const FrameHeader header{static_cast<std::uint32_t>(piece.size()), type,
                               body.empty() ? std::uint16_t{0} : frame_flag_more, call};
      write_header(header, headers[frame].data());
      frames_.note(FrameLog::Way::sent, header);
      parts[part_count++] = {headers[frame].data(), frame_header_bytes};
      if (!piece.empty()) parts[part_count++] = {const_cast<char*>(piece.data()), piece.size()};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = part_count;
    while (message.msg_iovlen != 0) {
      const ssize_t sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return Sent::closed;
      if (sent < 0) {
        int wait_ms = wait_ms_max;
        if (deadline_ns != 0) {
          const std::int64_t left_ms = (deadline_ns - monotonic_ns()) / ns_per_ms;
          if (left_ms < 0) return Sent::late;
          wait_ms = static_cast<int>(std::min<std::int64_t>(left_ms + 1, wait_ms));
        }
        pollfd entry{descriptor_, static_cast<short>(receive ? POLLOUT | POLLIN : POLLOUT), 0};
        ::poll(&entry, 1, wait_ms);
        if (receive && (entry.revents & POLLIN) != 0 && !receive()) return Sent::closed;
        continue;
      }
      auto left = static_cast<std::size_t>(sent);
      while (message.msg_iovlen != 0 && left >= message.msg_iov->iov_len) {
        left -= message.msg_iov->iov_len;
        ++message.msg_iov;
        --message.msg_iovlen;
      }
      if (message.msg_iovlen != 0) {
        message.msg_iov->iov_base = static_cast<char*>(message.msg_iov->iov_base) + left;
        message.msg_iov->iov_len -= left;
      }
    }
  } while (!body.empty());
  return Sent::whole;
}

Channel::Got Channel::receive(std::deque<Message>& inbox) {
  if (!problem_.empty()) return Got::malformed;
  buffer_.resize(receive_bytes);
  for (;;) {
    const ssize_t count = ::recv(descriptor_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Got::nothing;
    if (count <= 0) return Got::closed;
    received_bytes_ += static_cast<std::uint64_t>(count);
    if (!reader_.feed(std::string_view(buffer_).substr(0, static_cast<std::size_t>(count)), inbox))
      problem_ = reader_.problem();
    return problem_.empty() ? Got::some : Got::malformed;
  }
}

void Channel::wait() {
  pollfd entry{descriptor_, POLLIN, 0};
  ::poll(&entry, 1, -1);
}

}  // namespace bb::host
