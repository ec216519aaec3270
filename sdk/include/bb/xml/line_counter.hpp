// bb/xml/line_counter.hpp - offsets of a text as lines and columns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include <bb/xml/document.hpp>

namespace bb::xml {

// What ends the lines of a text: LF, or CR where there is no LF at all (XML 1.0, 2.11).
inline char line_end_of(std::string_view text) {
  const bool goes_by_cr = text.find('\n') == std::string_view::npos && text.find('\r') != std::string_view::npos;
  return goes_by_cr ? '\r' : '\n';
}

// Counts lines up to places that only go forward: one before the last is taken for
// the last, one behind the end for the end.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text), line_end_(line_end_of(text)) {}

  Position at(std::size_t place) {
    place = std::clamp(place, next_, text_.size());
    while (const void* found = std::memchr(text_.data() + next_, line_end_, place - next_)) {
      next_ = static_cast<std::size_t>(static_cast<const char*>(found) - text_.data()) + 1;
      line_start_ = next_;
      ++line_;
    }
    next_ = place;
    return {line_, static_cast<int>(place - line_start_) + 1};
  }

 private:
  std::string_view text_;
  char line_end_;
  std::size_t next_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
};

}  // namespace bb::xml
