// harness/facts/compare.hpp - do copies of one record state the same facts?
//
// XFMT-01 to XFMT-08. Facts of all copies are matched into rows: by code where both
// have one of the same system, else by name; dates that agree first. Time is linear
// in the number of facts. The first copy that holds a fact is what the others are
// measured against. docs/reference/facts.md has the rules.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/fact.hpp"
#include "harness/facts/tables.hpp"

namespace bb::facts {

// A copy to compare: facts that a program read, or words for people alone.
struct Copy {
  std::string name;    // for people: its path
  std::string format;  // as `bluebridge show` has it; of words "HTML", "PDF"
  std::vector<Fact> facts;
  bool is_words = false;
  std::string words;                     // of a copy for people, one line for each row or block
  std::vector<std::string> unread = {};  // what of it is in no fact
  std::vector<Modifiers> modifiers = {};
};

enum class Presence {
  stated,
  missing,   // it could hold the fact and does not
  not_held,  // its format has no place for it
};

struct Cell {
  Presence presence = Presence::missing;
  std::size_t fact = 0;  // in Copy::facts, where it is stated in one
  int line = 0;          // 0: not known
};

enum class What { missing, extra, different };
std::string_view to_word(What what);

// What copies do not agree in. `copy` is measured against `reference`.
struct Difference {
  What what = What::different;
  bool is_note = false;   // worth knowing, and no disagreement: other words for one code
  std::string attribute;  // of `different`: "status"
  std::size_t copy = 0;
  std::size_t reference = 0;
  std::string here;   // what `copy` says; empty: nothing
  std::string there;  // what `reference` says
};

struct Row {
  Kind kind = Kind::identity;
  std::string title;
  std::string date;
  std::vector<Cell> cells;  // one for each copy
  std::vector<Difference> differences;
};

// Facts that were not compared, and why.
struct NotCompared {
  std::size_t copy = 0;
  std::string what;  // "goal", "status of allergy", "codes"
  std::size_t count = 0;
  std::string why;
};

struct Comparison {
  std::vector<Row> rows;  // kinds in their order
  std::vector<NotCompared> not_compared;
  std::vector<std::size_t> repeated;  // of each copy: facts said more than once
  std::string unjudged;               // why nothing can be said; empty = judged

  std::size_t difference_count() const;  // without notes
  std::size_t note_count() const;
  bool agrees() const { return unjudged.empty() && difference_count() == 0; }
};

// Two or more copies at a level of the table.
Comparison compare(const std::vector<Copy>& copies, std::string_view level, const Tables& tables);

}  // namespace bb::facts
