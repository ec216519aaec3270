#include <bb/core/yaml.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <istream>
#include <limits>
#include <streambuf>
#include <unordered_map>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

namespace bb {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// From here on a map's keys are looked up in an index, not one by one.
constexpr std::size_t linear_search_max = 16;
// What is underlined of one token at most.
constexpr std::size_t token_bytes_max = 1024;
// A file with more mistakes than this is not meant to be one of ours.
constexpr std::size_t mistakes_max = 1000;

// Reads a text where it lies.
class TextBuffer : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // the buffer is only read from
    setg(begin, begin, begin + text.size());
  }
};

// Thrown by the handler through yaml-cpp, which has no other way to stop.
struct Stop {};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_null_word(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// Cut at token_bytes_max: many tokens on one endless line must not each look
// for its end.
std::string_view first_line(std::string_view text) {
  text = text.substr(0, token_bytes_max);
  return text.substr(0, text.find_first_of("\r\n"));
}

// Where the quoted text that `text` begins with ends, after its quote; npos
// when it never does.
std::size_t quoted_size(std::string_view text) {
  const char quote = text[0];
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      const bool is_doubled = quote == '\'' && i + 1 < text.size() && text[i + 1] == '\'';
      if (!is_doubled) return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

bool begins_with_quote(std::string_view text) { return !text.empty() && (text[0] == '"' || text[0] == '\''); }

// Bytes of the token that `text` begins with, up to the end of its line.
int token_length(std::string_view text, std::string_view value) {
  if (begins_with_quote(text)) {
    text = text.substr(0, quoted_size(text));
    return static_cast<int>(trim(first_line(text)).size());
  }
  const bool is_plain_on_one_line =
      !value.empty() && text.starts_with(value) && value.find('\n') == std::string_view::npos;
  return static_cast<int>(is_plain_on_one_line ? value.size() : trim(first_line(text)).size());
}

class TreeBuilder : public YAML::EventHandler {
 public:
  // `skipped` bytes of the source's first line were not given to yaml-cpp.
  TreeBuilder(std::shared_ptr<const Source> source, std::size_t skipped, std::vector<Diagnostic>& diagnostics)
      : source_(std::move(source)), skipped_(skipped), diagnostics_(diagnostics) {}

  std::optional<YamlNode> take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++document_count_ < 2) return;
    report(place_at(mark, 3), "a second document begins here, expected one document in a file",
           "remove the line '---' or put what follows into a file of its own");
    throw Stop{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    if (anchor != 0) report_anchor(mark);
    const std::size_t at = offset(mark);
    const std::string_view rest = rest_from(at);
    if (rest.substr(0, 1) == "~")
      node.place = place_at(mark, 1);
    else if (rest.size() >= 4 && iequals(rest.substr(0, 4), "null"))
      node.place = place_at(mark, 4);
    else if (!stack_.empty() && stack_.back().is_key_known)
      node.place = stack_.back().key_place;
    else
      node.place = place_before(at, mark);
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    report_alias(mark);
    YamlNode node;
    node.place = place_at(mark, 1);
    node.is_quoted = true;
    add(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_properties(mark, tag, anchor);
    YamlNode node;
    node.text = value;
    node.is_quoted = tag == "!";
    const std::string_view rest = rest_from(offset(mark));
    node.place = place_at(mark, token_length(rest, value));
    // yaml-cpp takes the end of the file for the closing quote.
    if (begins_with_quote(rest) && quoted_size(rest) == std::string_view::npos)
      report(node.place, "a quoted text is never closed", "");
    // yaml-cpp 0.7 makes one byte of these two escapes, which is no UTF-8.
    if (!is_utf8(node.text)) {
      report(node.place, "the escapes '\\_' and '\\N' are not used here", "write \\u00a0 for \\_ and \\u0085 for \\N");
      node.text = to_utf8_lossy(node.text);
    }
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  void report_alias(const YAML::Mark& mark) {
    report(place_at(mark, 1), "an alias is not used here", "write the value out; quote a text that begins with '*'");
  }

 private:
  struct Open {
    YamlNode node;
    // Maps only: the key that waits for its value.
    std::string key;
    Place key_place;
    bool is_key_known = false;
    bool is_key_ignored = false;  // a key that was reported: its value is dropped
    std::unordered_map<std::string, std::size_t> index;
  };

  std::size_t offset(const YAML::Mark& mark) const {
    return skipped_ + (mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos));
  }

  std::string_view rest_from(std::size_t at) const {
    return std::string_view(source_->text).substr(std::min(at, source_->text.size()));
  }

  Place place_at(const YAML::Mark& mark, int length) const {
    const int shift = mark.line == 0 ? static_cast<int>(skipped_) : 0;
    return {source_, mark.line + 1, mark.column + 1 + shift, length};
  }

  // Where the last word before `at` ends: the place of something left out.
  Place place_before(std::size_t at, const YAML::Mark& mark) const {
    const std::string_view text = std::string_view(source_->text).substr(0, at);
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    if (last == std::string_view::npos) return place_at(mark, 1);
    const std::size_t line_begin = text.rfind('\n', last) + 1;  // npos + 1 is 0
    const auto line_ends = std::count(text.begin() + static_cast<std::ptrdiff_t>(last), text.end(), '\n');
    return {source_, mark.line + 1 - static_cast<int>(line_ends), static_cast<int>(last - line_begin) + 1, 1};
  }

  void report(Place place, std::string message, std::string note) {
    diagnostics_.push_back({Severity::error, std::move(place), std::move(message), std::move(note)});
    if (diagnostics_.size() >= mistakes_max) throw Stop{};
  }

  void report_anchor(const YAML::Mark& mark) {
    report(place_at(mark, 1), "an anchor is not used here", "write the value out; quote a text that begins with '&'");
  }

  void check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const std::size_t at = offset(mark);
    const bool is_bang_written = at < source_->text.size() && source_->text[at] == '!';
    if (is_bang_written || (tag != "?" && tag != "!" && !tag.empty()))
      report(place_at(mark, 1), "a tag is not used here", "write the plain value; quote a text that begins with '!'");
    if (anchor != 0) report_anchor(mark);
  }

  void count_node(const Place& place) {
    if (++node_count_ <= yaml_node_count_max) return;
    report(place, "more than " + std::to_string(yaml_node_count_max) + " values in one file", "split the file");
    throw Stop{};
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check_properties(mark, tag, anchor);
    if (stack_.size() >= yaml_depth_max) {
      report(place_at(mark, 1), "maps and lists nest deeper than " + std::to_string(yaml_depth_max) + " levels", "");
      throw Stop{};
    }
    Open opened;
    opened.node.kind = kind;
    opened.node.place = place_at(mark, 1);
    stack_.push_back(std::move(opened));
  }

  void close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    count_node(node.place);
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.is_key_known) {
      take_key(parent, std::move(node));
    } else {
      if (!parent.is_key_ignored)
        parent.node.members.push_back({std::move(parent.key), std::move(parent.key_place), std::move(node)});
      parent.is_key_known = parent.is_key_ignored = false;
    }
  }

  void take_key(Open& map, YamlNode key) {
    map.is_key_known = true;
    map.is_key_ignored = !is_key_good(map, key);
    map.key = std::move(key.text);
    map.key_place = std::move(key.place);
    if (!map.is_key_ignored && map.node.members.size() >= linear_search_max) {
      if (map.index.empty())
        for (std::size_t i = 0; i < map.node.members.size(); ++i) map.index.emplace(map.node.members[i].key, i);
      map.index.emplace(map.key, map.node.members.size());
    }
  }

  bool is_key_good(const Open& map, const YamlNode& key) {
    if (!key.is_scalar()) {
      report(key.place, "a key must be a plain word, got a " + std::string(key.is_map() ? "map" : "list"), "");
      return false;
    }
    if (!key.is_quoted && key.text == "<<") {
      report(key.place, "a merge key is not used here", "write the members out");
      return false;
    }
    if (!key.is_quoted && is_null_word(key.text)) {
      report(key.place, "a key is missing before ':'", "");
      return false;
    }
    if (const Place* first = find_key(map, key.text)) {
      report(key.place, "duplicate key '" + shorten(key.text, 80) + "'",
             "the first stands in line " + std::to_string(first->line));
      return false;
    }
    return true;
  }

  static const Place* find_key(const Open& map, const std::string& key) {
    const auto& members = map.node.members;
    if (members.size() > linear_search_max) {
      const auto found = map.index.find(key);
      return found == map.index.end() ? nullptr : &members[found->second].key_place;
    }
    const auto found = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.key == key; });
    return found == members.end() ? nullptr : &found->key_place;
  }

  std::shared_ptr<const Source> source_;
  std::size_t skipped_;
  std::vector<Diagnostic>& diagnostics_;
  std::vector<Open> stack_;
  std::optional<YamlNode> root_;
  std::size_t node_count_ = 0;
  int document_count_ = 0;
};

