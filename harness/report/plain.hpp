// harness/report/plain.hpp - recorded bytes as text that is safe to show.
//
// Every report passes recorded text through bb::printable(), bb::one_line() or here
// first; escaping for HTML, XML or JSON comes after.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/printable.hpp>

namespace bb::report {

// Characters that a terminal shows in one column each; combining marks and
// wide characters are not looked up.
std::size_t columns(std::string_view utf8);

// Lines of at most `width` columns, broken at blanks, and within words that are
// longer than a line. Never empty: "" gives one empty line. `width` 0 breaks
// at line feeds only.
std::vector<std::string> wrap(std::string_view utf8, std::size_t width);

// A recorded body as a reader wants it: text shortened to `bytes_max`, or the
// size where it is no text. `is_shortened` is set when something is missing.
struct ShownBody {
  std::string text;
  bool is_text = true;
  bool is_shortened = false;
};
ShownBody show_body(std::string_view body, std::size_t bytes_max);

}  // namespace bb::report
