// bluebridge-mailroom: starts the mail room, says so, and waits for its end.
#include <unistd.h>

#include <memory>

#include "mailroom/options.hpp"

namespace {

constexpr const char* program = "bluebridge-mailroom";

}  // namespace

int main(int count, char** arguments) {
  const auto parent = getppid();
  auto line = bb::mailroom::read_command_line(count, arguments);
  if (!line) return bb::programs::fail(program, line.error().what);
  return bb::programs::serve(program, parent, *line, [&]() -> bb::Result<bb::programs::Server> {
    BB_TRY(auto started, bb::mailroom::Mailroom::start(std::move(line->mailroom)));
    const std::shared_ptr<bb::mailroom::Mailroom> room = std::move(started);
    auto ready = room->ports();
    ready.set("ready", true);
    return bb::programs::Server{std::move(ready), [room] { room->stop(); }};
  });
}
