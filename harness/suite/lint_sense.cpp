// L17: a claim can hold and can fail, as far as the file says.
#include <algorithm>
#include <array>
#include <cmath>
#include <compare>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include <bb/host/call.hpp>
#include "harness/suite/claim_reader.hpp"
#include "harness/suite/lint_context.hpp"
#include "harness/suite/ordering.hpp"
#include "harness/suite/references.hpp"

namespace bb::suite {
namespace {

// What holds a reference is known in the run only.
bool is_literal(const Value& value) {
  if (const auto* text = value.string()) return find_references(*text).empty();
  if (const auto* items = value.items()) return std::all_of(items->begin(), items->end(), is_literal);
  return !value.is_object();
}

Value::Array one_or_many(const Value& value) { return value.items() ? *value.items() : Value::Array{value}; }

bool is_blank(const Value& value) {
  if (const auto* text = value.string()) return trim(*text).empty();
  const auto* items = value.items();
  return items && (items->empty() || std::any_of(items->begin(), items->end(), is_blank));
}

bool is_no_number(const Value& value) {
  if (const auto* items = value.items()) return std::any_of(items->begin(), items->end(), is_no_number);
  return value.is_number() && std::isnan(value.number());
}

// What a text is alone, "$a.b" or "${a.b}": "a.b". Other texts as they are.
std::string_view reference_alone(std::string_view text) {
  const std::size_t braces = text.starts_with("${") ? 1 : 0;
  const auto references = find_references(text);
  if (references.size() != 1 || references[0].length != text.size()) return text;
  return text.substr(1 + braces, text.size() - 1 - 2 * braces);
}

bool has_common(const Value::Array& some, const Value::Array& others) {
  return std::any_of(some.begin(), some.end(),
                     [&](const Value& one) { return std::find(others.begin(), others.end(), one) != others.end(); });
}

std::string shown(const Value& value) { return shorten(value.is_string() ? *value.string() : to_json(value), 60); }

// The words of the format that a call can end with and be judged.
const std::vector<std::string>& judged_results() {
  static const auto words = [] {
    std::vector<std::string> judged;
    for (const auto word : result_words)
      if (host::is_judged(word)) judged.emplace_back(word);
    return judged;
  }();
  return words;
}

// Matchers by word, `not: {contains: x}` as "not contains".
using Operands = std::map<std::string, const Value*, std::less<>>;
Operands operands_of(const Claim& claim) {
  Operands operands;
  for (const auto& [matcher, value] : claim.matchers) {
    const auto* denied = matcher == Matcher::not_ ? value.members() : nullptr;
    if (denied && denied->size() == 1)
      operands["not " + denied->front().key] = &denied->front().value;
    else
      operands[std::string(to_word(matcher))] = &value;
  }
  return operands;
}

class SenseLinter {
 public:
  explicit SenseLinter(LintContext& context) : context_(context) {}

  void run() {
    for (const auto& test : context_.suite.tests)
      for_each_step(test, [&](const Step& step) {
        for (const auto* claims : {&step.require, &step.expect})
          for (const auto& claim : *claims)
            if (claim.is_whole) check_claim(step, claim, claims == &step.require ? Gate::require : Gate::expect);
        check_answers(step);
      });
  }

 private:
  void error(const Claim& claim, std::string_view key, const std::string& message, const std::string& note) {
    const std::string word(key.substr(0, key.find(' ')));
    context_.error("L17", value_place(claim.node, word, claim.place), message, note);
  }

  enum class Gate { require, expect };

  void check_claim(const Step& step, const Claim& claim, Gate gate) {
    check_message(step, claim);
    if (claim.subject == "result") return check_words(claim);
    operands_ = operands_of(claim);
    check_status(claim);
    check_blank(claim);
    check_numbers(claim);
    check_nothing(claim);
    check_bounds(claim);
    check_quantity(claim);
    check_itself(claim, gate);
    check_values(claim);
    check_count(claim);
    check_pattern(claim);
  }

  // Of what a claim speaks.
  void check_message(const Step& step, const Claim& claim) {
    const bool is_of_message =
        claim.subject == "result" || claim.subject == "status" || claim.subject == "header" || claim.subject == "time";
    if (!claim.of.empty() && is_of_message)
      error(claim, "of", fmt::format("what was saved has no '{}': the claim can never be judged", claim.subject),
            "claim it in the step that saves");
    else if (claim.of.empty() && step.action == Action::check && claim.subject != "value" && claim.subject != "same")
      context_.error("L17", claim.place,
                     fmt::format("a check has no '{}' of its own: the claim can never be judged", claim.subject),
                     "say 'of: $test.saved', what to look at");
  }

