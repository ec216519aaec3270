#include "line_stream.hpp"

#include <charconv>

#include <fmt/format.h>

namespace bb::direct {
namespace {
constexpr std::size_t chunk_bytes = std::size_t{64} * 1024;
}

Endpoint endpoint_of(const MailServer& server, std::string protocol) {
  return {.host = server.host,
          .port = server.port,
          .transport = server.protection == Protection::tls ? Transport::tls : Transport::tcp,
          .protocol = std::move(protocol),
          .server_name = server.server_name,
          .wait_ms_max = server.wait_ms_max};
}

bool has_line_end(std::string_view command) {
  return command.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::optional<std::size_t> literal_bytes(std::string_view line) {
  const auto open = line.rfind('{');
  if (!line.ends_with('}') || open == std::string_view::npos) return std::nullopt;
  const auto digits = line.substr(open + 1, line.size() - open - 2);
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return count;
}

Status LineStream::read_more() {
  if (taken_ > 0) {
    buffer_.erase(0, taken_);
    taken_ = 0;
  }
  auto more = stream_->read(chunk_bytes);
  if (!more) {
    trouble_ = stream_->trouble();
    return std::move(more).error();
  }
  if (more->empty()) {
    trouble_ = Trouble::unavailable;
    return Error{"the peer closed the connection"};
  }
  buffer_ += *more;
  return {};
}

Result<std::string> LineStream::read_line(std::size_t bytes_max) {
  std::size_t looked_at = 0;
  for (;;) {
    const auto rest = std::string_view(buffer_).substr(taken_);
    const auto end = rest.find('\n', looked_at);
    if (end != std::string_view::npos && end <= bytes_max) {
      auto line = rest.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      std::string text(line);
      taken_ += end + 1;
      return text;
    }
    if (rest.size() > bytes_max) {
      trouble_ = Trouble::unavailable;
      return Error{fmt::format("the peer sent a line of more than {} bytes", bytes_max)};
    }
    looked_at = rest.size();
    BB_CHECK(read_more());
  }
}

Result<std::string> LineStream::read_exactly(std::size_t count) {
  std::string bytes;
  bytes.reserve(std::min(count, std::size_t{16} * 1024 * 1024));
  while (bytes.size() < count) {
    if (taken_ == buffer_.size()) BB_CHECK(read_more());
    const auto part = std::string_view(buffer_).substr(taken_, count - bytes.size());
    bytes += part;
    taken_ += part.size();
  }
  return bytes;
}

Status LineStream::write(std::string_view bytes) {
  auto done = stream_->write(bytes);
  if (!done) trouble_ = stream_->trouble();
  return done;
}

Status LineStream::start_tls() {
  if (taken_ != buffer_.size()) {
    trouble_ = Trouble::untrusted;
    return Error{"the peer sent more than its go-ahead before TLS: somebody on the way may have put it there"};
  }
  auto done = stream_->start_tls();
  if (!done) trouble_ = stream_->trouble();
  return done;
}

}  // namespace bb::direct
