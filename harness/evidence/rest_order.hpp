// harness/evidence/rest_order.hpp - each row after the rows that it rests on.
//
// Without recursion: a chain of rows may be longer than a stack is deep.
#pragma once

#include <cstddef>
#include <vector>

namespace bb::evidence {

enum class RestMark { open, entered, settled };

// Calls `settle(row)` once for every row, after each of `rests(row)` (their indexes). `marks`: one for each row, all
// open; what is still `entered` when a row that rests on it is settled rests on that row again.
template <class Rests, class Settle>
void settle_in_order(std::vector<RestMark>& marks, const Rests& rests, const Settle& settle) {
  std::vector<std::size_t> waiting;
  for (std::size_t first = 0; first < marks.size(); ++first) {
    waiting.push_back(first);
    while (!waiting.empty()) {
      const std::size_t row = waiting.back();
      if (marks[row] == RestMark::open) {
        marks[row] = RestMark::entered;
        const std::vector<std::size_t> others = rests(row);
        for (auto other = others.rbegin(); other != others.rend(); ++other)
          if (marks[*other] == RestMark::open) waiting.push_back(*other);
        continue;
      }
      waiting.pop_back();
      if (marks[row] == RestMark::settled) continue;
      settle(row);
      marks[row] = RestMark::settled;
    }
  }
}

}  // namespace bb::evidence
