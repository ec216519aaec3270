// bluebridge-record-platform: starts the sample platform, says so, and waits for its end.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>

#include "programs/ending.hpp"
#include "record_platform/options.hpp"

namespace {

constexpr int exit_usage = 2;
constexpr auto stop_time_max = std::chrono::milliseconds(800);

int fail(const std::string& why) {
  std::fprintf(stderr, "bluebridge-record-platform: error: %s\n", bb::printable(why).c_str());
  return exit_usage;
}

}  // namespace

int main(int count, char** arguments) {
  const auto parent = getppid();
  auto line = bb::record_platform::read_command_line(count, arguments);
  if (!line) return fail(line.error().what);
  if (!line->text.empty()) return std::fputs(line->text.c_str(), stdout) >= 0 ? 0 : exit_usage;

  bb::programs::block_ending_signals();
  if (line->exits_with_parent && !bb::programs::end_with(parent)) return 0;
  line->platform.log_line = [](const std::string& text) {
    std::fprintf(stderr, "bluebridge-record-platform: %s\n", bb::printable(text).c_str());
  };
  auto platform = bb::record_platform::Platform::start(std::move(line->platform));
  if (!platform) return fail(platform.error().what);
  std::printf("%s\n", bb::to_json((*platform)->ready()).c_str());
  std::fflush(stdout);

  bb::programs::wait_for_ending_signal();
  // Nobody waits longer than that for a handler that is busy; what was committed lies on the disk.
  std::thread([] {
    std::this_thread::sleep_for(stop_time_max);
    std::_Exit(0);
  }).detach();
  (*platform)->stop();
  return 0;
}
