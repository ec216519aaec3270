#include "harness/engine/inputs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/suite/option_choice.hpp"

namespace bb::engine {
namespace {

std::string shown(const Value& value) {
  const auto* text = value.string();
  return text ? "'" + *text + "'" : to_json(value);
}

std::string shown(const std::vector<Value>& values) {
  std::vector<std::string> texts;
  for (const auto& value : values) texts.push_back(shown(value));
  return join(texts, ", ");
}

// A text from the command line stands for the choice that reads the same.
const Value* find_choice(const std::vector<Value>& choices, const Value& given) {
  const auto found = std::find_if(choices.begin(), choices.end(), [&](const Value& choice) {
    return choice == given || (given.string() && !choice.is_string() && to_json(choice) == *given.string());
  });
  return found == choices.end() ? nullptr : &*found;
}

Result<Value> person_input(const suite::Input& input, const suite::Target& target, const Value& given) {
  const std::string id = given.string_or("");
  if (const auto* person = target.find_person(id)) return person_value(*person);
  std::vector<std::string> known;
  for (const auto& person : target.people) known.push_back(person.id);
  return Error{fmt::format("input '{}' names the person {}, who is not in target '{}'; people there: {}", input.name,
                           shown(given), target.id, join(known, ", "))};
}

// A text given on the command line becomes what the input's type says.
Result<Value> typed_input(const suite::Input& input, const suite::Target& target, Value given) {
  if (input.type == "person") return person_input(input, target, given);
  if (input.type == "choice" || !input.choices.empty()) {
    if (const Value* choice = find_choice(input.choices, given)) return *choice;
    return Error{fmt::format("input '{}' is {}, expected one of {}", input.name, shown(given), shown(input.choices))};
  }
  const auto* text = given.string();
  if (input.type == "number" && !given.is_number()) {
    if (text)
      if (auto number = parse_json(*text); number && number->is_number()) return number;
    return Error{fmt::format("input '{}' is {}, expected a number", input.name, shown(given))};
  }
  if (input.type == "flag" && !given.is_bool()) {
    if (text && (*text == "true" || *text == "false")) return Value(*text == "true");
    return Error{fmt::format("input '{}' is {}, expected true or false", input.name, shown(given))};
  }
  return given;
}

struct Given {
  Value value;
  std::string_view from;  // a word of OptionView::from
};

Given given_value(const std::map<std::string, std::string>& from_call, const Value& from_target,
                  const Value& from_suite, const std::string& name) {
  if (const auto given = from_call.find(name); given != from_call.end()) return {given->second, "command line"};
  if (const Value* value = from_target.find(name)) return {*value, "target"};
  return {from_suite, "default"};
}

Result<std::vector<std::pair<evidence::OptionView, Value>>> chosen_options(const suite::Suite& suite,
                                                                           const suite::Target& target,
                                                                           const RunOptions& options) {
  std::vector<std::pair<evidence::OptionView, Value>> chosen;
  for (const auto& option : suite.options) {
    Given given = given_value(options.options, Value(), option.default_value, option.name);
    const Value* from_target = suite::choice_of_target(option, target);
    if (from_target != nullptr && given.from == "default") given = {*from_target, "target"};
    if (given.value.is_null() && !option.choices.empty()) given = {option.choices.front(), "default"};
    const Value* choice = find_choice(option.choices, given.value);
    if (choice == nullptr)
      return Error{
          fmt::format("option '{}' is {}, expected one of {}", option.name, shown(given.value), shown(option.choices))};
    const auto* text = choice->string();
    chosen.push_back({{option.name, option.title, text ? *text : to_json(*choice), std::string(given.from)}, *choice});
  }
  return chosen;
}

// A patient has no role, or the role "patient"; caregivers and strangers have
// another and are named one by one.
bool is_patient(const suite::Person& person) {
  const std::string role = person.facts["role"].string_or("patient");
  return role == "patient";
}

}  // namespace

Value target_value(const suite::Target& target, People which) {
  Value people = Value::array();
  for (const auto& person : target.people)
    if (which == People::all || is_patient(person)) people.push(person_value(person));
  Value roles = Value::object();
  for (const auto& binding : target.roles)
    roles.set(binding.role, Value::object({{"connector", binding.connector}, {"config", binding.config}}));
  return Value::object({{"id", target.id},
                        {"title", target.title},
                        {"version", target.version},
                        {"environment", target.environment},
                        {"clock", target.clock},
                        {"profile", target.profile},
                        {"roles", std::move(roles)},
                        {"people", std::move(people)}});
}

Value person_value(const suite::Person& person) {
  Value value = Value::object({{"id", person.id}, {"account", person.account.empty() ? person.id : person.account}});
  if (const auto* facts = person.facts.members())
    for (const auto& fact : *facts) value.set(fact.key, fact.value);
  return value;
}

Value run_value(const RunFacts& facts) {
  // Whole seconds, rounded down: systems that log by the second must not seem
  // to have acted before the run began.
  const std::int64_t started = facts.started_unix_ns - facts.started_unix_ns % ns_per_second;
  return Value::object({{"id", facts.id},
                        {"started", format_utc(started)},
                        {"seed", static_cast<std::int64_t>(facts.seed)},
                        {"state", facts.state}});
}

Result<ScopeRoot> make_scope_root(const suite::Suite& suite, const suite::Target& target, const RunOptions& options) {
  ScopeRoot scope;
  scope.root = Value::object();
  for (const auto& input : suite.inputs) {
    Value given = given_value(options.inputs, target.inputs, input.default_value, input.name).value;
    if (given.is_null()) {
      if (input.is_optional) continue;
      return Error{fmt::format("input '{}' of suite '{}' has no value; give it with --input {}=... or in the target",
                               input.name, suite.id, input.name)};
    }
    BB_TRY(Value value, typed_input(input, target, std::move(given)));
    if (input.type == "secret") scope.secrets.emplace_back(input.name, value.string_or(""));
    scope.root.set(input.name, std::move(value));
  }
  BB_TRY(auto chosen, chosen_options(suite, target, options));
  Value values = Value::object();
  for (auto& [option, value] : chosen) {
    values.set(option.name, std::move(value));
    scope.options.push_back(std::move(option));
  }
  scope.root.set("options", std::move(values));
  scope.root.set("target", target_value(target, People::patients));
  return scope;
}

}  // namespace bb::engine