Diagnostic mistake(const std::shared_ptr<const Source>& source, int line, int column, std::string message,
                   std::string note) {
  Diagnostic out;
  out.place.source = source;
  out.place.line = line;
  out.place.column = column;
  out.place.length = 1;
  out.message = std::move(message);
  out.note = std::move(note);
  return out;
}

// What yaml-cpp says, in words that tell what to do.
struct Explanation {
  std::string_view theirs, message, note;
};
const Explanation* find_explanation(std::string_view theirs) {
  static const std::array explanations = {
      Explanation{YAML::ErrorMsg::MAP_VALUE, "a ':' is not possible here", "quote a text that holds ': '"},
      Explanation{YAML::ErrorMsg::MAP_KEY, "a key is not possible here", "is it indented like the keys around it?"},
      Explanation{YAML::ErrorMsg::BLOCK_ENTRY, "a list item is not possible here",
                  "list items begin with '- ' on lines of their own, all in one column"},
      Explanation{YAML::ErrorMsg::END_OF_MAP, "this line fits nothing above it",
                  "keys of a map stand in one column and end in ':'; items of a list begin with '- '"},
      Explanation{YAML::ErrorMsg::END_OF_SEQ, "this line fits nothing above it",
                  "items of a list stand in one column and begin with '- '; keys of a map end in ':'"},
      Explanation{YAML::ErrorMsg::END_OF_MAP_FLOW, "expected ',' or '}' here",
                  "quote a text that holds { } [ ] or ','"},
      Explanation{YAML::ErrorMsg::END_OF_SEQ_FLOW, "expected ',' or ']' here",
                  "quote a text that holds { } [ ] or ','"},
      Explanation{YAML::ErrorMsg::FLOW_END, "this closes nothing", "quote a text that holds { } [ ] or ','"},
      Explanation{YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab is used for indentation", "indent with blanks"},
      Explanation{YAML::ErrorMsg::EOF_IN_SCALAR, "a quoted text is never closed", ""},
      Explanation{YAML::ErrorMsg::DOC_IN_SCALAR, "a quoted text is not closed before the end of the document", ""},
      Explanation{YAML::ErrorMsg::CHAR_IN_SCALAR, "this character is not possible here", "put the text in quotes"},
      Explanation{YAML::ErrorMsg::UNKNOWN_TOKEN, "a value cannot begin with this character", "put the text in quotes"},
      Explanation{YAML::ErrorMsg::UNKNOWN_ANCHOR, "an alias is not used here",
                  "write the value out; quote a text that begins with '*'"},
      Explanation{YAML::ErrorMsg::ALIAS_NOT_FOUND, "an alias is not used here",
                  "write the value out; quote a text that begins with '*'"},
      Explanation{YAML::ErrorMsg::ANCHOR_NOT_FOUND, "an anchor is not used here",
                  "write the value out; quote a text that begins with '&'"},
      Explanation{YAML::ErrorMsg::INVALID_ESCAPE, "unknown escape in a double-quoted text",
                  "a text with backslashes goes into single quotes"},
  };
  const auto found = std::find_if(explanations.begin(), explanations.end(),
                                  [&](const auto& known) { return theirs.starts_with(known.theirs); });
  return found == explanations.end() ? nullptr : &*found;
}

std::string_view line_at(std::string_view text, std::size_t number) {
  std::size_t begin = 0;
  for (std::size_t i = 1; i < number && begin < text.size(); ++i) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return {};
    begin = end + 1;
  }
  text.remove_prefix(std::min(begin, text.size()));
  return text.substr(0, text.find_first_of("\r\n"));
}

