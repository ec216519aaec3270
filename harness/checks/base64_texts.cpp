#include "harness/checks/base64_texts.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::checks {
namespace {

constexpr std::size_t group_size = 4;      // letters of three bytes
constexpr std::size_t text_bytes_min = 5;  // shorter ones come about by chance
// Lines of mail have 76 letters, of PEM 64 (RFC 2045, section 6.8; RFC 7468, section 2).
constexpr std::size_t line_letters_min = 60;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

// A run of letters at the beginning, over the line ends of long lines; the
// letters alone, in the alphabet of section 4.
struct Run {
  std::string letters;
  std::size_t length = 0;  // in the text
};
Run take_run(std::string_view text) {
  Run run;
  std::size_t line_begin = 0;
  for (; run.length < text.size(); ++run.length) {
    const char c = text[run.length];
    if (is_letter(c)) {
      run.letters += c == '-' ? '+' : c == '_' ? '/' : c;
      continue;
    }
    const auto next = text.find_first_not_of("\r\n", run.length);
    const bool goes_on = next != run.length && next != std::string_view::npos && is_letter(text[next]) &&
                         run.letters.size() - line_begin >= line_letters_min;
    if (!goes_on) break;
    line_begin = run.letters.size();
    run.length = next - 1;
  }
  return run;
}

// The bytes of a character that may stand in a text, at the beginning; 0: none.
std::size_t character_size(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  if (first < 0x80) return (first >= 0x20 && first != 0x7f) || first == '\n' || first == '\r' || first == '\t' ? 1 : 0;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return size <= bytes.size() && is_utf8(bytes.substr(0, size)) ? size : 0;
}

void append_texts(std::string_view bytes, std::string& out) {
  std::size_t begin = 0;
  const auto end_text = [&](std::size_t end) {
    if (end - begin >= text_bytes_min) out.append(bytes.substr(begin, end - begin)) += '\n';
  };
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto size = character_size(bytes.substr(at));
    if (size == 0) {
      end_text(at);
      begin = at + 1;
    }
    at += std::max<std::size_t>(size, 1);
  }
  end_text(bytes.size());
}

}  // namespace

std::string texts_in_base64(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto run = take_run(text);
    // A path or a word may stand before it, so that it begins at any letter.
    for (std::size_t begin = 0; begin < group_size && begin < run.letters.size(); ++begin) {
      auto letters = run.letters.substr(begin);
      if (letters.size() % group_size == 1) letters.pop_back();
      letters.resize((letters.size() + group_size - 1) / group_size * group_size, '=');
      if (const auto bytes = base64_decode(letters)) append_texts(*bytes, out);
    }
    text.remove_prefix(std::max<std::size_t>(run.length, 1));
  }
  return out;
}

}  // namespace bb::checks
