// fuzz.hpp - calls in an order made at random: tried in a child, and cut down
// to the fewest that still go wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "verdict.hpp"

namespace bb::kit {

// Repeatable numbers from a seed; not for secrets.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  explicit Dice(std::string_view seed);
  std::uint64_t next();
  std::size_t below(std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(next() % count); }

 private:
  std::uint64_t state_;
};

struct Step {
  std::string operation, way;  // "view.read", "cancelled"
  std::uint64_t salt = 0;      // of what is random in it
};
using Script = std::vector<Step>;

struct Fuzz {
  std::string_view check;  // its id
  std::string seed;
  // One more script.
  std::function<Script(Dice& dice)> make;
  // Runs a script in a process of its own and says what went wrong; empty = nothing.
  std::function<std::string(const Script& script)> play;
};

// Bounded in scripts and in time; a seed repeats it.
Verdict run(const Fuzz& fuzz);

}  // namespace bb::kit
