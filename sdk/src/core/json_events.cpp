#include <bb/core/bytes.hpp>
#include <bb/core/json_events.hpp>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

namespace bb {
namespace {

// nlohmann quotes the bytes it stopped at: what a system sent, of any encoding
// and with anybody's data in it. The place is enough to find them.
std::string without_last_read(std::string_view text) {
  const auto begin = text.find("; last read: '");
  if (begin == std::string_view::npos) return std::string(text);
  const auto after = text.rfind("'; expected ");
  const auto rest = after == std::string_view::npos || after < begin ? std::string_view() : text.substr(after + 1);
  return std::string(text.substr(0, begin)) + std::string(rest);
}

// nlohmann's SAX events do not say where they are. Between two of them stand
// only white space, commas and colons, so the place of the next one follows
// from the end of the last.
class Places {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  Places(std::string_view text, JsonHandler& handler)
      : text_(text), next_(text.starts_with(utf8_mark) ? utf8_mark.size() : 0), handler_(handler) {}

  bool null() { return handler_.on_null(begin(4)); }
  bool boolean(bool value) { return handler_.on_boolean(begin(value ? 4 : 5), value); }
  bool number_integer(number_integer_t) { return number(); }
  bool number_unsigned(number_unsigned_t) { return number(); }
  bool number_float(number_float_t, const string_t&) { return number(); }
  bool string(string_t& value) { return handler_.on_string(begin_of_string(), value); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return handler_.on_object(begin(1)); }
  bool end_object() { return handler_.on_object_end(begin(1)); }
  bool key(string_t& name) { return handler_.on_key(begin_of_string(), name); }
  bool start_array(std::size_t) { return handler_.on_array(begin(1)); }
  bool end_array() { return handler_.on_array_end(begin(1)); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& e) {
    // nlohmann: "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while ...",
    // "[json.exception.out_of_range.406] number overflow parsing '1e999'", with every digit.
    std::string_view what = e.what();
    if (what.find("number overflow") != std::string_view::npos)
      what = "a number is too large, at most about 1.8e308 is read";
    else if (const auto colon = what.find(": "); colon != std::string_view::npos)
      what.remove_prefix(colon + 2);
    fault = JsonFault{position > 0 ? position - 1 : 0, without_last_read(what)};
    return false;
  }

  std::optional<JsonFault> fault;

 private:
  // The place of the next token, which has `length` bytes.
  std::size_t begin(std::size_t length) {
    while (next_ < text_.size() && std::memchr(" \t\r\n,:", text_[next_], 6) != nullptr) ++next_;
    const auto at = next_;
    next_ += length;
    return at;
  }
  std::size_t begin_of_string() {
    const auto at = begin(1);
    for (auto quote = text_.find('"', next_); quote != std::string_view::npos; quote = text_.find('"', quote + 1)) {
      auto backslash = quote;
      while (text_[backslash - 1] == '\\') --backslash;
      next_ = quote + 1;
      if ((quote - backslash) % 2 == 0) break;
    }
    return at;
  }
  bool number() {
    const auto at = begin(0);
    next_ = std::min(text_.find_first_not_of("+-.0123456789Ee", at), text_.size());
    return handler_.on_number(at, text_.substr(at, next_ - at));
  }

  std::string_view text_;
  std::size_t next_;
  JsonHandler& handler_;
};

}  // namespace

JsonReading read_json_events(std::string_view text, JsonHandler& handler) {
  Places places(text, handler);
  const bool is_complete = nlohmann::json::sax_parse(text.begin(), text.end(), &places);
  return {is_complete, std::move(places.fault)};
}

}  // namespace bb
