#include "harness/facts/words.hpp"

#include <algorithm>
#include <cstdint>

#include <bb/core/text.hpp>

#include "harness/facts/latin_letters.hpp"
#include "harness/facts/tables.hpp"

namespace bb::facts {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

// The code point that begins at `at`, which moves behind it. The text is UTF-8.
std::uint32_t next_code(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  std::uint32_t code = lead < 0x80 ? lead : lead < 0xE0 ? lead & 0x1Fu : lead < 0xF0 ? lead & 0x0Fu : lead & 0x07u;
  while (at < text.size() && is_continuation(text[at]))
    code = (code << 6) | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
  return code;
}

void append_folded(std::string& out, std::uint32_t code) {
  const auto in = [code](std::uint32_t first, std::uint32_t last) { return code >= first && code <= last; };
  if (in('A', 'Z'))
    out += static_cast<char>(code + 0x20);
  else if (code < 0x80)
    out += static_cast<char>(code);
  else if (in(0xC0, 0x24F) && !latin_letters[code - 0xC0].empty())
    out += latin_letters[code - 0xC0];
  else if (in(0x1E00, 0x1EFF) && !latin_additional_letters[code - 0x1E00].empty())
    out += latin_additional_letters[code - 0x1E00];
  else if (code == 0xB5 || code == 0x3BC)
    out += 'u';  // micro
  else if (code == 0x2212 || in(0x2010, 0x2013))
    out += '-';  // minus, hyphens
  else if (in(0x80, 0xBF) || in(0x2000, 0x206F) || code == 0xFFFD)
    out += ' ';  // signs, quotation marks, dashes
  else if (in(0x300, 0x36F))
    return;  // combining marks
  else if (in(0x391, 0x3A9))
    append_utf8(out, code + 0x20);  // Greek
  else if (in(0x410, 0x42F))
    append_utf8(out, code + 0x20);  // Cyrillic
  else if (in(0x400, 0x40F))
    append_utf8(out, code + 0x50);
  else
    append_utf8(out, code);
}

std::string fold_letters(std::string_view text) {
  const auto valid = is_utf8(text) ? std::string(text) : to_utf8_lossy(text);
  std::string out;
  out.reserve(valid.size());
  for (std::size_t at = 0; at < valid.size();) append_folded(out, next_code(valid, at));
  return out;
}

// "0.10" and ".1" are 0.1, "1,000" is 1000, "007" stays.
std::string plain_number(std::string_view number) {
  std::string plain(number);
  std::erase(plain, ',');
  if (plain.find('.') != std::string::npos) {
    plain.erase(plain.find_last_not_of('0') + 1);
    if (plain.ends_with('.')) plain.pop_back();
    if (plain.starts_with('.')) plain.insert(0, 1, '0');
  }
  return plain;
}

// The end of a number that begins at `at`: digits, points and commas between digits.
std::size_t number_end(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const bool is_inside = (text[at] == '.' || text[at] == ',') && at + 1 < text.size() && is_digit(text[at + 1]);
    if (!is_digit(text[at]) && !is_inside) break;
    ++at;
  }
  return at;
}

// A minus: not between two words ("COVID-19", "12-15"), and directly before a number.
bool is_sign(std::string_view text, std::size_t at) {
  if (text[at] != '-' || at + 1 >= text.size()) return false;
  const bool is_before_number =
      is_digit(text[at + 1]) || (text[at + 1] == '.' && at + 2 < text.size() && is_digit(text[at + 2]));
  return is_before_number && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t' || text[at - 1] == ':');
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  const auto plain = fold_letters(text);
  std::vector<std::string> words;
  for (std::size_t at = 0; at < plain.size();) {
    const char c = plain[at];
    std::size_t end = at + 1;
    if (is_sign(plain, at)) {
      end = number_end(plain, at + 1);
      words.push_back("-" + plain_number(std::string_view(plain).substr(at + 1, end - at - 1)));
    } else if (is_digit(c) || (c == '.' && end < plain.size() && is_digit(plain[end]))) {
      end = number_end(plain, at);
      words.push_back(plain_number(std::string_view(plain).substr(at, end - at)));
    } else if (is_letter(c)) {
      while (end < plain.size() && is_letter(plain[end])) ++end;
      words.push_back(plain.substr(at, end - at));
    } else if (c == '<' || c == '>' || c == '%') {
      words.emplace_back(1, c);
    }
    at = end;
  }
  return words;
}

std::string folded(std::string_view text) { return join(words_of(text), " "); }

std::string name_key(std::string_view name, const Tables& tables) {
  name = trim(name);
  if (name.ends_with(')')) {
    const auto open = name.rfind('(');
    if (open != std::string_view::npos && open > 0 && tables.is_tag(folded(name.substr(open))))
      name = name.substr(0, open);
  }
  std::vector<std::string> words, forms;
  for (auto& word : words_of(name)) {
    const auto form = tables.dose_form(word);
    if (form.empty())
      words.push_back(std::move(word));
    else
      forms.emplace_back(form);
  }
  std::sort(forms.begin(), forms.end());
  words.insert(words.end(), forms.begin(), forms.end());
  return join(words, " ");
}

}  // namespace bb::facts
