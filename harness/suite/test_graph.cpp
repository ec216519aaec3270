#include "harness/suite/test_graph.hpp"

#include <algorithm>

#include <bb/core/json.hpp>

namespace bb::suite {

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
  return std::any_of(test.each.begin(), test.each.end(), [](const auto& key) { return !key.second.is_array(); });
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
  follow(suite);
}

std::size_t TestGraph::find(std::string_view path) const {
  const auto found = tests_by_name_.find(std::string(path));
  return found == tests_by_name_.end() || found->second.size() != 1 ? none : found->second[0];
}

std::vector<std::size_t> TestGraph::named(std::string_view name) const {
  const auto found = tests_by_name_.find(std::string(name.substr(0, name.find('['))));
  return found == tests_by_name_.end() ? std::vector<std::size_t>() : found->second;
}

// Depth first by hand: chains of needs may be longer than a stack is deep.
void TestGraph::follow(const Suite& suite) {
  const std::size_t count = suite.tests.size();
  needs_.resize(count);
  reached_.assign(count, std::vector<bool>(count, false));
  for (std::size_t i = 0; i < count; ++i)
    for (const auto& [name, place] : suite.tests[i].needs)
      for (const auto needed : named(name)) needs_[i].push_back(needed);

  enum class Mark { unseen, open, done };
  std::vector<Mark> marks(count, Mark::unseen);
  struct Frame {
    std::size_t test, next;
  };
  for (std::size_t start = 0; start < count; ++start) {
    if (marks[start] != Mark::unseen) continue;
    std::vector<Frame> frames{{start, 0}};
    marks[start] = Mark::open;
    while (!frames.empty()) {
      const std::size_t test = frames.back().test;
      if (frames.back().next == needs_[test].size()) {
        for (const auto needed : needs_[test]) {
          reached_[test][needed] = true;
          for (std::size_t i = 0; i < count; ++i)
            if (reached_[needed][i]) reached_[test][i] = true;
        }
        marks[test] = Mark::done;
        frames.pop_back();
        continue;
      }
      const std::size_t needed = needs_[test][frames.back().next++];
      if (marks[needed] == Mark::open && circle_.empty()) {
        const auto begin = std::find_if(frames.begin(), frames.end(), [&](const auto& f) { return f.test == needed; });
        for (auto frame = begin; frame != frames.end(); ++frame) circle_.push_back(frame->test);
      }
      if (marks[needed] == Mark::unseen) {
        marks[needed] = Mark::open;
        frames.push_back({needed, 0});
      }
    }
  }
}

}  // namespace bb::suite
