// L10 negative tests, L11 tests without a claim, L15 expressions.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <bb/core/json_path.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include "harness/suite/field_names.hpp"
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"
#include "harness/suite/references.hpp"

namespace bb::suite {
namespace {

bool talks(const Step& step) { return step.action == Action::do_ || step.action == Action::wait; }

bool accepts_failure(const Claim& claim) {
  if (claim.argument.is_bool()) return true;
  const auto any = [&](auto is_failure) {
    if (const auto* items = claim.argument.items()) return std::any_of(items->begin(), items->end(), is_failure);
    return is_failure(claim.argument);
  };
  if (claim.subject == "result") return any([](const Value& word) { return word.string_or("") != "ok"; });
  return any([](const Value& status) { return status.integer_or(0) >= 400; });
}

bool accepts_answer(const Claim& claim) {
  if (claim.argument.is_bool()) return true;
  const auto values = claim.argument.items() ? *claim.argument.items() : Value::Array{claim.argument};
  return std::any_of(values.begin(), values.end(),
                     [](const Value& one) { return one.string_or("") == "ok" || one.integer_or(400) < 400; });
}

// Whether the step fails its test when the system does not answer well. With no
// claim about result or status it expects `ok`.
bool demands_ok(const Step& step) {
  bool is_stated = false;
  for (const auto& claim : step.expect) {
    if (claim.subject != "result" && claim.subject != "status") continue;
    is_stated = true;
    if (claim.level.value_or(Level::shall) == Level::shall && !accepts_failure(claim)) return true;
  }
  return !is_stated;
}

// A test that a dead system could pass: it talks, and no step demands `ok`.
bool is_negative(const Test& test) {
  const bool does_talk = std::any_of(test.steps.begin(), test.steps.end(), talks);
  return does_talk && std::none_of(test.steps.begin(), test.steps.end(),
                                   [](const Step& step) { return talks(step) && demands_ok(step); });
}

// Why a negative test asks no answer of a role, and what would help.
struct Leniency {
  std::string why, help;
};
Leniency leniency_of(const Test& test, const std::string& role) {
  bool is_weak = false;       // an answer is claimed, and a failure is forgiven
  bool is_indulgent = false;  // an answer would do, and so would a refusal
  for (const auto& step : test.steps)
    for (const auto& claim : step.expect) {
      if (!talks(step) || step.role != role || (claim.subject != "result" && claim.subject != "status")) continue;
      if (!accepts_failure(claim))
        is_weak = true;
      else
        is_indulgent = is_indulgent || accepts_answer(claim);
    }
  const auto twin = fmt::format("let it need a test that expects 'result: ok' of '{}'", role);
  if (is_weak)
    return {fmt::format("that '{}' answers is claimed below SHALL only", role),
            "take 'level' from the claim, or " + twin};
  if (is_indulgent) return {fmt::format("a refusal of '{}' is enough for it", role), twin};
  return {fmt::format("it only expects '{}' to refuse", role), twin};
}

bool are_steps_whole(const Test& test) {
  return std::all_of(test.steps.begin(), test.steps.end(), [](const Step& step) { return step.is_whole; });
}

// Of each role, the tests that show it alive.
std::map<std::string, TestSet> signs_of_life(const LintContext& context) {
  std::map<std::string, std::vector<std::size_t>> alive;
  for (std::size_t i = 0; i < context.suite.tests.size(); ++i)
    for (const auto& step : context.suite.tests[i].steps)
      if (talks(step) && demands_ok(step)) alive[step.role].push_back(i);
  std::map<std::string, TestSet> sets;
  for (const auto& [role, tests] : alive) sets.emplace(role, context.graph.set_of(tests));
  return sets;
}

void check_negative(LintContext& context, const std::map<std::string, TestSet>& alive, std::size_t index) {
  const Test& test = context.suite.tests[index];
  if (!are_steps_whole(test) || !is_negative(test) || !context.are_needs_known(index)) return;
  std::vector<std::string> roles;
  for (const auto& step : test.steps)
    if (talks(step) && std::find(roles.begin(), roles.end(), step.role) == roles.end()) roles.push_back(step.role);
  for (const auto& role : roles) {
    const auto twins = alive.find(role);
    if (twins != alive.end() && context.graph.reaches_any(index, twins->second)) continue;
    const auto leniency = leniency_of(test, role);
    context.error("L10", test.place, fmt::format("'{}' would pass on a dead system: {}", test.path, leniency.why),
                  leniency.help);
  }
}

void check_claims(LintContext& context, const Test& test) {
  const bool is_judged = std::any_of(test.steps.begin(), test.steps.end(), [](const Step& step) {
    return !step.expect.empty() || step.action == Action::attest;
  });
  if (!is_judged && (!are_steps_whole(test) || (test.steps.empty() && !test.is_whole))) return;
  if (!is_judged) {
    context.error("L11", test.place, fmt::format("test '{}' claims nothing", test.path),
                  "say under 'expect' what must hold");
    return;
  }
  for (const auto& step : test.steps)
    if (step.action == Action::do_ && step.expect.empty() && step.is_whole)
      context.warn("L11", step.place,
                   fmt::format("step '{}' of '{}' claims nothing; 'result: ok' is expected of it", step.id, test.path),
                   "add 'expect: [result: ok]' to say so");
}

// A JSONPath that holds a reference is known in the run.
bool is_literal(const Value& value) { return value.is_string() && value.string()->find("${") == std::string::npos; }

void check_json_path(LintContext& context, const Value& query, const Place& place) {
  if (!is_literal(query)) return;
  if (const auto path = JsonPath::parse(*query.string()); !path)
    context.error("L15", place, fmt::format("not a JSONPath: {}", path.error().what));
}

void check_field_name(LintContext& context, const Value& name, const Place& place) {
  if (!is_literal(name) || is_field_name(*name.string())) return;
  context.error("L15", place, fmt::format("not the name of a header field: '{}'", shorten(*name.string(), 60)),
                "letters, digits and '-', without ':', for example cache-control");
}

void check_media_types(LintContext& context, const Value& types, const YamlNode* map, std::string_view key,
                       const Place& otherwise) {
  for (const auto& type : types.items() ? *types.items() : Value::Array{types}) {
    if (!is_literal(type) || type.string()->starts_with('$') || is_media_type(*type.string())) continue;
    context.error("L15", item_place(map, key, *type.string(), otherwise),
                  fmt::format("not a media type: '{}'", shorten(*type.string(), 60)),
                  "a type and a subtype, for example text/html");
  }
}

// The parts of a mail, docs/reference/claims.md.
void check_mime(LintContext& context, const Value& part, const Place& place) {
  static const std::vector<std::string> words = {
      "attachment", "attachment.filename", "attachment.media_type", "text", "subject", "from",
      "to",         "header:NAME",         "attachment:TYPE"};
  if (!is_literal(part)) return;
  const std::string& word = *part.string();
  constexpr std::string_view header = "header:";
  const bool is_header = word.starts_with(header) && word.size() > header.size();
  if (is_header) check_field_name(context, Value(word.substr(header.size())), place);
  if (is_header || std::find(words.begin(), words.end() - 2, word) != words.end() - 2) return;
  constexpr std::string_view typed = "attachment:";
  if (word.starts_with(typed)) {
    const auto type = word.substr(typed.size());
    if (!is_media_type(type))
      context.error("L15", place, fmt::format("not a media type: '{}'", shorten(type, 60)),
                    "a type and a subtype, for example attachment:text/html");
    return;
  }
  context.error("L15", place, fmt::format("a mail has no part '{}'", shorten(word, 60)), suggest(word, words, "parts"));
}

// Whether rules judge the requirement that `by` names, and can violate the claim.
void check_row_rules(LintContext& context, const Claim& claim, const std::string& word) {
  if (claim.by.empty() || !context.vocabulary.rule_level) return;
  const auto place = value_place(claim.node, "by", claim.place);
  const auto level = context.vocabulary.rule_level(word, claim.by);
  if (!level) return context.error("L15", place, level.error().what);
  const auto claimed = claim.level.value_or(Level::shall);
  if (!*level)
    context.error("L15", place, fmt::format("no rule for '{}' judges '{}'", word, shorten(claim.by, 60)));
  else if (**level > claimed)
    context.error(
        "L15", place,
        fmt::format("the rules for '{}' that judge '{}' are of level {}: a claim of level {} would always hold", word,
                    shorten(claim.by, 60), evidence::to_word(**level), evidence::to_word(claimed)),
        fmt::format("write 'level: {}'", evidence::to_word(**level)));
}

void check_validation(LintContext& context, const Claim& claim, const Place& place) {
  const Value& kind = claim.argument;
  if (!is_literal(kind)) return;
  const auto& known = context.vocabulary.validations;
  const auto& word = *kind.string();
  if (std::find(known.begin(), known.end(), word) != known.end()) return check_row_rules(context, claim, word);
  context.error("L15", place, fmt::format("there are no rules for '{}'", shorten(word, 60)),
                suggest(word, known, "kinds of documents"));
}

void check_selector(LintContext& context, const Selector& selector) {
  const Place place = value_place(selector.node, selector.kind, selector.place);
  if (selector.kind == "json") check_json_path(context, selector.argument, place);
  if (selector.kind == "mime") check_mime(context, selector.argument, place);
  if (selector.kind == "header") check_field_name(context, selector.argument, place);
}

// A value inside of a pattern is taken as it is: any text shows the form.
void check_pattern(LintContext& context, const Value& pattern, const Place& place) {
  const auto* text = pattern.string();
  if (!text || is_one_reference(*text)) return;
  const auto findings = check_schema(Value::object({{"pattern", with_sample(*text, "x")}}));
  if (!findings.empty()) context.error("L15", place, fmt::format("not a regular expression: {}", findings[0].message));
}

void check_expressions(LintContext& context, const Step& step) {
  for (const auto* claims : {&step.require, &step.expect}) {
    for (const auto& claim : *claims) {
      if (claim.subject == "json")
        check_json_path(context, claim.argument, value_place(claim.node, "json", claim.place));
      if (claim.subject == "mime") check_mime(context, claim.argument, value_place(claim.node, "mime", claim.place));
      if (claim.subject == "header")
        check_field_name(context, claim.argument, value_place(claim.node, "header", claim.place));
      if (claim.subject == "valid") check_validation(context, claim, value_place(claim.node, "valid", claim.place));
      if (claim.subject == "media_type") {
        check_media_types(context, claim.argument, claim.node, "media_type", claim.place);
        for (const auto* word : {"is", "in", "not"})
          for (const auto& [matcher, value] : claim.matchers)
            if (to_word(matcher) == word && !value.is_object())
              check_media_types(context, value, claim.node, word, claim.place);
      }
      for (const auto& [matcher, value] : claim.matchers) {
        if (matcher == Matcher::matches)
          check_pattern(context, value, value_place(claim.node, "matches", claim.place));
        else if (const auto* denied = matcher == Matcher::not_ ? value.find("matches") : nullptr)
          check_pattern(context, *denied,
                        value_place(claim.node ? claim.node->find("not") : nullptr, "matches", claim.place));
      }
    }
  }
  for (const auto& save : step.save) check_selector(context, save.selector);
  if (const auto* pattern = step.action == Action::wait ? step.with["subject"].find("matches") : nullptr)
    check_pattern(context, *pattern, step.place);
}

}  // namespace

void lint_claims(LintContext& context) {
  const auto alive = signs_of_life(context);
  for (std::size_t i = 0; i < context.suite.tests.size(); ++i) {
    const Test& test = context.suite.tests[i];
    check_negative(context, alive, i);
    check_claims(context, test);
    for_each_step(test, [&](const Step& step) { check_expressions(context, step); });
    for (const auto& fault : test.catches) check_selector(context, fault.selector);
  }
}

}  // namespace bb::suite
