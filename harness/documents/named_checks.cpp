#include "harness/documents/named_checks.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <optional>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>

#include "harness/documents/html_colour.hpp"
#include "harness/documents/mail_forms.hpp"

namespace bb::documents {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }

bool are_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Luhn's sum of digits, of which the last is the check digit. ISO/IEC 7812-1, annex B.
bool has_luhn_digit(std::string_view digits) {
  int sum = 0;
  bool is_doubled = false;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c, is_doubled = !is_doubled) {
    const int value = (*c - '0') * (is_doubled ? 2 : 1);
    sum += value / 10 + value % 10;
  }
  return sum % 10 == 0;
}

// The digits before fraction and zone, or nothing where this is no time.
std::optional<std::string_view> digits_of_time(std::string_view text) {
  if (const auto zone = text.find_first_of("+-"); zone != std::string_view::npos) {
    const auto offset = text.substr(zone + 1);
    if ((offset.size() != 2 && offset.size() != 4) || !are_digits(offset) || number(offset.substr(0, 2)) > 14 ||
        number(offset.substr(2)) > 59)
      return std::nullopt;
    text = text.substr(0, zone);
  }
  if (const auto point = text.find('.'); point != std::string_view::npos) {
    if (point != 14 || !are_digits(text.substr(point + 1))) return std::nullopt;
    text = text.substr(0, point);
  }
  const auto size = text.size();
  if (!are_digits(text) || size < 4 || size > 14 || size % 2 != 0) return std::nullopt;
  if (size >= 6 && (number(text.substr(4, 2)) < 1 || number(text.substr(4, 2)) > 12)) return std::nullopt;
  if (size >= 8) {
    const auto day =
        std::chrono::year(number(text.substr(0, 4))) / number(text.substr(4, 2)) / number(text.substr(6, 2));
    if (!day.ok()) return std::nullopt;
  }
  if (size >= 10 && number(text.substr(8, 2)) > 23) return std::nullopt;
  if (size >= 12 && number(text.substr(10, 2)) > 59) return std::nullopt;
  if (size >= 14 && number(text.substr(12, 2)) > 59) return std::nullopt;
  return text;
}

// As a browser reads it (WHATWG URL, 4.4): without the control characters and white
// space that it passes over, in lower case.
std::string normalized_url(std::string_view url) {
  std::string text = to_lower(url);
  std::erase_if(text, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  text.erase(text.begin(),
             std::find_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > ' '; }));
  return text;
}

// What stands before the first colon, if that ends a scheme and is no part of a relative link.
std::string_view scheme_of(std::string_view url) {
  const auto end = url.find_first_of(":/?#");
  return end != std::string_view::npos && url[end] == ':' ? url.substr(0, end) : std::string_view{};
}

}  // namespace

bool is_time(std::string_view text) { return digits_of_time(text).has_value(); }

bool is_time_to_the_day(std::string_view text) {
  const auto digits = digits_of_time(text);
  return digits && digits->size() >= 8;
}

bool is_in_order(std::string_view a, std::string_view b) {
  const auto first = digits_of_time(a);
  const auto second = digits_of_time(b);
  if (!first || !second) return true;
  // Zones aside: only what is known of both, at most the day.
  const auto size = std::min({first->size(), second->size(), std::size_t{8}});
  return first->substr(0, size) <= second->substr(0, size);
}

bool is_oid(std::string_view text) {
  const auto arcs = split(text, '.');
  if (arcs.size() < 2) return false;
  for (const auto& arc : arcs)
    if (!are_digits(arc) || (arc.size() > 1 && arc.front() == '0')) return false;
  const auto is_below = [](const std::string& arc, int limit) { return arc.size() <= 2 && number(arc) < limit; };
  if (arcs[0] == "0") return is_below(arcs[1], 40);
  if (arcs[0] == "1") return is_below(arcs[1], 4);
  return arcs[0] == "2";
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

bool is_loinc(std::string_view code) {
  const auto dash = code.find('-');
  if (dash == std::string_view::npos || dash < 1 || dash > 7 || code.size() != dash + 2) return false;
  std::string digits(code.substr(0, dash));
  digits += code.back();
  return are_digits(digits) && has_luhn_digit(digits);
}

bool is_snomed(std::string_view code) {
  if (code.size() < 6 || code.size() > 18 || !are_digits(code) || code.front() == '0') return false;
  // Verhoeff: multiplication in the dihedral group D5, and the powers of its permutation.
  constexpr std::array<std::string_view, 10> product{"0123456789", "1234067895", "2340178956", "3401289567",
                                                     "4012395678", "5987604321", "6598710432", "7659821043",
                                                     "8765932104", "9876543210"};
  constexpr std::array<std::string_view, 8> permuted{"0123456789", "1576283094", "5803796142", "8916043527",
                                                     "9453126870", "4286573901", "2793806415", "7046913258"};
  std::size_t check = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const auto digit = static_cast<std::size_t>(code[code.size() - 1 - i] - '0');
    check = static_cast<std::size_t>(product[check][static_cast<std::size_t>(permuted[i % 8][digit] - '0')] - '0');
  }
  return check == 0;
}

