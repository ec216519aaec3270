#include "harness/doctor/record_needs.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

namespace bb::doctor {
namespace {

// "$.entry[?@.resource.resourceType == 'Immunization']".
std::string type_in_claim(std::string_view text) {
  constexpr std::string_view before = "resourceType == '";
  const auto at = text.find(before);
  if (at == std::string_view::npos) return {};
  const auto begin = at + before.size();
  return std::string(text.substr(begin, text.find('\'', begin) - begin));
}

// "Immunization" of a request whose path begins so.
std::string type_in_request(const suite::Test& test, const std::string& id) {
  const auto step = std::find_if(test.steps.begin(), test.steps.end(), [&](const auto& one) { return one.id == id; });
  if (step == test.steps.end()) return {};
  const auto path = step->with["path"].string_or("");
  const auto type = path.substr(0, path.find_first_of("/?"));
  const bool is_type = !type.empty() && std::isupper(static_cast<unsigned char>(type.front())) != 0 &&
                       std::all_of(type.begin(), type.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
  return is_type ? type : "";
}

class NeedFinder {
 public:
  NeedFinder(const engine::Plan& plan, const Rehearsal& rehearsal) : plan_(plan), rehearsal_(rehearsal) {}

  std::vector<RecordNeed> find() {
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      const auto& node = plan_.nodes[i];
      const auto* test = rehearsal_.find(plan_.suite_of(node).id, node.name);
      if (test == nullptr || test->outcome != evidence::Outcome::skip) continue;
      for (const auto& step : test->steps)
        for (const auto& claim : step.claims)
          if (claim.gate == "require" && claim.outcome == "violated") add(i, step, claim);
    }
    for (std::size_t n = 0; n < needs_.size(); ++n) find_tests(n);
    return std::move(needs_);
  }

 private:
  void add(std::size_t index, const evidence::StepView& step, const evidence::ClaimView& claim) {
    const auto& node = plan_.nodes[index];
    const auto filled = plan_.base_scope(node).resolve(Value(claim.text));  // "${each.type}"
    RecordNeed need;
    need.suite = plan_.suite_of(node).id;
    need.why = claim.hint;
    need.claim = filled ? filled->string_or(claim.text) : claim.text;
    need.found = claim.found;
    // What is too much is no gap.
    if (!need.claim.ends_with("exists false")) {
      need.type = type_in_claim(need.claim);
      if (need.type.empty()) need.type = type_in_request(*node.test, step.id);
    }
    need.people = people_of(index);
    auto known = std::find_if(needs_.begin(), needs_.end(), [&](const RecordNeed& one) {
      return one.suite == need.suite && one.type == need.type && one.why == need.why && one.people == need.people;
    });
    if (known == needs_.end()) {
      known = needs_.insert(needs_.end(), std::move(need));
      lacking_.emplace_back();
    }
    lacking_[static_cast<std::size_t>(known - needs_.begin())].insert(index);
  }

  std::vector<std::string> people_of(std::size_t index) const {
    std::set<std::string> people;
    auto nodes = plan_.ancestors(index);
    nodes.push_back(index);
    for (const auto one : nodes)
      for (const auto& sign_in : plan_.nodes[one].sign_ins)
        if (!sign_in.person.empty()) people.insert(sign_in.person);
    return {people.begin(), people.end()};
  }

  void find_tests(std::size_t need) {
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      if (plan_.suite_of(plan_.nodes[i]).id != needs_[need].suite || engine::why_omitted(plan_, i)) continue;
      const auto ancestors = plan_.ancestors(i);
      const auto& lacking = lacking_[need];
      if (lacking.contains(i) ||
          std::any_of(ancestors.begin(), ancestors.end(), [&](std::size_t one) { return lacking.contains(one); }))
        needs_[need].tests.push_back(plan_.nodes[i].name);
    }
  }

  const engine::Plan& plan_;
  const Rehearsal& rehearsal_;
  std::vector<RecordNeed> needs_;
  std::vector<std::set<std::size_t>> lacking_;  // nodes, by need
};

}  // namespace

std::vector<RecordNeed> record_needs(const engine::Plan& plan, const Rehearsal& rehearsal) {
  return NeedFinder(plan, rehearsal).find();
}

UnreadTests unread_tests(const engine::Plan& plan, const Rehearsal& rehearsal) {
  UnreadTests unread;
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const auto& node = plan.nodes[i];
    const auto& suite = plan.suite_of(node).id;
    const auto& steps = node.test->steps;
    const bool requires_something =
        std::any_of(steps.begin(), steps.end(), [](const auto& step) { return !step.require.empty(); });
    if (!requires_something || rehearsal.find(suite, node.name) == nullptr) continue;
    auto line = plan.ancestors(i);
    line.push_back(i);
    for (const auto one : line) {
      const auto* test = rehearsal.find(suite, plan.nodes[one].name);
      if (test == nullptr || (test->outcome != evidence::Outcome::fail && test->outcome != evidence::Outcome::error))
        continue;
      if (unread.tests.empty()) unread.cause = test->cause;
      unread.tests.push_back(suite + "/" + node.name);
      break;
    }
  }
  return unread;
}

}  // namespace bb::doctor
