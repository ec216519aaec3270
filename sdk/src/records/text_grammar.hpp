// text_grammar.hpp - the layouts of text files as data, and the one reader of
// entries that all of them share.
//
// A list of keys is one text: "Medication|Instructions~|Status". The first key
// begins an entry. Marks behind a key say how its value goes on:
//   ~  in the lines that follow, even if one of them looks like another key
//   ^  so, across empty lines too
//   #  a list: one item a line, below a rule of dashes or none
//   +  the key may come again in the same entry
//   =  only where its value is that of the entry's first key; else it begins another
// A '%' stands for digits. Headings are set apart by '|' too; below one that ends in
// '*' stands again what other entries state.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bb/records/text_document.hpp>

#include "text_lines.hpp"

namespace bb::records {

inline constexpr std::size_t deviation_count_max = 10'000;

// As SectionLayout::entry: the layout knows no keys, all are taken.
inline constexpr std::string_view any_keys = "*";

struct SectionLayout {
  std::string_view name;
  std::string_view former_name;                            // in older versions; empty = the same
  std::string_view kind;                                   // as Section::kind; empty = for people alone
  std::string_view source;                                 // who speaks in it: "VA", "Self-Entered" ...
  std::string_view entry;                                  // keys of an entry; several lists are set apart by ';'
  std::string_view part = {};                              // keys of its parts
  std::string_view headings = {};                          // lines below which entries or parts stand, by '|'
  enum class Text { none, after_rule } text = Text::none;  // free text behind the keys of an entry
  enum class Table { none, rows, most_recent } table = Table::none;
  bool headings_begin_parts = false;
};

// Of a section that no layout has: all keys are taken.
inline constexpr SectionLayout unknown_layout{"", "", "", "", any_keys};

// At most deviation_count_max are kept; `what` is cut where it is long.
void add_deviation(std::vector<TextDeviation>& deviations, std::string_view kind, std::string_view what, int line,
                   int column = 1);

// Reads the lines [begin, end) of a section, behind its banner.
void read_section_lines(const SectionLayout& layout, const TextLines& lines, std::size_t begin, std::size_t end,
                        TextSection& section, std::vector<TextDeviation>& deviations);

// "Key: value" of any key: letters, digits and a few signs, at most six words.
// False where the line has none.
bool split_any_key(std::string_view line, std::string_view& key, std::string_view& value);

}  // namespace bb::records
