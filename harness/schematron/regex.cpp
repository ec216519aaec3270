#include "harness/schematron/regex.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <bb/core/text.hpp>

namespace bb::schematron {
namespace {

// Whole, for a message: it may have several bytes.
std::string_view first_character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && is_continuation(text[size])) ++size;
  return text.substr(0, size);
}

// What a class escape stands for, written within brackets.
std::string_view class_of(char escape) {
  switch (escape) {
    case 's':
    case 'S':
      return " \\t\\n\\r";
    case 'w':  // all but punctuation, separators and others
      return "\\p{L}\\p{M}\\p{N}\\p{S}";
    case 'W':
      return "\\p{P}\\p{Z}\\p{C}";
    default:
      return {};
  }
}

class Translator {
 public:
  explicit Translator(std::string_view pattern) : rest_(pattern) {}

  Result<std::string> translate() {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '\\') {
        BB_CHECK(take_escape());
      } else if (is_in_class_) {
        BB_CHECK(take_in_class(c));
      } else if (c == '[') {
        BB_CHECK(begin_class());
      } else if (c == '(' && rest_.starts_with('?') && !rest_.starts_with("?:")) {
        return Error{"'(?' begins nothing"};
      } else {
        out_ += c;
      }
    }
    return std::move(out_);
  }

 private:
  char take() {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }

  Status begin_class() {
    out_ += '[';
    if (rest_.starts_with('^')) out_ += take();
    if (rest_.starts_with(']')) return Error{"brackets with nothing in them"};
    is_in_class_ = true;
    return {};
  }

  Status take_in_class(char c) {
    if (c == '[') return Error{"brackets within brackets"};
    is_in_class_ = c != ']';
    out_ += c;
    return {};
  }

  Status take_escape() {
    if (rest_.empty()) return Error{"'\\' at the end"};
    const auto escaped = first_character(rest_);
    const char c = take();
    if (c == 'd' || c == 'D') {
      out_ += c == 'd' ? "\\p{Nd}" : "\\P{Nd}";
    } else if (c == 'S' && is_in_class_) {
      return Error{"'\\S' within brackets"};
    } else if (const auto members = class_of(c); !members.empty()) {
      out_ += is_in_class_ ? std::string(members) : fmt::format("[{}{}]", c == 'S' ? "^" : "", members);
    } else if (std::string_view("nrtpP\\|.?*+(){}[]^-$").find(c) != std::string_view::npos) {
      out_ += {'\\', c};
    } else {
      return Error{fmt::format("'\\{}'", escaped)};
    }
    return {};
  }

  std::string_view rest_;
  std::string out_;
  bool is_in_class_ = false;
};

Result<std::shared_ptr<const RE2>> compile(const std::string& pattern, const std::string& flags) {
  const auto refuse = [&](const std::string& why) {
    return Error{fmt::format("the regular expression '{}' cannot be used: {}", shorten(pattern, 200), why)};
  };
  const auto translated = to_re2(pattern);
  if (!translated) return refuse(translated.error().what + " is not supported");
  RE2::Options options(RE2::Quiet);
  std::string prefix;
  if (const auto other = flags.find_first_not_of("smi"); other != std::string::npos)
    return refuse(
        fmt::format("the flag '{}' is not supported", first_character(std::string_view(flags).substr(other))));
  prefix = flags;
  if (!prefix.empty()) prefix = "(?" + prefix + ")";
  auto regex = std::make_shared<const RE2>(prefix + *translated, options);
  if (!regex->ok()) return refuse(to_utf8_lossy(regex->error()));
  return std::shared_ptr<const RE2>(std::move(regex));
}

}  // namespace

Result<std::string> to_re2(std::string_view pattern) { return Translator(pattern).translate(); }

Regexes::Regexes() = default;
Regexes::~Regexes() = default;

Result<bool> Regexes::matches(const std::string& text, const std::string& pattern, const std::string& flags) {
  auto found = compiled_.find({pattern, flags});
  if (found == compiled_.end()) found = compiled_.emplace(std::pair{pattern, flags}, compile(pattern, flags)).first;
  if (!found->second) return found->second.error();
  return RE2::PartialMatch(text, **found->second);
}

}  // namespace bb::schematron
