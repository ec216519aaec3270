#include "harness/cli/interrupt.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace bb::cli {
namespace {

constexpr char signal_byte = 's';
constexpr char end_byte = 'e';

// A handler may only do what is safe in a signal: it writes one byte to a pipe.
volatile sig_atomic_t pipe_write_end = -1;

void write_byte(int file, char byte) {
  ssize_t written = 0;
  do written = ::write(file, &byte, 1);
  while (written < 0 && errno == EINTR);
}

void handle(int /*signal*/) {
  const int saved = errno;
  write_byte(pipe_write_end, signal_byte);
  errno = saved;
}

void set_handlers(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = handler == SIG_DFL ? 0 : static_cast<int>(SA_RESTART | SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  read_end_ = ends[0];
  pipe_write_end = ends[1];
  watcher_ = std::thread([this] { watch(); });
  set_handlers(handle);
}

Interrupt::~Interrupt() {
  if (read_end_ < 0) return;
  set_handlers(SIG_DFL);
  write_byte(pipe_write_end, end_byte);
  watcher_.join();
  ::close(pipe_write_end);
  ::close(read_end_);
  pipe_write_end = -1;
}

void Interrupt::watch() {
  char byte = 0;
  while (true) {
    const auto count = ::read(read_end_, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || byte == end_byte) return;
    std::fputs("\nbluebridge: stopping; once more ends at once\n", stderr);
    cancellation_.cancel();
  }
}

}  // namespace bb::cli
