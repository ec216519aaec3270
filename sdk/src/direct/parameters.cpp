// "value; name=text; name="quoted text"" of RFC 2045, 5.1, with the parts and the
// percent encoding of RFC 2231.
#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/direct/entity.hpp>

namespace bb::direct {
namespace {

constexpr std::size_t parameters_max = 100;

bool is_token_char(char c) {
  return c > ' ' && c < 0x7f && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Parameters read() {
    skip();
    read_.value = to_lower(take_token());
    if (take('/')) read_.value += "/" + to_lower(take_token());
    for (skip(); !rest_.empty() && read_.named.size() < parameters_max; skip()) {
      if (!take(';')) {
        read_.is_well_formed = false;
        rest_.remove_prefix(std::min(rest_.find(';'), rest_.size()));
        continue;
      }
      skip();
      if (rest_.empty()) break;  // a ';' at the end does no harm, and is common
      take_parameter();
    }
    join_parts();
    if (read_.value.empty()) read_.is_well_formed = false;
    return std::move(read_);
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // White space and comments.
  void skip() {
    int depth = 0;
    while (!rest_.empty() && (depth > 0 || is_blank(rest_.front()) || rest_.front() == '(')) {
      if (rest_.front() == '(') ++depth;
      if (rest_.front() == ')') --depth;
      rest_.remove_prefix(rest_.front() == '\\' && rest_.size() > 1 ? 2 : 1);
    }
  }

  std::string take_token() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_char);
    std::string token(rest_.begin(), end);
    rest_.remove_prefix(token.size());
    return token;
  }

  std::string take_quoted() {
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    if (!take('"')) read_.is_well_formed = false;
    return text;
  }

  void take_parameter() {
    const auto name = to_lower(take_token());
    skip();
    if (name.empty() || !take('=')) {
      read_.is_well_formed = false;
      rest_.remove_prefix(std::min(rest_.find(';'), rest_.size()));
      return;
    }
    skip();
    std::string value;
    if (take('"')) {
      value = take_quoted();
    } else {
      value = take_token();
      // Signs that ask for quotes, which many leave out.
      const auto end = std::min(rest_.find_first_of("; \t\r\n"), rest_.size());
      if (end > 0 || value.empty()) read_.is_well_formed = false;
      value += rest_.substr(0, end);
      rest_.remove_prefix(end);
    }
    if (!read_.named.emplace(name, std::move(value)).second) read_.is_well_formed = false;
  }

  // RFC 2231, 3 and 4: name*0=, name*1=, name*=charset'language'text.
  void join_parts() {
    std::map<std::string, std::string> joined;
    for (const auto& [name, value] : read_.named) {
      const auto star = name.find('*');
      if (star == std::string::npos || star == 0) continue;
      joined.try_emplace(name.substr(0, star));
    }
    for (auto& [name, whole] : joined) {
      if (const auto alone = read_.named.find(name + "*"); alone != read_.named.end()) {
        whole = decoded(alone->second, true);
      } else {
        for (std::size_t i = 0; i < parameters_max; ++i) {
          const auto key = name + "*" + std::to_string(i);
          if (const auto plain = read_.named.find(key); plain != read_.named.end())
            whole += plain->second;
          else if (const auto coded = read_.named.find(key + "*"); coded != read_.named.end())
            whole += decoded(coded->second, i == 0);
          else
            break;
        }
      }
    }
    for (auto& [name, whole] : joined) read_.named.try_emplace(name, std::move(whole));
  }

  static std::string decoded(std::string_view text, bool has_charset) {
    if (has_charset) {
      const auto first = text.find('\'');
      const auto second = first == std::string_view::npos ? first : text.find('\'', first + 1);
      if (second != std::string_view::npos) text.remove_prefix(second + 1);
    }
    return percent_decode(text).value_or(std::string(text));
  }

  std::string_view rest_;
  Parameters read_;
};

}  // namespace

std::string Parameters::of(std::string_view name) const {
  const auto found = named.find(std::string(name));
  return found == named.end() ? std::string() : found->second;
}

Parameters read_parameters(std::string_view field) { return Reader(field).read(); }

}  // namespace bb::direct