  // Every answer has a status of three digits (RFC 9110, section 15).
  void check_status(const Claim& claim) {
    if (claim.subject != "status" || claim.argument != Value(true)) return;
    const bool is_any = std::all_of(claim.matchers.begin(), claim.matchers.end(), [](const auto& matcher) {
      const auto& [word, limit] = matcher;
      return word == Matcher::exists || word == Matcher::count ||
             (word == Matcher::min && limit.is_number() && limit.number() <= 100) ||
             (word == Matcher::max && limit.is_number() && limit.number() >= 599);
    });
    if (is_any)
      error(claim, "status", "every answer has a status: the claim cannot fail",
            "write the status, 'status: 200', or a closer limit, 'status: true, max: 399'");
  }

  void check_words(const Claim& claim) {
    const auto& judged = judged_results();
    const auto words = one_or_many(claim.argument);
    const auto is_listed = [&](std::string_view word) {
      return std::find(words.begin(), words.end(), Value(word)) != words.end();
    };
    if (std::all_of(judged.begin(), judged.end(), is_listed))
      error(claim, "result", "every result a call can end with is listed: the claim cannot fail",
            "leave out what the system must not do");
    else if (std::none_of(judged.begin(), judged.end(), is_listed))
      error(claim, "result",
            fmt::format("a call that ends with '{}' is not judged: the claim never holds",
                        words.empty() ? "" : words[0].string_or("")),
            fmt::format("words that are judged: {}", join(judged, ", ")));
  }

  void check_blank(const Claim& claim) {
    for (const auto& [word, operand] : operands_)
      if (word != "exists" && word != "count" && is_literal(*operand) && is_blank(*operand))
        error(claim, word, fmt::format("'{}' has nothing to look for: the claim never holds", word),
              note_of_blank(word));
  }

  // What may have been meant by an operand of nothing.
  static std::string note_of_blank(std::string_view word) {
    if (word == "is") return "to claim that nothing is there write 'exists: false'";
    if (word == "not" || word == "not is" || word == "not in")
      return "to claim that a text is not empty write \"matches: '\\S'\"";
    return word.starts_with("not") ? "write what must not be there" : "write what must be there";
  }

  // IEEE 754: equal to nothing, itself included, and neither above nor below anything.
  void check_numbers(const Claim& claim) {
    for (const auto& [word, operand] : operands_)
      if (is_no_number(*operand))
        error(claim, word, fmt::format("'{}' is compared with '.nan', which nothing is equal to, above or below", word),
              "write a number");
  }

  void check_nothing(const Claim& claim) {
    const auto exists = operands_.find("exists");
    const auto count = operands_.find("count");
    const bool is_absent = exists != operands_.end() && *exists->second == Value(false);
    const bool is_none = count != operands_.end() && *count->second == Value(0);
    if (!is_absent && !is_none) return;
    for (const auto& [word, operand] : operands_) {
      const bool fits = (word == "exists" && is_absent) || (word == "count" && (is_none || !is_literal(*operand)));
      if (fits) continue;
      error(claim, word,
            fmt::format("'{}' says that nothing is there, and of nothing no '{}' holds: the claim never holds",
                        is_absent ? "exists: false" : "count: 0", word),
            "write one of them");
      return;
    }
  }

  void check_bounds(const Claim& claim) {
    const bool is_duration = claim.subject == "time";
    for (const auto* word : {"min", "max"}) {
      const auto found = operands_.find(word);
      if (found == operands_.end() || !is_literal(*found->second)) continue;
      const Value& bound = *found->second;
      const bool is_good = is_duration ? bound_ms(bound, true).has_value() : order_of(bound, bound, false).has_bound;
      if (is_duration && bound.is_integer() && *bound.integer() > 0)
        context_.warn("L17", value_place(claim.node, word, claim.place),
                      fmt::format("'{}' has no unit: {} are milliseconds", word, shown(bound)),
                      fmt::format("write '{}ms', or '{}s' for seconds", shown(bound), shown(bound)));
      if (is_good || is_blank(bound) || is_no_number(bound)) continue;
      error(claim, word,
            fmt::format("'{}' takes a {}, got '{}'", word, is_duration ? "duration" : "number, a duration or a time",
                        shown(bound)),
            is_duration ? "for example 500ms or 5s" : "for example 3, 5s or \"2026-11-21\"");
      return;
    }
    const auto min = operands_.find("min");
    const auto max = operands_.find("max");
    if (min == operands_.end() || max == operands_.end()) return;
    if (!is_literal(*min->second) || !is_literal(*max->second)) return;
    const auto order = order_of(*min->second, *max->second, is_duration);
    if (order.has_bound && !order.order)
      error(claim, "max",
            fmt::format("'min' {} and 'max' {} cannot be compared", shown(*min->second), shown(*max->second)),
            "two numbers, two durations or two times");
    else if (order.order && *order.order > 0)
      error(claim, "max",
            fmt::format("'min' {} is above 'max' {}: the claim never holds", shown(*min->second), shown(*max->second)),
            "");
  }

