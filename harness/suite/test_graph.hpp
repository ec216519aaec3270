// harness/suite/test_graph.hpp - what each test needs, directly or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/suite/model.hpp"

namespace bb::suite {

// A run takes no more instances of tests with `each` than this, all together.
inline constexpr std::size_t instances_max = 10'000;
// How many instances the values of these sizes make, counted to one more than
// instances_max.
std::size_t instance_count(const std::vector<std::size_t>& value_counts);
// The same of a test, 0 without `each`. A list from the target counts as one value.
std::size_t instance_count(const Test& test);

// Instance labels of a test, "ccda-2.1" or "ccda-2.1,alice", the last key
// turning fastest; empty when it has no `each`, its values come from the
// target, or there are more than instances_max.
std::vector<std::string> instance_labels(const Test& test);
// Whether instances of the test are not among these labels.
bool has_open_instances(const Test& test);

// One bit for each test.
using TestSet = std::vector<std::uint64_t>;

class TestGraph {
 public:
  explicit TestGraph(const Suite& suite);

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t find(std::string_view path) const;
  // The tests that a `needs` name means: a test, its instance ("view[alice]")
  // or all tests of a group.
  const std::vector<std::size_t>& named(std::string_view name) const;
  // Whether `test` needs `other`, directly or not.
  bool reaches(std::size_t test, std::size_t other) const { return has(reached(test), other); }
  // Whether `test` needs one of `others`, directly or not.
  bool reaches_any(std::size_t test, const TestSet& others) const;
  // A set of tests for reaches_any().
  TestSet set_of(const std::vector<std::size_t>& tests) const;
  // Whether something that `test` needs, directly or not, is unknown.
  bool is_open(std::size_t test) const { return is_open_[knots_[test]]; }
  // One circle of needs, in order, for each knot of tests that need each other.
  const std::vector<std::vector<std::size_t>>& circles() const { return circles_; }
  // Paths of tests and groups.
  const std::vector<std::string>& names() const { return names_; }

 private:
  static constexpr std::size_t word_bits = 64;
  static bool has(const TestSet& set, std::size_t test) {
    return (set[test / word_bits] >> (test % word_bits) & 1) != 0;
  }
  static void add(TestSet& set, std::size_t test) { set[test / word_bits] |= std::uint64_t{1} << (test % word_bits); }
  const TestSet& reached(std::size_t test) const { return reached_[knots_[test]]; }
  void find_knots();
  void close_knot(const std::vector<std::size_t>& knot);
  std::vector<std::size_t> circle_in(const std::vector<std::size_t>& knot) const;

  std::unordered_map<std::string, std::vector<std::size_t>> tests_by_name_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::size_t>> needs_;
  std::vector<std::size_t> knots_;  // by test; tests that need each other are one knot
  std::vector<TestSet> reached_;    // by knot
  std::vector<bool> is_open_;       // by knot
  std::vector<bool> has_unknown_needs_;
  std::vector<std::vector<std::size_t>> circles_;
};

}  // namespace bb::suite
