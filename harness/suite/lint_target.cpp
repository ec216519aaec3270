// T01 roles, T02 inputs, T03 people, T04 options, T05 facts: can this target
// serve these suites? What the command line may still give is a warning only.
// T02 and T04 hold of the names it gives, too.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"
#include "harness/suite/option_choice.hpp"
#include "harness/suite/references.hpp"

namespace bb::suite {
namespace {

std::string as_word(const Value& value) { return value.is_string() ? *value.string() : to_json(value); }

std::vector<std::string> as_words(const std::vector<Value>& values) {
  std::vector<std::string> out;
  for (const auto& value : values) out.push_back(as_word(value));
  return out;
}

// What some suite asks for.
struct AskedFor {
  explicit AskedFor(const std::vector<Suite>& suites) {
    const auto add = [](std::vector<std::string>& names, const auto& items) {
      for (const auto& item : items) names.push_back(item.name);
    };
    for (const auto& suite : suites) {
      add(roles, suite.roles);
      add(inputs, suite.inputs);
      add(options, suite.options);
    }
  }
  std::vector<std::string> roles, inputs, options;
};

bool is_among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class TargetLinter {
 public:
  TargetLinter(const Target& target, const std::vector<Suite>& suites, std::vector<Diagnostic>& diagnostics)
      : target_(target), suites_(suites), diagnostics_(diagnostics), beginning_{target.source, 1, 1, 0} {
    // Those that could not be read are there all the same.
    people_ = keys_of("patients");
    bound_ = keys_of("roles");
  }

  void run(SuitesAre suites_are) {
    for (const auto& suite : suites_) {
      check_roles(suite);
      check_inputs(suite);
      check_options(suite);
      check_facts(suite);
    }
    if (!suites_.empty() && suites_are == SuitesAre::all) check_unknown_names();
  }

 private:
  void error(std::string_view rule, const Place& place, const std::string& message, const std::string& note) {
    diagnostics_.push_back({Severity::error, place, fmt::format("{} [{}]", message, rule), note});
  }
  void warn(std::string_view rule, const Place& place, const std::string& message, const std::string& note) {
    diagnostics_.push_back({Severity::warning, place, fmt::format("{} [{}]", message, rule), note});
  }
  const YamlNode* part(std::string_view key) const { return target_.tree ? target_.tree->find(key) : nullptr; }
  Place part_place(std::string_view key) const { return key_place(target_.tree.get(), key, beginning_); }

  std::vector<std::string> keys_of(std::string_view key) const {
    std::vector<std::string> keys;
    if (const auto* map = part(key))
      for (const auto& member : map->members) keys.push_back(member.key);
    return keys;
  }
  bool is_read(std::string_view section) const { return !target_.unread.contains(section); }
  bool is_person(const std::string& id) const { return is_among(people_, id) || !is_read("patients"); }

  void check_roles(const Suite& suite) {
    if (!is_read("roles")) return;
    for (const auto& role : suite.roles) {
      if (role.is_optional || !role.is_whole || is_among(bound_, role.name)) continue;
      error("T01", part_place("roles"),
            fmt::format("suite '{}' asks for a role '{}', which is not bound", suite.id, role.name),
            suggest(role.name, bound_, "roles here"));
    }
  }

  void check_inputs(const Suite& suite) {
    if (!is_read("inputs")) return;
    for (const auto& input : suite.inputs) {
      if (!input.is_whole) continue;
      const Value* given = target_.inputs.find(input.name);
      const Place place = value_place(part("inputs"), input.name, beginning_);
      if (given) {
        check_input(suite, input, *given, place);
      } else if (input.default_value.is_null()) {
        if (!input.is_optional)
          warn("T02", part_place("inputs"),
               fmt::format("suite '{}' asks for an input '{}' of type {}", suite.id, input.name, input.type),
               fmt::format("add it under 'inputs', or give it with --input {}=...", input.name));
      } else if (input.type == "person" && !is_person(as_word(input.default_value))) {
        const std::string id = as_word(input.default_value);
        warn("T03", part_place("patients"),
             fmt::format("suite '{}' takes '{}' as its '{}', who is not here", suite.id, id, input.name),
             fmt::format("add the person, or name another under 'inputs'{}{}", people_.empty() ? "" : "; ",
                         suggest(id, people_, "people")));
      }
    }
  }

  void check_input(const Suite& suite, const Input& input, const Value& given, const Place& place) {
    const std::string what = fmt::format("input '{}' of suite '{}'", input.name, suite.id);
    if (input.type == "person") {
      if (!is_person(as_word(given)))
        error("T03", place, fmt::format("{} names '{}', who is not here", what, as_word(given)),
              suggest(as_word(given), people_, "people"));
      return;
    }
    if (!input.choices.empty()) {
      if (std::find(input.choices.begin(), input.choices.end(), given) == input.choices.end())
        error("T02", place, fmt::format("{} is never '{}'", what, shorten(as_word(given), 60)),
              suggest(as_word(given), as_words(input.choices), "choices"));
      return;
    }
    const bool fits = input.type == "number" ? given.is_number()
                      : input.type == "flag" ? given.is_bool()
                                             : given.is_string();
    if (input.type == "secret")
      error("T02", place, fmt::format("{} is a secret and must not stand in the file", what), "give it with --input");
    else if (!fits)
      error("T02", place,
            fmt::format("{} is a {}, got {} {}", what, input.type, given.kind(), shorten(to_json(given), 60)),
            given.is_number() ? "put it in quotes to make it a text" : "");
  }

  void check_options(const Suite& suite) {
    for (const auto& option : suite.options) {
      if (!option.is_whole) continue;
      const Value* given = target_.options.find(option.name);
      if (!given || std::find(option.choices.begin(), option.choices.end(), *given) != option.choices.end()) continue;
      error("T04", value_place(part("options"), option.name, beginning_),
            fmt::format("option '{}' of suite '{}' is never '{}'", option.name, suite.id, shorten(as_word(*given), 60)),
            suggest(as_word(*given), as_words(option.choices), "choices"));
    }
  }

  void check_names(std::string_view key, std::string_view rule, std::string_view what,
                   const std::vector<std::string>& known) {
    const YamlNode* map = part(key);
    const bool are_all_read =
        std::none_of(suites_.begin(), suites_.end(), [&](const Suite& suite) { return suite.unread.contains(key); });
    if (!map || !are_all_read) return;
    for (const auto& member : map->members)
      if (!is_among(known, member.key)) {
        const std::string message = fmt::format("no suite asks for {} '{}'", what, shorten(member.key, 60));
        const std::string note = suggest(member.key, known, "asked for");
        if (key == "roles")
          warn(rule, member.key_place, message, note);
        else
          error(rule, member.key_place, message, note);
      }
  }

  void check_unknown_names() {
    const AskedFor asked(suites_);
    check_names("roles", "T01", "a role", asked.roles);
    check_names("inputs", "T02", "an input", asked.inputs);
    check_names("options", "T04", "an option", asked.options);
  }

  // What suites read of people and profile; each missing fact once. Not of tests that the target's options leave out.
  void check_facts(const Suite& suite) {
    for (const auto& test : suite.tests)
      if (test.node && can_apply(suite, test, target_)) look_for_facts(suite, *test.node);
  }

  void look_for_facts(const Suite& suite, const YamlNode& node) {
    if (node.is_scalar() && node.text.find('$') != std::string::npos)
      for (const auto& reference : find_references(node.text)) check_fact(suite, reference);
    for (const auto& item : node.items) look_for_facts(suite, item);
    // A claim that something is not there wants it missing.
    const auto* const exists = node.find("exists");
    if (exists != nullptr && exists->text == "false") return;
    for (const auto& member : node.members) look_for_facts(suite, member.value);
  }

  void check_fact(const Suite& suite, const FoundReference& reference) {
    if (reference.names.size() < 2) return;
    const std::string& head = reference.names[0].name;
    const std::string& fact = reference.names[1].name;
    if (head == "target" && fact == "profile" && reference.names.size() > 2) {
      if (!is_read("profile")) return;
      const std::string& name = reference.names[2].name;
      if (!target_.profile.find(name) && missing_.insert("profile " + name).second)
        warn("T05", part_place("profile"),
             fmt::format("suite '{}' reads '{}' of the profile, which is not there", suite.id, name),
             fmt::format("add '{}' under 'profile'", name));
      return;
    }
    const Input* input = suite.find_input(head);
    if (!input || input->type != "person" || fact == "id" || fact == "account") return;
    const Value* given = target_.inputs.find(head);
    const Person* person = target_.find_person(as_word(given ? *given : input->default_value));
    if (!person || !person->is_whole || person->facts.find(fact) || !missing_.insert(person->id + "." + fact).second)
      return;
    std::vector<std::string> known;
    for (const auto& member : *person->facts.members()) known.push_back(member.key);
    warn("T05", person->place,
         fmt::format("suite '{}' reads '{}' of person '{}', which is not there", suite.id, fact, person->id),
         suggest(fact, known, "facts here"));
  }

  const Target& target_;
  const std::vector<Suite>& suites_;
  std::vector<Diagnostic>& diagnostics_;
  Place beginning_;
  std::vector<std::string> people_, bound_;
  std::set<std::string> missing_;
};

}  // namespace

std::vector<Diagnostic> lint_target(const Target& target, const std::vector<Suite>& suites, SuitesAre suites_are) {
  std::vector<Diagnostic> diagnostics;
  TargetLinter(target, suites, diagnostics).run(suites_are);
  return diagnostics;
}

std::vector<Diagnostic> lint_given(const Given& given, const std::vector<Suite>& suites) {
  const AskedFor asked(suites);
  std::vector<Diagnostic> diagnostics;
  const auto check = [&](const std::vector<std::string>& names, const std::vector<std::string>& known,
                         std::string_view what, std::string_view rule) {
    for (const auto& name : names)
      if (!is_among(known, name))
        diagnostics.push_back(
            {Severity::error,
             {},
             fmt::format("'--{} {}=...': no suite asks for it [{}]", what, shorten(name, 60), rule),
             known.empty() ? fmt::format("no {} is asked for", what) : suggest(name, known, "asked for")});
  };
  check(given.inputs, asked.inputs, "input", "T02");
  check(given.options, asked.options, "option", "T04");
  return diagnostics;
}

}  // namespace bb::suite
