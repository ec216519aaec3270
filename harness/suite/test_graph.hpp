// harness/suite/test_graph.hpp - what each test needs, directly or not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/suite/model.hpp"

namespace bb::suite {

// Instance labels of a test, "ccda-2.1" or "ccda-2.1,alice", the last key
// turning fastest; empty when it has no `each` or its values come from the
// target.
std::vector<std::string> instance_labels(const Test& test);
// Whether an `each` of the test takes its values from the target.
bool has_open_instances(const Test& test);

class TestGraph {
 public:
  explicit TestGraph(const Suite& suite);

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t find(std::string_view path) const;
  // The tests that a `needs` name means: a test, its instance ("view[alice]")
  // or all tests of a group.
  std::vector<std::size_t> named(std::string_view name) const;
  // Whether `test` needs `other`, directly or not.
  bool reaches(std::size_t test, std::size_t other) const { return reached_[test][other]; }
  // The tests of one circle of needs, in order; empty when there is none.
  const std::vector<std::size_t>& circle() const { return circle_; }
  // Paths of tests and groups.
  const std::vector<std::string>& names() const { return names_; }

 private:
  void follow(const Suite& suite);

  std::unordered_map<std::string, std::vector<std::size_t>> tests_by_name_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::size_t>> needs_;
  std::vector<std::vector<bool>> reached_;
  std::vector<std::size_t> circle_;
};

}  // namespace bb::suite
