#include "yaml_events.hpp"

#include <yaml.h>

#include <algorithm>
#include <array>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>

namespace bb::yaml {
namespace {

// What is underlined of one token at most.
constexpr std::size_t token_bytes_max = 1024;

// Offsets of libyaml's marks, which count characters.
class Offsets {
 public:
  explicit Offsets(std::string_view text)
      : text_(text), is_ascii_(std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; })) {}

  std::size_t of(const yaml_mark_t& mark) {
    if (is_ascii_) return std::min(mark.index, text_.size());
    // Marks mostly come in order: on from the last one, not from the beginning.
    if (mark.index < characters_) characters_ = bytes_ = 0;
    for (; characters_ < mark.index && bytes_ < text_.size(); ++characters_) {
      ++bytes_;
      while (bytes_ < text_.size() && (text_[bytes_] & 0xC0) == 0x80) ++bytes_;
    }
    return bytes_;
  }

 private:
  std::string_view text_;
  bool is_ascii_;
  std::size_t characters_ = 0, bytes_ = 0;
};

// What libyaml says, in words that tell what to do.
struct Explanation {
  std::string_view theirs, message, note;
};
constexpr std::array explanations = {
    Explanation{"mapping values are not allowed", "a ':' is not possible here", "quote a text that holds ': '"},
    Explanation{"mapping keys are not allowed", "a key is not possible here",
                "is it indented like the keys around it?"},
    Explanation{"could not find expected ':'", "expected ':' after this key",
                "a key and its value stand on one line: 'key: value'"},
    Explanation{"block sequence entries are not allowed", "a list item is not possible here",
                "list items begin with '- ' on lines of their own, all in one column"},
    Explanation{"did not find expected key", "this line fits nothing above it",
                "keys of a map stand in one column and end in ':'; items of a list begin with '- '"},
    Explanation{"did not find expected '-' indicator", "this line fits nothing above it",
                "items of a list stand in one column and begin with '- '; keys of a map end in ':'"},
    Explanation{"did not find expected ',' or '}'", "expected ',' or '}' here",
                "quote a text that holds { } [ ] or ','"},
    Explanation{"did not find expected ',' or ']'", "expected ',' or ']' here",
                "quote a text that holds { } [ ] or ','"},
    Explanation{"did not find expected node content", "a value is not possible here",
                "quote a text that holds { } [ ] or ','"},
    Explanation{"did not find expected <document start>", "this line fits nothing above it",
                "keys of a map stand in one column and end in ':'; items of a list begin with '- '"},
    Explanation{"found character that cannot start any token", "a value cannot begin with this character",
                "put the text in quotes"},
    Explanation{"found unknown escape character", "unknown escape in a double-quoted text",
                "a text with backslashes goes into single quotes"},
    Explanation{"did not find expected hexdecimal number", "an escape lacks hexadecimal digits",
                "write \\x and two, \\u and four or \\U and eight of them"},
    Explanation{"found invalid Unicode character escape code", "an escape that is no character", ""},
    Explanation{"found unexpected document indicator", "a quoted text is not closed before the end of the document",
                ""},
    Explanation{"did not find expected comment or line break", "this is not possible after '|' or '>'",
                "the text begins on the next line"},
    Explanation{"found an indentation indicator equal to 0", "an indentation of 0 is not possible",
                "write the text indented, without a number"},
    Explanation{"found a tab character", "a tab is used for indentation", "indent with blanks"},
    Explanation{"did not find expected alphabetic or numeric character", "a value cannot begin with this character",
                "put the text in quotes"},
    Explanation{"found unknown directive name", "an unknown directive",
                "a line that begins with '%' is one: remove it, or quote the key or the text"},
    Explanation{"found unexpected non-alphabetical character", "not the name of a directive",
                "a line that begins with '%' is a directive: quote the key or the text"},
    Explanation{"could not find expected directive name", "a directive without a name",
                "a line that begins with '%' is a directive: quote the key or the text"},
    Explanation{"found incompatible YAML document", "a version of YAML that is not read here",
                "remove the line; files are YAML 1.2"},
    Explanation{"found undefined tag handle", "a tag is not used here",
                "write the plain value; quote a text that begins with '!'"},
};

const Explanation* find_explanation(std::string_view theirs) {
  const auto* const found = std::find_if(explanations.begin(), explanations.end(),
                                         [&](const auto& known) { return theirs.starts_with(known.theirs); });
  return found == explanations.end() ? nullptr : found;
}

