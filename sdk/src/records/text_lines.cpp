#include "text_lines.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/core/utf16.hpp>
#include <bb/records/read.hpp>

namespace bb::records {
namespace {

constexpr std::size_t line_count_max = 1'000'000;

struct Decoded {
  std::string text;
  std::string encoding;
  bool has_mark = false;
};

Decoded decode(std::string_view bytes) {
  Decoded decoded;
  const bool is_little = bytes.starts_with("\xFF\xFE");
  if (is_little || bytes.starts_with("\xFE\xFF")) {
    decoded.text = from_utf16(bytes.substr(2), !is_little);
    decoded.encoding = is_little ? "UTF-16LE" : "UTF-16BE";
    decoded.has_mark = true;
    return decoded;
  }
  decoded.has_mark = bytes.starts_with(utf8_mark);
  bytes = without_utf8_mark(bytes);
  decoded.text = bytes;
  decoded.encoding = are_ascii(bytes) ? "ASCII" : "UTF-8";
  return decoded;
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\f') || c == 0x7F; }

std::string_view trim_end(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\f')) line.remove_suffix(1);
  return line;
}

// Of nothing but `mark` and, where allowed, blanks between; at least three.
bool is_made_of(std::string_view line, char mark) {
  line = trim(line);
  return std::count(line.begin(), line.end(), mark) >= 3 &&
         std::all_of(line.begin(), line.end(), [mark](char c) { return c == mark || c == ' '; });
}

}  // namespace

std::string plain_beginning(std::string_view bytes) {
  const bool is_wide = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  auto text = decode(bytes.substr(0, is_wide ? 2 * beginning_bytes + 2 : beginning_bytes)).text;
  const auto first = trim(text).substr(0, 1);
  if (first == "<" || first == "{" || first == "[" || text.find('\0') != std::string::npos) return {};
  return text;
}

bool is_rule(std::string_view line) { return is_made_of(line, '-'); }

bool is_double_rule(std::string_view line) { return is_made_of(line, '='); }

Result<TextLines> TextLines::split(std::string_view bytes) {
  if (bytes.size() > document_bytes_max)
    return Error{fmt::format("the file has {} bytes, at most {} are read", bytes.size(), document_bytes_max)};
  TextLines lines;
  auto decoded = decode(bytes);
  lines.encoding_ = std::move(decoded.encoding);
  lines.has_mark_ = decoded.has_mark;
  lines.text_ = std::make_unique<std::string>(std::move(decoded.text));
  auto& text = *lines.text_;
  if (!is_utf8(text)) {
    std::size_t begin = 0;  // of a line; the number of the first that is wrong is told
    for (int number = 1; begin <= text.size() && lines.ill_formed_line_ == 0; ++number) {
      const auto end = std::min(text.find('\n', begin), text.size());
      if (!is_utf8(std::string_view(text).substr(begin, end - begin))) lines.ill_formed_line_ = number;
      begin = end + 1;
    }
    text = to_utf8_lossy(text);
  }
  // Few CR CR LF are a CR LF and an empty line; where most lines end so, a program
  // on the way made CR LF of each LF of a CR LF: no line was between.
  const auto count_of = [&](std::string_view end) {
    std::size_t count = 0;
    for (auto at = text.find(end); at != std::string::npos; at = text.find(end, at + end.size())) ++count;
    return count;
  };
  const bool has_doubled_cr = 2 * count_of("\r\r\n") > count_of("\n");
  const bool goes_by_lf = text.find('\n') != std::string::npos;
  std::size_t begin = 0;
  std::uint32_t number = 1;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const char c = at < text.size() ? text[at] : '\n';
    if (c != '\n' && c != '\r') {
      if (!is_control(c)) continue;
      if (lines.control_line_ == 0) lines.control_line_ = static_cast<int>(number);
      text[at] = ' ';
      continue;
    }
    if (lines.lines_.size() == line_count_max)
      return Error{
          fmt::format("line {}, column 1: the text has more than {} lines", line_count_max + 1, line_count_max)};
    const auto line = trim_end(std::string_view(text).substr(begin, at - begin));
    if (at < text.size() || begin < at)
      lines.lines_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(line.size()), number});
    if (at == text.size()) {
      lines.has_final_break_ = begin == at && at > 0;
      break;
    }
    if (has_doubled_cr && std::string_view(text).substr(at).starts_with("\r\r\n")) {
      if (lines.first_crcrlf_ == 0) lines.first_crcrlf_ = static_cast<int>(number);
      at += 2;
      begin = at + 1;
      ++number;
      continue;
    }
    const bool is_pair = c == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    // Some files have CR CR LF for an empty line between: that is their CR LF.
    const bool is_before_pair = c == '\r' && at + 1 < text.size() && text[at + 1] == '\r';
    auto& first = is_pair ? lines.first_crlf_ : c == '\n' ? lines.first_lf_ : lines.first_cr_;
    if (first == 0 && (is_pair || c == '\n' || (!is_before_pair && at + 1 < text.size())))
      first = static_cast<int>(number);
    if (is_pair) ++at;
    begin = at + 1;
    number += !goes_by_lf || c == '\n' || is_pair;
  }
  if (!lines.lines_.empty()) lines.line_count_ = static_cast<int>(lines.lines_.back().number);
  return lines;
}

std::size_t TextLines::next_filled(std::size_t i) const {
  while (i < size() && (*this)[i].empty()) ++i;
  return i;
}

void TextLines::describe(TextDocument& document, std::string_view line_end) const {
  document.encoding = encoding_;
  document.line_count = line_count_;
  const int kinds = (first_crlf_ > 0) + (first_lf_ > 0) + (first_cr_ > 0) + (first_crcrlf_ > 0);
  if (kinds > 1) document.line_ends = "mixed";
  if (kinds == 1)
    document.line_ends = first_crlf_ > 0 ? "CRLF" : first_lf_ > 0 ? "LF" : first_cr_ > 0 ? "CR" : "CRCRLF";
  const auto deviates = [&](std::string_view kind, std::string_view what, int line) {
    document.deviations.push_back({std::string(kind), std::string(what), line, 1});
  };
  if (encoding_.starts_with("UTF-16")) deviates("encoding", encoding_, 1);
  if (has_mark_) deviates("byte-order-mark", encoding_, 1);
  if (ill_formed_line_ > 0) deviates("not-utf8", "", ill_formed_line_);
  if (control_line_ > 0) deviates("control-character", "", control_line_);
  if (!document.line_ends.empty() && document.line_ends != line_end)
    deviates("line-ends", document.line_ends,
             kinds > 1 ? std::max({first_crlf_, first_lf_, first_cr_, first_crcrlf_}) : 1);
  if (has_final_break_) deviates("final-line-break", "", document.line_count);
}

}  // namespace bb::records
