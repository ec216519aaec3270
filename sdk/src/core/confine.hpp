// confine.hpp - what a child gives up between fork and exec: files, network,
// processes, and resources beyond its bounds.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include <bb/core/descriptor.hpp>
#include <bb/core/process.hpp>

namespace bb {

// Made by the parent, entered by the child.
class Cell {
 public:
  // The program may be executed, wherever it lies.
  Cell(const std::filesystem::path& program, const Bounds& bounds);
  // In the child, before exec. Async-signal-safe. False, with errno: it is not
  // confined as the kernel could.
  bool enter() const;

 private:
  Bounds bounds_;
  Descriptor rules_;  // of Landlock; none where the kernel has none
};

}  // namespace bb
