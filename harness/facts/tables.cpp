#include "harness/facts/tables.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>

#include "harness/facts/facts_text.hpp"
#include "harness/facts/levels.hpp"
#include "harness/facts/words.hpp"

namespace bb::facts {
namespace {

std::string dotted(std::string_view kind, std::string_view attribute) {
  std::string key(kind);
  key += '.';
  return key += attribute;
}

}  // namespace

// Reads a parsed table; mistakes are collected.
class TableReader {
 public:
  Tables read(const YamlNode& root) {
    Tables tables;
    for (const auto& member : root.members) {
      const auto& node = member.value;
      if (member.key == "format") {
        if (node.text != "bluebridge-facts/1")
          mistake(node.place, fmt::format("'format' is '{}', expected 'bluebridge-facts/1'", node.text));
      } else if (member.key == "formats") {
        for (const auto& one : node.members) tables.formats_[one.key] = read_format(one.value);
      } else if (member.key == "same_systems") {
        for (const auto& group : node.items)
          for (const auto& oid : group.items) tables.systems_[oid.text] = group.items.front().text;
      } else if (auto* synonyms = synonyms_of(tables, member.key)) {
        for (const auto& one : node.members)
          for (const auto& word : one.value.items) (*synonyms)[folded(word.text)] = one.key;
      } else if (member.key == "dose_forms") {
        for (const auto& one : node.members) tables.dose_forms_[one.key] = one.value.text;
      } else if (member.key == "strength_units") {
        for (const auto& one : node.members) tables.strength_units_[one.key] = one.value.text;
      } else if (member.key == "opposites") {
        for (std::size_t i = 0; i < node.items.size(); ++i)
          for (const auto& word : node.items[i].items) tables.opposites_[folded(word.text)] = i;
      } else if (auto* words = words_of(tables, member.key)) {
        for (const auto& word : node.items) words->insert(folded(word.text));
      } else if (member.key == "negations") {
        for (const auto& one : node.members) read_negations(tables, one);
      } else if (member.key == "labels") {
        for (const auto& one : node.members) read_phrases(tables.labels_[one.key], one.value);
      } else if (member.key == "levels") {
        for (const auto& one : node.members) read_level(tables, one);
      } else {
        mistake(member.key_place, fmt::format("unknown key '{}'", member.key));
      }
    }
    return tables;
  }

  std::vector<Diagnostic> diagnostics;

 private:
  void mistake(const Place& place, std::string message) {
    diagnostics.push_back({Severity::error, place, std::move(message), {}});
  }

  static Tables::Synonyms* synonyms_of(Tables& tables, std::string_view key) {
    return key == "statuses"          ? &tables.statuses_
           : key == "sexes"           ? &tables.sexes_
           : key == "interpretations" ? &tables.interpretations_
                                      : nullptr;
  }
  static std::unordered_set<std::string>* words_of(Tables& tables, std::string_view key) {
    return key == "tags"               ? &tables.tags_
           : key == "meaning_words"    ? &tables.meaning_words_
           : key == "meaning_prefixes" ? &tables.meaning_prefixes_
           : key == "name_stems"       ? &tables.name_stems_
           : key == "says_nothing"     ? &tables.nothings_
           : key == "generic_names"    ? &tables.generic_names_
           : key == "column_names"     ? &tables.column_names_
           : key == "filler_words"     ? &tables.fillers_
                                       : nullptr;
  }

  static void read_phrases(Tables::Phrases& phrases, const YamlNode& list) {
    for (const auto& item : list.items) phrases.push_back(facts::words_of(item.text));
  }

  void read_negations(Tables& tables, const YamlMember& list) {
    auto* phrases = list.key == "before"         ? &tables.negations_before_
                    : list.key == "after"        ? &tables.negations_after_
                    : list.key == "across_cells" ? &tables.negations_across_cells_
                                                 : nullptr;
    if (phrases == nullptr)
      mistake(list.key_place, fmt::format("unknown key '{}', expected before, after or across_cells", list.key));
    else
      read_phrases(*phrases, list.value);
  }

  bool flag(const YamlNode& node) {
    if (node.text != "no" && node.text != "yes")
      mistake(node.place, fmt::format("expected yes or no, got '{}'", node.text));
    return node.text == "yes";
  }

  Precision precision(const YamlNode& node) {
    if (node.text == "day") return Precision::day;
    if (node.text == "minute") return Precision::minute;
    if (node.text != "second")
      mistake(node.place, fmt::format("precision '{}', expected day, minute or second", node.text));
    return Precision::second;
  }

  Format read_format(const YamlNode& node) {
    Format format;
    for (const auto& [key, place, value] : node.members) {
      if (key == "codes")
        format.has_codes = flag(value);
      else if (key == "zones")
        format.has_zones = flag(value);
      else if (key == "people")
        format.is_for_people = flag(value);
      else if (key == "precision")
        format.precision = precision(value);
      else if (key == "values")
        for (const auto& one : value.members) read_values(format, one);
      else if (key == "about")
        format.about = value.text;
      else if (key == "lacks")
        for (const auto& item : value.items) read_lack(format, item);
      else if (key == "own")
        for (const auto& item : value.items) read_kind(format.own, item);
      else if (key == "past")
        for (const auto& item : value.items) read_kind(format.past, item);
      else
        mistake(place, fmt::format("unknown key '{}' of a format", key));
    }
    return format;
  }

