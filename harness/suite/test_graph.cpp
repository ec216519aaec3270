#include "harness/suite/test_graph.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include <bb/core/json.hpp>

namespace bb::suite {

std::size_t instance_count(const std::vector<std::size_t>& value_counts) {
  std::size_t count = 1;
  for (const std::size_t values : value_counts)
    count = std::min(count * std::min(values, instances_max + 1), instances_max + 1);
  return count;
}

std::size_t instance_count(const Test& test) {
  if (test.each.empty()) return 0;
  std::vector<std::size_t> sizes;
  for (const auto& [key, values] : test.each) sizes.push_back(values.is_array() ? values.size() : 1);
  return instance_count(sizes);
}

std::vector<std::string> instance_labels(const Test& test) {
  if (test.each.empty() || has_open_instances(test)) return {};
  std::vector<std::string> labels{""};
  for (const auto& [key, values] : test.each) {
    std::vector<std::string> longer;
    for (const auto& label : labels)
      for (const auto& value : *values.items())
        longer.push_back(label + (label.empty() ? "" : ",") + (value.is_string() ? *value.string() : to_json(value)));
    labels = std::move(longer);
  }
  return labels;
}

bool has_open_instances(const Test& test) {
  return instance_count(test) > instances_max ||
         std::any_of(test.each.begin(), test.each.end(), [](const auto& key) { return !key.second.is_array(); });
}

TestGraph::TestGraph(const Suite& suite) {
  for (std::size_t i = 0; i < suite.tests.size(); ++i) {
    const Test& test = suite.tests[i];
    for (const auto& group : test.groups) {
      auto& tests = tests_by_name_[group];
      if (tests.empty()) names_.push_back(group);
      tests.push_back(i);
    }
    tests_by_name_[test.path].push_back(i);
    names_.push_back(test.path);
  }
  const std::size_t count = suite.tests.size();
  needs_.resize(count);
  for (const auto& test : suite.tests) has_unknown_needs_.push_back(!test.are_needs_known);
  for (std::size_t i = 0; i < count; ++i)
    for (const auto& [name, place] : suite.tests[i].needs) {
      if (named(name).empty()) has_unknown_needs_[i] = true;
      for (const auto needed : named(name)) needs_[i].push_back(needed);
    }
  find_knots();
}

std::size_t TestGraph::find(std::string_view path) const {
  const auto found = tests_by_name_.find(std::string(path));
  return found == tests_by_name_.end() || found->second.size() != 1 ? none : found->second[0];
}

const std::vector<std::size_t>& TestGraph::named(std::string_view name) const {
  static const std::vector<std::size_t> nothing;
  const auto found = tests_by_name_.find(std::string(name.substr(0, name.find('['))));
  return found == tests_by_name_.end() ? nothing : found->second;
}

bool TestGraph::reaches_any(std::size_t test, const TestSet& others) const {
  const TestSet& own = reached(test);
  for (std::size_t i = 0; i < own.size(); ++i)
    if ((own[i] & others[i]) != 0) return true;
  return false;
}

TestSet TestGraph::set_of(const std::vector<std::size_t>& tests) const {
  TestSet set((needs_.size() + word_bits - 1) / word_bits, 0);
  for (const auto test : tests) add(set, test);
  return set;
}

// Tarjan's strongly connected components, by hand: chains of needs may be longer
// than a stack is deep. A knot is closed after all that it needs.
void TestGraph::find_knots() {
  const std::size_t count = needs_.size();
  knots_.assign(count, none);
  std::vector<std::size_t> number(count, none), lowest(count, none), open;
  std::size_t next_number = 0;
  struct Frame {
    std::size_t test, next;
  };
  std::vector<Frame> frames;
  const auto enter = [&](std::size_t test) {
    number[test] = lowest[test] = next_number++;
    open.push_back(test);
    frames.push_back({test, 0});
  };
  for (std::size_t start = 0; start < count; ++start) {
    if (number[start] != none) continue;
    enter(start);
    while (!frames.empty()) {
      const std::size_t test = frames.back().test;
      if (frames.back().next < needs_[test].size()) {
        const std::size_t needed = needs_[test][frames.back().next++];
        if (number[needed] == none)
          enter(needed);
        else if (knots_[needed] == none)
          lowest[test] = std::min(lowest[test], number[needed]);
        continue;
      }
      frames.pop_back();
      if (!frames.empty()) lowest[frames.back().test] = std::min(lowest[frames.back().test], lowest[test]);
      if (lowest[test] != number[test]) continue;
      auto begin = open.end() - 1;
      while (*begin != test) --begin;
      close_knot({begin, open.end()});
      open.erase(begin, open.end());
    }
  }
  std::sort(circles_.begin(), circles_.end());
}

void TestGraph::close_knot(const std::vector<std::size_t>& knot) {
  TestSet reached = set_of({});
  bool is_circle = false;
  bool is_open = false;
  for (const auto test : knot) knots_[test] = reached_.size();
  for (const auto test : knot) {
    is_open = is_open || has_unknown_needs_[test];
    for (const auto needed : needs_[test]) {
      add(reached, needed);
      is_circle |= knots_[needed] == reached_.size();
      if (knots_[needed] == reached_.size()) continue;
      is_open = is_open || is_open_[knots_[needed]];
      const TestSet& theirs = reached_[knots_[needed]];
      for (std::size_t i = 0; i < reached.size(); ++i) reached[i] |= theirs[i];
    }
  }
  is_open_.push_back(is_open);
  reached_.push_back(std::move(reached));
  if (is_circle) circles_.push_back(circle_in(knot));
}

// The shortest way from the knot's first test back to it.
std::vector<std::size_t> TestGraph::circle_in(const std::vector<std::size_t>& knot) const {
  const std::size_t first = *std::min_element(knot.begin(), knot.end());
  std::map<std::size_t, std::size_t> came_from;
  std::deque<std::size_t> open{first};
  while (!came_from.contains(first)) {
    const std::size_t test = open.front();
    open.pop_front();
    for (const auto needed : needs_[test])
      if (knots_[needed] == knots_[first] && came_from.emplace(needed, test).second) open.push_back(needed);
  }
  std::vector<std::size_t> circle;
  for (std::size_t test = came_from[first]; test != first; test = came_from[test]) circle.push_back(test);
  circle.push_back(first);
  std::reverse(circle.begin(), circle.end());
  return circle;
}

}  // namespace bb::suite
