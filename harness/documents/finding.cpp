#include "harness/documents/finding.hpp"

#include <fmt/format.h>

namespace bb::documents {

std::string_view to_word(Level level) {
  return level == Level::error ? "error" : level == Level::warning ? "warning" : "note";
}

Result<Level> level_from(std::string_view word) {
  for (const auto level : levels)
    if (to_word(level) == word) return level;
  return Error{fmt::format("unknown level '{}'; levels: error, warning, note", word)};
}

std::string rules_of(const Finding& finding) {
  return finding.also.empty() ? finding.rule : fmt::format("{}, {}", finding.rule, finding.also);
}

std::string place_of(const Finding& finding) {
  if (finding.line > 0) return fmt::format("line {}, column {}", finding.line, finding.column);
  return finding.path.empty() ? "the whole file" : finding.path;
}

}  // namespace bb::documents