bool is_npi(std::string_view id) {
  return id.size() == 10 && are_digits(id) && has_luhn_digit("80840" + std::string(id));
}

bool is_rxnorm(std::string_view code) { return code.size() <= 8 && are_digits(code); }

bool is_language(std::string_view tag) {
  const auto subtags = split(tag, '-');
  const auto& language = subtags.front();
  if (language.size() < 2 || language.size() > 3 || !std::all_of(language.begin(), language.end(), is_letter))
    return false;
  return std::all_of(subtags.begin() + 1, subtags.end(), [](const std::string& subtag) {
    return !subtag.empty() && subtag.size() <= 8 && std::all_of(subtag.begin(), subtag.end(), is_letter_or_digit);
  });
}

bool is_base64(std::string_view text) {
  const auto bytes = base64_decode(text);
  return bytes && !bytes->empty();
}

bool is_uri(std::string_view text) { return is_absolute_uri(text); }

bool is_script(std::string_view url) {
  const auto text = normalized_url(url);
  const auto scheme = scheme_of(text);
  if (scheme != "data") return scheme == "javascript" || scheme == "vbscript";
  const auto media_type = text.substr(0, text.find_first_of(",;"));
  return media_type.ends_with("html") || media_type.ends_with("xml");
}

bool is_elsewhere(std::string_view url) {
  const auto text = replace_all(normalized_url(url), "\\", "/");
  const auto scheme = scheme_of(text);
  return scheme == "http" || scheme == "https" || text.starts_with("//");
}

bool is_link(std::string_view url) {
  const auto text = normalized_url(url);
  const auto scheme = scheme_of(text);
  return scheme == "http" || scheme == "https" || scheme == "mailto" || scheme == "tel" ||
         (scheme.empty() && !text.starts_with(':'));
}

bool is_told_apart(std::string_view text, std::string_view background, std::string_view is_large) {
  const auto one = colour_from(text);
  const auto other = colour_from(background);
  return one && other && has_contrast(*one, *other, is_large == "yes");
}

const std::map<std::string, schematron::Function, std::less<>>& named_checks() {
  // White space around a value is no part of it: CDA's types are xs:token.
  const auto of_one = [](bool (*check)(std::string_view)) {
    return schematron::Function{1, [check](const std::vector<std::string>& values) { return check(trim(values[0])); }};
  };
  static const std::map<std::string, schematron::Function, std::less<>> checks{
      {"is-time", of_one(is_time)},
      {"is-time-to-the-day", of_one(is_time_to_the_day)},
      {"is-in-order",
       {2, [](const std::vector<std::string>& values) { return is_in_order(trim(values[0]), trim(values[1])); }}},
      {"is-oid", of_one(is_oid)},
      {"is-uuid", of_one(is_uuid)},
      {"is-loinc", of_one(is_loinc)},
      {"is-snomed", of_one(is_snomed)},
      {"is-npi", of_one(is_npi)},
      {"is-rxnorm", of_one(is_rxnorm)},
      {"is-language", of_one(is_language)},
      {"is-base64", of_one(is_base64)},
      {"is-uri", of_one(is_uri)},
      {"is-script", of_one(is_script)},
      {"is-elsewhere", of_one(is_elsewhere)},
      {"is-link", of_one(is_link)},
      {"is-mail-date", of_one(is_mail_date)},
      {"are-mailboxes", of_one(are_mailboxes)},
      {"is-mailbox", of_one(is_mailbox)},
      {"are-direct-addresses", of_one(are_direct_addresses)},
      {"is-return-path", of_one(is_return_path)},
      {"is-received", of_one(is_received)},
      {"is-message-id", of_one(is_message_id)},
      {"are-message-ids", of_one(are_message_ids)},
      {"are-keywords", of_one(are_keywords)},
      {"is-with-parameters", of_one(is_with_parameters)},
      {"has-contrast",
       {3, [](const std::vector<std::string>& values) { return is_told_apart(values[0], values[1], values[2]); }}},
  };
  return checks;
}

}  // namespace bb::documents
