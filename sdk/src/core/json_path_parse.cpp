// The grammar is RFC 9535, appendix A; each function below is one of its rules.
#include <fmt/format.h>
#include <re2/re2.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "json_path_query.hpp"

namespace bb {
namespace json_path {
namespace {

constexpr std::size_t query_bytes_max = 65'536;
// Parentheses, filters in filters and calls in calls.
constexpr int depth_max = 64;
// RFC 9535, 2.1: integers are within the range of exact values of I-JSON.
constexpr std::int64_t integer_max = 9'007'199'254'740'991;

enum class Type { value, nodes, logical };
struct Signature {
  std::string_view name;
  Function function;
  Type result;
  std::vector<Type> parameters;
};
const std::array<Signature, 5>& signatures() {
  static const std::array<Signature, 5> table{{
      {"length", Function::length, Type::value, {Type::value}},
      {"count", Function::count, Type::value, {Type::nodes}},
      {"match", Function::match, Type::logical, {Type::value, Type::value}},
      {"search", Function::search, Type::logical, {Type::value, Type::value}},
      {"value", Function::value, Type::value, {Type::nodes}},
  }};
  return table;
}
const Signature& signature_of(Function function) { return signatures()[static_cast<std::size_t>(function)]; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_name_first(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_char(char c) { return is_name_first(c) || is_digit(c); }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Path> parse() {
    if (text_.size() > query_bytes_max)
      return Error{fmt::format("the JSONPath has {} bytes, at most {} are allowed", text_.size(), query_bytes_max)};
    if (!is_utf8(text_)) return Error{"the JSONPath is not UTF-8"};
    if (!take('$')) return fail("expected '$', which stands for the whole document");
    BB_TRY(auto path, parse_segments(false));
    if (!is_at_end()) return fail("expected '.', '..', '[' or the end");
    return path;
  }

 private:
  bool is_at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool take(char c) {
    if (is_at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  void skip_blanks() {
    while (!is_at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }

  Error fail(std::string_view expected) const { return fail_at(at_, expected); }
  Error fail_at(std::size_t at, std::string_view expected) const {
    if (at >= text_.size())
      return {fmt::format("JSONPath '{}', column {}: {}, but it ends here", shown(), at + 1, expected)};
    std::size_t end = at + 1;  // a whole character, not its first byte
    while (end < text_.size() && is_continuation(text_[end])) ++end;
    return {
        fmt::format("JSONPath '{}', column {}: {}, got '{}'", shown(), at + 1, expected, text_.substr(at, end - at))};
  }
  Error wrong_at(std::size_t at, std::string_view what) const {
    return {fmt::format("JSONPath '{}', column {}: {}", shown(), at + 1, what)};
  }
  std::string shown() const { return shorten(text_, 200); }

  Result<Path> parse_segments(bool is_relative) {
    Path path{is_relative, {}};
    for (;;) {
      const auto before = at_;
      skip_blanks();
      if (peek() != '.' && peek() != '[') {
        at_ = before;  // blanks after a query belong to what follows
        return path;
      }
      BB_TRY(auto segment, parse_segment());
      path.segments.push_back(std::move(segment));
    }
  }

  Result<Segment> parse_segment() {
    Segment segment;
    segment.is_descendant = take("..");
    if (!segment.is_descendant && !take('.')) return parse_bracketed(std::move(segment));
    if (segment.is_descendant && peek() == '[') return parse_bracketed(std::move(segment));
    if (take('*')) {
      segment.selectors.emplace_back(WildcardSelector{});
      return segment;
    }
    if (!is_name_first(peek())) return fail("expected a member name or '*'");
    const auto begin = at_;
    while (!is_at_end() && is_name_char(peek())) ++at_;
    segment.selectors.emplace_back(NameSelector{std::string(text_.substr(begin, at_ - begin))});
    return segment;
  }

  Result<Segment> parse_bracketed(Segment segment) {
    take('[');
    do {
      skip_blanks();
      BB_TRY(auto selector, parse_selector());
      segment.selectors.push_back(std::move(selector));
      skip_blanks();
    } while (take(','));
    if (!take(']')) return fail("expected ',' or ']'");
    return segment;
  }

  Result<Selector> parse_selector() {
    if (peek() == '\'' || peek() == '"') {
      BB_TRY(auto name, parse_string());
      return Selector(NameSelector{std::move(name)});
    }
    if (take('*')) return Selector(WildcardSelector{});
    if (take('?')) {
      skip_blanks();
      BB_TRY(auto condition, parse_or());
      return Selector(FilterSelector{std::make_shared<const Logical>(std::move(condition))});
    }
    if (is_digit(peek()) || peek() == '-' || peek() == ':') return parse_index_or_slice();
    return fail("expected a quoted name, '*', an index, a slice or a filter '?...'");
  }

  Result<Selector> parse_index_or_slice() {
    SliceSelector slice;
    if (peek() != ':') {
      BB_TRY(const auto start, parse_integer());
      const auto before = at_;
      skip_blanks();
      if (peek() != ':') {
        at_ = before;
        return Selector(IndexSelector{start});
      }
      slice.start = start;
    }
    take(':');
    skip_blanks();
    if (is_digit(peek()) || peek() == '-') {
      BB_TRY(slice.end, parse_integer());
      skip_blanks();
    }
    if (take(':')) {
      skip_blanks();
      if (is_digit(peek()) || peek() == '-') {
        BB_TRY(slice.step, parse_integer());
      }
    }
    return Selector(slice);
  }

  // int = "0" / (["-"] DIGIT1 *DIGIT)
  Result<std::int64_t> parse_integer() {
    const auto begin = at_;
    take('-');
    if (!is_digit(peek())) return fail("expected a digit");
    if (peek() == '0' && (at_ > begin || is_digit(peek(1))))
      return wrong_at(begin, "an integer has no leading zeros and there is no '-0'");
    while (is_digit(peek())) ++at_;
    const auto digits = text_.substr(begin, at_ - begin);
    std::int64_t number = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec != std::errc() || number > integer_max || number < -integer_max)
      return wrong_at(begin, fmt::format("{} is out of range: at most {} either way", digits, integer_max));
    return number;
  }

  Result<std::string> parse_string() {
    const auto begin = at_;
    const char quote = peek();
    ++at_;
    std::string out;
    while (!is_at_end()) {
      const char c = text_[at_];
      if (c == quote) {
        ++at_;
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20) return wrong_at(at_, "control characters in a string must be escaped");
      ++at_;
      if (c != '\\') {
        out.push_back(c);
        continue;
      }
      BB_CHECK(parse_escape(quote, out));
    }
    return wrong_at(begin, fmt::format("this string has no closing {}", quote));
  }

  Status parse_escape(char quote, std::string& out) {
    const char c = peek();
    if (c == 'u') {
      ++at_;
      return parse_unicode_escape(out);
    }
    constexpr std::string_view letters = "bfnrt/\\", meanings = "\b\f\n\r\t/\\";
    if (const auto known = letters.find(c); !is_at_end() && known != std::string_view::npos)
      out.push_back(meanings[known]);
    else if (!is_at_end() && c == quote)
      out.push_back(quote);
    else
      return fail(fmt::format("expected an escape: one of b f n r t / \\ u {}", quote));
    ++at_;
    return {};
  }

  Status parse_unicode_escape(std::string& out) {
    const auto begin = at_ - 2;
    BB_TRY(char32_t code, parse_hex4());
    if (code >= 0xDC00 && code <= 0xDFFF) return wrong_at(begin, "a low surrogate without a high one before it");
    if (code >= 0xD800 && code <= 0xDBFF) {
      if (!take("\\u")) return wrong_at(begin, "a high surrogate without a low one after it");
      BB_TRY(const char32_t low, parse_hex4());
      if (low < 0xDC00 || low > 0xDFFF) return wrong_at(begin, "a high surrogate without a low one after it");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, code);
    return {};
  }

  Result<char32_t> parse_hex4() {
    std::uint32_t code = 0;
    const auto digits = text_.substr(at_, 4);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() < 4 || parsed.ec != std::errc() || parsed.ptr != digits.data() + 4)
      return fail("expected four hexadecimal digits");
    at_ += 4;
    return static_cast<char32_t>(code);
  }

  Result<Logical> parse_or() { return parse_chain(Logical::Kind::any); }
  Result<Logical> parse_and() { return parse_chain(Logical::Kind::all); }

  // logical-or-expr = logical-and-expr *(S "||" S logical-and-expr), and below
  // it the same with "&&" and basic-expr.
  Result<Logical> parse_chain(Logical::Kind kind) {
    const bool is_or = kind == Logical::Kind::any;
    Logical chain;
    chain.kind = kind;
    for (;;) {
      BB_TRY(auto child, is_or ? parse_and() : parse_basic());
      chain.children.push_back(std::move(child));
      const auto before = at_;
      skip_blanks();
      if (!take(is_or ? std::string_view("||") : std::string_view("&&"))) {
        at_ = before;
        break;
      }
      skip_blanks();
    }
    if (chain.children.size() > 1) return chain;
    Logical only = std::move(chain.children.front());
    return only;
  }

  Result<Logical> parse_basic() {
    const Depth depth(*this);
    if (depth.is_exceeded()) return too_deep();
    const bool is_negated = take('!');
    if (is_negated) skip_blanks();
    if (take('(')) {
      skip_blanks();
      BB_TRY(auto inner, parse_or());
      skip_blanks();
      if (!take(')')) return fail("expected ')', '&&' or '||'");
      inner.is_negated = inner.is_negated != is_negated;
      return inner;
    }
    const auto begin = at_;
    BB_TRY(auto left, parse_operand());
    const auto before = at_;
    skip_blanks();
    const auto comparison = is_negated ? std::nullopt : take_comparison();
    Logical logical;
    if (!comparison) {
      at_ = before;
      BB_CHECK(check_test(left, begin, is_negated));
      logical.is_negated = is_negated;
      logical.left = std::move(left);
      return logical;
    }
    BB_CHECK(check_comparable(left, begin));
    skip_blanks();
    const auto right_begin = at_;
    BB_TRY(logical.right, parse_operand());
    BB_CHECK(check_comparable(logical.right, right_begin));
    logical.kind = Logical::Kind::compare;
    logical.comparison = *comparison;
    logical.left = std::move(left);
    return logical;
  }

  std::optional<Comparison> take_comparison() {
    if (take("==")) return Comparison::equal;
    if (take("!=")) return Comparison::not_equal;
    if (take("<=")) return Comparison::less_or_equal;
    if (take(">=")) return Comparison::greater_or_equal;
    if (take("<")) return Comparison::less;
    if (take(">")) return Comparison::greater;
    return std::nullopt;
  }

  Status check_test(const Operand& operand, std::size_t at, bool is_negated) const {
    if (std::holds_alternative<Value>(operand))
      return wrong_at(at, is_negated ? "a literal cannot be negated" : "a literal alone is no condition: compare it");
    if (const auto* call = std::get_if<std::shared_ptr<const Call>>(&operand))
      if (const auto& signature = signature_of((*call)->function); signature.result == Type::value)
        return wrong_at(at, fmt::format("{}() gives a value, which must be compared", signature.name));
    return {};
  }

  Status check_comparable(const Operand& operand, std::size_t at) const {
    if (const auto* path = std::get_if<Path>(&operand); path && !path->is_singular())
      return wrong_at(at, "only a query for one node (names and indices) can be compared");
    if (const auto* call = std::get_if<std::shared_ptr<const Call>>(&operand))
      if (const auto& signature = signature_of((*call)->function); signature.result != Type::value)
        return wrong_at(at, fmt::format("the result of {}() is true or false and cannot be compared", signature.name));
    return {};
  }

  // A literal, a query or a function call.
  Result<Operand> parse_operand() {
    const char c = peek();
    if (c == '@' || c == '$') {
      ++at_;
      BB_TRY(auto path, parse_segments(c == '@'));
      return Operand(std::move(path));
    }
    if (c == '\'' || c == '"') {
      BB_TRY(auto text, parse_string());
      return Operand(Value(std::move(text)));
    }
    if (is_digit(c) || c == '-') {
      BB_TRY(auto number, parse_number());
      return Operand(std::move(number));
    }
    if (!is_lower(c)) return fail("expected '@', '$', a literal, a function or '('");
    return parse_word();
  }

  Result<Operand> parse_word() {
    const auto begin = at_;
    while (is_lower(peek()) || is_digit(peek()) || peek() == '_') ++at_;
    const auto word = text_.substr(begin, at_ - begin);
    if (peek() == '(') return parse_call(word, begin);
    if (word == "true") return Operand(Value(true));
    if (word == "false") return Operand(Value(false));
    if (word == "null") return Operand(Value());
    return wrong_at(begin, fmt::format("unknown word '{}'; expected true, false, null or a function", word));
  }

  // number = (int / "-0") [ frac ] [ exp ]
  Result<Value> parse_number() {
    const auto begin = at_;
    take('-');
    if (!is_digit(peek())) return fail("expected a digit");
    if (peek() == '0' && is_digit(peek(1))) return wrong_at(begin, "a number has no leading zeros");
    while (is_digit(peek())) ++at_;
    if (peek() == '.') {
      ++at_;
      if (!is_digit(peek())) return fail("expected a digit after the decimal point");
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!is_digit(peek())) return fail("expected a digit of the exponent");
      while (is_digit(peek())) ++at_;
    }
    auto number = parse_json(text_.substr(begin, at_ - begin));
    if (!number) return wrong_at(begin, fmt::format("{} is out of range", text_.substr(begin, at_ - begin)));
    return number;
  }

  Result<Operand> parse_call(std::string_view name, std::size_t begin) {
    const Depth depth(*this);
    if (depth.is_exceeded()) return too_deep();
    const Signature* signature = nullptr;
    std::vector<std::string> known;
    for (const auto& candidate : signatures()) {
      known.emplace_back(candidate.name);
      if (candidate.name == name) signature = &candidate;
    }
    if (!signature) {
      const auto near = nearest(name, known);
      return wrong_at(begin, fmt::format("unknown function '{}'{}; functions: {}", name,
                                         near ? fmt::format("; did you mean '{}'?", *near) : "", join(known, " ")));
    }
    take('(');
    skip_blanks();
    Call call;
    call.function = signature->function;
    while (peek() != ')') {
      if (!call.arguments.empty() && !take(',')) return fail("expected ',' or ')'");
      skip_blanks();
      const auto at = at_;
      BB_TRY(auto argument, parse_operand());
      const auto number = call.arguments.size();
      if (number < signature->parameters.size())
        BB_CHECK(check_argument(*signature, signature->parameters[number], argument, at));
      call.arguments.push_back(std::move(argument));
      skip_blanks();
    }
    take(')');
    if (call.arguments.size() != signature->parameters.size())
      return wrong_at(begin, fmt::format("{}() takes {} argument{}, got {}", name, signature->parameters.size(),
                                         signature->parameters.size() == 1 ? "" : "s", call.arguments.size()));
    BB_CHECK(compile_literal_pattern(call, begin));
    return Operand(std::make_shared<const Call>(std::move(call)));
  }

  Status check_argument(const Signature& signature, Type wanted, const Operand& argument, std::size_t at) const {
    const auto* path = std::get_if<Path>(&argument);
    if (wanted == Type::nodes) {
      if (path) return {};
      return wrong_at(at, fmt::format("{}() takes a query, '@...' or '$...'", signature.name));
    }
    if (path && !path->is_singular())
      return wrong_at(at, fmt::format("{}() takes one value: a literal or a query for one node (names and indices)",
                                      signature.name));
    if (const auto* call = std::get_if<std::shared_ptr<const Call>>(&argument))
      if (const auto& inner = signature_of((*call)->function); inner.result != Type::value)
        return wrong_at(at, fmt::format("{}() takes a value, {}() is true or false", signature.name, inner.name));
    return {};
  }

  Status compile_literal_pattern(Call& call, std::size_t begin) const {
    if (call.function != Function::match && call.function != Function::search) return {};
    const auto* literal = std::get_if<Value>(&call.arguments[1]);
    if (!literal || !literal->string()) return {};
    std::string why;
    call.pattern = compile_pattern(*literal->string(), why);
    if (!call.pattern) return wrong_at(begin, fmt::format("'{}' is no pattern: {}", *literal->string(), why));
    return {};
  }

  class Depth {
   public:
    explicit Depth(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Depth() { --parser_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    bool is_exceeded() const { return parser_.depth_ > depth_max; }

   private:
    Parser& parser_;
  };
  Error too_deep() const { return wrong_at(at_, fmt::format("filters nest deeper than {} levels", depth_max)); }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

bool Path::is_singular() const {
  for (const auto& segment : segments) {
    if (segment.is_descendant || segment.selectors.size() != 1) return false;
    const auto& selector = segment.selectors.front();
    if (!std::holds_alternative<NameSelector>(selector) && !std::holds_alternative<IndexSelector>(selector))
      return false;
  }
  return true;
}

// RFC 9485, 5.4: "For any unescaped dots outside character classes, replace
// the dot with [^\n\r]".
std::shared_ptr<const re2::RE2> compile_pattern(std::string_view pattern, std::string& why) {
  std::string out;
  bool is_in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      out.append(pattern.substr(i, 2));
      ++i;
      continue;
    }
    if (c == '.' && !is_in_class) {
      out += "[^\\n\\r]";
      continue;
    }
    if (c == '[') is_in_class = true;
    if (c == ']') is_in_class = false;
    out.push_back(c);
  }
  RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const RE2>(out, options);
  if (compiled->ok()) return compiled;
  why = compiled->error();
  return nullptr;
}

Result<Path> parse_path(std::string_view query) { return Parser(query).parse(); }

}  // namespace json_path

Result<JsonPath> JsonPath::parse(std::string_view query) {
  BB_TRY(auto path, json_path::parse_path(query));
  JsonPath parsed;
  parsed.query_ = std::make_shared<const Query>(Query{std::move(path)});
  return parsed;
}

bool JsonPath::is_singular() const { return query_->path.is_singular(); }

}  // namespace bb