Diagnostic explain(const YAML::Exception& problem, const std::shared_ptr<const Source>& source, std::size_t skipped) {
  const int line = std::max(problem.mark.line, 0) + 1;
  const int column = std::max(problem.mark.column, 0) + 1 + (line == 1 ? static_cast<int>(skipped) : 0);
  const std::string_view text = line_at(source->text, static_cast<std::size_t>(line));
  const std::size_t indentation = std::min(text.find_first_not_of(" \t"), text.size());
  if (const std::size_t tab = text.substr(0, indentation).find('\t'); tab != std::string_view::npos)
    return mistake(source, line, static_cast<int>(tab) + 1, "a tab is used for indentation", "indent with blanks");
  if (const Explanation* known = find_explanation(problem.msg))
    return mistake(source, line, column, std::string(known->message), std::string(known->note));
  return mistake(source, line, column, "not YAML: " + problem.msg, "");
}

// Bytes that YAML never allows, and those that yaml-cpp takes for something
// else: it guesses UTF-16 from NUL and ends at U+0004.
std::optional<Diagnostic> find_forbidden_bytes(const std::shared_ptr<const Source>& source) {
  const std::string& text = source->text;
  if (text.size() > yaml_bytes_max)
    return mistake(source, 1, 1,
                   "the file has " + std::to_string(text.size()) + " bytes, at most " + std::to_string(yaml_bytes_max) +
                       " are read",
                   "split the file");
  const bool is_whole_good = is_utf8(text);
  int line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view content = std::string_view(text).substr(begin, end - begin);
    if (!is_whole_good && !is_utf8(content))
      return mistake(source, line, 1, "this line is not UTF-8", "save the file as UTF-8");
    for (std::size_t i = 0; i < content.size(); ++i) {
      const auto c = static_cast<unsigned char>(content[i]);
      const bool is_line_end = c == '\r' && i + 1 == content.size() && end < text.size();
      if ((c < 0x20 && c != '\t' && !is_line_end) || c == 0x7F)
        return mistake(source, line, static_cast<int>(i) + 1,
                       "a control character, byte 0x" + to_hex(content.substr(i, 1)),
                       "remove it, or write it as an escape in double quotes");
    }
    begin = end + 1;
  }
  return std::nullopt;
}

