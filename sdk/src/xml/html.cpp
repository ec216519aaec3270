#include <bb/core/bytes.hpp>
#include <bb/xml/html.hpp>

#include <iconv.h>
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/utf16.hpp>
#include <bb/xml/line_counter.hpp>
#include <bb/xml/nodes.hpp>

#include "libxml2.hpp"

namespace bb::xml {
namespace {

constexpr std::size_t meta_bytes_max = 1024;  // within which a page says its encoding

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What `charset` says in the page's first meta element that has one, in lower case.
std::string declared_encoding(std::string_view bytes) {
  const auto head = to_lower(bytes.substr(0, meta_bytes_max));
  for (auto meta = head.find("<meta"); meta != std::string::npos; meta = head.find("<meta", meta + 1)) {
    const auto tag = std::string_view(head).substr(meta, head.find('>', meta) - meta);
    auto at = tag.find("charset");
    if (at == std::string_view::npos) continue;
    at = tag.find_first_not_of(" \t\r\n=\"'", at + 7);
    if (at == std::string_view::npos) continue;
    return std::string(tag.substr(at, tag.find_first_of(" \t\r\n;\"'/", at) - at));
  }
  return {};
}

// The bytes that windows-1252 has where Latin-1 has control characters.
constexpr std::array<std::uint16_t, 32> windows_1252{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                     0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

std::string from_windows_1252(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    append_utf8(text, code >= 0x80 && code < 0xA0 ? windows_1252[code - 0x80u] : code);
  }
  return text;
}

// By the C library's tables; nothing where it does not know the encoding.
std::optional<std::string> converted(std::string_view bytes, const std::string& encoding) {
  const iconv_t converter = ::iconv_open("UTF-8", encoding.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  std::string text;
  auto* in = const_cast<char*>(bytes.data());
  std::size_t in_left = bytes.size();
  std::array<char, 65536> buffer;
  while (in_left > 0) {
    char* out = buffer.data();
    std::size_t out_left = buffer.size();
    const auto status = ::iconv(converter, &in, &in_left, &out, &out_left);
    text.append(buffer.data(), buffer.size() - out_left);
    if (status != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
    text += "\xEF\xBF\xBD";  // of a byte that stands for nothing
    ++in;
    --in_left;
  }
  ::iconv_close(converter);
  return text;
}

// The length of the tag, comment or declaration that begins here with its `<`; 0
// where it begins none. `attributes` counts what may be one.
std::size_t tag_length(std::string_view rest, int& attributes) {
  attributes = 0;
  if (rest.starts_with("<!--")) {
    const auto end = rest.find("-->", 4);
    return end == std::string_view::npos ? rest.size() : end + 3;
  }
  if (rest.size() < 2 || !(is_letter(rest[1]) || rest[1] == '/' || rest[1] == '!' || rest[1] == '?')) return 0;
  char before = ' ';
  std::size_t i = 1;
  for (; i < rest.size() && rest[i] != '>'; before = rest[i++]) {
    if (rest[i] == '=' && i + 1 < rest.size()) {
      while (i + 1 < rest.size() && is_space(rest[i + 1])) ++i;
      const char quote = i + 1 < rest.size() ? rest[i + 1] : ' ';
      if (quote == '"' || quote == '\'') i = std::min(rest.find(quote, i + 2), rest.size() - 1);
    } else if (!is_space(rest[i]) && (is_space(before) || before == '"' || before == '\'' || before == '/')) {
      ++attributes;
    }
  }
  return std::min(i + 1, rest.size());
}

// libxml2 compares each attribute of an element with each other. The line of the
// first tag with more than `count_max`, or 0. What stands in scripts and styles is
// no tag.
int overfull_line(std::string_view html, int count_max) {
  for (auto at = html.find('<'); at != std::string_view::npos; at = html.find('<', at)) {
    int attributes = 0;
    const auto length = tag_length(html.substr(at), attributes);
    if (attributes > count_max) return LineCounter(html).at(at).line;
    const auto name = html.substr(at + 1, 6);
    at += std::max<std::size_t>(length, 1);
    for (const std::string_view raw : {"script", "style"})
      if (iequals(name.substr(0, raw.size()), raw)) {
        auto end = html.find("</", at);
        while (end != std::string_view::npos && !iequals(html.substr(end + 2, raw.size()), raw))
          end = html.find("</", end + 2);
        at = std::min(end, html.size());
      }
  }
  return 0;
}

// What the callbacks of one parse share.
struct ParseState {
  const Limits* limits = nullptr;
  std::string_view text;
  LineCounter lines;
  std::size_t told = 0;  // up to where start tags have been seen
  std::size_t element_count = 0;
  std::vector<Position> positions;
  std::vector<HtmlMistake> mistakes;
  std::optional<Problem> problem;
};

ParseState& state_of(void* user) { return *static_cast<ParseState*>(static_cast<xmlParserCtxtPtr>(user)->_private); }

std::size_t offset_of(const xmlParserCtxt* context) {
  const auto* input = context->input;
  return input == nullptr ? 0 : input->consumed + static_cast<std::size_t>(input->cur - input->base);
}

// The parser tells of an element at the end of its start tag. Between the tag
// before and here stands this tag, unless the element is implied.
Position start_of(ParseState& state, std::string_view name, std::size_t here) {
  here = std::clamp(here, state.told, state.text.size());
  const auto between = state.text.substr(state.told, here - state.told);
  for (auto at = between.rfind('<'); at != std::string_view::npos; at = at == 0 ? at : between.rfind('<', at - 1)) {
    if (iequals(between.substr(at + 1, name.size()), name)) {
      const auto position = state.lines.at(state.told + at);
      state.told = here;
      return position;
    }
    if (at == 0) break;
  }
  return state.lines.at(state.told);
}

void on_start_element(void* user, const xmlChar* name, const xmlChar** attributes) {
  auto* context = static_cast<xmlParserCtxtPtr>(user);
  auto& state = state_of(user);
  const auto stop = [&](std::string what) {
    const auto position = state.lines.at(offset_of(context));
    if (!state.problem) state.problem = Problem{position.line, position.column, std::move(what)};
    xmlStopParser(context);
  };
  if (state.problem) return;
  if (context->nodeNr >= state.limits->depth_max)
    return stop(fmt::format("elements are nested deeper than {}", state.limits->depth_max));
  if (++state.element_count > state.limits->element_count_max)
    return stop(fmt::format("more than {} elements", state.limits->element_count_max));
  state.positions.push_back(start_of(state, view(name), offset_of(context)));
  xmlSAX2StartElement(user, name, attributes);
}

void on_error(void* user, xmlErrorPtr error) {
  auto& state = state_of(user);
  // End tags that end nothing, and what libxml2 finds nested wrongly. It knows the
  // names of HTML 4 alone.
  if (error->code != XML_ERR_TAG_NAME_MISMATCH && error->code != XML_ERR_TAG_NOT_FINISHED) return;
  if (state.mistakes.size() == html_mistakes_max) return;
  state.mistakes.push_back(
      {{std::max(error->line, 1), 0},
       shorten(collapse_whitespace(to_utf8_lossy(error->message == nullptr ? "" : error->message)), 200)});
}

// XML's; libxml2 ends an attribute where a reference to another one stands.
bool is_character(std::uint32_t code) {
  return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xD800) ||
         (code >= 0xE000 && code <= 0x10FFFF);
}

// Puts blanks in place of control characters and of references to what is no character
// ("&#1;"), and "&?" in place of "&#" without a number.
void blank_control_characters(std::string& text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return !is_character(static_cast<unsigned char>(c)); }, ' ');
  for (auto at = text.find("&#"); at != std::string::npos; at = text.find("&#", at + 2)) {
    const bool is_hex = at + 2 < text.size() && (text[at + 2] | 0x20) == 'x';
    const auto begin = at + (is_hex ? 3u : 2u);
    auto end = std::min(text.find_first_not_of(is_hex ? "0123456789abcdefABCDEF" : "0123456789", begin), text.size());
    if (end == begin) {
      text[at + 1] = '?';
      continue;
    }
    std::uint32_t code = 0;
    const auto [stop, error] = std::from_chars(text.data() + begin, text.data() + end, code, is_hex ? 16 : 10);
    if (error == std::errc() && is_character(code)) continue;
    if (end < text.size() && text[end] == ';') ++end;
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(end), ' ');
  }
}

}  // namespace