  // A size or a time is always there and never below zero.
  void check_quantity(const Claim& claim) {
    const bool is_size = claim.subject == "body" && claim.argument == Value("size");
    if (!is_size && claim.subject != "time") return;
    const std::string_view what = is_size ? "size" : "time";
    // Zero as compared with a bound.
    const auto zero = [&](std::string_view word) -> std::optional<std::partial_ordering> {
      const auto found = operands_.find(word);
      if (found == operands_.end() || !is_literal(*found->second)) return std::nullopt;
      return order_of(Value(0), *found->second, !is_size).order;
    };
    if (const auto max = zero("max"); max && *max > 0)
      error(claim, "max", fmt::format("no {} is below zero: the claim never holds", what), "");
    const auto min = zero("min");
    if (min && *min >= 0 && operands_.size() == 1)
      error(claim, "min", fmt::format("no {} is below zero: the claim cannot fail", what),
            is_size ? "write 'min: 1' or more" : "say what it must not exceed: 'max: 5s'");
    else if (is_size && operands_.empty())
      error(claim, "body", "every body has a size: the claim cannot fail", "add a limit: 'min: 1'");
    check_below_zero(claim, what);
    for (const auto* word : {"exists", "count"})
      if (const auto found = operands_.find(word); found != operands_.end())
        error(claim, word,
              fmt::format("there is always one {}: the claim {}", what,
                          *found->second == Value(true) || *found->second == Value(1) ? "cannot fail" : "never holds"),
              "claim its limits: min, max");
  }

  // Values that no size and no time is.
  void check_below_zero(const Claim& claim, std::string_view what) {
    for (const auto& [word, operand] : operands_) {
      const bool is_denied = word.starts_with("not");
      if (word != "is" && word != "in" && !is_denied) continue;
      const auto values = one_or_many(*operand);
      const bool is_never = !values.empty() && std::all_of(values.begin(), values.end(), [](const Value& value) {
        return value.is_number() && value.number() < 0;
      });
      if (!is_never || (is_denied && operands_.size() > 1)) continue;
      error(claim, word,
            fmt::format("no {} is below zero: the claim {}", what, is_denied ? "cannot fail" : "never holds"), "");
    }
  }

  // Whether an operand says what the claim looks at, alone or in its list. All of
  // a list of `contains` is to be there, and `is` takes a list as a whole.
  static bool says_again(std::string_view word, const Value& operand, std::string_view own) {
    const auto is_own = [&](const Value& value) {
      const auto* text = value.string();
      return text && text->starts_with('$') && reference_alone(*text) == reference_alone(own);
    };
    const auto values = one_or_many(operand);
    if (word == "is") return values.size() == 1 && is_own(values[0]);
    if (word == "contains") return !values.empty() && std::all_of(values.begin(), values.end(), is_own);
    return std::any_of(values.begin(), values.end(), is_own);
  }

  // What compares the run, or anything else, with itself alone.
  void check_itself(const Claim& claim, Gate gate) {
    const std::string_view own = claim.subject == "value" ? *claim.argument.string()
                                 : claim.of.size() == 1   ? std::string_view(claim.of.front())
                                                          : std::string_view();
    for (const auto& [word, operand] : operands_) {
      if (own.empty() || (claim.subject != "value" && claim.subject != "body")) break;
      if (!says_again(word, *operand, own)) continue;
      error(claim, word,
            fmt::format("'{}' is compared with itself: the claim {}", own,
                        word.starts_with("not") ? "never holds" : "cannot fail"),
            "compare it with what is expected");
      return;
    }
    if (claim.subject != "value" || !is_of_run_alone(claim.argument, gate)) return;
    const bool is_alone = std::all_of(operands_.begin(), operands_.end(), [&](const auto& one) {
      return is_literal(*one.second) || is_of_run_alone(*one.second, gate);
    });
    if (is_alone)
      error(claim, "value",
            fmt::format("'{}' is known before anything is sent: the claim says nothing of the system",
                        shown(claim.argument)),
            "compare it with what a step saved, or claim that");
  }

