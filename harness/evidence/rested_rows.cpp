#include "harness/evidence/rested_rows.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "harness/evidence/rest_order.hpp"

namespace bb::evidence {
namespace {

class RestedRows {
 public:
  explicit RestedRows(RunView& run) : run_(run), marks_(run.requirements.size(), RestMark::open) {
    for (std::size_t i = 0; i < run.requirements.size(); ++i) by_id_.emplace(run.requirements[i].id, i);
  }

  void settle_all() {
    settle_in_order(
        marks_, [this](std::size_t row) { return rests(row); }, [this](std::size_t row) { settle(row); });
  }

 private:
  std::vector<std::size_t> rests(std::size_t index) const {
    std::vector<std::size_t> others;
    if (run_.requirements[index].is_tested) return others;
    for (const auto& id : run_.requirements[index].rests_on)
      if (const auto found = by_id_.find(id); found != by_id_.end()) others.push_back(found->second);
    return others;
  }

  // Rows that rest on each other in a circle prove nothing.
  void settle(std::size_t index) {
    auto& row = run_.requirements[index];
    if (row.is_tested || row.rests_on.empty()) return;
    Outcome worst = Outcome::omit;
    bool is_any_judged = false;
    std::vector<std::string> tests;
    for (const auto& id : row.rests_on) {
      const auto found = by_id_.find(id);
      const bool is_judged = found != by_id_.end() && marks_[found->second] != RestMark::entered &&
                             run_.requirements[found->second].is_tested;
      worst = std::min(worst, is_judged ? run_.requirements[found->second].outcome : Outcome::skip);
      if (!is_judged) continue;
      is_any_judged = true;
      for (const auto& test : run_.requirements[found->second].tests)
        if (std::find(tests.begin(), tests.end(), test) == tests.end()) tests.push_back(test);
    }
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
  std::vector<RestMark> marks_;
};

}  // namespace

void roll_up_rested_rows(RunView& run) { RestedRows(run).settle_all(); }

}  // namespace bb::evidence
