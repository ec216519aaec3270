#include "harness/documents/mail_forms.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include <bb/core/text.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/entity.hpp>

namespace bb::documents {
namespace {

using direct::without_comments;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> number(std::string_view text, std::size_t digits_min, std::size_t digits_max) {
  if (text.size() < digits_min || text.size() > digits_max || !std::all_of(text.begin(), text.end(), is_digit))
    return std::nullopt;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

template <std::size_t N>
std::optional<int> place_in(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](std::string_view each) { return iequals(each, name); });
  return found == names.end() ? std::nullopt : std::optional(static_cast<int>(found - names.begin()));
}

struct Zone {
  int minutes = 0;
  bool is_obsolete = false;
};

std::optional<Zone> zone_of(std::string_view text) {
  if (text.size() == 5 && (text[0] == '+' || text[0] == '-')) {
    const auto hours = number(text.substr(1, 2), 2, 2);
    const auto minutes = number(text.substr(3, 2), 2, 2);
    if (!hours || !minutes || *minutes > 59) return std::nullopt;
    return Zone{(text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes)};
  }
  // RFC 5322, 4.3.
  constexpr std::array<std::string_view, 11> names{"UT",  "GMT", "Z",   "EDT", "EST", "CDT",
                                                   "CST", "MDT", "MST", "PDT", "PST"};
  constexpr std::array<int, 11> hours{0, 0, 0, -4, -5, -5, -6, -6, -7, -7, -8};
  const auto place = place_in(names, text);
  if (!place) return std::nullopt;
  return Zone{hours.at(static_cast<std::size_t>(*place)) * 60, true};
}

struct MailTime {
  std::int64_t seconds = 0;
  bool is_obsolete = false;
};

// [day-of-week ","] day month year hour ":" minute [":" second] zone
std::optional<MailTime> read_time(std::string_view text) {
  auto plain = without_comments(text);
  if (!plain) return std::nullopt;
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string_view rest = *plain;
  std::optional<int> weekday;
  if (const auto comma = rest.find(','); comma != std::string_view::npos) {
    weekday = place_in(days, trim(rest.substr(0, comma)));
    if (!weekday) return std::nullopt;
    rest = trim(rest.substr(comma + 1));
  }
  const auto words = split(rest, ' ');
  if (words.size() != 5) return std::nullopt;
  const auto day = number(words[0], 1, 2);
  const auto month = place_in(months, words[1]);
  auto year = number(words[2], 2, 4);
  const auto clock = split(words[3], ':');
  const auto zone = zone_of(words[4]);
  if (!day || !month || !year || clock.size() < 2 || clock.size() > 3 || !zone) return std::nullopt;
  const auto hour = number(clock[0], 2, 2);
  const auto minute = number(clock[1], 2, 2);
  const auto second = clock.size() == 3 ? number(clock[2], 2, 2) : std::optional(0);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const bool is_short = words[2].size() < 4;
  if (is_short) *year += words[2].size() == 2 && *year < 50 ? 2000 : 1900;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month) + 1),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto at = std::chrono::sys_days(date);
  if (weekday && static_cast<int>(std::chrono::weekday(at).c_encoding()) != *weekday) return std::nullopt;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count() + *hour * 3600 +
                       *minute * 60 + *second - zone->minutes * 60;
  return MailTime{seconds, is_short || zone->is_obsolete};
}

// dot-atom or quoted-string, "@", a domain or a literal.
bool is_addr_spec(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at + 1 == text.size()) return false;
  // A domain of one label is an address too, though none of Direct.
  const auto domain = text.substr(at + 1);
  const auto with = [&](std::string_view host) {
    return static_cast<bool>(direct::read_address(std::string(text.substr(0, at + 1)) + std::string(host)));
  };
  if (domain.starts_with('[')) return domain.ends_with(']') && with("literal.example");
  return with(domain.find('.') == std::string_view::npos ? std::string(domain) + ".example" : std::string(domain));
}

// Takes one "<...@...>" from the front.
bool take_message_id(std::string_view& text) {
  text = trim(text);
  const auto end = text.find('>');
  if (!text.starts_with('<') || end == std::string_view::npos) return false;
  const auto id = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  const auto at = id.find('@');
  const bool is_plain = std::none_of(id.begin(), id.end(), [](char c) { return c <= ' ' || c == '<' || c == 0x7f; });
  return is_plain && at != std::string_view::npos && at > 0 && at + 1 < id.size();
}

}  // namespace

std::optional<std::int64_t> mail_time(std::string_view text) {
  const auto time = read_time(text);
  return time ? std::optional(time->seconds) : std::nullopt;
}

bool is_mail_date(std::string_view text) {
  const auto time = read_time(text);
  return time && !time->is_obsolete;
}

bool are_mailboxes(std::string_view text) {
  const auto mailboxes = direct::read_mailboxes(text);
  const bool is_empty_group = text.ends_with(';') && text.find(':') != std::string_view::npos;
  return mailboxes && (!mailboxes->empty() || is_empty_group) &&
         std::all_of(mailboxes->begin(), mailboxes->end(), is_addr_spec);
}

bool is_mailbox(std::string_view text) {
  const auto mailboxes = direct::read_mailboxes(text);
  return mailboxes && mailboxes->size() == 1 && is_addr_spec(mailboxes->front());
}

bool are_direct_addresses(std::string_view text) {
  const auto addresses = direct::read_addresses(text);
  return addresses && !addresses->empty();
}

bool is_return_path(std::string_view text) {
  const auto plain = without_comments(text);
  if (!plain || !plain->starts_with('<') || !plain->ends_with('>')) return false;
  const auto inside = trim(std::string_view(*plain).substr(1, plain->size() - 2));
  return inside.empty() || is_addr_spec(inside);
}

bool is_received(std::string_view text) {
  const auto plain = without_comments(text);
  const auto semicolon = plain ? plain->rfind(';') : std::string::npos;
  return semicolon != std::string::npos && read_time(std::string_view(*plain).substr(semicolon + 1));
}

bool is_message_id(std::string_view text) {
  const auto plain = without_comments(text);
  if (!plain) return false;
  std::string_view rest = *plain;
  return take_message_id(rest) && trim(rest).empty();
}

bool are_message_ids(std::string_view text) {
  const auto plain = without_comments(text);
  if (!plain || plain->empty()) return false;
  for (std::string_view rest = *plain; !trim(rest).empty();)
    if (!take_message_id(rest)) return false;
  return true;
}

bool are_keywords(std::string_view text) {
  const auto phrases = split(text, ',');
  return std::none_of(phrases.begin(), phrases.end(), [](const std::string& phrase) { return trim(phrase).empty(); });
}

bool is_with_parameters(std::string_view text) { return direct::read_parameters(text).is_well_formed; }

}  // namespace bb::documents