struct Digits {
  std::string_view text;
  int base = 10;
  bool is_negative = false;
};

// The digits of a core schema integer, or nothing.
std::optional<Digits> integer_digits(std::string_view text) {
  if (text.starts_with("0o") || text.starts_with("0x")) {
    const int base = text[1] == 'o' ? 8 : 16;
    const std::string_view digits = text.substr(2);
    const std::string_view allowed = base == 8 ? "01234567" : "0123456789abcdefABCDEF";
    if (digits.empty() || digits.find_first_not_of(allowed) != std::string_view::npos) return std::nullopt;
    return Digits{digits, base, false};
  }
  Digits digits{text, 10, text.starts_with('-')};
  if (text.starts_with('-') || text.starts_with('+')) digits.text.remove_prefix(1);
  if (digits.text.empty() || !std::all_of(digits.text.begin(), digits.text.end(), is_digit)) return std::nullopt;
  return digits;
}

// Nothing for a decimal that does not fit: as a float it is rounded once.
std::optional<Value> to_integer(const Digits& digits) {
  constexpr auto positive_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t magnitude = 0;
  const auto [end, problem] =
      std::from_chars(digits.text.data(), digits.text.data() + digits.text.size(), magnitude, digits.base);
  if (problem == std::errc{} && magnitude <= positive_max) {
    const auto value = static_cast<std::int64_t>(magnitude);
    return Value(digits.is_negative ? -value : value);
  }
  if (problem == std::errc{} && digits.is_negative && magnitude == positive_max + 1)
    return Value(std::numeric_limits<std::int64_t>::min());
  if (digits.base == 10) return std::nullopt;
  double number = 0;
  for (const char c : digits.text) number = number * digits.base + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  return Value(number);
}

