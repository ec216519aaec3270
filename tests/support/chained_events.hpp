// chained_events.hpp - event lines whose chain was made anew, as by a forger who takes the trouble.
#pragma once

#include <string>
#include <string_view>

#include "harness/evidence/event_chain.hpp"

namespace bb::test {

// Every line that ends as an object gets the chain that follows from the lines before it.
inline std::string rechained(std::string_view events) {
  evidence::EventChain chain;
  std::string text;
  while (!events.empty()) {
    const auto feed = events.find('\n');
    if (feed == std::string_view::npos) return text.append(events);
    std::string line(events.substr(0, feed));
    events.remove_prefix(feed + 1);
    if (const auto at = line.rfind(R"(,"chain":")"); at != std::string::npos) line = line.substr(0, at) + "}";
    text += line.ends_with('}') ? chain.close(line) : line;
    text += '\n';
  }
  return text;
}

}  // namespace bb::test
