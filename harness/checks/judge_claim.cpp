#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <bb/core/text.hpp>
#include <bb/records/pdf.hpp>
#include "harness/checks/everything.hpp"
#include "harness/checks/expression.hpp"
#include "harness/checks/judge.hpp"
#include "harness/checks/matchers.hpp"
#include "harness/checks/subjects.hpp"
#include "harness/checks/validator.hpp"
#include "harness/checks/xml_canonical.hpp"
#include "harness/facts/comparison_words.hpp"
#include "harness/facts/levels.hpp"
#include "harness/facts/read_copy.hpp"

namespace bb::checks {
namespace {

using suite::Matcher;

constexpr std::size_t text_bytes_max = 2'048;

bool is_among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}
bool states_its_value(std::string_view subject) {
  return is_among(subject, {"result", "status", "media_type", "filename"});
}
bool is_of_message(std::string_view subject) { return is_among(subject, {"result", "status", "header", "time"}); }

// The content behind `of`: a saved document, or a text.
std::variant<Document, Trouble> document_of(const Value& saved, std::string_view reference) {
  if (auto document = as_document(saved)) return *std::move(document);
  if (const auto* text = saved.string()) return Document{"", "", *text};
  if (saved.items() && saved.size() == 1) return document_of(saved[0], reference);
  return unjudgeable(fmt::format("'{}' holds {}, expected one document", reference,
                                 saved.items() ? fmt::format("{} values", saved.size()) : std::string(saved.kind())));
}

// The content behind a claim's `of`.
std::variant<Document, Trouble> saved_document(const std::string& of, const Scope& scope) {
  const auto saved = scope.resolve(Value(of));
  if (!saved) return unjudgeable(saved.error().what);
  return document_of(*saved, of);
}

Trouble no_message() { return unjudgeable("a check has no message: say 'of' which saved value to look at"); }
Trouble no_answer(const evidence::Message& message) { return violated(fmt::format("no answer ({})", message.result)); }

Extracted content_subject(const suite::Claim& claim, const Value& argument, const Document& document) {
  const auto text = argument.string_or("");
  if (claim.subject == "json") return json_subject(text, document);
  if (claim.subject == "xpath") return xpath_subject(text, document);
  if (claim.subject == "mime") return mime_subject(text, document);
  if (claim.subject == "body") return body_subject(text, document);
  if (claim.subject == "media_type") return text_subject(document.media_type);
  if (claim.subject == "filename") return text_subject(document.filename);
  return unjudgeable(fmt::format("claim '{}' is not known here", claim.subject));
}

// What is found in each of the documents of `of`; several make a set.
Extracted saved_subject(const suite::Claim& claim, const Value& argument, const Scope& scope) {
  Subject whole{Subject::Shape::set, {}};
  for (const auto& of : claim.of) {
    auto document = saved_document(of, scope);
    if (auto* trouble = std::get_if<Trouble>(&document)) return *trouble;
    auto found = content_subject(claim, argument, std::get<Document>(document));
    if (claim.of.size() == 1 || std::holds_alternative<Trouble>(found)) return found;
    auto& values = std::get<Subject>(found).values;
    std::move(values.begin(), values.end(), std::back_inserter(whole.values));
  }
  return whole;
}

bool asks_for_existence(const suite::Claim& claim) {
  return !claim.matchers.empty() && claim.matchers.front().first == Matcher::exists;
}

Extracted value_of(const suite::Claim& claim, const Scope& scope) {
  const auto resolved = scope.resolve(claim.argument);
  if (resolved) return value_subject(*resolved);
  if (asks_for_existence(claim)) return Subject{};
  return unjudgeable(resolved.error().what);
}

// A refusal that comes without content gives nothing away. An empty answer of
// another kind stays nothing, of which no claim holds.
bool is_denial_of_empty_refusal(const suite::Claim& claim, const evidence::Message& message) {
  return claim.subject == "body" && message.body.empty() &&
         (message.result == "refused" || message.result == "not_found") &&
         std::all_of(claim.matchers.begin(), claim.matchers.end(),
                     [](const auto& matcher) { return matcher.first == Matcher::not_; }) &&
         !claim.matchers.empty();
}

// All that an answer gives away, its header fields too.
Subject everything_of(const evidence::Message& message) {
  Subject subject{Subject::Shape::texts, {Value(message.body)}};
  for (const auto& forms : {everything_in(content_of(message)), everything_around(message)})
    for (const auto& form : forms) subject.values.emplace_back(form);
  return subject;
}

std::variant<Document, Trouble> whole_document(const suite::Claim& claim, const Scope& scope,
                                               const evidence::Message* message) {
  if (!claim.of.empty()) return saved_document(claim.of.front(), scope);
  if (message == nullptr) return no_message();
  if (message->body.empty() && is_unanswered(*message)) return no_answer(*message);
  return content_of(*message);
}

// The version of the Applicability Statement that the run's option chooses; empty: none does.
std::string_view direct_as(const Scope& scope) {
  const auto* version = scope.find({{"options", "direct_as"}, ""});
  const auto* text = version == nullptr ? nullptr : version->string();
  return text == nullptr ? std::string_view() : *text;
}

// `valid`: the document of `of` or of the message, judged whole.
Validity judge_whole(const suite::Claim& claim, const Scope& scope, const evidence::Message* message,
                     const Validator* validator, ClaimResult& result) {
  const auto kind = resolve_argument(claim.subject, claim.argument, scope);
  if (!kind) return {Holds::unjudgeable, kind.error().what};
  result.expected = claim.by.empty() ? fmt::format("a valid document of {}", kind->string_or(""))
                                     : fmt::format("a document of {} that keeps {}", kind->string_or(""), claim.by);
  const auto document = whole_document(claim, scope, message);
  if (const auto* trouble = std::get_if<Trouble>(&document)) return {trouble->holds, trouble->found};
  const auto& bytes = std::get<Document>(document).body;
  if (bytes.empty()) return {Holds::violated, "nothing"};
  const auto word = kind->string_or("");
  auto validity = validator == nullptr ? Validity{Holds::unjudgeable, "there is nothing to judge documents with"}
                                       : validator->validate({word, claim.by, result.level, direct_as(scope)}, bytes);
  result.lacks_validator = validity.holds == Holds::unjudgeable;
  return validity;
}

// The bytes of a saved copy.
std::variant<std::string, Trouble> saved_bytes(const Value& reference, const Scope& scope) {
  const auto name = reference.string_or("");
  const auto saved = scope.resolve(reference);
  if (!saved) return unjudgeable(saved.error().what);
  auto document = document_of(*saved, name);
  if (const auto* trouble = std::get_if<Trouble>(&document)) return *trouble;
  auto& bytes = std::get<Document>(document).body;
  if (bytes.empty()) return violated(fmt::format("{}: nothing", name));
  return std::move(bytes);
}

// A saved copy, read; `facts::Copy` bears the name that the suite gives it.
std::variant<facts::Copy, Trouble> read_saved_copy(const Value& reference, const Scope& scope,
                                                   const Validator* validator) {
  const auto name = reference.string_or("");
  const auto saved = saved_bytes(reference, scope);
  if (const auto* trouble = std::get_if<Trouble>(&saved)) return *trouble;
  const auto& bytes = std::get<std::string>(saved);
  const facts::PdfWords pdf_words = [&](std::string_view pdf) {
    return validator == nullptr ? facts::no_pdf_words(pdf) : validator->pdf_words(pdf);
  };
  auto copy = facts::read_copy(name, bytes, pdf_words);
  if (copy) return *std::move(copy);
  return records::looks_like_pdf(bytes) ? unjudgeable(copy.error().what) : violated(copy.error().what);
}

// What differs, the first of it in words.
std::string differences_in_words(const facts::Comparison& comparison, const std::vector<facts::Copy>& copies) {
  std::vector<std::string> parts{facts::verdict_of(comparison)};
  for (std::size_t c = 0; c < copies.size(); ++c)
    parts.push_back(fmt::format("{} is {}", facts::letter_of(c), copies[c].name));
  for (const auto& row : comparison.rows)
    for (const auto& difference : row.differences)
      if (!difference.is_note)
        parts.push_back(
            fmt::format("{} '{}': {}", facts::to_word(row.kind), row.title, facts::in_words(row, difference)));
  return join(parts, "; ");
}

// `same` by `xml`: the others have the first one's canonical form.
Validity judge_xml(const suite::Claim& claim, const Scope& scope, ClaimResult& result) {
  result.expected = "copies that are the same XML (Canonical XML 1.1)";
  std::vector<std::string> copies;
  for (std::size_t i = 0; i < claim.argument.size(); ++i) {
    auto bytes = saved_bytes(claim.argument[i], scope);
    if (const auto* trouble = std::get_if<Trouble>(&bytes)) return {trouble->holds, trouble->found};
    copies.push_back(std::get<std::string>(std::move(bytes)));
  }
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const auto difference = first_xml_difference(copies.front(), copies[i]);
    const auto name = claim.argument[i].string_or("");
    if (!difference) return {Holds::violated, fmt::format("{}: {}", name, difference.error().what)};
    if (*difference)
      return {Holds::violated,
              fmt::format("{} and {} differ: {}", claim.argument[0].string_or(""), name, **difference)};
  }
  return {Holds::held, "the copies are the same XML"};
}

