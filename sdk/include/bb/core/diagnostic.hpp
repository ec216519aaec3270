// bb/core/diagnostic.hpp - a mistake in a file: where, what, and what next.
//
// Rendered as
//   suite.yaml:14:13: error: unknown verb 'recieve' of role 'inbox'
//      14 |       - do: inbox.recieve
//         |             ^~~~~~~~~~~~~ did you mean 'receive'?
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bb {

// A text with its name; shared by all places in it.
struct Source {
  std::string name;  // path as the user gave it
  std::string text;
};

// A stretch of one line of a source. Line and column count from 1, columns in
// bytes; length 0 means "one character".
struct Place {
  std::shared_ptr<const Source> source;
  int line = 0;
  int column = 0;
  int length = 0;
};

enum class Severity { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  Place place;
  std::string message;  // lower case, both values
  std::string note;     // what was expected, nearest known word, next step
};

// Without the user's name and password of a URL, wherever one stands, and the
// line without the values of keys like `password`.
std::string render(const Diagnostic& diagnostic);

// By place, each once.
std::vector<Diagnostic> in_order(std::vector<Diagnostic> diagnostics);
// How many of one file are shown; of more nobody reads.
inline constexpr std::size_t diagnostics_shown_max = 100;
// The first of each file, errors before warnings where there are too many.
// Takes them in order and keeps it.
std::vector<Diagnostic> first_of_each_file(const std::vector<Diagnostic>& diagnostics);
// All of them in order, of each file the first and how many more there are, and
// nothing after the last.
std::string render(std::vector<Diagnostic> diagnostics);
bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace bb
