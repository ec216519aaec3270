// bluebridge-portal: starts the sample portal, says so, and waits for its end.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>

#include "portal/options.hpp"
#include "programs/ending.hpp"

namespace {

constexpr int exit_usage = 2;
constexpr auto stop_time_max = std::chrono::milliseconds(800);

int fail(const std::string& why) {
  std::fprintf(stderr, "bluebridge-portal: error: %s\n", bb::printable(why).c_str());
  return exit_usage;
}

}  // namespace

int main(int count, char** arguments) {
  const auto parent = getppid();
  auto line = bb::portal::read_command_line(count, arguments);
  if (!line) return fail(line.error().what);
  if (!line->text.empty()) return std::fputs(line->text.c_str(), stdout) >= 0 ? 0 : exit_usage;

  bb::programs::block_ending_signals();
  if (line->exits_with_parent && !bb::programs::end_with(parent)) return 0;
  line->portal.log_line = [](const std::string& text) {
    std::fprintf(stderr, "bluebridge-portal: %s\n", bb::printable(text).c_str());
  };
  auto portal = bb::portal::Portal::start(line->portal);
  if (!portal) return fail(portal.error().what);
  for (const auto& warning : (*portal)->warnings())
    std::fprintf(stderr, "bluebridge-portal: warning: left out %s\n", bb::printable(warning).c_str());
  std::printf("%s\n", bb::to_json((*portal)->ready()).c_str());
  std::fflush(stdout);

  bb::programs::wait_for_ending_signal();
  // A handler that waits for a far host's name cannot be woken; the folder is
  // gone by then, and nothing else needs care.
  std::thread([] {
    std::this_thread::sleep_for(stop_time_max);
    std::_Exit(0);
  }).detach();
  (*portal)->stop();
  return 0;
}
