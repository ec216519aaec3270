#include "text_grammar.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <bb/core/text.hpp>

namespace bb::records {
namespace {

constexpr std::size_t key_bytes_max = 60;
constexpr std::size_t key_words_max = 6;
constexpr std::size_t column_count_max = 16;

struct Key {
  enum class Goes { on_next_line, as_prose, across_empty_lines, as_list };
  std::string_view name;
  Goes goes = Goes::on_next_line;
  bool may_repeat = false;
  bool must_be_of_entry = false;  // '=': else it begins an entry of its own

  bool is_prose() const { return goes != Goes::on_next_line; }
};

struct Level {
  std::vector<Key> keys;

  bool empty() const { return keys.empty(); }
  const Key* first() const { return keys.empty() ? nullptr : &keys.front(); }
  std::size_t index_of(const Key* key) const { return static_cast<std::size_t>(key - keys.data()); }
  bool has(const Key* key) const { return !keys.empty() && key >= &keys.front() && key <= &keys.back(); }
};

std::string_view take_until(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

Level parse_level(std::string_view keys) {
  Level level;
  while (!keys.empty()) {
    Key key{take_until(keys, '|')};
    for (; !key.name.empty(); key.name.remove_suffix(1)) {
      const char mark = key.name.back();
      if (mark == '~')
        key.goes = Key::Goes::as_prose;
      else if (mark == '^')
        key.goes = Key::Goes::across_empty_lines;
      else if (mark == '#')
        key.goes = Key::Goes::as_list;
      else if (mark == '+')
        key.may_repeat = true;
      else if (mark == '=')
        key.must_be_of_entry = true;
      else
        break;
    }
    level.keys.push_back(key);
  }
  return level;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// The length of "Key:" at the start of a text, 0 where it is not there. A '%' at
// the end of a key stands for digits.
std::size_t key_length(std::string_view key, std::string_view text) {
  const bool is_numbered = key.ends_with('%');
  if (is_numbered) key.remove_suffix(1);
  if (text.size() <= key.size()) return 0;
  for (std::size_t i = 0; i < key.size(); ++i)
    if (lower(text[i]) != lower(key[i])) return 0;
  auto at = key.size();
  if (is_numbered)
    while (at < text.size() && is_digit(text[at])) ++at;
  if (is_numbered && at == key.size()) return 0;
  while (at < text.size() && text[at] == ' ') ++at;
  return at < text.size() && text[at] == ':' ? at + 1 : 0;
}

std::size_t count_blanks(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && (text[at + count] == ' ' || text[at + count] == '\t')) ++count;
  return count;
}

// Cells set apart by two blanks or more, each with where it begins.
struct Cell {
  std::size_t begin;
  std::string_view text;
};
std::vector<Cell> split_cells(std::string_view line) {
  std::vector<Cell> cells;
  std::size_t begin = count_blanks(line, 0);
  for (std::size_t at = begin; at < line.size();) {
    const auto blanks = count_blanks(line, at);
    if (blanks < 2) {
      at += std::max<std::size_t>(blanks, 1);
      continue;
    }
    cells.push_back({begin, line.substr(begin, at - begin)});
    at += blanks;
    begin = at;
  }
  if (begin < line.size()) cells.push_back({begin, line.substr(begin)});
  return cells;
}

std::string without_tabs(std::string_view line) {
  constexpr std::size_t tab_columns = 8;
  std::string out;
  for (const char c : line) {
    if (c != '\t')
      out += c;
    else
      out.append(tab_columns - out.size() % tab_columns, ' ');
  }
  return out;
}

constexpr std::array<std::string_view, 4> section_keys{"Source", "Last Updated", "Sorted By", "Sort By"};

class SectionReader {
 public:
  SectionReader(const SectionLayout& layout, const TextLines& lines, std::size_t end, TextSection& section,
                std::vector<TextDeviation>& deviations)
      : layout_(layout), lines_(lines), end_(end), section_(section), deviations_(deviations) {
    for (auto rest = layout.entry; !rest.empty() && rest != any_keys;)
      levels_.push_back(parse_level(take_until(rest, ';')));
    part_level_ = parse_level(layout.part);
    for (auto rest = layout.headings; !rest.empty();) headings_.push_back(take_until(rest, '|'));
  }

  // Reads line `i`; the next line to read.
  std::size_t read(std::size_t i) {
    at_ = i;
    const auto line = lines_[i];
    if (is_in_text_) return read_text(line), i + 1;
    if (line.empty()) return end_paragraph(), i + 1;
    if (layout_.table != SectionLayout::Table::none)
      if (const auto next = read_table(i); next != i) return next;
    if (is_double_rule(line)) {
      close_entry();
      heading_ = {};
      is_heading_of_repeats_ = false;
    } else if (is_rule(line)) {
      read_rule();
    } else if (!read_heading(line)) {
      read_fields(line, count_blanks(line, 0));
    }
    return i + 1;
  }

 private:
  // ---- where we are ----
  TextEntry& entry() { return section_.entries.back(); }
  TextEntry& holder() { return is_part_open_ ? entry().parts.back() : entry(); }
  TextField& field() { return holder().fields.back(); }
  int number() const { return lines_.number(at_); }

  void close_field() {
    open_key_ = nullptr;
    is_value_open_ = false;
    has_list_rule_ = false;
  }
  void close_part() {
    close_field();
    is_part_open_ = false;
  }
  void close_entry() {
    close_part();
    level_ = nullptr;
    is_in_text_ = false;
    is_after_rule_ = false;
  }

  void deviate(std::string_view kind, std::string_view what, std::size_t column) {
    add_deviation(deviations_, kind, what, number(), static_cast<int>(column) + 1);
  }

  void begin_entry(const Level& level) {
    close_entry();
    level_ = &level;
    section_.entries.push_back({});
    entry().line = number();
    entry().kind = heading_;
    entry().is_repeat = is_heading_of_repeats_;
  }

  void begin_part(std::string_view kind) {
    close_part();
    entry().parts.push_back({});
    is_part_open_ = true;
    holder().kind = kind;
    holder().line = number();
  }

  // ---- lines that are no field ----
  static void append(std::string& text, std::string_view line) {
    if (!text.empty()) text += '\n';
    text += line;
  }

  void end_paragraph() {
    is_after_break_ = true;
    if (open_key_ != nullptr && open_key_->goes == Key::Goes::across_empty_lines) return;
    close_field();
  }

  void read_rule() {
    if (open_key_ != nullptr && open_key_->goes == Key::Goes::as_list && field().value.empty() && !has_list_rule_) {
      has_list_rule_ = true;
      return;
    }
    if (level_ == nullptr) return;
    close_part();
    is_after_break_ = is_after_rule_ = true;
    is_in_text_ = layout_.text == SectionLayout::Text::after_rule;
  }

  // Free text ends where a double rule and the first key of an entry follow; a
  // double rule alone may be of the text.
  void read_text(std::string_view line) {
    if (is_double_rule(line)) {
      const auto next = lines_.next_filled(at_ + 1);
      if (next >= end_ || key_length(levels_.front().first()->name, trim(lines_[next])) > 0) return close_entry();
    }
    auto& text = entry().text;
    if (text.empty() && line.empty()) return;
    append(text, line);
  }

  bool read_heading(std::string_view line) {
    const auto text = trim(line);
    if (layout_.table == SectionLayout::Table::rows && text.starts_with("-- ")) {
      close_entry();
      heading_ = trim(text.substr(3));
      return true;
    }
    for (auto heading : headings_) {
      const bool is_of_repeats = heading.ends_with('*');
      if (is_of_repeats) heading.remove_suffix(1);
      if (text.size() < heading.size() || !iequals(text.substr(0, heading.size()), heading)) continue;
      const auto rest = text.substr(heading.size());
      if (!rest.empty() && rest != ":" && !rest.starts_with("  ") && !rest.starts_with(" (")) continue;
      begin_heading(heading);
      is_heading_of_repeats_ = is_of_repeats;
      if (rest.starts_with("  ")) read_fields(line, line.size() - trim(rest).size());
      return true;
    }
    return false;
  }

  void begin_heading(std::string_view heading) {
    close_part();
    heading_ = heading;
    if (layout_.headings_begin_parts) {
      if (level_ == nullptr) begin_entry(levels_.front());
      begin_part(heading);
    } else if (part_level_.empty()) {
      close_entry();
    }
  }

  // A head line, a rule and rows; the line behind it, or `i` where there is none.
  std::size_t read_table(std::size_t i) {
    if (i + 1 >= end_ || !is_rule(lines_[i + 1]) || is_rule(lines_[i])) return i;
    const auto head = without_tabs(lines_[i]);
    const auto columns = split_cells(head);
    if (columns.size() < 2 || columns.size() > column_count_max || head.find(':') != std::string::npos) return i;
    close_entry();
    auto row = i + 2;
    if (const auto next = lines_.next_filled(row); next < end_ && next <= row + 2 && is_row(next, 2)) row = next;
    for (; row < end_ && is_row(row, 1); ++row) add_row(columns, row);
    return row;
  }

  bool is_row(std::size_t i, std::size_t cell_count_min) const {
    const auto line = lines_[i];
    return !line.empty() && !is_rule(line) && !is_double_rule(line) && !line.starts_with("-- ") &&
           split_cells(without_tabs(line)).size() >= cell_count_min;
  }

  void add_row(const std::vector<Cell>& columns, std::size_t i) {
    at_ = i;
    const auto line = without_tabs(lines_[i]);
    TextEntry row;
    row.kind = heading_.empty() ? "table" : std::string(heading_);
    row.line = number();
    row.is_repeat = layout_.table == SectionLayout::Table::most_recent;
    // By the columns of the head; where a word runs across, by the gaps.
    const bool is_aligned = std::all_of(columns.begin() + 1, columns.end(), [&](const Cell& column) {
      return column.begin >= line.size() || line[column.begin - 1] == ' ' || line[column.begin] == ' ';
    });
    const auto cells = split_cells(line);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      std::string_view value;
      const auto begin = columns[c].begin;
      if (is_aligned && begin < line.size()) {
        const auto end = c + 1 < columns.size() ? std::min(columns[c + 1].begin, line.size()) : line.size();
        // The first column may be indented less than its head.
        value = trim(std::string_view(line).substr(c == 0 ? 0 : begin, end - (c == 0 ? 0 : begin)));
      } else if (!is_aligned && c < cells.size()) {
        value = trim(cells[c].text);
      }
      row.fields.push_back({std::string(trim(columns[c].text)), std::string(value), row.line,
                            static_cast<int>(std::min(begin, line.size())) + 1, true});
    }
    section_.entries.push_back(std::move(row));
  }

  // ---- fields ----
  static const Key* find_key(const Level& level, std::string_view text, std::size_t& length) {
    for (const auto& key : level.keys)
      if ((length = key_length(key.name, text)) > 0) return &key;
    return nullptr;
  }

  static bool has_field(const TextEntry& entry, std::string_view key) {
    return std::any_of(entry.fields.begin(), entry.fields.end(), [&](const TextField& f) { return f.key == key; });
  }

  // A line of prose that looks like a key of the entry is one only if that key can
  // still come.
  bool is_prose(const Level& level, const Key& key) {
    if (open_key_ == nullptr || !open_key_->is_prose() || !level.has(open_key_)) return false;
    return level.index_of(&key) < level.index_of(open_key_) && has_field(holder(), key.name);
  }

  void read_fields(std::string_view line, std::size_t begin) {
    const auto text = line.substr(begin);
    std::size_t length = 0, other_length = 0;
    const auto* level = level_beginning_with(text, other_length);
    if (level_ != nullptr) {
      const auto* of_part = find_key(part_level_, text, length);
      const bool begins_part = of_part != nullptr && of_part == part_level_.first() && !layout_.headings_begin_parts;
      if (begins_part) begin_part(heading_ == entry().kind ? std::string_view{} : heading_);
      if (of_part != nullptr && is_part_open_) {
        if (!begins_part && is_prose(part_level_, *of_part)) return append_value(text);
        return add_fields(part_level_, *of_part, line, begin, length);
      }
      std::size_t own_length = 0;
      const auto* own = find_key(*level_, text, own_length);
      if (own != nullptr && own != level_->first() && is_still_of_entry(*own, level, text.substr(own_length))) {
        if (!is_part_open_ && is_prose(*level_, *own)) return append_value(text);
        close_part();
        return add_fields(*level_, *own, line, begin, own_length);
      }
      if (of_part != nullptr && !layout_.headings_begin_parts) {
        begin_part({});
        deviate("entry-without-first-key", part_level_.first()->name, begin);
        return add_fields(part_level_, *of_part, line, begin, length);
      }
    }
    if (level != nullptr) {
      begin_entry(*level);
      return add_fields(*level, *level->first(), line, begin, other_length);
    }
    std::string_view any_key, value;
    if (layout_.entry == any_keys) return read_any_field(text, begin);
    if (level_ == nullptr) return read_section_field(text, begin);
    const bool is_in_prose = open_key_ != nullptr && open_key_->is_prose();
    if (is_in_prose || !split_any_key(text, any_key, value)) return append_value(text);
    close_field();
    holder().fields.push_back({std::string(any_key), std::string(value), number(), static_cast<int>(begin) + 1, false});
    is_value_open_ = true;
    is_after_break_ = false;
    deviate("unknown-key", any_key, begin);
  }

  // Of a section without a layout: an entry ends where a key comes again.
  void read_any_field(std::string_view text, std::size_t begin) {
    std::string_view key, value;
    if (!split_any_key(text, key, value))
      return level_ == nullptr ? read_section_field(text, begin) : append_value(text);
    if (level_ == nullptr && std::find(section_keys.begin(), section_keys.end(), key) != section_keys.end())
      return read_section_field(text, begin);
    if (level_ == nullptr || (!entry().fields.empty() && entry().fields.front().key == key) ||
        (is_after_break_ && has_field(entry(), key)))
      begin_entry(any_level_);
    close_field();
    entry().fields.push_back({std::string(key), std::string(value), number(), static_cast<int>(begin) + 1, false});
    is_value_open_ = true;
    is_after_break_ = false;
  }

  const Level* level_beginning_with(std::string_view text, std::size_t& length) const {
    for (const auto& level : levels_)
      if ((length = key_length(level.first()->name, text)) > 0) return &level;
    return nullptr;
  }

  // A key that the entry has already may begin another; `other` is the level that it would begin.
  bool is_still_of_entry(const Key& key, const Level* other, std::string_view value) {
    if (key.must_be_of_entry && !is_number_of_entry(value)) return false;
    return other == nullptr || !has_field(entry(), key.name);
  }

  bool is_number_of_entry(std::string_view value) {
    return !entry().fields.empty() && entry().fields.front().value == trim(value);
  }

  void read_section_field(std::string_view text, std::size_t begin) {
    std::size_t length = 0;
    for (const auto key : section_keys)
      if ((length = key_length(key, text)) > 0) {
        section_.head.push_back(
            {std::string(key), std::string(trim(text.substr(length))), number(), static_cast<int>(begin) + 1, true});
        return;
      }
    if (text.starts_with("No information was available")) section_.says_nothing = true;
    append(section_.text, text);
  }

  void append_value(std::string_view text) {
    if (is_value_open_ || open_key_ != nullptr) {
      append(field().value, text);
      is_after_break_ = false;
    } else {
      append(is_after_rule_ ? entry().text : section_.text, text);
    }
  }

  // The field at `begin` and those that follow it on the line.
  void add_fields(const Level& level, const Key& key, std::string_view line, std::size_t begin, std::size_t length) {
    add_field(level, key, line, begin, length);
    if (key.goes == Key::Goes::as_prose || key.goes == Key::Goes::across_empty_lines) return;
    auto at = begin + length;
    while (at < line.size()) {
      const auto blanks = count_blanks(line, at);
      at += std::max<std::size_t>(blanks, 1);
      if (blanks < 2 || at >= line.size() || !is_letter(line[at])) continue;
      std::size_t next_length = 0;
      const auto* next = find_key(level, line.substr(at), next_length);
      if (next == nullptr || next == level.first()) continue;
      auto& value = field().value;
      value = trim(line.substr(value_begin_, at - value_begin_));
      add_field(level, *next, line, at, next_length);
      at += next_length;
    }
  }

  void add_field(const Level& level, const Key& key, std::string_view line, std::size_t begin, std::size_t length) {
    const bool is_numbered = key.name.ends_with('%');
    const auto name = is_numbered ? trim(line.substr(begin, length - 1)) : key.name;
    if (!key.may_repeat && !is_numbered && has_field(holder(), name)) {
      if (is_after_break_ && !layout_.headings_begin_parts && (is_part_open_ || part_level_.empty())) {
        if (is_part_open_)
          begin_part({});
        else
          begin_entry(level);
        deviate("entry-without-first-key", level.first()->name, begin);
      } else {
        deviate("repeated-key", name, begin);
      }
    }
    close_field();
    value_begin_ = begin + length;
    // "Reaction:*": a mark that refers to a remark
    if (value_begin_ < line.size() && line[value_begin_] == '*') ++value_begin_;
    holder().fields.push_back({std::string(name), std::string(trim(line.substr(std::min(value_begin_, line.size())))),
                               number(), static_cast<int>(begin) + 1, true});
    open_key_ = &key;
    is_value_open_ = true;
    is_after_break_ = false;
  }

  const SectionLayout& layout_;
  const TextLines& lines_;
  std::size_t end_;
  TextSection& section_;
  std::vector<TextDeviation>& deviations_;
  std::vector<Level> levels_;
  Level any_level_;
  Level part_level_;
  std::vector<std::string_view> headings_;

  std::size_t at_ = 0;
  std::size_t value_begin_ = 0;
  const Level* level_ = nullptr;   // of the open entry
  const Key* open_key_ = nullptr;  // of the field that the next line may go on with
  bool is_value_open_ = false;     // a field that the layout does not know may go on too
  bool is_part_open_ = false;
  bool is_in_text_ = false;
  bool is_after_break_ = false;  // an empty line or a rule before this line
  bool is_after_rule_ = false;   // a rule since the entry began
  bool has_list_rule_ = false;
  std::string_view heading_;
  bool is_heading_of_repeats_ = false;
};

}  // namespace

bool split_any_key(std::string_view line, std::string_view& key, std::string_view& value) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > key_bytes_max || !is_letter(line.front())) return false;
  if (colon + 1 < line.size() && line[colon + 1] != ' ' && line[colon + 1] != '\t') return false;
  key = trim(line.substr(0, colon));
  constexpr std::string_view signs = " /()'.&#-";
  std::size_t word_count = 1;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (!is_letter(key[i]) && !is_digit(key[i]) && signs.find(key[i]) == std::string_view::npos) return false;
    if (key[i] == ' ' && key[i - 1] == ' ') return false;
    word_count += key[i] == ' ';
  }
  value = trim(line.substr(colon + 1));
  return word_count <= key_words_max;
}