std::optional<double> to_float(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  std::string_view body = text;
  if (is_negative || text.starts_with('+')) body.remove_prefix(1);
  if (body == ".inf" || body == ".Inf" || body == ".INF") {
    const double infinity = std::numeric_limits<double>::infinity();
    return is_negative ? -infinity : infinity;
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::numeric_limits<double>::quiet_NaN();
  const bool begins_well =
      !body.empty() && (is_digit(body[0]) || (body[0] == '.' && body.size() > 1 && is_digit(body[1])));
  if (!begins_well) return std::nullopt;
  double value = 0;
  const auto [end, problem] = std::from_chars(body.data(), body.data() + body.size(), value);
  if (end != body.data() + body.size() || problem == std::errc::invalid_argument) return std::nullopt;
  if (problem == std::errc::result_out_of_range)
    value = body.find("e-") == std::string_view::npos && body.find("E-") == std::string_view::npos
                ? std::numeric_limits<double>::infinity()
                : 0;
  return is_negative ? -value : value;
}

Value scalar_value(const YamlNode& node) {
  const std::string& text = node.text;
  if (node.is_quoted) return text;
  if (is_null_word(text)) return nullptr;
  const char first = text.front();
  if (first == 't' || first == 'T' || first == 'f' || first == 'F') {
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    return text;
  }
  if (!is_digit(first) && first != '-' && first != '+' && first != '.') return text;
  if (const auto digits = integer_digits(text))
    if (auto integer = to_integer(*digits)) return *std::move(integer);
  if (const auto number = to_float(text)) return *number;
  return text;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

Yaml parse_yaml(std::shared_ptr<const Source> source) {
  Yaml yaml;
  if (auto forbidden = find_forbidden_bytes(source)) {
    yaml.diagnostics.push_back(std::move(*forbidden));
    return yaml;
  }
  const std::size_t skipped = source->text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  TreeBuilder builder(source, skipped, yaml.diagnostics);
  try {
    TextBuffer buffer(std::string_view(source->text).substr(skipped));
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    yaml.root = builder.take_root();
    if (!yaml.root) yaml.diagnostics.push_back(mistake(source, 1, 1, "the file holds nothing", ""));
  } catch (const Stop&) {
  } catch (const YAML::Exception& problem) {
    yaml.diagnostics.push_back(explain(problem, source, skipped));
  }
  return yaml;
}

Value to_value(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::scalar:
      return scalar_value(node);
    case YamlNode::Kind::list: {
      Value::Array items;
      items.reserve(node.items.size());
      for (const auto& item : node.items) items.push_back(to_value(item));
      return items;
    }
    case YamlNode::Kind::map: {
      Value::Object members;
      members.reserve(node.members.size());
      for (const auto& member : node.members) members.push_back({member.key, to_value(member.value)});
      return members;
    }
  }
  return nullptr;
}

Result<Value> read_yaml(const std::filesystem::path& file) {
  BB_TRY(auto text, read_text(file, yaml_bytes_max));
  const Yaml yaml = parse_yaml(std::make_shared<const Source>(Source{file.string(), std::move(text)}));
  if (!yaml.is_good()) return Error{render(yaml.diagnostics)};
  return to_value(*yaml.root);
}

}  // namespace bb
