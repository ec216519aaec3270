// One person's facts for another's, wherever they stand. A fact is replaced as
// it is written in text, in markup and in JSON, and a date also in its compact
// form; only whole words are, so that "male" does not change "female".
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "harness/checks/faults.hpp"
#include "harness/checks/mail_rewrite.hpp"

namespace bb::checks {
namespace {

// From each form of a fact to its replacement; the longest forms first.
struct LongestFirst {
  bool operator()(const std::string& a, const std::string& b) const {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  }
};
using Replacements = std::map<std::string, std::string, LongestFirst>;

std::string in_json(const std::string& text) {
  const auto quoted = to_json(Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

bool is_date(std::string_view text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((i == 4 || i == 7) ? text[i] != '-' : (text[i] < '0' || text[i] > '9')) return false;
  return true;
}

void add_forms(const std::string& from, const std::string& to, Replacements& replacements) {
  if (trim(from).empty() || from == to) return;
  replacements.emplace(from, to);
  replacements.emplace(escape_markup(from), escape_markup(to));
  replacements.emplace(in_json(from), in_json(to));
  if (is_date(from)) replacements.emplace(replace_all(from, "-", ""), replace_all(to, "-", ""));
}

// Members pair by key, elements by position; what has no counterpart goes.
void pair_facts(const Value& from, const Value& to, Replacements& replacements) {
  if (const auto* text = from.string()) return add_forms(*text, to.string_or(""), replacements);
  if (const auto* items = from.items())
    for (std::size_t i = 0; i < items->size(); ++i) pair_facts((*items)[i], to[i], replacements);
  if (const auto* members = from.members())
    for (const auto& member : *members) pair_facts(member.value, to[member.key], replacements);
}

bool is_word_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_whole_word(std::string_view text, std::size_t at, std::string_view word) {
  const auto end = at + word.size();
  if (is_word_char(word.front()) && at > 0 && is_word_char(text[at - 1])) return false;
  return !(is_word_char(word.back()) && end < text.size() && is_word_char(text[end]));
}

// One pass, so that what was put in is not replaced again.
bool replace_facts(std::string& text, const Replacements& replacements) {
  std::vector<std::vector<const Replacements::value_type*>> by_first(256);
  for (const auto& replacement : replacements)
    by_first[static_cast<unsigned char>(replacement.first.front())].push_back(&replacement);
  std::string out;
  bool is_changed = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto& candidates = by_first[static_cast<unsigned char>(text[at])];
    const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const auto* one) {
      return std::string_view(text).substr(at, one->first.size()) == one->first && is_whole_word(text, at, one->first);
    });
    if (found == candidates.end()) {
      out.push_back(text[at++]);
      continue;
    }
    out += (*found)->second;
    at += (*found)->first.size();
    is_changed = true;
  }
  if (is_changed) text = std::move(out);
  return is_changed;
}

Result<bool> swap_in_mail(std::string& body, const Replacements& replacements) {
  BB_TRY(auto mail, take_apart(body));
  bool is_changed = replace_facts(mail.subject, replacements);
  is_changed |= replace_facts(mail.text, replacements);
  is_changed |= replace_facts(mail.from, replacements);
  is_changed |= replace_facts(mail.to, replacements);
  for (auto& part : mail.attachments) {
    is_changed |= replace_facts(part.body, replacements);
    is_changed |= replace_facts(part.filename, replacements);
  }
  if (is_changed) body = records::write_mime(mail);
  return is_changed;
}

bool swap_in_value(Value& value, const Replacements& replacements) {
  bool is_changed = false;
  if (const auto* text = value.string()) {
    std::string changed = *text;
    is_changed = replace_facts(changed, replacements);
    if (is_changed) value = Value(std::move(changed));
  } else if (auto* items = value.items()) {
    for (auto& item : *items) is_changed |= swap_in_value(item, replacements);
  } else if (auto* members = value.members()) {
    for (auto& member : *members) is_changed |= swap_in_value(member.value, replacements);
  }
  return is_changed;
}

}  // namespace

Status swap_people(evidence::Message& message, const Value& from, const Value& to) {
  if (!from.is_object() || !to.is_object()) return Error{"'swap' needs two people"};
  Replacements replacements;
  pair_facts(from, to, replacements);
  bool is_changed = false;
  if (is_mail(message.media_type)) {
    BB_TRY(is_changed, swap_in_mail(message.body, replacements));
  } else {
    is_changed = replace_facts(message.body, replacements);
  }
  is_changed |= replace_facts(message.filename, replacements);
  is_changed |= swap_in_value(message.item, replacements);
  for (auto& attribute : message.attributes) is_changed |= replace_facts(attribute.value, replacements);
  if (!is_changed) return Error{"no fact of the person stands in this message"};
  return {};
}

}  // namespace bb::checks
