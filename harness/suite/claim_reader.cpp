#include "harness/suite/claim_reader.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "harness/facts/levels.hpp"
#include "harness/suite/references.hpp"

namespace bb::suite {
namespace {

const Words claim_keys = {"result", "status", "header", "media_type", "filename", "json", "xpath",
                          "mime",   "body",   "value",  "time",       "valid",    "same", "by",
                          "is",     "not",    "in",     "matches",    "contains", "min",  "max",
                          "count",  "exists", "of",     "verifies",   "level",    "hint"};
// Of later versions; each has a message of its own.
const Words later_claim_keys = {"fhirpath", "cert"};
// The text a person reads, the values a program reads, the bytes as they are,
// all of these in every form, and the number of bytes.
const Words body_words = {"text", "values", "raw", "everything", "size"};
// What a fault can change of it.
const Words body_part_words = {"text", "values", "raw", "size"};

// What `same` compares.
const Words comparison_words = {facts::claimed_levels[0], facts::claimed_levels[1], facts::claimed_levels[2],
                                same_by_xml};
static_assert(facts::claimed_levels.size() == 3);

enum class Argument { results, statuses, texts, text, reference, references, body, time };
struct Subject {
  std::string_view name;
  Argument argument;
  bool is_available = true;
};
constexpr std::array subjects = {
    Subject{"result", Argument::results},   Subject{"status", Argument::statuses},
    Subject{"header", Argument::text},      Subject{"media_type", Argument::texts},
    Subject{"filename", Argument::texts},   Subject{"json", Argument::text},
    Subject{"xpath", Argument::text},       Subject{"mime", Argument::text},
    Subject{"body", Argument::body},        Subject{"value", Argument::reference},
    Subject{"time", Argument::time},        Subject{"valid", Argument::text},
    Subject{"same", Argument::references},  Subject{"fhirpath", Argument::text, false},
    Subject{"cert", Argument::text, false},
};
constexpr std::string_view subject_list =
    "result status header media_type filename json xpath mime body value time valid same";

constexpr std::array<std::pair<std::string_view, Matcher>, 9> matchers = {{
    {"is", Matcher::is},
    {"not", Matcher::not_},
    {"in", Matcher::in},
    {"matches", Matcher::matches},
    {"contains", Matcher::contains},
    {"min", Matcher::min},
    {"max", Matcher::max},
    {"count", Matcher::count},
    {"exists", Matcher::exists},
}};

// What `not: {…}` may deny; limits, `count` and `exists` are denied by another
// operand.
const Words deniable_words = {"is", "in", "matches", "contains"};

const Subject* find_subject(std::string_view key) {
  const auto found = std::find_if(subjects.begin(), subjects.end(), [&](const auto& s) { return s.name == key; });
  return found == subjects.end() ? nullptr : &*found;
}

std::optional<Matcher> find_matcher(std::string_view key) {
  const auto found = std::find_if(matchers.begin(), matchers.end(), [&](const auto& m) { return m.first == key; });
  return found == matchers.end() ? std::nullopt : std::optional(found->second);
}

bool is_reference_text(const YamlNode& node) { return node.is_scalar() && node.text.starts_with('$'); }

// What to write for a reference: the text itself, where only its '$' is missing.
std::string reference_note(const YamlNode& node, std::string_view otherwise) {
  const auto names = node.is_scalar() ? parse_reference_names(node.text) : std::nullopt;
  return names && names->size() > 1 ? fmt::format("did you mean '${}'?", node.text) : std::string(otherwise);
}

std::vector<const YamlNode*> one_or_many(const YamlNode& node) {
  if (!node.is_list()) return {&node};
  std::vector<const YamlNode*> out;
  for (const auto& item : node.items) out.push_back(&item);
  return out;
}

// `media_type: true` leaves the judgement to matchers.
bool takes_any_value(const Subject& subject, const YamlNode& node) {
  const bool can_be_any = subject.argument == Argument::statuses || subject.argument == Argument::texts;
  return can_be_any && node.is_scalar() && to_value(node) == Value(true);
}

// `same: [$a.file, $b.file]`: two references or more, each once.
void check_copies(Form& form, const YamlNode& node) {
  if (!node.is_list() || node.items.size() < 2)
    return form.error(node.place, fmt::format("'same' takes a list of two references or more, got {}", describe(node)),
                      "for example 'same: [$view.page, $download.file]'");
  for (auto item = node.items.begin(); item != node.items.end(); ++item) {
    if (!form.text(*item, "'same'")) continue;
    if (!is_reference_text(*item))
      form.error(item->place, fmt::format("'same' takes references, got {}", describe(*item)),
                 reference_note(*item, "write '$test.saved'"));
    else if (std::any_of(node.items.begin(), item, [&](const YamlNode& other) { return other.text == item->text; }))
      form.error(item->place, fmt::format("'{}' is compared with itself", item->text), "name each copy once");
  }
}

void check_argument(Form& form, const Subject& subject, const YamlNode& node) {
  const std::string name = fmt::format("'{}'", subject.name);
  switch (subject.argument) {
    case Argument::results:
    case Argument::statuses:
    case Argument::texts:
      if (takes_any_value(subject, node)) return;
      if (node.is_list() && node.items.empty()) form.error(node.place, name + " is an empty list");
      for (const auto* one : one_or_many(node)) {
        if (subject.argument == Argument::results)
          form.word(*one, name, result_words);
        else if (subject.argument == Argument::statuses)
          form.integer(*one, name, 100, 599);
        else
          form.text(*one, name);
      }
      return;
    case Argument::reference:
      if (form.text(node, name) && !is_reference_text(node))
        form.error(node.place, fmt::format("'value' takes a reference, got {}", describe(node)),
                   reference_note(node, "write '$name.path', for example $patient.family_name"));
      return;
    case Argument::references:
      check_copies(form, node);
      return;
    case Argument::body:
      form.word(node, name, body_words);
      return;
    case Argument::time:
      form.word(node, name, {"first_byte", "total"});
      return;
    case Argument::text:
      form.text(node, name);
      return;
  }
}

void check_matcher(Form& form, Matcher matcher, const YamlNode& node);

// `not: {contains: x}`: one matcher that must not hold.
void check_denied(Form& form, const YamlNode& node) {
  if (node.members.size() != 1) {
    form.error(node.place,
               node.members.empty() ? "'not' is an empty map, expected a matcher"
                                    : fmt::format("'not' denies one matcher, got '{}' and '{}'", node.members[0].key,
                                                  node.members[1].key),
               node.members.empty() ? "for example 'not: {contains: x}'" : "write two claims");
    return;
  }
  const auto& [word, word_place, operand] = node.members.front();
  if (std::find(deniable_words.begin(), deniable_words.end(), word) != deniable_words.end()) {
    check_matcher(form, *find_matcher(word), operand);
    return;
  }
  const std::vector<std::string> known(deniable_words.begin(), deniable_words.end());
  if (find_matcher(word))
    form.error(word_place, fmt::format("'not' cannot deny '{}'", word), suggest("", known, "matchers here"));
  else
    form.error(word_place, fmt::format("unknown matcher '{}' in 'not'", shorten(word, 80)),
               suggest(word, known, "matchers here"));
}

void check_matcher(Form& form, Matcher matcher, const YamlNode& node) {
  const std::string name = fmt::format("'{}'", to_word(matcher));
  if (is_reference_text(node)) return;
  switch (matcher) {
    case Matcher::not_:
      if (node.is_map()) {
        check_denied(form, node);
        return;
      }
      [[fallthrough]];
    case Matcher::is:
      if (node.is_map() || (node.is_scalar() && to_value(node).is_null()))
        form.error(node.place, fmt::format("{} takes a value or a list, got {}", name, describe(node)));
      return;
    case Matcher::in:
      form.scalars(node, name);
      return;
    case Matcher::contains:
      if (node.is_list())
        form.scalars(node, name);
      else
        form.scalar(node, name);
      return;
    case Matcher::matches:
      form.text(node, name);
      return;
    case Matcher::min:
    case Matcher::max:
      if (const auto limit = form.scalar(node, name); limit && limit->is_bool())
        form.error(node.place, fmt::format("{} takes a number, a duration or a time, got {}", name, describe(node)));
      return;
    case Matcher::count:
      form.integer(node, name, 0, 1'000'000'000);
      return;
    case Matcher::exists:
      form.flag(node, name);
      return;
  }
}

std::string in_words(const Value& value) {
  if (const auto* text = value.string()) return collapse_whitespace(*text);
  if (const auto* items = value.items()) {
    std::vector<std::string> parts;
    for (const auto& item : *items) parts.push_back(in_words(item));
    return join(parts, ", ");
  }
  // not: {contains: x}
  if (const auto* members = value.members(); members && members->size() == 1)
    return fmt::format("{} {}", members->front().key, in_words(members->front().value));
  return to_json(value);
}

std::string claim_text(const Claim& claim) {
  std::string out = claim.subject + " " + in_words(claim.argument);
  if (!claim.of.empty()) out += " of " + join(claim.of, ", ");
  if (!claim.by.empty()) out += " by " + claim.by;
  for (const auto& [matcher, value] : claim.matchers) out += fmt::format(" {} {}", to_word(matcher), in_words(value));
  return out;
}

// The claim's one subject; reports none, several and those of later versions.
const YamlMember* take_subject(Form& form, const YamlNode& node, bool has_unknown_keys) {
  const YamlMember* found = nullptr;
  for (const auto& member : node.members) {
    const Subject* subject = find_subject(member.key);
    if (!subject) continue;
    if (found) {
      form.error(member.key_place, fmt::format("a claim has one subject, got '{}' and '{}'", found->key, member.key),
                 "write two claims");
      return nullptr;
    }
    found = &member;
  }
  if (!found && !has_unknown_keys)
    form.error(node.place, "a claim lacks its subject", fmt::format("one of: {}", subject_list));
  if (found && !find_subject(found->key)->is_available) {
    form.error(found->key_place, fmt::format("claim '{}' is not available yet in this version", found->key),
               fmt::format("subjects here: {}", subject_list));
    return nullptr;
  }
  return found;
}

void read_matchers(Form& form, const YamlNode& node, const Subject& subject, Claim& claim) {
  const bool can_state = subject.argument == Argument::results || subject.argument == Argument::statuses ||
                         subject.argument == Argument::texts;
  const bool states_its_value = can_state && !takes_any_value(subject, *node.find(subject.name));
  for (const auto& member : node.members) {
    const auto matcher = find_matcher(member.key);
    if (!matcher) continue;
    if (subject.name == "valid")
      form.error(member.key_place, "'valid' takes no matcher: a document is valid or it is not");
    else if (subject.name == "same")
      form.error(member.key_place, "'same' takes no matcher: copies agree or they do not");
    else if (states_its_value)
      form.error(member.key_place,
                 fmt::format("'{}' takes no matcher: its expected value stands right of it", subject.name),
                 fmt::format("write '{}: VALUE' or '{}: [VALUE, VALUE]'", subject.name, subject.name));
    else
      check_matcher(form, *matcher, member.value);
    claim.matchers.emplace_back(*matcher, to_value(member.value));
  }
  if (subject.argument == Argument::time && claim.matchers.empty())
    form.error(node.place, "'time' lacks a limit", "add 'max: 5s'");
}

void read_subject(Form& form, const YamlNode& node, const YamlMember& subject, Claim& claim) {
  claim.place = subject.key_place;
  claim.subject = subject.key;
  claim.argument = to_value(subject.value);
  const Subject& known = *find_subject(subject.key);
  check_argument(form, known, subject.value);
  read_matchers(form, node, known, claim);
  const bool says_where = known.argument == Argument::reference || known.argument == Argument::references;
  if (const auto* of = node.find("of"); of && says_where)
    form.error(of->place, fmt::format("'{}' says itself where to look; it takes no 'of'", known.name));
  const auto* by = node.find("by");
  if (!by) return;
  if (known.name != "same" && known.name != "valid")
    form.error(by->place, "'by' belongs to the claims 'same' and 'valid'");
  else if (const auto word = known.name == "same" ? form.word(*by, "'by'", comparison_words) : form.text(*by, "'by'"))
    claim.by = *word;
}

// "$test.saved"; of `json` several, each once.
void check_of(Form& form, const YamlNode& of, const Claim& claim) {
  if (of.is_list() && claim.subject != "json")
    form.error(of.place, "only the claim 'json' looks at several documents", "write one claim for each");
  const auto nodes = of.is_list() ? of.items : std::vector<YamlNode>{of};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!is_reference_text(nodes[i]))
      form.error(nodes[i].place, fmt::format("'of' takes a reference, got {}", describe(nodes[i])),
                 reference_note(nodes[i], "write '$test.saved'"));
    else if (std::any_of(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(i),
                         [&](const YamlNode& other) { return other.text == nodes[i].text; }))
      form.error(nodes[i].place, fmt::format("'{}' stands twice in 'of'", nodes[i].text), "name each document once");
  }
}

// A claim whose subject cannot be read has none.
Claim read_claim(Form& form, const YamlNode& node) {
  const std::size_t count_before = form.mistake_count();
  Claim claim;
  claim.node = &node;
  claim.place = node.place;
  if (form.expect_map(node, "a claim", claim_keys, later_claim_keys)) {
    const YamlMember* subject = take_subject(form, node, form.mistake_count() > count_before);
    if (subject) read_subject(form, node, *subject, claim);
  }
  form.take(node, "of", claim.of);
  if (const auto* of = node.find("of"); of && !claim.of.empty()) check_of(form, *of, claim);
  form.take(node, "verifies", claim.verifies);
  if (claim.subject == "valid" && !claim.by.empty() && !node.find("verifies")) claim.verifies = {claim.by};
  form.take(node, "hint", claim.hint);
  if (const auto* level = node.find("level"))
    if (const auto word = form.word(*level, "'level'", {"SHALL", "SHOULD", "MAY"}))
      claim.level = evidence::level_from(*word);
  claim.text = claim_text(claim);
  claim.is_whole = form.mistake_count() == count_before;
  return claim;
}

const Words kinds_with_argument = {"header", "json", "xpath", "mime"};
const Words fault_kinds_with_argument = {"header", "json", "xpath", "mime", "text"};
const Words kinds_alone = {"result", "status",  "media_type", "filename", "body",
                           "item",   "session", "receipts",   "items"};

bool is_among(std::string_view word, Words words) { return std::find(words.begin(), words.end(), word) != words.end(); }

std::vector<std::string> selector_words(Words with_argument, Words extra) {
  std::vector<std::string> out(kinds_alone.begin(), kinds_alone.end());
  out.insert(out.end(), with_argument.begin(), with_argument.end());
  out.insert(out.end(), extra.begin(), extra.end());
  return out;
}

}  // namespace

