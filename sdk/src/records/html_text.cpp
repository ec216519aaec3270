// html_text.cpp - HTML to the text a reader sees. A tokenizer in one pass that
// keeps no tree: time and memory are linear in the input.
#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <bb/core/text.hpp>
#include <bb/records/html.hpp>

namespace bb::records {
namespace {

constexpr std::array<std::string_view, 42> block_names{
    "address", "article", "aside",    "blockquote", "body",   "br",     "caption", "dd",  "details", "dialog", "div",
    "dl",      "dt",      "fieldset", "figcaption", "figure", "footer", "form",    "h1",  "h2",      "h3",     "h4",
    "h5",      "h6",      "header",   "hr",         "legend", "li",     "main",    "nav", "ol",      "option", "p",
    "pre",     "section", "summary",  "table",      "tbody",  "thead",  "tfoot",   "tr",  "ul"};
constexpr std::array<std::string_view, 2> cell_names{"td", "th"};
// Elements whose content is never shown, and is no markup: in a browser as people
// use it, where scripts run.
constexpr std::array<std::string_view, 7> raw_names{"script", "style",   "title",   "textarea",
                                                    "iframe", "noembed", "noscript"};
constexpr std::array<std::string_view, 14> void_names{"area",  "base", "br",   "col",   "embed",  "hr",    "img",
                                                      "input", "link", "meta", "param", "source", "track", "wbr"};

template <std::size_t n>
bool is_one_of(std::string_view name, const std::array<std::string_view, n>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What no text may hold becomes U+FFFD.
void append_character(std::string& out, std::uint32_t c) {
  const bool is_wrong = c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF);
  append_utf8(out, is_wrong ? 0xFFFD : c);
}

// Decodes the reference at the start of `rest` ("&amp;", "&#233;", "&#xE9;");
// returns its length, or 0 when it is a plain ampersand.
std::size_t decode_reference(std::string_view rest, std::string& out) {
  constexpr std::size_t length_max = 32;
  const auto end = rest.substr(0, length_max).find(';');
  if (end == std::string_view::npos || end < 2) return 0;
  const auto body = rest.substr(1, end - 1);
  if (body[0] != '#') {
    const auto* entity = htmlEntityLookup(reinterpret_cast<const xmlChar*>(std::string(body).c_str()));
    if (entity == nullptr && body != "apos") return 0;
    append_character(out, entity == nullptr ? std::uint32_t{'\''} : std::uint32_t{entity->value});
    return end + 1;
  }
  const bool is_hex = body.size() > 1 && (body[1] == 'x' || body[1] == 'X');
  const auto digits = body.substr(is_hex ? 2 : 1);
  if (digits.empty()) return 0;
  std::uint32_t value = 0;
  for (const char c : digits) {
    std::uint32_t digit = 99;
    if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
    if (is_hex && is_letter(c)) digit = static_cast<std::uint32_t>((c | 0x20) - 'a') + 10;
    if (digit >= (is_hex ? 16U : 10U)) return 0;
    value = std::min<std::uint32_t>(value * (is_hex ? 16 : 10) + digit, 0x110000);
  }
  append_character(out, value);
  return end + 1;
}

struct Tag {
  std::string name;
  bool is_end = false;
  bool is_hidden = false;  // hidden, or style with display:none
  std::size_t length = 0;
};

// The tag at the start of `rest`; nothing where '<' is plain text.
std::optional<Tag> read_tag(std::string_view rest) {
  Tag tag;
  std::size_t i = 1;
  if (i < rest.size() && rest[i] == '/') {
    tag.is_end = true;
    ++i;
  }
  if (i >= rest.size() || !is_letter(rest[i])) return std::nullopt;
  const auto name_start = i;
  while (i < rest.size() && !is_space(rest[i]) && rest[i] != '>' && rest[i] != '/') ++i;
  tag.name = to_lower(rest.substr(name_start, i - name_start));
  while (i < rest.size() && rest[i] != '>') {
    if (is_space(rest[i]) || rest[i] == '/') {
      ++i;
      continue;
    }
    const auto key_start = i++;
    while (i < rest.size() && !is_space(rest[i]) && rest[i] != '>' && rest[i] != '/' && rest[i] != '=') ++i;
    const auto key = rest.substr(key_start, i - key_start);
    std::string_view value;
    while (i < rest.size() && is_space(rest[i])) ++i;
    if (i < rest.size() && rest[i] == '=') {
      ++i;
      while (i < rest.size() && is_space(rest[i])) ++i;
      if (i < rest.size() && (rest[i] == '"' || rest[i] == '\'')) {
        const auto end = std::min(rest.find(rest[i], i + 1), rest.size());
        value = rest.substr(i + 1, end - i - 1);
        i = std::min(end + 1, rest.size());
      } else {
        const auto value_start = i;
        while (i < rest.size() && !is_space(rest[i]) && rest[i] != '>') ++i;
        value = rest.substr(value_start, i - value_start);
      }
    }
    if (iequals(key, "hidden")) tag.is_hidden = true;
    if (iequals(key, "style")) {
      auto style = to_lower(value);
      std::erase_if(style, is_space);
      tag.is_hidden = tag.is_hidden || style.find("display:none") != std::string::npos;
    }
  }
  tag.length = std::min(i + 1, rest.size());
  return tag;
}

// Where the end tag of a raw element starts, or the end of the text.
std::size_t find_end_tag(std::string_view html, std::size_t from, std::string_view name) {
  for (auto at = html.find("</", from); at != std::string_view::npos; at = html.find("</", at + 2))
    if (iequals(html.substr(at + 2, name.size()), name)) return at;
  return html.size();
}

// Collects lines with single blanks and no empty line; an empty cell counts where cells
// do not end with a blank.
class Lines {
 public:
  explicit Lines(char cell_end) : cell_end_(cell_end) {}
  void add(char c) {
    if (is_space(c)) {
      is_blank_due_ = true;
      return;
    }
    if (is_blank_due_ && !out_.empty() && out_.back() != '\n' && out_.back() != cell_end_) out_ += ' ';
    is_blank_due_ = false;
    out_ += c;
  }
  void add(std::string_view text) {
    for (const char c : text) add(c);
  }
  void begin_row() { is_first_cell_ = true; }
  void begin_cell() {
    if (cell_end_ == ' ') return add(' ');
    if (!is_first_cell_) out_ += cell_end_;
    is_first_cell_ = is_blank_due_ = false;
  }
  void end_line() {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    is_blank_due_ = false;
  }
  std::string take() {
    end_line();
    return std::move(out_);
  }

