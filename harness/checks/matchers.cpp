#include "harness/checks/matchers.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/suite/ordering.hpp"

namespace bb::checks {
namespace {

using suite::Matcher;

constexpr std::size_t shown_value_bytes_max = 160;
constexpr std::size_t shown_list_bytes_max = 1'000;
constexpr std::size_t listed_values_max = 8;

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"",
                     shorten(collapse_whitespace(to_utf8_lossy(text.substr(0, 4'096))), shown_value_bytes_max));
}

std::string shown_many(const Value::Array& values) {
  std::vector<std::string> words;
  for (const auto& value : values) {
    if (words.size() == listed_values_max) {
      words.push_back(fmt::format("and {} more", values.size() - listed_values_max));
      break;
    }
    words.push_back(shown(value));
  }
  return shorten(join(words, ", "), shown_list_bytes_max);
}

std::string text_of(const Value& value) {
  if (const auto* text = value.string()) return *text;
  if (auto document = as_document(value)) return readable_text(*document);
  return to_json(value);
}

Value::Array one_or_many(const Value& operand) { return operand.items() ? *operand.items() : Value::Array{operand}; }

// An empty list or an empty text would be found everywhere.
bool is_nothing_to_look_for(const Value& operand) {
  if (operand.is_null()) return true;
  if (const auto* text = operand.string()) return trim(*text).empty();
  const auto* items = operand.items();
  return items && (items->empty() || std::any_of(items->begin(), items->end(), is_nothing_to_look_for));
}

bool are_same(const Value& found, const Value& expected, const Subject& subject) {
  if (found == expected) return true;
  const bool is_document = as_document(found).has_value();
  const auto* text = found.string();
  if (!text && !is_document) return false;
  if (expected.is_string() || as_document(expected)) {
    if (subject.is_verbatim) return text_of(found) == text_of(expected);
    return collapse_whitespace(text_of(found)) == collapse_whitespace(text_of(expected));
  }
  if (!text || !subject.is_textual || expected.is_null()) return false;
  const auto parsed = parse_json(trim(*text));
  return parsed && *parsed == expected;
}

bool is_any_of(const Value& found, const Value::Array& expected, const Subject& subject) {
  return std::any_of(expected.begin(), expected.end(), [&](const Value& one) { return are_same(found, one, subject); });
}

template <class Holds1>
Match each(const Subject& subject, std::string expected, const Holds1& holds) {
  for (const auto& value : subject.values)
    if (!holds(value)) return {Holds::violated, std::move(expected), shown(value)};
  return {Holds::held, std::move(expected), shown(subject)};
}

Match match_is(const Value& operand, const Subject& subject) {
  if (operand.items() && subject.shape == Subject::Shape::set) {
    const bool is_same = Value(subject.values) == operand;
    return {is_same ? Holds::held : Holds::violated, shown(operand), shown(subject)};
  }
  return each(subject, shown(operand), [&](const Value& value) { return are_same(value, operand, subject); });
}

Match match_in(const Value& operand, const Subject& subject) {
  const auto choices = one_or_many(operand);
  return each(subject, fmt::format("one of {}", shown_many(choices)),
              [&](const Value& value) { return is_any_of(value, choices, subject); });
}

// The text of a subject in which pieces are looked for. White space is
// collapsed, so that a line break in a page does not hide a name; pieces of
// `texts` are kept apart by line ends.
std::string haystack_of(const Subject& subject) {
  if (subject.is_verbatim) return text_of(subject.values.front());
  std::string all;
  for (const auto& value : subject.values) all += collapse_whitespace(text_of(value)) + "\n";
  return all;
}

bool has_element(const Subject& subject, const Value& wanted) {
  return std::any_of(subject.values.begin(), subject.values.end(), [&](const Value& value) {
    if (as_document(value))
      return collapse_whitespace(text_of(value)).find(collapse_whitespace(text_of(wanted))) != std::string::npos;
    return are_same(value, wanted, subject);
  });
}

// Those of `wanted` that the subject holds.
std::vector<bool> contained(const Value::Array& wanted, const Subject& subject) {
  std::vector<bool> is_there;
  const bool is_set = subject.shape == Subject::Shape::set;
  const std::string haystack = is_set ? std::string() : haystack_of(subject);
  for (const auto& one : wanted) {
    if (is_set) {
      is_there.push_back(has_element(subject, one));
      continue;
    }
    const auto needle = subject.is_verbatim ? text_of(one) : collapse_whitespace(text_of(one));
    is_there.push_back(haystack.find(needle) != std::string::npos);
  }
  return is_there;
}

Value::Array pick(const Value::Array& values, const std::vector<bool>& flags, bool wanted) {
  Value::Array picked;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (flags[i] == wanted) picked.push_back(values[i]);
  return picked;
}

Match match_contains(const Value& operand, const Subject& subject) {
  const auto wanted = one_or_many(operand);
  const auto is_there = contained(wanted, subject);
  const auto missing = pick(wanted, is_there, false);
  Match match{Holds::held, fmt::format("contains {}", shown_many(wanted)), shown(subject)};
  if (missing.empty()) return match;
  match.holds = Holds::violated;
  match.found = wanted.size() == 1 ? fmt::format("not in {}", shown(subject))
                                   : fmt::format("{} of {} missing: {}; in {}", missing.size(), wanted.size(),
                                                 shown_many(missing), shown(subject));
  return match;
}

Match match_not(const Value& operand, const Subject& subject) {
  const auto unwanted = one_or_many(operand);
  return each(subject, fmt::format("not {}", shown_many(unwanted)),
              [&](const Value& value) { return !is_any_of(value, unwanted, subject); });
}

enum class Pattern { must_match, must_not_match };

Match match_pattern(const Value& operand, const Subject& subject, Pattern wanted) {
  RE2::Options options;
  options.set_log_errors(false);
  const auto pattern_text = text_of(operand);
  const RE2 pattern(pattern_text, options);
  if (!pattern.ok())
    return {Holds::unjudgeable, "",
            fmt::format("'{}' is no pattern of RE2: {}", shorten(pattern_text, 200), pattern.error())};
  const bool is_denied = wanted == Pattern::must_not_match;
  const auto expected = fmt::format("{} '{}'", is_denied ? "does not match" : "matches", shorten(pattern_text, 300));
  const auto holds = [&](const Value& value) { return RE2::PartialMatch(text_of(value), pattern) != is_denied; };
  // In pieces of a text the pattern is found in any of them, or in none.
  if (subject.shape != Subject::Shape::texts || is_denied) return each(subject, expected, holds);
  const bool is_any = std::any_of(subject.values.begin(), subject.values.end(), holds);
  return {is_any ? Holds::held : Holds::violated, expected, shown(subject)};
}

// `not: {contains: ...}` and the like: nothing of it may hold, and of no value.
Match match_not_nested(const Value& operand, const Subject& subject) {
  const auto& [word, inner] = operand.members()->front();
  if (word != "is" && word != "in" && word != "matches" && word != "contains")
    return {Holds::unjudgeable, "",
            fmt::format("'not' knows is, in, matches and contains, got '{}'", shorten(word, 80))};
  // Nothing is found nowhere, too: it must not pass for a denial.
  if (is_nothing_to_look_for(inner))
    return {Holds::violated, fmt::format("not {} {}", word, shown(inner)), "nothing to look for"};
  if (word == "matches") return match_pattern(inner, subject, Pattern::must_not_match);
  if (word != "contains") return match_not(inner, subject);
  const auto unwanted = one_or_many(inner);
  const auto present = pick(unwanted, contained(unwanted, subject), true);
  return {present.empty() ? Holds::held : Holds::violated, fmt::format("does not contain {}", shown_many(unwanted)),
          present.empty() ? shown(subject) : fmt::format("contains {}", shown_many(present))};
}

// A bound, or a duration in milliseconds, for people: "5 s".
std::string shown_bound(const Value& bound, bool is_duration) {
  const auto duration = suite::bound_ms(bound, is_duration);
  return duration ? format_duration(*duration) : shown(bound);
}

Match match_bound(bool is_min, const Value& operand, const Subject& subject) {
  const auto expected = fmt::format("at {} {}", is_min ? "least" : "most", shown_bound(operand, subject.is_duration));
  for (const auto& value : subject.values) {
    const auto order = suite::order_of(value, operand, subject.is_duration);
    const auto found = subject.is_duration ? shown_bound(value, true) : shown(value);
    if (!order.has_bound)
      return {Holds::unjudgeable, expected,
              fmt::format("{} is no number, duration or time to compare with", shown(operand))};
    if (!order.order) return {Holds::violated, expected, fmt::format("{}, which cannot be compared", found)};
    if (is_min ? *order.order < 0 : *order.order > 0) return {Holds::violated, expected, found};
  }
  return {Holds::held, expected, subject.is_duration ? shown_bound(subject.values.front(), true) : shown(subject)};
}

std::string values_in_words(std::int64_t count) { return count == 1 ? "1 value" : fmt::format("{} values", count); }

Match match_count(const Value& operand, const Subject& subject) {
  if (!operand.is_integer())
    return {Holds::unjudgeable, "", fmt::format("'count' takes a whole number, got {}", shown(operand))};
  const auto wanted = *operand.integer();
  const auto count = static_cast<std::int64_t>(subject.values.size());
  auto found = values_in_words(count);
  if (count > 0) found += ": " + shown_many(subject.values);
  return {count == wanted ? Holds::held : Holds::violated, values_in_words(wanted), std::move(found)};
}

Match match_exists(const Value& operand, const Subject& subject) {
  if (!operand.is_bool())
    return {Holds::unjudgeable, "", fmt::format("'exists' takes true or false, got {}", shown(operand))};
  const bool is_wanted = *operand.boolean();
  const bool is_there = !subject.values.empty();
  return {is_there == is_wanted ? Holds::held : Holds::violated, is_wanted ? "present" : "absent", shown(subject)};
}

Match match_value(Matcher matcher, const Value& operand, const Subject& subject) {
  switch (matcher) {
    case Matcher::is:
      return match_is(operand, subject);
    case Matcher::in:
      return match_in(operand, subject);
    case Matcher::contains:
      return match_contains(operand, subject);
    case Matcher::matches:
      return match_pattern(operand, subject, Pattern::must_match);
    case Matcher::min:
      return match_bound(true, operand, subject);
    case Matcher::max:
      return match_bound(false, operand, subject);
    default:
      break;
  }
  const bool is_nested = operand.members() && operand.size() == 1 && !as_document(operand);
  return is_nested ? match_not_nested(operand, subject) : match_not(operand, subject);
}

}  // namespace

std::string shown(const Value& value) {
  if (const auto document = as_document(value))
    return fmt::format("a document ({}, {} bytes)",
                       document->media_type.empty() ? "no media type" : document->media_type, document->body.size());
  if (const auto* text = value.string()) return in_quotes(*text);
  if (const auto* items = value.items()) return items->empty() ? "an empty list" : shown_many(*items);
  return shorten(to_json(value), shown_value_bytes_max);
}

std::string shown(const Subject& subject) {
  if (subject.values.empty()) return "nothing";
  if (subject.shape == Subject::Shape::one) return shown(subject.values.front());
  return shown_many(subject.values);
}

Match match(Matcher matcher, const Value& operand, const Subject& subject) {
  if (matcher == Matcher::exists) return match_exists(operand, subject);
  if (matcher == Matcher::count) return match_count(operand, subject);
  if (is_nothing_to_look_for(operand))
    return {Holds::violated, fmt::format("{} {}", to_word(matcher), shown(operand)), "nothing to look for"};
  if (subject.values.empty()) {
    auto expected = matcher == Matcher::contains ? fmt::format("contains {}", shown(operand))
                    : matcher == Matcher::is     ? shown(operand)
                                                 : fmt::format("{} {}", to_word(matcher), shown(operand));
    return {Holds::violated, std::move(expected), "nothing"};
  }
  return match_value(matcher, operand, subject);
}

Match match_presence(const Subject& subject) {
  Match match{Holds::held, "present", shown(subject)};
  if (subject.values.empty()) {
    match.holds = Holds::violated;
  } else if (subject.shape == Subject::Shape::one) {
    if (const bool* flag = subject.values.front().boolean()) {
      match.expected = "true";
      match.holds = *flag ? Holds::held : Holds::violated;
    }
  }
  return match;
}

}  // namespace bb::checks
