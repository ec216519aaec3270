// Reads the tokens of XPath 1.0, section 3.7.
#include "harness/checks/xpath_form.hpp"

#include <algorithm>
#include <array>

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

}  // namespace

bool reads_document(std::string_view xpath) {
  bool is_after_operand = false;  // then '*' and "and" are operators
  for (std::string_view rest = after_blanks(xpath); !rest.empty(); rest = after_blanks(rest)) {
    const char c = rest.front();
    if (c == '/' || c == '@') return true;
    std::size_t length = 1;
    if (c == '"' || c == '\'') {
      const auto close = rest.find(c, 1);
      length = close == std::string_view::npos ? rest.size() : close + 1;
      is_after_operand = true;
    } else if (is_digit(c) || (c == '.' && rest.size() > 1 && is_digit(rest[1]))) {
      length = std::min(rest.find_first_not_of("0123456789."), rest.size());
      is_after_operand = true;
    } else if (c == '.' || (c == '*' && !is_after_operand)) {
      return true;
    } else if (is_name_char(c) && c != '-') {
      length = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_name_char) - rest.begin());
      const auto name = rest.substr(0, length);
      const auto next = after_blanks(rest.substr(length));
      if (is_after_operand && is_among(name, operators)) {
        is_after_operand = false;
      } else if (!next.starts_with('(') || name.find("::") != std::string_view::npos || is_among(name, node_tests) ||
                 (is_among(name, of_node_without_argument) && after_blanks(next.substr(1)).starts_with(')'))) {
        return true;
      }
    } else {
      is_after_operand = c == ')' || c == ']';
    }
    rest.remove_prefix(length);
  }
  return false;
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
  for (const std::string_view function : {"count", "string-length"}) {
    if (!text.starts_with(function)) continue;
    const auto arguments = after_blanks(text.substr(function.size()));
    if (arguments.starts_with('(') && closing_of(arguments) + 1 == arguments.size()) return true;
  }
  return false;
}

}  // namespace bb::checks
