// bluebridge-mailroom: starts the mail room, says so, and waits for its end.
#include <unistd.h>

#include <cstdio>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>

#include "mailroom/options.hpp"
#include "programs/ending.hpp"

namespace {

constexpr int exit_usage = 2;

int fail(const std::string& why) {
  std::fprintf(stderr, "bluebridge-mailroom: error: %s\n", bb::printable(why).c_str());
  return exit_usage;
}

}  // namespace

int main(int count, char** arguments) {
  const auto parent = getppid();
  auto line = bb::mailroom::read_command_line(count, arguments);
  if (!line) return fail(line.error().what);
  if (!line->text.empty()) return std::fputs(line->text.c_str(), stdout) >= 0 ? 0 : exit_usage;

  bb::programs::block_ending_signals();
  if (line->exits_with_parent && !bb::programs::end_with(parent)) return 0;
  const auto room = bb::mailroom::Mailroom::start(std::move(line->mailroom));
  if (!room) return fail(room.error().what);
  auto ready = (*room)->ports();
  ready.set("ready", true);
  std::printf("%s\n", bb::to_json(ready).c_str());
  std::fflush(stdout);
  bb::programs::wait_for_ending_signal();
  (*room)->stop();
  return 0;
}
