#include "harness/fhir/primitives.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>
#include <string>

#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>

namespace bb::fhir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool are_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

// Takes digits from the front of a text; nothing where there are others.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool is_at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<int> number(std::size_t digits, int min, int max) {
    if (rest_.size() < digits || !are_digits(rest_.substr(0, digits))) return std::nullopt;
    int value = 0;
    std::from_chars(rest_.data(), rest_.data() + digits, value);
    rest_.remove_prefix(digits);
    if (value < min || value > max) return std::nullopt;
    return value;
  }
  bool take_digits() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
    const auto count = static_cast<std::size_t>(end - rest_.begin());
    rest_.remove_prefix(count);
    return count > 0;
  }

 private:
  std::string_view rest_;
};

// How exact a date is: 1 year, 2 month, 3 day; 0: it is none.
int take_date(Scanner& scanner) {
  const auto year = scanner.number(4, 1, 9999);
  if (!year) return 0;
  if (!scanner.take('-')) return 1;
  const auto month = scanner.number(2, 1, 12);
  if (!month) return 0;
  if (!scanner.take('-')) return 2;
  const auto day = scanner.number(2, 1, 31);
  return day && (std::chrono::year(*year) / *month / *day).ok() ? 3 : 0;
}

// hh:mm:ss.fraction; a second of 60 is a leap second.
bool take_time(Scanner& scanner) {
  return scanner.number(2, 0, 23) && scanner.take(':') && scanner.number(2, 0, 59) && scanner.take(':') &&
         scanner.number(2, 0, 60) && (!scanner.take('.') || scanner.take_digits());
}

bool take_zone(Scanner& scanner) {
  if (scanner.take('Z')) return true;
  if (!scanner.take('+') && !scanner.take('-')) return false;
  const auto hour = scanner.number(2, 0, 14);
  if (!hour || !scanner.take(':')) return false;
  return scanner.number(2, 0, *hour == 14 ? 0 : 59).has_value();
}

bool is_date(std::string_view text) {
  Scanner scanner(text);
  return take_date(scanner) > 0 && scanner.is_at_end();
}

bool is_date_time(std::string_view text) {
  Scanner scanner(text);
  const int parts = take_date(scanner);
  if (parts == 0) return false;
  if (scanner.is_at_end()) return true;
  return parts == 3 && scanner.take('T') && take_time(scanner) && take_zone(scanner) && scanner.is_at_end();
}

bool is_instant(std::string_view text) { return text.size() > 10 && is_date_time(text); }

bool is_time(std::string_view text) {
  Scanner scanner(text);
  return take_time(scanner) && scanner.is_at_end();
}

// -?([0]|([1-9][0-9]*)), of 32 bits.
std::optional<std::int64_t> integer_of(std::string_view text) {
  const bool has_sign = text.starts_with('-');
  const auto digits = text.substr(has_sign ? 1 : 0);
  if (!are_digits(digits) || digits.size() > 10 || (digits[0] == '0' && digits.size() > 1)) return std::nullopt;
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (has_sign) value = -value;
  if (value > std::numeric_limits<std::int32_t>::max() || value < std::numeric_limits<std::int32_t>::min())
    return std::nullopt;
  return value;
}

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_decimal(std::string_view text) {
  Scanner scanner(text);
  scanner.take('-');
  if (!scanner.take('0') && !scanner.take_digits()) return false;
  if (scanner.take('.') && !scanner.take_digits()) return false;
  if (scanner.take('e') || scanner.take('E')) {
    if (!scanner.take('+')) scanner.take('-');
    if (!scanner.take_digits()) return false;
  }
  return scanner.is_at_end();
}

// (\s*([0-9a-zA-Z\+\/=]){4}\s*)+: blanks between groups of four; the filling at the end.
bool is_base64(std::string_view text) {
  std::size_t count = 0;
  std::size_t fill = 0;
  for (const char c : text) {
    if (is_space(c)) {
      if (count % 4 != 0) return false;
      continue;
    }
    ++count;
    if (c == '=')
      ++fill;
    else if (fill > 0 || !(is_letter(c) || is_digit(c) || c == '+' || c == '/'))
      return false;
  }
  return count > 0 && count % 4 == 0 && fill <= 2;
}

// urn:oid:[0-2](\.(0|[1-9][0-9]*))+
bool is_oid(std::string_view text) {
  if (!text.starts_with("urn:oid:")) return false;
  const auto arcs = split(text.substr(8), '.');
  if (arcs.size() < 2 || arcs[0].size() != 1 || arcs[0][0] > '2') return false;
  return std::all_of(arcs.begin(), arcs.end(),
                     [](const std::string& arc) { return are_digits(arc) && (arc.size() == 1 || arc[0] != '0'); });
}