std::string html_to_utf8(std::string_view bytes, std::string& encoding) {
  encoding = "utf-8";
  if (bytes.starts_with(utf8_mark)) return to_utf8_lossy(without_utf8_mark(bytes));
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    const bool is_big_endian = bytes[0] == '\xFE';
    encoding = is_big_endian ? "utf-16be" : "utf-16le";
    return to_utf8_lossy(from_utf16(bytes.substr(2), is_big_endian));
  }
  // Two bytes a character without a mark: as its first one says.
  if (bytes.size() > 1 && (bytes[0] == '\0') != (bytes[1] == '\0')) {
    encoding = bytes[0] == '\0' ? "utf-16be" : "utf-16le";
    return to_utf8_lossy(from_utf16(bytes, bytes[0] == '\0'));
  }
  auto declared = declared_encoding(bytes);
  // A page whose meta element could be read is not UTF-16, whatever it says.
  if (declared.starts_with("utf-16") || declared.starts_with("utf-8") || declared == "utf8") declared = "utf-8";
  if (declared == "utf-8" || (declared.empty() && is_utf8(bytes))) return to_utf8_lossy(bytes);
  encoding = "windows-1252";
  if (declared.empty() || declared == "iso-8859-1" || declared == "latin1" || declared == "us-ascii" ||
      declared == "ascii" || declared == encoding)
    return from_windows_1252(bytes);
  if (auto text = converted(bytes, declared)) {
    encoding = declared;
    return to_utf8_lossy(*text);
  }
  return from_windows_1252(bytes);
}