std::vector<Claim> read_claims(Form& form, const YamlNode& list, std::string_view name) {
  std::vector<Claim> out;
  if (!list.is_list()) {
    form.error(list.place, fmt::format("'{}' takes a list of claims, got {}", name, describe(list)),
               "begin each claim with '- '");
    return out;
  }
  if (list.items.empty()) form.error(list.place, fmt::format("'{}' is an empty list, expected claims", name));
  for (const auto& item : list.items) out.push_back(read_claim(form, item));
  return out;
}

std::optional<Selector> read_selector(Form& form, const YamlNode& node, std::string_view name, SelectorOf whose,
                                      Words extra_keys) {
  const Words with_argument = whose == SelectorOf::fault ? fault_kinds_with_argument : kinds_with_argument;
  if (node.is_scalar()) {
    if (is_among(node.text, kinds_alone)) return Selector{node.text, Value(), node.place, &node};
    if (is_among(node.text, with_argument))
      form.error(node.place, fmt::format("'{}' needs to know what to look for", node.text),
                 fmt::format("write {{{}: ...}}", node.text));
    else
      form.error(node.place, fmt::format("{} names a part of a message, got {}", name, describe(node)),
                 suggest(node.text, selector_words(with_argument, {}), "parts"));
    return std::nullopt;
  }
  if (!form.expect_map(node, std::string(name))) return std::nullopt;
  if (const auto* later = node.find("fhirpath")) {
    form.error(later->place, "selector 'fhirpath' is not available yet in this version");
    return std::nullopt;
  }
  form.refuse_unknown_keys(node, name, selector_words(with_argument, extra_keys));

  std::optional<Selector> out;
  for (const auto& member : node.members) {
    const bool has_argument = is_among(member.key, with_argument);
    if (!has_argument && !is_among(member.key, kinds_alone)) continue;
    if (out) {
      form.error(member.key_place, fmt::format("{} names one part, got '{}' and '{}'", name, out->kind, member.key));
      return std::nullopt;
    }
    out = Selector{member.key, has_argument ? to_value(member.value) : Value(), member.key_place, &node};
    const std::string key = fmt::format("'{}'", member.key);
    if (has_argument) {
      form.text(member.value, key);
    } else if (member.key == "body" && member.value.is_scalar() && to_value(member.value).is_string()) {
      form.word(member.value, key, body_part_words);
      out->argument = to_value(member.value);
    } else if (const auto is_on = form.flag(member.value, key); is_on && !*is_on) {
      form.error(member.value.place, fmt::format("{} takes true here, got false", key));
    }
  }
  if (!out && node.members.empty()) form.error(node.place, fmt::format("{} names no part of a message", name));
  return out;
}

}  // namespace bb::suite
