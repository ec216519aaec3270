#include "harness/checks/everything.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/utf16.hpp>
#include <bb/records/html.hpp>
#include "harness/checks/base64_texts.hpp"
#include "harness/checks/subjects.hpp"

namespace bb::checks {
namespace {

// The number of a "\u00e4" at the beginning.
std::optional<std::uint32_t> json_escape(std::string_view text) {
  constexpr std::size_t digits = 4;
  if (text.size() < 2 + digits || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  const auto* const end = text.data() + 2 + digits;
  const auto [read, error] = std::from_chars(text.data() + 2, end, unit, 16);
  if (error != std::errc() || read != end) return std::nullopt;
  return unit;
}

// Wherever they stand: in a script, in a text that says it is none.
std::string without_json_escapes(std::string_view text) {
  constexpr std::size_t escape_size = 6;
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto unit = json_escape(text);
    if (!unit) {
      // "\n" is white space, "\/" and "\"" are the character alone: RFC 8259, section 7.
      const char escaped = text.size() > 1 && text[0] == '\\' ? text[1] : ' ';
      const bool is_blank = std::string_view("nrtbf").find(escaped) != std::string_view::npos;
      if (is_blank || escaped == '/' || escaped == '"' || escaped == '\\') text.remove_prefix(1);
      out += is_blank ? ' ' : text.front();
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(escape_size);
    const auto low = is_high_surrogate(*unit) ? json_escape(text) : std::nullopt;
    const bool is_pair = low && is_low_surrogate(*low);
    if (is_pair) text.remove_prefix(escape_size);
    append_utf8(out, is_pair ? from_surrogates(*unit, *low) : *unit);
  }
  return out;
}

// Of an address or a form: "%C3%BC" and, in a query, '+' for a blank (WHATWG URL,
// section 5.1). A '%' that begins no byte stands for itself.
enum class Plus { itself, blank };
std::string without_percents(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned byte = 0;
    const char* const digits = text.data() + at + 1;
    const bool is_encoded =
        text[at] == '%' && at + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    if (is_encoded) {
      out += static_cast<char>(byte);
      at += 2;
    } else {
      out += text[at] == '+' && plus == Plus::blank ? ' ' : text[at];
    }
  }
  return out;
}

std::string without(std::string text, char unwanted) {
  std::erase(text, unwanted);
  return text;
}

// The text of a page whose markup is no markup: attributes, scripts and
// comments stay, with their character references read.
std::string without_references(std::string text) {
  for (char& c : text)
    if (c == '<' || c == '>') c = ' ';
  return records::html_to_text(text);
}

// The texts of a page, whether its elements are shown or not: <noscript>,
// <template>, hidden ones. What a tag parts is one word, or two with a blank.
std::string without_tags(std::string_view text, std::string_view between) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto open = text.find('<');
    out += text.substr(0, open);
    const auto close = open == std::string_view::npos ? open : text.find('>', open);
    if (close == std::string_view::npos) break;
    text.remove_prefix(close + 1);
    out += between;
  }
  return out;
}

// As many forms of one text as of any other, so that reports that count them
// are the same for the same answers with other tokens in them.
void append_forms_of(const Document& document, std::vector<std::string>& out) {
  out.push_back(document.body);
  out.push_back(readable_text(document));
  out.push_back(without_references(document.body));
  for (const std::string_view between : {"", " "})
    out.push_back(without_references(without_tags(document.body, between)));
  for (const Plus plus : {Plus::itself, Plus::blank}) out.push_back(without_percents(document.body, plus));
  out.push_back(without_json_escapes(document.body));
  const auto encoded = texts_in_base64(out.back());
  out.push_back(encoded);
  out.push_back(without_references(encoded));
  out.push_back(without_json_escapes(encoded));
}

}  // namespace

std::vector<std::string> everything_in(const Document& document) {
  std::vector<std::string> forms;
  append_forms_of(document, forms);
  if (document.body.find('\0') == std::string::npos && !document.body.starts_with("\xff\xfe") &&
      !document.body.starts_with("\xfe\xff"))
    return forms;
  // Text of wide characters, whatever it says it is.
  for (const bool is_big_endian : {false, true})
    append_forms_of({document.media_type, "", from_utf16(document.body, is_big_endian)}, forms);
  forms.push_back(without(document.body, '\0'));
  return forms;
}

std::vector<std::string> everything_around(const evidence::Message& message) {
  std::vector<std::string> forms;
  if (!message.filename.empty()) append_forms_of({"text/plain", "", message.filename}, forms);
  for (const auto& [name, value] : message.attributes) {
    if (value.empty()) continue;
    append_forms_of({"text/plain", "", value}, forms);
    // In an address.
    for (const Plus plus : {Plus::itself, Plus::blank})
      if (auto decoded = without_percents(value, plus); decoded != value)
        append_forms_of({"text/plain", "", std::move(decoded)}, forms);
  }
  return forms;
}

}  // namespace bb::checks