  void read_values(Format& format, const YamlMember& attribute) {
    const auto kind = attribute.key.substr(0, attribute.key.find('.'));
    if (!kind_from(kind)) mistake(attribute.key_place, fmt::format("unknown kind '{}'", kind));
    auto& words = format.values[attribute.key];
    for (const auto& item : attribute.value.items) words[folded(item.text)];
    for (const auto& [word, place, others] : attribute.value.members)
      for (auto& meant = words[folded(word)]; const auto& other : others.items) meant.insert(folded(other.text));
  }

  void read_lack(Format& format, const YamlNode& item) {
    const auto kind = item.text.substr(0, item.text.find('.'));
    if (kind != "*" && !kind_from(kind)) mistake(item.place, fmt::format("unknown kind '{}'", kind));
    format.lacks.insert(item.text);
  }

  void read_kind(std::set<std::string, std::less<>>& words, const YamlNode& item) {
    if (!kind_from(item.text)) mistake(item.place, fmt::format("unknown kind '{}'", item.text));
    words.insert(item.text);
  }

  void read_level(Tables& tables, const YamlMember& level) {
    if (level.key == level_all || std::find(levels.begin(), levels.end(), level.key) == levels.end())
      mistake(level.key_place, fmt::format("unknown level '{}'", level.key));
    for (const auto& item : level.value.items) {
      if (const auto kind = kind_from(item.text))
        tables.level_kinds_[level.key].insert(*kind);
      else
        mistake(item.place, fmt::format("unknown kind '{}'", item.text));
    }
  }
};

bool Format::holds(Kind kind, std::string_view attribute) const {
  if (lacks.empty()) return true;
  return holds(kind) && !lacks.contains(dotted(to_word(kind), attribute)) && !lacks.contains(dotted("*", attribute));
}

bool Format::can_say(Kind kind, std::string_view attribute, std::string_view value) const {
  if (values.empty()) return true;
  const auto found = values.find(dotted(to_word(kind), attribute));
  return found == values.end() || found->second.contains(folded(value));
}

bool Format::may_mean(Kind kind, std::string_view attribute, std::string_view word, std::string_view value) const {
  const auto found = values.find(fmt::format("{}.{}", to_word(kind), attribute));
  if (found == values.end()) return true;
  bool is_known = false;
  for (const auto& [said, meant] : found->second) {
    if (!meant.contains(folded(value))) continue;
    if (said == folded(word)) return true;
    is_known = true;
  }
  return !is_known;
}

Result<Tables> Tables::read(std::shared_ptr<const Source> source) {
  auto yaml = parse_yaml(std::move(source));
  if (!yaml.is_good()) return Error{render(yaml.diagnostics)};
  TableReader reader;
  auto tables = reader.read(*yaml.root);
  if (!reader.diagnostics.empty()) return Error{render(reader.diagnostics)};
  return tables;
}

const Tables& Tables::built_in() {
  // A table that cannot be read is a mistake of ours, which a test sees.
  static const Tables tables = [] {
    auto read =
        Tables::read(std::make_shared<Source>(Source{"conformance/documents/facts.yaml", std::string(facts_yaml)}));
    return *std::move(read);
  }();
  return tables;
}

const Format& Tables::format(std::string_view name) const {
  const Format* found = &any_format_;
  std::size_t length = 0;
  for (const auto& [begin, format] : formats_)
    if (name.starts_with(begin) && begin.size() > length) {
      found = &format;
      length = begin.size();
    }
  return *found;
}

std::string_view Tables::system(std::string_view oid) const {
  const auto found = systems_.find(oid);
  return found == systems_.end() ? oid : std::string_view(found->second);
}

std::string Tables::one_word(const Synonyms& synonyms, std::string_view word) {
  auto plain = folded(word);
  const auto found = synonyms.find(plain);
  return found == synonyms.end() ? plain : found->second;
}

std::string_view Tables::dose_form(const std::string& word) const {
  const auto found = dose_forms_.find(word);
  return found == dose_forms_.end() ? std::string_view{} : std::string_view(found->second);
}

std::string_view Tables::strength_unit(const std::string& word) const {
  const auto found = strength_units_.find(word);
  return found == strength_units_.end() ? std::string_view{} : std::string_view(found->second);
}

bool Tables::are_opposites(const std::string& a, const std::string& b) const {
  const auto a_group = opposites_.find(a);
  const auto b_group = opposites_.find(b);
  return a != b && a_group != opposites_.end() && b_group != opposites_.end() && a_group->second == b_group->second;
}

bool Tables::ends_in_nothing(std::string_view folded_words) const {
  return std::any_of(nothings_.begin(), nothings_.end(),
                     [&](const std::string& words) { return folded_words.ends_with(" " + words + " "); });
}

std::string_view Tables::meaning_prefix(std::string_view word) const {
  for (const auto& prefix : meaning_prefixes_)
    if (word.starts_with(prefix)) return prefix;
  return {};
}

std::string_view Tables::name_stem(std::string_view word) const {
  for (const auto& stem : name_stems_)
    if (word.ends_with(stem)) return stem;
  return {};
}

bool Tables::is_number(std::string_view word) {
  if (word.starts_with('-')) word.remove_prefix(1);
  return !word.empty() && word.front() >= '0' && word.front() <= '9';
}

bool Tables::changes_meaning(const std::string& word) const {
  return is_number(word) || meaning_words_.contains(word) || !meaning_prefix(word).empty();
}

const Tables::Phrases& Tables::labels(std::string_view what) const {
  static const Phrases none;
  const auto found = labels_.find(what);
  return found == labels_.end() ? none : found->second;
}

bool Tables::is_in_level(Kind kind, std::string_view level) const {
  const auto found = level_kinds_.find(level);
  return found == level_kinds_.end() || found->second.contains(kind);
}

}  // namespace bb::facts
