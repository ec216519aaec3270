// harness/bundle/pseudonyms.hpp - personal values, and what stands for them.
//
// A value gets a pseudonym of its own form (letters for letters, digits for digits),
// by HMAC-SHA-256 under a key that is made here and kept nowhere: the same value has
// the same pseudonym everywhere in one bundle and another one in the next. Values are
// found in any case, with or without marks on letters, with other separators between
// their words, and as Writing has it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/bundle/letters.hpp"

namespace bb::bundle {

class Pseudonyms {
 public:
  Pseudonyms();
  ~Pseudonyms();
  Pseudonyms(const Pseudonyms&) = delete;
  Pseudonyms& operator=(const Pseudonyms&) = delete;

  // A name: each of its words stands for a person too.
  void learn_name(std::string_view name);
  // An identifier, an account, a telephone number, a line of an address, an e-mail address.
  void learn_value(std::string_view value);
  // A date of birth: "1970-05-01", "19700501". Found in the forms that dates are written in;
  // the fake one is a date too, the same for the same date.
  void learn_date(std::string_view date);

  std::size_t count() const { return patterns_.size(); }
  // With pseudonyms, as they may stand in this writing.
  std::string masked(std::string_view text, Writing writing) const;
  bool finds(std::string_view text, Writing writing) const;

 private:
  struct Word {
    std::vector<std::uint32_t> letters;  // folded
    std::string stands_for_it;           // lower case
  };
  struct Pattern {
    std::vector<Word> words;
    std::size_t letter_count = 0;
    bool is_digits = false;      // separators may stand anywhere in it
    bool is_date = false;        // its words stand apart
    bool is_date_whole = false;  // YYYYMMDD: a time may follow
  };
  struct Place {
    std::size_t word = 0, letter = 0;
    std::size_t at = 0;  // in the letters of the text
  };

  std::vector<Word> words_of(std::string_view value);
  std::string pseudonym_of(const std::vector<std::uint32_t>& letters);
  enum class Kind { value, date };
  void add(std::vector<Word> words, Kind kind = Kind::value);
  void add_date(const std::vector<std::string>& words, const std::vector<std::string>& fake);
  bool match(const Pattern& pattern, const std::vector<Letter>& letters, std::size_t at,
             std::vector<Place>& places) const;
  const Pattern* find(const std::vector<Letter>& letters, std::size_t at, std::vector<Place>& places) const;

  std::string key_;
  std::vector<Pattern> patterns_;
  std::map<std::uint32_t, std::vector<std::size_t>> by_first_;  // longest first
  std::map<std::vector<std::uint32_t>, std::string> words_;
  std::set<std::string> taken_;
  std::set<std::vector<std::vector<std::uint32_t>>> known_;
};

}  // namespace bb::bundle