// `same`: the copies behind the references state the same facts.
Validity judge_copies(const suite::Claim& claim, const Scope& scope, const Validator* validator, ClaimResult& result) {
  if (claim.by == suite::same_by_xml) return judge_xml(claim, scope, result);
  const auto level = claim.by.empty() ? facts::level_all : facts::level_of(claim.by);
  result.expected = fmt::format("copies that state the same facts ({})", level);
  std::vector<facts::Copy> copies;
  for (std::size_t i = 0; i < claim.argument.size(); ++i) {
    auto copy = read_saved_copy(claim.argument[i], scope, validator);
    if (const auto* trouble = std::get_if<Trouble>(&copy)) return {trouble->holds, trouble->found};
    copies.push_back(std::get<facts::Copy>(std::move(copy)));
  }
  const auto comparison = facts::compare(copies, level, facts::Tables::built_in());
  if (!comparison.unjudged.empty()) return {Holds::unjudgeable, comparison.unjudged};
  if (comparison.agrees()) return {Holds::held, facts::verdict_of(comparison)};
  return {Holds::violated, differences_in_words(comparison, copies)};
}

Extracted extract(const suite::Claim& claim, const Scope& scope, const evidence::Message* message) {
  if (claim.subject == "value") return value_of(claim, scope);
  const auto argument = resolve_argument(claim.subject, claim.argument, scope);
  if (!argument) return unjudgeable(argument.error().what);
  if (!claim.of.empty()) {
    if (is_of_message(claim.subject)) return unjudgeable(fmt::format("a saved value has no {}", claim.subject));
    return saved_subject(claim, *argument, scope);
  }
  if (!message) return no_message();
  if (is_of_message(claim.subject) || states_its_value(claim.subject))
    return message_subject(claim.subject, *argument, *message);
  if (message->body.empty() && is_unanswered(*message)) return no_answer(*message);
  const bool is_empty_refusal = is_denial_of_empty_refusal(claim, *message);
  if (claim.subject == "body" && *argument == Value("everything") && (is_empty_refusal || !message->body.empty()))
    return everything_of(*message);
  if (is_empty_refusal) return Subject{Subject::Shape::one, {Value("")}};
  return content_subject(claim, *argument, content_of(*message));
}