void add_deviation(std::vector<TextDeviation>& deviations, std::string_view kind, std::string_view what, int line,
                   int column) {
  constexpr std::size_t what_bytes_max = 200;
  if (deviations.size() < deviation_count_max)
    deviations.push_back({std::string(kind), shorten(what, what_bytes_max), line, column});
}

void read_section_lines(const SectionLayout& layout, const TextLines& lines, std::size_t begin, std::size_t end,
                        TextSection& section, std::vector<TextDeviation>& deviations) {
  SectionReader reader(layout, lines, end, section, deviations);
  for (auto i = begin; i < end;) i = reader.read(i);
}

bool is_null_text(std::string_view value) {
  value = trim(value);
  if (value.size() > 1 && value.front() == '*' && value.back() == '*') value = trim(value.substr(1, value.size() - 2));
  for (const std::string_view none : {"", "--", "Not Available", "No Information Available", "None Entered"})
    if (iequals(value, none)) return true;
  return false;
}

std::string text_of(const TextEntry& entry, std::string_view key) {
  for (const auto& field : entry.fields)
    if (iequals(field.key, key) && !is_null_text(field.value)) return collapse_whitespace(field.value);
  return {};
}

std::string source_of(const TextSection& section) {
  for (const auto& field : section.head) {
    if (field.key != "Source" || field.value.empty()) continue;
    const bool is_own = iequals(field.value, "Self-Entered") || iequals(field.value, "Self Entered") ||
                        iequals(field.value, "Self Reported");
    return is_own ? "self-entered" : field.value;
  }
  return {};
}

namespace {

void add_words(const TextEntry& entry, std::string& text) {
  if (!entry.kind.empty()) text += entry.kind + "\n";
  for (const auto& field : entry.fields)
    if (!is_null_text(field.value)) text += field.key + ": " + collapse_whitespace(field.value) + "\n";
  if (!entry.text.empty()) text += entry.text + "\n";
  for (const auto& part : entry.parts) add_words(part, text);
}

}  // namespace

std::string words_of(const TextSection& section) {
  constexpr std::size_t words_bytes_max = 256 * 1024;
  std::string text;
  for (const auto& entry : section.entries) {
    add_words(entry, text);
    if (text.size() > words_bytes_max) break;
  }
  if (!section.text.empty()) text += section.text;
  while (text.ends_with('\n')) text.pop_back();
  return shorten(text, words_bytes_max);
}

}  // namespace bb::records
