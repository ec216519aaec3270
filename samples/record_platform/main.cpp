// bluebridge-record-platform: starts the sample platform, says so, and waits for its end.
#include <unistd.h>

#include <memory>

#include "record_platform/options.hpp"

namespace {

constexpr const char* program = "bluebridge-record-platform";
constexpr int stop_ms_max = 800;  // for a handler that is busy; what was committed lies on the disk

}  // namespace

int main(int count, char** arguments) {
  const auto parent = getppid();
  auto line = bb::record_platform::read_command_line(count, arguments);
  if (!line) return bb::programs::fail(program, line.error().what);
  return bb::programs::serve(program, parent, *line, [&]() -> bb::Result<bb::programs::Server> {
    line->platform.log_line = [](const std::string& text) { bb::programs::say(program, text); };
    BB_TRY(auto started, bb::record_platform::Platform::start(std::move(line->platform)));
    const std::shared_ptr<bb::record_platform::Platform> platform = std::move(started);
    return bb::programs::Server{platform->ready(), [platform] { platform->stop(); }, stop_ms_max};
  });
}