// Media types are compared without case and parameters (RFC 9110, 8.3.1).
Value plain_media_type(const Value& value) {
  if (const auto* items = value.items()) {
    Value plain = Value::array();
    for (const auto& item : *items) plain.push(plain_media_type(item));
    return plain;
  }
  // not: {is: Text/HTML}
  if (const auto* members = value.members()) {
    Value plain = Value::object();
    for (const auto& member : *members) plain.set(member.key, plain_media_type(member.value));
    return plain;
  }
  const auto* text = value.string();
  return text ? Value(to_lower(trim(std::string_view(*text).substr(0, text->find(';'))))) : value;
}

// A matcher with its operand free of references, or the reason why not.
struct Expectation {
  Matcher matcher;
  Value written;  // as the suite has it
  Result<Value> operand;
  std::string in_words() const { return fmt::format("{} {}", to_word(matcher), shown(operand ? *operand : written)); }
};

std::vector<Expectation> expectations(const suite::Claim& claim, const Scope& scope) {
  std::vector<Expectation> list;
  const bool is_stated = states_its_value(claim.subject) && !claim.argument.is_null() && !claim.argument.is_bool();
  if (is_stated)
    list.push_back({claim.argument.items() ? Matcher::in : Matcher::is, claim.argument, scope.resolve(claim.argument)});
  for (const auto& [matcher, operand] : claim.matchers)
    list.push_back({matcher, operand, resolve_operand(matcher, operand, scope)});
  if (claim.subject == "media_type")
    for (auto& one : list)
      if (one.operand) one.operand = plain_media_type(*one.operand);
  return list;
}

