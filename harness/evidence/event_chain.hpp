// harness/evidence/event_chain.hpp - each event proves the events before it.
//
// The last member of a line, `chain`, is the SHA-256, in hex, of the chain of the
// line before (nothing at the first) and of this line up to its chain:
//   {"n":2,"at":"...","type":"...","chain":"HEX"}
//   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ hashed, without the comma before "chain"
// So no byte of a line and no line can be changed, left out, added or moved
// without the next line telling; and bodies are named by their hash. Whoever
// writes the whole folder anew makes a new chain: docs/reference/events.md.
#pragma once

#include <string>
#include <string_view>

namespace bb::evidence {

// [one thread]
class EventChain {
 public:
  // Goes on after a line with this chain; empty: from the first line.
  explicit EventChain(std::string last = {}) : last_(std::move(last)) {}

  // A line without its line feed: the event, an object, with its chain.
  std::string close(std::string_view object);

  enum class Link {
    good,
    absent,  // the line has no chain
    broken   // it has another than follows from the lines before
  };
  // Takes the next line, without its line feed. Goes on with the chain that it has, so
  // that one change is told once.
  Link check(std::string_view line);

  const std::string& last() const { return last_; }

 private:
  std::string last_;
};

}  // namespace bb::evidence