bool is_uuid(std::string_view text) {
  if (!text.starts_with("urn:uuid:")) return false;
  text.remove_prefix(9);
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !(is_digit(text[i]) || (text[i] >= 'a' && text[i] <= 'f'))) return false;
  }
  return true;
}

// \S*, and what says that it is an OID or a UUID is one.
bool is_uri(std::string_view text) {
  if (text.empty() || std::any_of(text.begin(), text.end(), is_space)) return false;
  if (text.starts_with("urn:uuid:")) return is_uuid(text.substr(0, text.find_first_of("|#")));
  if (text.starts_with("urn:oid:")) return is_oid(text.substr(0, text.find_first_of("|#")));
  return true;
}

bool is_canonical(std::string_view text) { return is_uri(text) && (text.starts_with('#') || is_absolute_uri(text)); }

// [^\s]+(\s[^\s]+)*
bool is_code(std::string_view text) {
  if (text.empty() || is_space(text.front()) || is_space(text.back())) return false;
  for (std::size_t i = 1; i < text.size(); ++i)
    if (is_space(text[i]) && is_space(text[i - 1])) return false;
  return true;
}

// [ \r\n\t\S]+, no control characters but these.
bool is_string(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
  });
}

bool is_boolean(std::string_view text) { return text == "true" || text == "false"; }
bool is_integer(std::string_view text) { return integer_of(text).has_value(); }
bool is_unsigned(std::string_view text) { return is_integer(text) && !text.starts_with('-'); }
bool is_positive(std::string_view text) { return is_integer(text) && *integer_of(text) > 0; }

struct Format {
  std::string_view type;
  bool (*is_it)(std::string_view text);
  std::string_view expected;
  Element::Form form = Element::Form::string;
};

constexpr std::string_view uri_words =
    "a URI without blanks; urn:uuid: and urn:oid: with a UUID in lower case or an OID";

constexpr std::array<Format, 19> formats{{
    {"string", is_string, "text without control characters"},
    {"code", is_code, "a code without blanks at its ends and two in a row"},
    {"uri", is_uri, uri_words},
    {"id", is_id, "1 to 64 of A-Z a-z 0-9 - ."},
    {"dateTime", is_date_time, "a dateTime of the calendar: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz"},
    {"decimal", is_decimal, "a decimal number", Element::Form::number},
    {"boolean", is_boolean, "true or false", Element::Form::boolean},
    {"instant", is_instant, "an instant of the calendar: YYYY-MM-DDThh:mm:ss.sss+zz:zz"},
    {"date", is_date, "a date of the calendar: YYYY, YYYY-MM or YYYY-MM-DD"},
    {"positiveInt", is_positive, "a whole number from 1 to 2147483647", Element::Form::number},
    {"unsignedInt", is_unsigned, "a whole number from 0 to 2147483647", Element::Form::number},
    {"integer", is_integer, "a whole number of 32 bits", Element::Form::number},
    {"url", is_uri, uri_words},
    {"canonical", is_canonical, "an absolute URI, or '#' and the id of a contained resource"},
    {"base64Binary", is_base64, "base64"},
    {"time", is_time, "a time: hh:mm:ss"},
    {"oid", is_oid, "urn:oid: with an OID"},
    {"uuid", is_uuid, "urn:uuid: with a UUID in lower case"},
    {"markdown", is_string, "text without control characters"},
}};

const Format* format_of(std::string_view type) {
  const auto found =
      std::find_if(formats.begin(), formats.end(), [&](const Format& format) { return format.type == type; });
  return found == formats.end() ? nullptr : &*found;
}

}  // namespace

std::string_view expected_format(std::string_view type, std::string_view value) {
  const auto* format = format_of(type);
  return format == nullptr || format->is_it(value) ? std::string_view{} : format->expected;
}

Element::Form json_form(std::string_view type) {
  const auto* format = format_of(type);
  return format == nullptr ? Element::Form::string : format->form;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.';
  });
}

bool goes_backwards(std::string_view start, std::string_view end) {
  if (!is_date_time(start) || !is_date_time(end)) return false;
  // Up to the day as text; of one day the time too where the zones are the same.
  const auto both = std::min({start.size(), end.size(), std::size_t{10}});
  const auto day = start.substr(0, both).compare(end.substr(0, both));
  if (start.size() < 20 || end.size() < 20) return day > 0;
  const auto zone = [](std::string_view text) { return text.substr(text.find_first_of("Z+-", 19)); };
  if (zone(start) != zone(end)) return false;
  return start.substr(0, 19) > end.substr(0, 19);
}

bool is_vague(std::string_view start, std::string_view end) {
  if (!is_date_time(start) || !is_date_time(end)) return false;
  const auto less = std::min(start.size(), end.size());
  return start.size() != end.size() && less <= 10 && start.substr(0, less) == end.substr(0, less);
}

}  // namespace bb::fhir
