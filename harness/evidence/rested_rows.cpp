#include "harness/evidence/rested_rows.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace bb::evidence {
namespace {

class RestedRows {
 public:
  explicit RestedRows(RunView& run) : run_(run), marks_(run.requirements.size(), Mark::open) {
    for (std::size_t i = 0; i < run.requirements.size(); ++i) by_id_.emplace(run.requirements[i].id, i);
  }

  void settle_all() {
    for (std::size_t i = 0; i < run_.requirements.size(); ++i) settle(i);
  }

 private:
  enum class Mark { open, entered, settled };

  // Rows that rest on each other in a circle prove nothing. A catalogue nests few levels.
  void settle(std::size_t index) {
    auto& row = run_.requirements[index];
    if (marks_[index] != Mark::open || row.is_tested || row.rests_on.empty()) return;
    marks_[index] = Mark::entered;
    Outcome worst = Outcome::omit;
    bool is_any_judged = false;
    std::vector<std::string> tests;
    for (const auto& id : row.rests_on) {
      const auto found = by_id_.find(id);
      if (found != by_id_.end()) settle(found->second);
      const bool is_judged =
          found != by_id_.end() && marks_[found->second] != Mark::entered && run_.requirements[found->second].is_tested;
      worst = std::min(worst, is_judged ? run_.requirements[found->second].outcome : Outcome::skip);
      if (!is_judged) continue;
      is_any_judged = true;
      for (const auto& test : run_.requirements[found->second].tests)
        if (std::find(tests.begin(), tests.end(), test) == tests.end()) tests.push_back(test);
    }
    marks_[index] = Mark::settled;
    if (!is_any_judged) return;
    row.is_tested = true;
    row.tests = std::move(tests);
    row.outcome = worst == Outcome::fail ? failure_of(level_from(row.level).value_or(Level::shall)) : worst;
  }

  // What rests on a row that failed does not weigh more than its own level.
  static Outcome failure_of(Level level) {
    return level == Level::shall ? Outcome::fail : level == Level::should ? Outcome::warn : Outcome::omit;
  }

  RunView& run_;
  std::unordered_map<std::string_view, std::size_t> by_id_;
  std::vector<Mark> marks_;
};

}  // namespace

void roll_up_rested_rows(RunView& run) { RestedRows(run).settle_all(); }

}  // namespace bb::evidence
