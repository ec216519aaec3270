// text_lines.hpp - bytes of a text file as lines of UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/records/text_document.hpp>

namespace bb::records {

inline constexpr std::size_t beginning_bytes = 2048;  // of UTF-16 twice as many

// The first 2 kB as UTF-8, whatever the encoding: what a format is recognised by.
// Empty where they are no plain text: XML, HTML, JSON, with NUL.
std::string plain_beginning(std::string_view bytes);

// Lines without their ends, trailing white space cut, tabs as they are.
class TextLines {
 public:
  // Fails on more than document_bytes_max bytes or 1,000,000 lines.
  static Result<TextLines> split(std::string_view bytes);

  TextLines(TextLines&&) = default;
  TextLines& operator=(TextLines&&) = default;
  TextLines(const TextLines&) = delete;
  TextLines& operator=(const TextLines&) = delete;

  std::size_t size() const { return lines_.size(); }
  std::string_view operator[](std::size_t i) const {
    return std::string_view(*text_).substr(lines_[i].offset, lines_[i].length);
  }
  // The number of a line for people, from 1: as editors count, which go by LF where
  // there is one.
  int number(std::size_t i) const { return i < lines_.size() ? static_cast<int>(lines_[i].number) : line_count_; }
  // The first line at or after `i` that is not empty; size() where there is none.
  std::size_t next_filled(std::size_t i) const;

  // Sets encoding, line_ends and the deviations of both; `end` is the line end of the layout.
  void describe(TextDocument& document, std::string_view line_end) const;

 private:
  struct Place {
    std::uint32_t offset, length, number;
  };
  TextLines() = default;

  std::unique_ptr<std::string> text_;
  std::vector<Place> lines_;
  std::string encoding_;
  // The number of the first line that ends so; 0 = none does.
  int first_crlf_ = 0, first_lf_ = 0, first_cr_ = 0, first_crcrlf_ = 0;
  bool has_mark_ = false;
  bool has_final_break_ = false;
  int ill_formed_line_ = 0, control_line_ = 0;
  int line_count_ = 1;  // as number() counts
};

// A line of nothing but dashes ("---", "- - -") or nothing but '='.
bool is_rule(std::string_view line);
bool is_double_rule(std::string_view line);

}  // namespace bb::records
