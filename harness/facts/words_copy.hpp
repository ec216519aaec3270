// harness/facts/words_copy.hpp - looks for facts in a copy that only people read.
//
// A fact is found where its name stands; what else it says must stand in the same line
// (a row of a table) or, where the line holds little more than the name, in the lines
// after it. Words beside it that take it back (negation.hpp) are none of it. Not found means that people do not find it
// either; that something stands there does not mean that a program could know it for a fact.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/facts/fact.hpp"
#include "harness/facts/tables.hpp"

namespace bb::facts {

class WordsCopy {
 public:
  // One line for each row, item or paragraph; a tab between the cells of a row.
  WordsCopy(std::string_view words, const Tables& tables);

  struct Found {
    bool is_found = false;
    int line = 0;  // of the words, from 1
    // Attributes that its place does not say, with what was looked for.
    std::vector<std::pair<std::string, std::string>> not_found = {};
  };
  // A place that says all of a fact is given once; facts of one name take turns.
  Found find(const Fact& fact, const Format& format);

  // Whether the words stand there, one after another.
  bool has(std::string_view phrase) const;

 private:
  using Phrase = std::vector<std::uint32_t>;  // numbers of words
  struct Window {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  void add_line(std::string_view text, int line);
  // Nothing where a word of it stands nowhere.
  Phrase phrase_of(std::string_view text) const;
  bool stands_at(const Phrase& phrase, std::size_t at) const;
  std::vector<std::size_t> places_of(const Phrase& phrase) const;
  // Places where the words of a name_key() stand together in any order, with any word for a
  // dose form: "LISINOPRIL 10MG TAB,ORAL".
  std::vector<std::size_t> places_in_any_order(std::string_view key) const;
  // Whether the words of a text stand there; `must_be_stated`: and no word beside them
  // takes them back.
  bool is_within(std::string_view text, Window window, bool must_be_stated = false) const;
  bool is_taken_back(std::size_t at, std::size_t length) const;
  Window line_of(std::size_t at) const;
  // The cell of the row below that stands under the cell of a label; empty where there is none.
  Window cell_below(std::size_t at) const;
  // `must_be_stated`: a word beside it may take it back.
  bool says(const Attribute& attribute, Window window, bool must_be_stated) const;
  bool says_date(std::string_view date, Window window) const;
  Window around(std::size_t at, std::size_t length) const;
  Found find_patient(const Fact& fact, const Format& format) const;
  bool names_patient(const std::string& name) const;
  bool says_birth_date(const std::string& date, const std::string& name) const;
  std::string sex_of_label(std::size_t end) const;
  bool says_sex(const std::string& sex, const std::string& name) const;
  // Where a label ends; `is_at_line_begin`: of those that begin a line.
  std::vector<std::size_t> ends_of_labels(std::string_view what, bool is_at_line_begin) const;

  const Tables& tables_;
  std::vector<std::uint32_t> words_;
  std::vector<int> lines_;  // of each word, in order
  std::vector<int> cells_;  // of each word: which of its line, from 0
  std::vector<bool> is_taken_;
  std::vector<std::string> texts_;  // by number of word
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::vector<std::size_t>> places_;  // by number of word
};

}  // namespace bb::facts
