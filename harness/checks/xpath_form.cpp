// Reads the tokens of XPath 1.0, section 3.7.
#include "harness/checks/xpath_form.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <bb/core/text.hpp>
#include "harness/checks/xml_document.hpp"

namespace bb::checks {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Of names as they stand in suites; bytes above ASCII are letters of some script.
bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-' || c == '.' ||
         c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

template <std::size_t count>
bool is_among(std::string_view word, const std::array<std::string_view, count>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 4> operators{"and", "or", "div", "mod"};
constexpr std::array<std::string_view, 6> node_tests{"node", "text", "comment", "processing-instruction", "id", "lang"};
// Without an argument they take the node that they stand at.
constexpr std::array<std::string_view, 7> of_node_without_argument{
    "string", "string-length", "normalize-space", "number", "name", "local-name", "namespace-uri"};

std::string_view after_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

// Where the parenthesis that `text` begins with is closed, texts in quotes left
// out; npos: nowhere.
std::size_t closing_of(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' || text[i] == '\'') {
      i = text.find(text[i], i + 1);
      if (i == std::string_view::npos) return i;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

// Reads an expression token by token.
class Tokens {
 public:
  explicit Tokens(std::string_view xpath) : rest_(xpath) {}

  struct Token {
    std::string_view text;
    bool is_operator = false;     // "and", "or", "div", "mod"
    bool reads_document = false;  // a path, a test of a node, or a function of the node it stands at
  };
  // Of a path, a first piece only. Nothing at the end.
  std::optional<Token> next() {
    rest_ = after_blanks(rest_);
    if (rest_.empty()) return std::nullopt;
    const char c = rest_.front();
    if (c == '"' || c == '\'') {
      const auto close = rest_.find(c, 1);
      return operand(close == std::string_view::npos ? rest_.size() : close + 1, false);
    }
    if (is_digit(c) || (c == '.' && rest_.size() > 1 && is_digit(rest_[1])))
      return operand(std::min(rest_.find_first_not_of("0123456789."), rest_.size()), false);
    if (c == '/' || c == '@') {
      is_after_operand_ = false;
      return take(1, false, true);
    }
    if (c == '.' || (c == '*' && !is_after_operand_)) return operand(rest_.starts_with("..") ? 2 : 1, true);
    if (is_name_char(c) && c != '-') return name();
    is_after_operand_ = c == ')' || c == ']';
    return take(1, false, false);
  }

  // Bytes of the expression that are left.
  std::size_t left() const { return rest_.size(); }

 private:
  Token take(std::size_t length, bool is_operator, bool reads_document) {
    const Token token{rest_.substr(0, length), is_operator, reads_document};
    rest_.remove_prefix(length);
    return token;
  }

  Token operand(std::size_t length, bool reads_document) {
    is_after_operand_ = true;
    return take(length, false, reads_document);
  }

  Token name() {
    const auto length =
        static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_name_char) - rest_.begin());
    const auto name = rest_.substr(0, length);
    const auto next = after_blanks(rest_.substr(length));
    if (is_after_operand_ && is_among(name, operators)) {
      is_after_operand_ = false;
      return take(length, true, false);
    }
    const bool is_of_node = !next.starts_with('(') || name.find("::") != std::string_view::npos ||
                            is_among(name, node_tests) ||
                            (is_among(name, of_node_without_argument) && after_blanks(next.substr(1)).starts_with(')'));
    return operand(length, is_of_node);
  }

  std::string_view rest_;
  bool is_after_operand_ = false;  // then '*' and "and" are operators
};

// The operands of `word`, which stands in no parentheses; one where it is not there.
std::vector<std::string_view> operands_of(std::string_view xpath, std::string_view word) {
  std::vector<std::string_view> operands;
  Tokens tokens(xpath);
  int depth = 0;
  std::size_t begin = 0;
  while (const auto token = tokens.next()) {
    if (token->text == "(" || token->text == "[") ++depth;
    if (token->text == ")" || token->text == "]") --depth;
    if (depth != 0 || !token->is_operator || token->text != word) continue;
    const std::size_t end = xpath.size() - tokens.left();
    operands.push_back(xpath.substr(begin, end - word.size() - begin));
    begin = end;
  }
  operands.push_back(xpath.substr(begin));
  return operands;
}

// What is in the parentheses that `text` consists of, after a function's name.
std::optional<std::string_view> inside(std::string_view text, std::string_view function) {
  if (!text.starts_with(function)) return std::nullopt;
  const auto arguments = after_blanks(text.substr(function.size()));
  if (!arguments.starts_with('(') || closing_of(arguments) + 1 != arguments.size()) return std::nullopt;
  return arguments.substr(1, arguments.size() - 2);
}

// Of what looks at no document.
std::optional<bool> constant_truth(std::string_view xpath) {
  const auto document = XmlDocument::parse("<x/>", "application/xml");
  if (!document) return std::nullopt;
  const auto selection = document->evaluate("boolean(" + std::string(xpath) + ")");
  if (!selection || selection->values.empty()) return std::nullopt;
  const auto* truth = selection->values.front().boolean();
  return truth ? std::optional(*truth) : std::nullopt;
}

}  // namespace

bool reads_document(std::string_view xpath) {
  Tokens tokens(xpath);
  while (const auto token = tokens.next())
    if (token->reads_document) return true;
  return false;
}

std::optional<bool> settled_truth(std::string_view xpath) {
  const std::string_view text = trim(xpath);
  // One operand settles "or" by being true, "and" by being false.
  for (const auto& [word, settling] : {std::pair("or", true), std::pair("and", false)}) {
    const auto operands = operands_of(text, word);
    if (operands.size() < 2) continue;
    bool is_open = false;
    for (const auto operand : operands) {
      const auto truth = settled_truth(operand);
      if (truth == settling) return settling;
      is_open |= !truth;
    }
    return is_open ? std::nullopt : std::optional(!settling);
  }
  if (const auto inner = inside(text, "")) return settled_truth(*inner);
  if (const auto denied = inside(text, "not")) {
    const auto truth = settled_truth(*denied);
    return truth ? std::optional(!*truth) : std::nullopt;
  }
  return reads_document(text) ? std::nullopt : constant_truth(text);
}

XPathKind kind_of_xpath(const std::string& xpath) {
  const auto document = XmlDocument::parse("<x/>", "application/xml");
  if (!document) return XPathKind::nodes;
  const auto selection = document->evaluate(xpath);
  if (!selection || selection->is_node_set) return XPathKind::nodes;
  const Value& value = selection->values.front();
  if (value.is_bool()) return XPathKind::truth;
  return value.is_number() ? XPathKind::number : XPathKind::text;
}

bool is_amount(std::string_view xpath) {
  const std::string_view text = trim(xpath);
  return inside(text, "count") || inside(text, "string-length");
}

}  // namespace bb::checks