class HtmlReader {
 public:
  static std::variant<HtmlPage, Problem> read(std::string_view bytes, const Limits& limits) {
    if (bytes.size() > limits.bytes_max)
      return Problem{1, 1, fmt::format("the page has {} bytes, at most {} are read", bytes.size(), limits.bytes_max)};
    std::string encoding;
    auto text = html_to_utf8(bytes, encoding);
    blank_control_characters(text);
    if (trim(text).empty()) return Problem{1, 1, "the page is empty"};
    if (const int line = overfull_line(text, limits.attribute_count_max); line > 0)
      return Problem{line, 1, fmt::format("an element has more than {} attributes", limits.attribute_count_max)};
    prepare_libxml2();
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)> context(htmlNewParserCtxt(), htmlFreeParserCtxt);
    if (context == nullptr) return Problem{1, 1, "out of memory while starting the HTML parser"};
    ParseState state{&limits, text, LineCounter(text), 0, 0, {}, {}, {}};
    context->_private = &state;
    context->sax->startElement = on_start_element;
    context->sax->initialized = XML_SAX2_MAGIC;  // or `serror` is not asked
    context->sax->serror = on_error;
    context->sax->internalSubset = nullptr;
    Document document(htmlCtxtReadMemory(
        context.get(), text.data(), static_cast<int>(text.size()), nullptr, "UTF-8",
        HTML_PARSE_NONET | HTML_PARSE_NODEFDTD | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_COMPACT));
    if (state.problem) return *state.problem;
    if (document.get() == nullptr || document.root() == nullptr) return Problem{1, 1, "the page has no element"};
    return HtmlPage{std::move(document), std::move(state.positions), std::move(state.mistakes), std::move(encoding)};
  }
};

std::variant<HtmlPage, Problem> read_html(std::string_view bytes, const Limits& limits) {
  return HtmlReader::read(bytes, limits);
}

bool looks_like_html(std::string_view bytes) {
  constexpr std::size_t beginning_bytes = 4096;
  std::string encoding;
  const auto text = html_to_utf8(bytes.substr(0, beginning_bytes), encoding);
  std::string_view rest = text;
  for (rest = trim(rest); rest.starts_with("<?xml") || rest.starts_with("<!--"); rest = trim(rest)) {
    const std::string_view end = rest.starts_with("<?") ? "?>" : "-->";
    const auto at = rest.find(end);
    if (at == std::string_view::npos) return false;
    rest.remove_prefix(at + end.size());
  }
  const auto begin = to_lower(collapse_whitespace(rest.substr(0, 256)));
  constexpr std::array<std::string_view, 6> beginnings{"<!doctype html", "<html", "<head", "<title", "<body", "<meta"};
  return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view one) {
    return begin.starts_with(one) &&
           (begin.size() == one.size() || std::string_view(" >/").find(begin[one.size()]) != std::string_view::npos);
  });
}

}  // namespace bb::xml
