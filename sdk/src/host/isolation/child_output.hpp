// child_output.hpp - what a connector's process prints, as lines of the log.
//
// Bounded: a line is cut, and after 1 MiB on one stream no more lines
// are made; it is still read, so that the process does not stop at a full pipe.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace bb::host {

inline constexpr std::size_t printed_line_bytes_max = 4 * 1024;  // of what is kept of it in the end
// So much is given on: secrets are taken out before it is cut to what is kept,
// and half a secret at the end is gone then.
inline constexpr std::size_t raw_line_bytes_max = 16 * printed_line_bytes_max;
inline constexpr std::size_t printed_bytes_max = 1024 * 1024;
inline constexpr std::size_t printed_tail_bytes = 64 * 1024;

// One stream. [any thread]
class ChildOutput {
 public:
  // Takes the descriptor over, which does not block. `line` gets each line.
  ChildOutput(int descriptor, std::function<void(std::string_view)> line);
  ~ChildOutput();
  ChildOutput(const ChildOutput&) = delete;
  ChildOutput& operator=(const ChildOutput&) = delete;

  int descriptor() const { return descriptor_; }
  // Reads some of what is there; false at the end of the stream.
  bool read();
  // Reads all that is there now, and ends the last line.
  void drain();
  // The last of what came, more than the printed_tail_bytes to be kept: half a
  // secret may stand at its beginning.
  std::string tail() const;

 private:
  enum class Got { some, nothing, end };
  Got read_once();
  void take(std::string_view bytes);
  void end_line();

  const int descriptor_;
  const std::function<void(std::string_view)> line_;
  mutable std::mutex mutex_;
  std::string open_line_;
  std::string tail_;
  std::uint64_t printed_bytes_ = 0;
  bool is_full_ = false;
};

}  // namespace bb::host
