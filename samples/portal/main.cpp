// bluebridge-portal: starts the sample portal, says so, and waits for its end.
#include <unistd.h>

#include <memory>

#include "portal/options.hpp"

namespace {

constexpr const char* program = "bluebridge-portal";
// A handler that waits for a far host's name cannot be woken; the folder is gone by
// then, and nothing else needs care.
constexpr int stop_ms_max = 800;

}  // namespace

int main(int count, char** arguments) {
  const auto parent = getppid();
  auto line = bb::portal::read_command_line(count, arguments);
  if (!line) return bb::programs::fail(program, line.error().what);
  return bb::programs::serve(program, parent, *line, [&]() -> bb::Result<bb::programs::Server> {
    line->portal.log_line = [](const std::string& text) { bb::programs::say(program, text); };
    BB_TRY(auto started, bb::portal::Portal::start(line->portal));
    const std::shared_ptr<bb::portal::Portal> portal = std::move(started);
    for (const auto& warning : portal->warnings()) bb::programs::say(program, "warning: left out " + warning);
    return bb::programs::Server{portal->ready(), [portal] { portal->stop(); }, stop_ms_max};
  });
}