 private:
  const char cell_end_;
  std::string out_;
  bool is_blank_due_ = false;
  bool is_first_cell_ = true;
};

// What stands inside an element that is not shown, nested ones of its name
// counted.
struct Hidden {
  std::string name;
  int depth = 0;
};

}  // namespace

std::string html_to_text(std::string_view raw, char cell_end) {
  const std::string html = to_utf8_lossy(raw);
  const std::string_view view = html;
  constexpr std::string_view no_break_space = "\xC2\xA0";
  Lines lines(cell_end);
  Hidden hidden;
  for (std::size_t i = 0; i < view.size();) {
    const auto rest = view.substr(i);
    if (rest.starts_with("<!--")) {
      const auto end = view.find("-->", i + 4);
      i = end == std::string_view::npos ? view.size() : end + 3;
      continue;
    }
    if (rest.starts_with("<!") || rest.starts_with("<?")) {
      const auto end = view.find('>', i);
      i = end == std::string_view::npos ? view.size() : end + 1;
      continue;
    }
    if (const auto tag = rest[0] == '<' ? read_tag(rest) : std::nullopt) {
      i += tag->length;
      if (!tag->is_end && is_one_of(tag->name, raw_names)) i = find_end_tag(view, i, tag->name);
      if (hidden.depth > 0) {
        if (tag->name == hidden.name) hidden.depth += tag->is_end ? -1 : 1;
        continue;
      }
      if (is_one_of(tag->name, block_names)) lines.end_line();
      if (tag->name == "tr") lines.begin_row();
      if (is_one_of(tag->name, cell_names)) tag->is_end ? lines.add(' ') : lines.begin_cell();
      const bool is_unseen = tag->is_hidden || tag->name == "template";
      if (is_unseen && !tag->is_end && !is_one_of(tag->name, void_names)) hidden = {tag->name, 1};
      continue;
    }
    std::string decoded;
    const auto length = rest[0] == '&' ? decode_reference(rest, decoded) : 0;
    if (hidden.depth == 0) {
      if (length > 0)
        decoded == no_break_space ? lines.add(' ') : lines.add(std::string_view(decoded));
      else if (rest.starts_with(no_break_space))
        lines.add(' ');
      else
        lines.add(rest[0]);
    }
    i += length > 0 ? length : rest.starts_with(no_break_space) ? no_break_space.size() : 1;
  }
  return lines.take();
}

}  // namespace bb::records
