// sanitizer.hpp - what a sanitizer said on standard error. For libraries that
// vendors build with one.
#pragma once

#include <algorithm>
#include <string_view>

namespace bb::kit {

// The line that names the finding of the first report in `output`, from the
// name of the sanitizer on; empty = there is no report.
inline std::string_view sanitizer_report(std::string_view output) {
  auto first = std::string_view::npos;
  for (const std::string_view words : {"ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer",
                                       "WARNING: MemorySanitizer", "runtime error: "})
    first = std::min(first, output.find(words));
  if (first == std::string_view::npos) return {};
  return output.substr(first, output.find('\n', first) - first);
}

}  // namespace bb::kit
