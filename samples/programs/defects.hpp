// defects.hpp - the faults that a sample program can show on demand, by name.
//
// A suite is only worth its verdict if it notices a broken system. Each defect switches exactly one
// promise off; everything else stays as it is. What each does is said once, in the table of its program.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace bb::programs {

// A row of a program's table, which is in the order of its enumeration.
template <class Defect>
struct DefectInfo {
  Defect defect;
  std::string_view name;         // "stores-half"
  std::string_view explanation;  // one sentence
  std::string_view rows = {};    // of the requirements that it breaks, "HV-PUT-04 HV-PERM-05"; empty: not said
};

// Which defect is on: none or exactly one.
template <class Defect>
class Defects {
 public:
  Defects() = default;
  explicit Defects(Defect defect) : on_(defect) {}
  bool is_on(Defect defect) const { return on_ == defect; }

 private:
  std::optional<Defect> on_;
};

// A row as people read it.
struct DefectText {
  std::string_view name;
  std::string_view explanation;
  std::string_view rows;
};

template <class Defect>
std::vector<DefectText> texts_of(std::span<const DefectInfo<Defect>> table) {
  std::vector<DefectText> texts;
  for (const auto& row : table) texts.push_back({row.name, row.explanation, row.rows});
  return texts;
}

}  // namespace bb::programs
