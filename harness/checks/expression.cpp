#include "harness/checks/expression.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::checks {
namespace {

// A value on its way into an expression: as text, and as it is written where it
// stands alone.
struct Inserted {
  std::string text;
  std::string alone;  // empty: a literal of the text
};
using Lookup = std::function<Result<Inserted>(std::string_view reference)>;

// XPath 1.0 has no escapes: a text with both kinds of quotes is put together.
std::string xpath_literal(std::string_view text) {
  if (text.find('"') == std::string_view::npos) return fmt::format("\"{}\"", text);
  if (text.find('\'') == std::string_view::npos) return fmt::format("'{}'", text);
  return fmt::format("concat(\"{}\")", replace_all(text, "\"", "\", '\"', \""));
}

// RFC 9535, section 2.3.1.1.
std::string json_path_text(std::string_view text, char quote) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", c);
    else if (c == '\\' || c == quote)
      out += {'\\', c};
    else
      out += c;
  }
  return out;
}

bool is_plain_name(std::string_view text) {
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && text[0] != '-' &&
         std::all_of(text.begin(), text.end(), is_good);
}

// "target[*].dueDate": names, each of a list's elements.
bool is_member_path(std::string_view text) {
  const auto parts = split(text, '.');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    if (part.ends_with("[*]")) part.remove_suffix(3);
    return is_plain_name(part);
  });
}

// Goes through an expression once, knowing whether it is inside a literal.
class Filler {
 public:
  Filler(std::string_view text, bool is_xpath, const Lookup& lookup)
      : rest_(text), is_xpath_(is_xpath), lookup_(lookup) {}

  Result<std::string> fill() {
    while (!rest_.empty()) {
      if (rest_.starts_with("${")) {
        BB_CHECK(take_reference());
      } else {
        take_character();
      }
    }
    out_ += literal_;  // one that is never closed is a mistake of the expression
    return std::move(out_);
  }

 private:
  Status take_reference() {
    const auto close = rest_.find('}');
    if (close == std::string_view::npos) return Error{fmt::format("'{}': '${{' has no '}}'", shorten(rest_, 80))};
    BB_TRY(const auto value, lookup_(rest_.substr(2, close - 2)));
    rest_.remove_prefix(close + 1);
    if (quote_ != 0) {
      literal_ += is_xpath_ ? value.text : json_path_text(value.text, quote_);
      is_filled_ = true;
      return {};
    }
    const char before = out_.empty() ? ' ' : out_.back();
    if (before == '/' || before == ':' || before == '@' || before == '.') {
      const bool is_good = is_xpath_ || before != '.' ? is_plain_name(value.text) : is_member_path(value.text);
      if (!is_good)
        return Error{fmt::format("'{}' stands where a name is expected in an expression", shorten(value.text, 80))};
      out_ += value.text;
    } else if (!value.alone.empty()) {
      out_ += value.alone;
    } else {
      out_ += is_xpath_ ? xpath_literal(value.text) : fmt::format("'{}'", json_path_text(value.text, '\''));
    }
    return {};
  }

  void take_character() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (quote_ == 0) {
      if (c == '"' || c == '\'') {
        quote_ = c;
        literal_ = c;
        is_filled_ = false;
      } else {
        out_ += c;
      }
      return;
    }
    literal_ += c;
    if (!is_xpath_ && c == '\\' && !rest_.empty()) {
      literal_ += rest_.front();
      rest_.remove_prefix(1);
    } else if (c == quote_) {
      close_literal();
    }
  }

  void close_literal() {
    out_ +=
        is_xpath_ && is_filled_ ? xpath_literal(std::string_view(literal_).substr(1, literal_.size() - 2)) : literal_;
    literal_.clear();
    quote_ = 0;
  }

  std::string_view rest_;
  const bool is_xpath_;
  const Lookup& lookup_;
  std::string out_;
  char quote_ = 0;       // of the literal we are in
  std::string literal_;  // as far as it was read, with its opening quote
  bool is_filled_ = false;
};

Result<Inserted> look_up(const Scope& scope, std::string_view text, bool is_xpath) {
  BB_TRY(const auto reference, parse_reference(fmt::format("${}", text)));
  BB_TRY(auto word, scope.text(reference));
  Inserted inserted{std::move(word), ""};
  const Value* value = scope.find(reference);
  if (value->is_number()) inserted.alone = to_json(*value);
  if (const bool* flag = value->boolean()) inserted.alone = fmt::format("{}{}", *flag, is_xpath ? "()" : "");
  return inserted;
}

}  // namespace

Result<Value> resolve_argument(std::string_view kind, const Value& argument, const Scope& scope) {
  const auto* text = argument.string();
  const bool is_expression = kind == "xpath" || kind == "json";
  if (!text || !is_expression || is_reference(*text)) return scope.resolve(argument);
  const bool is_xpath = kind == "xpath";
  const Lookup lookup = [&](std::string_view reference) { return look_up(scope, reference, is_xpath); };
  BB_TRY(auto filled, Filler(*text, is_xpath, lookup).fill());
  return Value(std::move(filled));
}

Result<suite::Selector> resolve_selector(const suite::Selector& selector, const Scope& scope) {
  suite::Selector resolved = selector;
  BB_TRY(resolved.argument, resolve_argument(selector.kind, selector.argument, scope));
  return resolved;
}

namespace {

Result<Value> resolve_pattern(const Value& pattern, const Scope& scope) {
  const auto* text = pattern.string();
  if (!text || is_reference(*text)) return scope.resolve(pattern);
  bool is_any_filled = false, is_any_empty = false;
  BB_TRY(auto filled, scope.fill(*text, [&](std::string_view value) {
    is_any_filled = true;
    is_any_empty |= value.empty();
    return RE2::QuoteMeta(re2::StringPiece(value.data(), value.size()));
  }));
  if (is_any_filled && text->find("\\Q") != std::string::npos)
    return Error{"a value that is put into a pattern is quoted already: leave \\Q and \\E out"};
  // Around nothing a pattern is found everywhere.
  return Value(is_any_empty ? std::string() : std::move(filled));
}

}  // namespace

Result<Value> resolve_operand(suite::Matcher matcher, const Value& operand, const Scope& scope) {
  if (matcher == suite::Matcher::matches) return resolve_pattern(operand, scope);
  // not: {matches: ...}
  const auto* denied = matcher == suite::Matcher::not_ && operand.size() == 1 ? operand.find("matches") : nullptr;
  if (!denied) return scope.resolve(operand);
  BB_TRY(auto pattern, resolve_pattern(*denied, scope));
  return Value::object({{"matches", std::move(pattern)}});
}

std::string sample_xpath(std::string_view xpath) {
  if (is_reference(xpath)) return {};
  const Lookup lookup = [](std::string_view) { return Result<Inserted>(Inserted{"x", ""}); };
  auto filled = Filler(xpath, true, lookup).fill();
  return filled ? *std::move(filled) : std::string();
}

}  // namespace bb::checks