std::string_view bytes_of(const yaml_char_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

class Events::Parser {
 public:
  explicit Parser(std::shared_ptr<const Source> source)
      : source_(std::move(source)),
        skipped_(source_->text.starts_with(utf8_mark) ? utf8_mark.size() : 0),
        text_(std::string_view(source_->text).substr(skipped_)),
        offsets_(text_) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text_.data()), text_.size());
  }
  ~Parser() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  std::optional<Event> next() {
    do {
      yaml_event_delete(&event_);
      if (yaml_parser_parse(&parser_, &event_) == 0) {
        explain();
        return std::nullopt;
      }
      follow_brackets();
    } while (event_.type == YAML_STREAM_START_EVENT || event_.type == YAML_DOCUMENT_END_EVENT);
    return translate(event_);
  }

  const Diagnostic& mistake() const { return mistake_; }

 private:
  // Lists and maps in brackets hold nothing that is not.
  void follow_brackets() {
    switch (event_.type) {
      case YAML_SEQUENCE_START_EVENT:
        if (event_.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE) openings_.push_back(event_.start_mark);
        break;
      case YAML_MAPPING_START_EVENT:
        if (event_.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE) openings_.push_back(event_.start_mark);
        break;
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        if (!openings_.empty()) openings_.pop_back();
        break;
      default:
        break;
    }
  }

  Event translate(const yaml_event_t& raw) {
    Event out;
    out.begin = skipped_ + offsets_.of(raw.start_mark);
    int length = 1;
    switch (raw.type) {
      case YAML_DOCUMENT_START_EVENT:
        out.kind = Event::Kind::document;
        length = 3;
        break;
      case YAML_ALIAS_EVENT:
        out.kind = Event::Kind::alias;
        break;
      case YAML_SCALAR_EVENT: {
        const auto& scalar = raw.data.scalar;
        out.kind = Event::Kind::scalar;
        out.text = bytes_of(scalar.value, scalar.length);
        out.is_plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
        out.has_tag = scalar.tag != nullptr;
        out.has_anchor = scalar.anchor != nullptr;
        length = length_on_first_line(out.begin, raw.end_mark);
        break;
      }
      case YAML_SEQUENCE_START_EVENT:
        out.kind = Event::Kind::list_begin;
        out.has_tag = raw.data.sequence_start.tag != nullptr;
        out.has_anchor = raw.data.sequence_start.anchor != nullptr;
        break;
      case YAML_MAPPING_START_EVENT:
        out.kind = Event::Kind::map_begin;
        out.has_tag = raw.data.mapping_start.tag != nullptr;
        out.has_anchor = raw.data.mapping_start.anchor != nullptr;
        break;
      case YAML_SEQUENCE_END_EVENT:
        out.kind = Event::Kind::list_end;
        return out;
      case YAML_MAPPING_END_EVENT:
        out.kind = Event::Kind::map_end;
        return out;
      default:
        return out;
    }
    out.place = place(raw.start_mark, out.begin, length);
    return out;
  }

  // Cut at token_bytes_max: many tokens on one endless line must not each look
  // for its end.
  int length_on_first_line(std::size_t begin, const yaml_mark_t& end) {
    const std::size_t whole = skipped_ + offsets_.of(end) - begin;
    const std::string_view token = std::string_view(source_->text).substr(begin, std::min(whole, token_bytes_max));
    return static_cast<int>(trim(token.substr(0, token.find_first_of("\r\n"))).size());
  }

  // `offset` in the source, a byte order mark included, as are columns.
  Place place(const yaml_mark_t& mark, std::size_t offset, int length) {
    if (mark.line != line_) {
      line_ = mark.line;
      line_begin_ = line_begin(offset);
    }
    return {source_, static_cast<int>(line_) + 1, static_cast<int>(offset - line_begin_) + 1, length};
  }

  void explain() {
    const std::string_view problem = parser_.problem != nullptr ? parser_.problem : "out of memory";
    const yaml_mark_t& mark = parser_.problem_mark;
    if (problem == "found unexpected end of stream") {  // of a quoted text, which began there
      say(parser_.context_mark, "a quoted text is never closed", "");
    } else if (const auto opening = unclosed_bracket(mark)) {
      const char bracket = text_[offsets_.of(*opening)];
      say(*opening, std::string("'") + bracket + "' is never closed",
          std::string("expected '") + (bracket == '[' ? ']' : '}') + "'; quote a text that holds { } [ ] or ','");
    } else if (is_tab_after_dash(mark)) {
      say(mark, "a tab stands after '-'", "write '- ', with a blank");
    } else if (const auto tab = tab_in_indentation(mark)) {
      mistake_.place = {source_, static_cast<int>(mark.line) + 1, *tab, 1};
      mistake_.message = "a tab is used for indentation";
      mistake_.note = "indent with blanks";
    } else if (const Explanation* known = explanation_of(problem, mark)) {
      say(mark, std::string(known->message), std::string(known->note));
    } else {
      say(mark, "not YAML: " + std::string(problem), "");
    }
  }

  const Explanation* explanation_of(std::string_view problem, const yaml_mark_t& mark) {
    static constexpr Explanation closes_nothing{"", "this closes nothing", "quote a text that holds { } [ ] or ','"};
    const std::size_t at = offsets_.of(mark);
    const bool is_bracket = at < text_.size() && (text_[at] == ']' || text_[at] == '}');
    const bool is_in_brackets = problem.find(',') != std::string_view::npos;
    return is_bracket && !is_in_brackets ? &closes_nothing : find_explanation(problem);
  }

  // The bracket that is open at `mark`, where nothing follows or the line goes on
  // with what the bracket stands in.
  std::optional<yaml_mark_t> unclosed_bracket(const yaml_mark_t& mark) {
    // The map of `[a: b]` has no bracket.
    const auto opening = std::find_if(openings_.rbegin(), openings_.rend(), [&](const yaml_mark_t& candidate) {
      const std::size_t at = offsets_.of(candidate);
      return at < text_.size() && (text_[at] == '[' || text_[at] == '{');
    });
    if (opening == openings_.rend()) return std::nullopt;
    if (text_.find_first_not_of(" \t\r\n", offsets_.of(mark)) == std::string_view::npos) return *opening;
    if (mark.line == opening->line) return std::nullopt;
    const std::string_view line = line_at(offsets_.of(mark));
    const std::size_t begins = line.find_first_not_of(' ');
    const std::size_t at = offsets_.of(*opening);
    const std::string_view opening_line = line_at(at);
    const std::size_t bracket = at - static_cast<std::size_t>(opening_line.data() - text_.data());
    // Of "- key: [" the key, of "- [" the dash.
    std::size_t parent = opening_line.find_first_not_of(" -");
    if (parent == bracket) parent = opening_line.substr(0, bracket).rfind('-');
    const bool is_beside = parent != std::string_view::npos && begins <= parent;
    return is_beside && line[begins] != ']' && line[begins] != '}' ? std::optional(*opening) : std::nullopt;
  }

  std::string_view line_at(std::size_t at) const {
    const std::size_t begin = at == 0 ? 0 : text_.rfind('\n', at - 1) + 1;  // npos + 1 is 0
    return text_.substr(begin, text_.find('\n', at) - begin);
  }

  bool is_tab_after_dash(const yaml_mark_t& mark) {
    const std::size_t at = offsets_.of(mark);
    if (at >= text_.size() || text_[at] != '\t') return false;
    const std::size_t before = text_.substr(0, at).find_last_not_of(" \t");
    return before != std::string_view::npos && text_[before] == '-';
  }

  // Column of a tab among the blanks that the line of `mark` begins with.
  std::optional<int> tab_in_indentation(const yaml_mark_t& mark) {
    const std::size_t begin = line_begin(skipped_ + offsets_.of(mark));
    const std::string_view line = std::string_view(source_->text).substr(begin);
    const std::string_view blanks = line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
    const std::size_t tab = blanks.find('\t');
    return tab == std::string_view::npos ? std::nullopt : std::optional(static_cast<int>(tab) + 1);
  }

  std::size_t line_begin(std::size_t offset) const {
    return offset == 0 ? 0 : source_->text.rfind('\n', offset - 1) + 1;  // npos + 1 is 0
  }

  // At the end of the text there is nothing to underline: the last word is.
  void say(const yaml_mark_t& mark, std::string message, std::string note) {
    std::size_t offset = offsets_.of(mark);
    yaml_mark_t shown = mark;
    const std::size_t last = text_.find_last_not_of(" \t\r\n");
    if (last != std::string_view::npos && offset > last) {
      const auto between = text_.substr(last, offset - last);
      shown.line -= std::min(shown.line, static_cast<std::size_t>(std::count(between.begin(), between.end(), '\n')));
      offset = last;
    }
    mistake_.place = place(shown, skipped_ + offset, 1);
    mistake_.message = std::move(message);
    mistake_.note = std::move(note);
  }

  std::shared_ptr<const Source> source_;
  std::size_t skipped_;                // bytes of a byte order mark
  std::vector<yaml_mark_t> openings_;  // of lists and maps in brackets, outermost first
  std::string_view text_;
  Offsets offsets_;
  yaml_parser_t parser_{};
  yaml_event_t event_{};
  std::size_t line_ = 0, line_begin_ = 0;  // the line looked at last
  Diagnostic mistake_;
};

Events::Events(std::shared_ptr<const Source> source) : parser_(std::make_unique<Parser>(std::move(source))) {}
Events::~Events() = default;
std::optional<Event> Events::next() { return parser_->next(); }
const Diagnostic& Events::mistake() const { return parser_->mistake(); }

}  // namespace bb::yaml
