// needles.hpp - finds many byte strings in one pass over a text.
//
// Wu and Manber's algorithm: the last two bytes of a window as long as the
// shortest needle say how far the window may move, so most bytes of a text are
// never looked at. Built once, then immutable.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bb::host {

struct Needle {
  std::string bytes;      // at least Needles::bytes_min
  std::size_t label = 0;  // what the caller knows it by
};

struct NeedleHit {
  std::size_t position = 0;
  const Needle* needle = nullptr;
};

class Needles {
 public:
  static constexpr std::size_t bytes_min = 4;

  explicit Needles(std::vector<Needle> needles);
  Needles(const Needles&) = delete;
  Needles& operator=(const Needles&) = delete;

  // The first hit at or after `from`, the longest where several begin there; a
  // null needle when there is none.
  NeedleHit find(std::string_view text, std::size_t from) const;
  // The needle of which the longest beginning, of at least bytes_min, ends the
  // text, and where that begins; a null needle when there is none.
  NeedleHit find_beginning_at_end(std::string_view text) const;

 private:
  const Needle* longest_at(std::string_view text, std::size_t position, std::size_t pair) const;

  std::vector<Needle> needles_;
  std::size_t window_ = 0;
  std::vector<std::uint8_t> shift_;                                     // by pair of bytes
  std::unordered_map<std::size_t, std::vector<const Needle*>> ending_;  // by the pair at the end of the window
};

}  // namespace bb::host
