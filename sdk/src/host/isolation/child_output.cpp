#include "child_output.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace bb::host {
namespace {

constexpr int reads_at_once = 4;
constexpr int reads_of_drain_max = 1024;  // a process that is gone leaves one pipe full at most

}  // namespace

ChildOutput::ChildOutput(int descriptor, std::function<void(std::string_view)> line)
    : descriptor_(descriptor), line_(std::move(line)) {}

ChildOutput::~ChildOutput() { ::close(descriptor_); }

ChildOutput::Got ChildOutput::read_once() {
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Got::nothing;
    if (count <= 0) return Got::end;
    take({buffer.data(), static_cast<std::size_t>(count)});
    return Got::some;
  }
}

bool ChildOutput::read() {
  const std::scoped_lock lock(mutex_);
  for (int count = 0; count < reads_at_once; ++count) {
    const Got got = read_once();
    if (got == Got::end) end_line();
    if (got != Got::some) return got != Got::end;
  }
  return true;
}

void ChildOutput::drain() {
  const std::scoped_lock lock(mutex_);
  for (int count = 0; count < reads_of_drain_max && read_once() == Got::some; ++count) {
  }
  end_line();
}

std::string ChildOutput::tail() const {
  const std::scoped_lock lock(mutex_);
  return tail_;
}

void ChildOutput::take(std::string_view bytes) {
  tail_ += bytes;
  if (tail_.size() > 4 * printed_tail_bytes) tail_.erase(0, tail_.size() - 2 * printed_tail_bytes);
  while (!bytes.empty() && !is_full_) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    const std::size_t room = raw_line_bytes_max - open_line_.size();
    open_line_ += piece.substr(0, room);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    printed_bytes_ += piece.size() + 1;
    if (end != std::string_view::npos) end_line();
    if (printed_bytes_ < printed_bytes_max) continue;
    end_line();
    is_full_ = true;
    line_("(it printed over " + std::to_string(printed_bytes_max) + " bytes; the rest is left out)");
  }
}

void ChildOutput::end_line() {
  if (!open_line_.empty()) line_(open_line_);
  open_line_.clear();
}

}  // namespace bb::host