Match match_one(const Expectation& expectation, const Subject& subject) {
  if (!expectation.operand) return {Holds::unjudgeable, expectation.in_words(), expectation.operand.error().what};
  return match(expectation.matcher, *expectation.operand, subject);
}

// A violation is proof; what cannot be judged only leaves a question.
int rank(Holds holds) { return holds == Holds::violated ? 2 : holds == Holds::unjudgeable ? 1 : 0; }

Match match_all(const std::vector<Expectation>& expectations, const Subject& subject) {
  if (expectations.empty()) return match_presence(subject);
  Match whole;
  std::vector<std::string> expected;
  for (const auto& expectation : expectations) {
    auto one = match_one(expectation, subject);
    if (!one.expected.empty()) expected.push_back(std::move(one.expected));
    if (rank(one.holds) > rank(whole.holds) || whole.found.empty()) {
      whole.holds = one.holds;
      whole.found = std::move(one.found);
    }
  }
  whole.expected = join(expected, " and ");
  return whole;
}

std::string expected_in_words(const std::vector<Expectation>& expectations) {
  std::vector<std::string> words;
  for (const auto& one : expectations) words.push_back(one.in_words());
  return words.empty() ? "present" : join(words, " and ");
}

}  // namespace

std::string_view to_word(Holds holds) {
  switch (holds) {
    case Holds::held:
      return "held";
    case Holds::violated:
      return "violated";
    case Holds::unjudgeable:
      return "unjudgeable";
  }
  return "";
}

ClaimResult judge_claim(const suite::Claim& claim, const Scope& scope, const evidence::Message* message,
                        const Validator* validator) {
  ClaimResult result;
  result.claim = &claim;
  result.level = claim.level.value_or(evidence::Level::shall);
  result.text = claim.text;
  if (claim.subject == "valid" || claim.subject == "same") {
    const auto validity = claim.subject == "valid" ? judge_whole(claim, scope, message, validator, result)
                                                   : judge_copies(claim, scope, validator, result);
    result.holds = validity.holds;
    result.found = shorten(validity.found, text_bytes_max);
    return result;
  }
  const auto extracted = extract(claim, scope, message);
  const auto expected = expectations(claim, scope);
  Match match;
  if (const auto* trouble = std::get_if<Trouble>(&extracted))
    match = {trouble->holds, expected_in_words(expected), trouble->found};
  else
    match = match_all(expected, std::get<Subject>(extracted));
  result.holds = match.holds;
  result.expected = shorten(match.expected, text_bytes_max);
  result.found = shorten(match.found, text_bytes_max);
  return result;
}

}  // namespace bb::checks
