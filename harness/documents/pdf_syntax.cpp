#include "harness/documents/pdf_syntax.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/core/utf16.hpp>

namespace bb::documents {
namespace {

bool is_delimiter(char c) { return std::string_view("()<>[]{}/%").find(c) != std::string_view::npos; }

}  // namespace

bool is_pdf_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0'; }
bool is_pdf_digit(char c) { return c >= '0' && c <= '9'; }

const PdfValue* PdfValue::find(std::string_view key) const {
  for (const auto& member : members)
    if (member.key == key) return &member.value;
  return nullptr;
}

bool PdfReader::is_at_end() {
  skip_space();
  return at_ >= text_.size();
}

PdfValue PdfReader::read(int depth) {
  skip_space();
  if (at_ >= text_.size()) return {};
  const char c = text_[at_];
  if (c == '/') return read_name();
  if (c == '(') return read_string();
  if (text_.substr(at_).starts_with("<<")) return read_dictionary(depth);
  if (c == '<') return read_hex_string();
  if (c == '[') return read_list(depth);
  if (is_pdf_digit(c) || c == '-' || c == '+' || c == '.') return read_number();
  if (is_delimiter(c)) {
    at_ += text_.substr(at_).starts_with(">>") ? 2u : 1u;
    return {PdfValue::Kind::keyword, c == '>' ? ">>" : std::string(1, c), 0, {}, {}};
  }
  return {PdfValue::Kind::keyword, std::string(take_word()), 0, {}, {}};
}

void PdfReader::skip_space() {
  while (at_ < text_.size()) {
    if (is_pdf_space(text_[at_])) {
      ++at_;
    } else if (text_[at_] == '%') {
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    } else {
      return;
    }
  }
}

std::string_view PdfReader::take_word() {
  const auto begin = at_;
  while (at_ < text_.size() && !is_pdf_space(text_[at_]) && !is_delimiter(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

PdfValue PdfReader::read_name() {
  ++at_;
  const auto word = take_word();
  PdfValue name{PdfValue::Kind::name, {}, 0, {}, {}};
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '#' && i + 2 < word.size() && hex_digit(word[i + 1]) >= 0 && hex_digit(word[i + 2]) >= 0) {
      name.text += static_cast<char>(hex_digit(word[i + 1]) * 16 + hex_digit(word[i + 2]));
      i += 2;
    } else {
      name.text += word[i];
    }
  }
  return name;
}

PdfValue PdfReader::read_string() {
  PdfValue string{PdfValue::Kind::string, {}, 0, {}, {}};
  int open = 0;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '(' && ++open == 1) continue;
    if (c == ')' && --open == 0) {
      ++at_;
      break;
    }
    if (c != '\\' || at_ + 1 >= text_.size()) {
      string.text += c;
      continue;
    }
    const char escaped = text_[++at_];
    constexpr std::string_view letters = "nrtbf";
    constexpr std::string_view meanings = "\n\r\t\b\f";
    if (const auto letter = letters.find(escaped); letter != std::string_view::npos) {
      string.text += meanings[letter];
    } else if (escaped >= '0' && escaped <= '7') {
      int code = 0;
      std::size_t count = 0;
      while (count < 3 && at_ + count < text_.size() && text_[at_ + count] >= '0' && text_[at_ + count] <= '7')
        code = code * 8 + (text_[at_ + count++] - '0');
      at_ += count - 1;
      string.text += static_cast<char>(code & 0xFF);
    } else if (escaped != '\n' && escaped != '\r') {
      string.text += escaped;
    }
  }
  return string;
}

PdfValue PdfReader::read_hex_string() {
  PdfValue string{PdfValue::Kind::string, {}, 0, {}, {}};
  int high = -1;
  for (++at_; at_ < text_.size() && text_[at_] != '>'; ++at_) {
    const int digit = hex_digit(text_[at_]);
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
      continue;
    }
    string.text += static_cast<char>(high * 16 + digit);
    high = -1;
  }
  if (high >= 0) string.text += static_cast<char>(high * 16);
  if (at_ < text_.size()) ++at_;
  return string;
}

PdfValue PdfReader::read_number() {
  PdfValue number{PdfValue::Kind::number, std::string(take_word()), 0, {}, {}};
  if (number.text.empty()) ++at_;
  if (number.text.empty() || !std::all_of(number.text.begin(), number.text.end(), is_pdf_digit)) return number;
  const auto [end, error] = std::from_chars(number.text.data(), number.text.data() + number.text.size(), number.number);
  if (error != std::errc()) number.number = 0;
  const auto after = at_;
  skip_space();
  const auto generation = take_word();
  if (!generation.empty() && generation.size() <= 5 &&
      std::all_of(generation.begin(), generation.end(), is_pdf_digit)) {
    skip_space();
    if (take_word() == "R") {
      number.kind = PdfValue::Kind::reference;
      return number;
    }
  }
  at_ = after;
  return number;
}

PdfValue PdfReader::read_list(int depth) {
  PdfValue list{PdfValue::Kind::list, {}, 0, {}, {}};
  ++at_;
  if (is_too_deep(depth)) return list;
  while (!is_at_end()) {
    if (text_[at_] == ']') {
      ++at_;
      break;
    }
    if (is_object_end()) break;
    list.items.push_back(read(depth + 1));
  }
  return list;
}

PdfValue PdfReader::read_dictionary(int depth) {
  PdfValue dictionary{PdfValue::Kind::dictionary, {}, 0, {}, {}};
  at_ += 2;
  if (is_too_deep(depth)) return dictionary;
  while (!is_at_end()) {
    if (text_.substr(at_).starts_with(">>")) {
      at_ += 2;
      break;
    }
    if (is_object_end()) break;
    auto key = read(depth + 1);
    if (key.kind != PdfValue::Kind::name) continue;
    skip_space();
    if (text_.substr(at_).starts_with(">>")) continue;
    dictionary.members.push_back({std::move(key.text), read(depth + 1)});
  }
  return dictionary;
}

bool PdfReader::is_too_deep(int depth) {
  if (depth <= depth_max) return false;
  is_cut_ = true;
  at_ = text_.size();
  return true;
}

bool PdfReader::is_object_end() const {
  const auto rest = text_.substr(at_);
  return rest.starts_with("endobj") || rest.starts_with("endstream");
}

std::string pdf_text(std::string_view bytes) {
  if (bytes.starts_with(utf8_mark)) return to_utf8_lossy(without_utf8_mark(bytes));
  if (bytes.starts_with("\xFE\xFF")) return to_utf8_lossy(from_utf16(bytes.substr(2), true));
  std::string text;
  for (const char c : bytes) append_utf8(text, static_cast<unsigned char>(c));
  return text;
}

}  // namespace bb::documents
