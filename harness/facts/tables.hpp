// harness/facts/tables.hpp - conformance/documents/facts.yaml: what facts are compared
// by, and what each format cannot hold.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/core/result.hpp>

#include "harness/facts/dates.hpp"
#include "harness/facts/kinds.hpp"

namespace bb::facts {

// What a format can hold. What is not declared it holds.
struct Format {
  bool has_codes = true;  // as a rule
  bool has_zones = true;
  bool is_for_people = false;
  Precision precision = Precision::second;
  std::set<std::string, std::less<>> lacks;  // "goal", "allergy.status", "*.planned"
  // Of attributes for which it has a few words alone, these and what each may stand for
  // of which it has none; folded. "allergy.severity": "severe": "fatal".
  using FewWords = std::map<std::string, std::set<std::string, std::less<>>, std::less<>>;
  std::map<std::string, FewWords, std::less<>> values;
  std::set<std::string, std::less<>> own;   // kinds of which it holds what the patient entered alone
  std::set<std::string, std::less<>> past;  // kinds of which it holds what happened alone
  std::string about;

  bool can_say(Kind kind, std::string_view attribute, std::string_view value) const;
  // Whether `word`, which it says, may stand for a value that it cannot say. Of a value
  // that no word of it is known to stand for that cannot be told, so it may.
  bool may_mean(Kind kind, std::string_view attribute, std::string_view word, std::string_view value) const;
  bool holds(Kind kind) const { return !lacks.contains(to_word(kind)); }
  bool holds(Kind kind, std::string_view attribute) const;
};

class Tables {
 public:
  // The table that the program was built with; read once.
  static const Tables& built_in();
  // The error holds every mistake with its place.
  static Result<Tables> read(std::shared_ptr<const Source> source);

  // By the longest declared name that `name` begins with.
  const Format& format(std::string_view name) const;
  // One name for code systems that number the same things.
  std::string_view system(std::string_view oid) const;
  // The word that all words for one thing become; a word that is not declared stays.
  std::string status(std::string_view word) const { return one_word(statuses_, word); }
  std::string sex(std::string_view word) const { return one_word(sexes_, word); }
  std::string interpretation(std::string_view word) const { return one_word(interpretations_, word); }
  bool is_tag(std::string_view folded_words) const { return tags_.contains(std::string(folded_words)); }
  // The dose form that a folded word stands for, or empty.
  std::string_view dose_form(const std::string& word) const;
  static bool is_number(std::string_view word);
  bool changes_meaning(const std::string& word) const;
  // "hyper" of "hyperthyroidism", or empty.
  std::string_view meaning_prefix(std::string_view word) const;
  // "left" and "right".
  bool are_opposites(const std::string& a, const std::string& b) const;
  // The class of substances that a name belongs to by its end ("statin"), or empty.
  std::string_view name_stem(std::string_view word) const;
  // The UCUM unit of a strength that a folded word stands for ("mcg": ug), or empty.
  std::string_view strength_unit(const std::string& word) const;
  bool is_filler(const std::string& word) const { return fillers_.contains(word); }
  // Names a thing: no filler, no dose form, no strength.
  bool is_significant(const std::string& word) const {
    return !is_filler(word) && dose_form(word).empty() && !meaning_words_.contains(word) && !is_number(word);
  }
  // Folded phrases, word for word.
  using Phrases = std::vector<std::vector<std::string>>;
  const Phrases& negations_before() const { return negations_before_; }
  const Phrases& negations_after() const { return negations_after_; }
  // Whether one of them takes back what stands in another cell of its row.
  bool negates_across_cells(const std::vector<std::string>& phrase) const {
    return std::find(negations_across_cells_.begin(), negations_across_cells_.end(), phrase) !=
           negations_across_cells_.end();
  }
  // "instruction": a name of a sort of thing, or none.
  bool is_generic_name(const std::string& folded_words) const {
    return folded_words.empty() || nothings_.contains(folded_words) || generic_names_.contains(folded_words);
  }
  // Whether the last words say that nothing is known; a blank stands before and after each.
  bool ends_in_nothing(std::string_view folded_words) const;
  // "Code", "Name", "Status": words over columns alone, with `border` between.
  bool are_column_names(const std::vector<std::string>& words, std::string_view border) const {
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
      return word == border || is_filler(word) || column_names_.contains(word);
    });
  }
  // Of "name", "birth date", "sex", "title".
  const Phrases& labels(std::string_view what) const;
  bool is_sex(const std::string& word) const { return sexes_.contains(word); }
  // `level_all`, which the file does not name, holds every kind.
  bool is_in_level(Kind kind, std::string_view level) const;

 private:
  using Synonyms = std::unordered_map<std::string, std::string>;
  friend class TableReader;
  static std::string one_word(const Synonyms& synonyms, std::string_view word);

  std::map<std::string, Format, std::less<>> formats_;
  Format any_format_;
  std::map<std::string, std::string, std::less<>> systems_;
  Synonyms statuses_, sexes_, interpretations_, dose_forms_, strength_units_;
  std::unordered_map<std::string, std::size_t> opposites_;  // to the number of its group
  std::unordered_set<std::string> tags_, meaning_words_, meaning_prefixes_, name_stems_, fillers_, nothings_,
      generic_names_, column_names_;
  Phrases negations_before_, negations_after_, negations_across_cells_;
  std::map<std::string, Phrases, std::less<>> labels_;
  std::map<std::string, std::set<Kind>, std::less<>> level_kinds_;
};

}  // namespace bb::facts
