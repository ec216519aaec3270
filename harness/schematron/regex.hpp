// harness/schematron/regex.hpp - regular expressions of XPath 2.0, by RE2.
//
// Source: XQuery 1.0 and XPath 2.0 Functions and Operators, 7.6; XML Schema
// part 2, appendix F. Not supported, and said so: classes less others
// ([a-z-[aeiou]]), references back (\1), name characters (\i, \c), blocks of
// characters (\p{IsGreek}), the flags x and q, and bounds above 1000.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <bb/core/result.hpp>

namespace re2 {
class RE2;
}

namespace bb::schematron {

// The expression as RE2 writes it. The error says what RE2 has no word for.
Result<std::string> to_re2(std::string_view pattern);

// Expressions that were compiled; for one thread.
class Regexes {
 public:
  Regexes();
  ~Regexes();
  // Whether a part of `text` matches. The error names the expression and what
  // of it cannot be taken.
  Result<bool> matches(const std::string& text, const std::string& pattern, const std::string& flags);

 private:
  using Compiled = std::shared_ptr<const re2::RE2>;
  std::map<std::pair<std::string, std::string>, Result<Compiled>> compiled_;
};

}  // namespace bb::schematron