  // Whether all that a text refers to is a fact of the run or an option. A
  // `require` may ask for an option.
  static bool is_of_run_alone(const Value& value, Gate gate) {
    const auto* text = value.string();
    if (!text) return false;
    const auto references = find_references(*text);
    return !references.empty() && std::all_of(references.begin(), references.end(), [&](const auto& reference) {
      if (reference.names.empty()) return false;
      const auto& head = reference.names[0].name;
      return head == "run" || (head == "options" && gate == Gate::expect);
    });
  }

  // `is`, `in`, `contains` against what `not` and `in` say.
  void check_values(const Claim& claim) {
    const auto literal = [&](std::string_view word) -> const Value* {
      const auto found = operands_.find(word);
      return found != operands_.end() && is_literal(*found->second) ? found->second : nullptr;
    };
    const Value* is = literal("is");
    const Value* in = literal("in");
    const auto refuse = [&](std::string_view word, std::string_view other) {
      error(claim, word, fmt::format("'{}' and '{}' exclude each other: the claim never holds", other, word), "");
    };
    if (is && in && !is->items() && !has_common({*is}, one_or_many(*in))) refuse("in", "is");
    for (const auto* word : {"not", "not is", "not in"}) {
      const Value* unwanted = literal(word);
      if (!unwanted) continue;
      if (is && !is->items() && has_common({*is}, one_or_many(*unwanted))) refuse(word, "is");
      const auto choices = in ? one_or_many(*in) : Value::Array{};
      const bool is_nothing_left = std::all_of(
          choices.begin(), choices.end(), [&](const Value& one) { return has_common({one}, one_or_many(*unwanted)); });
      if (in && is_nothing_left) refuse(word, "in");
    }
    const Value* contains = literal("contains");
    const Value* lacks = literal("not contains");
    if (contains && lacks && has_common(one_or_many(*contains), one_or_many(*lacks))) refuse("not", "contains");
  }

  void check_count(const Claim& claim) {
    const auto count = operands_.find("count");
    const bool is_single = claim.subject == "status" || claim.subject == "header" || claim.subject == "media_type" ||
                           claim.subject == "filename" || claim.subject == "time";
    if (count == operands_.end() || !is_single || count->second->integer_or(0) < 2) return;
    error(claim, "count", fmt::format("there is one '{}' at most: the claim never holds", claim.subject),
          "claim 'exists: true', or what it is");
  }

  // Whether a pattern is found in every text. It is tried on texts that have
  // nothing in common.
  static bool matches_anything(const Value& pattern) {
    const Value schema = Value::object({{"pattern", pattern}});
    static constexpr std::array<std::string_view, 4> texts{"", "\n", "\x01", "~Zo\xC3\xAB 7"};
    return check_schema(schema).empty() && std::all_of(texts.begin(), texts.end(), [&](std::string_view text) {
             return validate(schema, Value(text)).empty();
           });
  }

  void check_pattern(const Claim& claim) {
    for (const auto* word : {"matches", "not matches"}) {
      const auto found = operands_.find(word);
      const auto* text = found == operands_.end() ? nullptr : found->second->string();
      // What is one whole reference is known in the run only; a value inside of a
      // pattern is taken as it is.
      if (!text || is_one_reference(*text)) continue;
      const Value pattern(with_sample(*text, "x"));
      if (is_blank(pattern) || !matches_anything(pattern)) continue;
      const bool is_denied = word[0] == 'n';
      error(claim, word,
            fmt::format("the pattern '{}' is found in every text: the claim {}", shown(*found->second),
                        is_denied ? "never holds" : "only says that something is there"),
            is_denied ? "" : "leave the matcher out to say so, or anchor the pattern with ^ and $");
    }
  }

  // Two claims about how one call ended.
  void check_answers(const Step& step) {
    for (const std::string_view subject : {"result", "status"}) {
      const Claim* first = nullptr;
      for (const auto& claim : step.expect) {
        const bool is_plain = claim.is_whole && claim.subject == subject && claim.of.empty() &&
                              !claim.argument.is_bool() && claim.level.value_or(Level::shall) == Level::shall;
        if (!is_plain) continue;
        if (first && !has_common(one_or_many(first->argument), one_or_many(claim.argument)))
          error(claim, subject,
                fmt::format("another claim of this step has a different '{}': both never hold", subject),
                fmt::format("list all that are right in one claim: '{}: [a, b]'", subject));
        if (!first) first = &claim;
      }
    }
  }

  LintContext& context_;
  Operands operands_;  // of the claim being checked
};

}  // namespace

void lint_sense(LintContext& context) { SenseLinter(context).run(); }

}  // namespace bb::suite
