// harness/cli/demo_room.hpp - what runs beside the portal of a demo, by how records travel: a mail
// room, a record platform.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <bb/core/value.hpp>

namespace bb::cli {

// It runs as long as this lives.
class DemoRoom {
 public:
  DemoRoom() = default;
  DemoRoom(const DemoRoom&) = delete;
  DemoRoom& operator=(const DemoRoom&) = delete;
  virtual ~DemoRoom() = default;

  // With which the portal sends there, and receives.
  virtual std::vector<std::string> portal_arguments() const = 0;
  virtual std::map<std::string, std::string> portal_environment() const { return {}; }
  // Adds to a demo's target the roles, people and inputs that it brings.
  virtual void add_to(Value& target) const = 0;
};

}  // namespace bb::cli
