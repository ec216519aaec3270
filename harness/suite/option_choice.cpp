#include "harness/suite/option_choice.hpp"

#include <algorithm>

namespace bb::suite {
namespace {

bool is_among(const std::vector<Value>& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

const Value* choice_of_target(const Option& option, const Target& target) {
  if (const Value* given = target.options.find(option.name)) return given;
  if (option.profile_fact.empty()) return nullptr;
  const Value* fact = target.profile.find(option.profile_fact);
  return fact != nullptr && is_among(option.choices, *fact) ? fact : nullptr;
}

bool can_apply(const Suite& suite, const Test& test, const Target& target) {
  for (const auto& when : test.when)
    for (const auto& [name, wanted] : when.options) {
      const Option* option = suite.find_option(name);
      if (option == nullptr || option->choices.empty()) continue;  // reported
      const Value* chosen = choice_of_target(*option, target);
      if (chosen == nullptr)
        chosen = option->default_value.is_null() ? &option->choices.front() : &option->default_value;
      if (!is_among(wanted, *chosen)) return false;
    }
  return true;
}

}  // namespace bb::suite
