#include "dates.hpp"

#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "numbers.hpp"

namespace bb::healthvault::types {
namespace {

struct Part {
  std::string_view name;
  int low, high;
};
constexpr std::array<Part, 3> date_parts{{{"y", 1000, 9999}, {"m", 1, 12}, {"d", 1, 31}}};
constexpr std::array<Part, 4> time_parts{{{"h", 0, 23}, {"m", 0, 59}, {"s", 0, 59}, {"f", 0, 999}}};

// The numbers of the parts that are there, the first of them in order; nothing where one is no such number.
template <std::size_t Count>
std::optional<std::vector<int>> read_parts(const xmlNode* parent, const std::array<Part, Count>& parts, Marks& marks) {
  std::vector<int> numbers;
  Marks read;
  for (const auto& part : parts) {
    const auto* node = child(parent, part.name);
    if (node == nullptr || text_of(node).empty()) break;
    const auto number = integer_of(text_of(node), part.low, part.high);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
    read.insert(node);
  }
  if (numbers.empty()) return std::nullopt;
  marks.merge(read);
  return numbers;
}

bool is_offset(std::string_view text) {
  return text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
         integer_of(text.substr(1, 2), 0, 14) && integer_of(text.substr(4, 2), 0, 59);
}

std::string offset_of(std::string_view words) {
  if (words == "Z" || words == "UTC") return "+00:00";
  if (words.starts_with("UTC")) words.remove_prefix(3);
  return is_offset(words) ? std::string(words) : std::string{};
}

struct Moment {
  std::vector<int> date;  // year, month, day
  std::vector<int> time;  // hour, minute, second, thousandths
  std::string offset;
};

// Digits of a fixed count with a separator before them.
bool take(std::string_view& rest, std::string_view before, std::size_t digits, const Part& part,
          std::vector<int>& numbers) {
  if (!rest.starts_with(before)) return false;
  const auto number = integer_of(rest.substr(before.size(), digits), part.low, part.high);
  if (!number || rest.size() < before.size() + digits) return false;
  numbers.push_back(*number);
  rest.remove_prefix(before.size() + digits);
  return true;
}

// A fraction as thousandths; finer ones the types cannot hold.
bool take_fraction(std::string_view& rest, std::vector<int>& numbers) {
  if (!rest.starts_with('.')) return true;
  rest.remove_prefix(1);
  const auto length = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (length == 0 || length > 3) return false;
  auto digits = std::string(rest.substr(0, length));
  digits.resize(3, '0');
  numbers.push_back(*integer_of(digits, 0, 999));
  rest.remove_prefix(length);
  return true;
}

std::optional<Moment> parse(std::string_view iso) {
  Moment moment;
  auto rest = iso;
  if (!take(rest, "", 4, date_parts[0], moment.date)) return std::nullopt;
  if (take(rest, "-", 2, date_parts[1], moment.date)) take(rest, "-", 2, date_parts[2], moment.date);
  if (rest.empty()) return moment;
  // A time of an hour alone has no place in a type.
  if (moment.date.size() < 3 || !take(rest, "T", 2, time_parts[0], moment.time) ||
      !take(rest, ":", 2, time_parts[1], moment.time))
    return std::nullopt;
  if (take(rest, ":", 2, time_parts[2], moment.time) && !take_fraction(rest, moment.time)) return std::nullopt;
  if (!rest.empty() && !is_offset(rest)) return std::nullopt;
  moment.offset = rest;
  return moment;
}

template <std::size_t Count>
std::string write_parts(const std::vector<int>& numbers, const std::array<Part, Count>& parts) {
  std::string markup;
  for (std::size_t i = 0; i < numbers.size(); ++i) markup += text_element(parts.at(i).name, std::to_string(numbers[i]));
  return markup;
}

std::string write(const Moment& moment) {
  auto markup = element("date", write_parts(moment.date, date_parts));
  if (!moment.time.empty()) markup += element("time", write_parts(moment.time, time_parts));
  if (!moment.offset.empty()) markup += element("tz", text_element("text", moment.offset));
  return markup;
}

}  // namespace

std::optional<std::string> read_date(const xmlNode* date, Marks& marks) {
  const auto numbers = read_parts(date, date_parts, marks);
  if (!numbers) return std::nullopt;
  auto iso = fmt::format("{:04}", numbers->front());
  for (std::size_t i = 1; i < numbers->size(); ++i) iso += fmt::format("-{:02}", (*numbers)[i]);
  return iso;
}

std::optional<std::string> read_date_time(const xmlNode* parent, Marks& marks) {
  const auto* date = child(parent, "date");
  if (date == nullptr) return std::nullopt;
  auto iso = read_date(date, marks);
  const auto* time = child(parent, "time");
  if (!iso || iso->size() < 10 || time == nullptr) return iso;
  Marks read;
  const auto numbers = read_parts(time, time_parts, read);
  if (!numbers || numbers->size() < 2) return iso;
  marks.merge(read);
  *iso += fmt::format("T{:02}:{:02}", (*numbers)[0], (*numbers)[1]);
  if (numbers->size() > 2) *iso += fmt::format(":{:02}", (*numbers)[2]);
  if (numbers->size() > 3 && (*numbers)[3] != 0) {
    auto fraction = fmt::format(".{:03}", (*numbers)[3]);
    fraction.resize(fraction.find_last_not_of('0') + 1);
    *iso += fraction;
  }
  if (const auto* zone = child(parent, "tz"))
    if (const auto* words = child(zone, "text")) {
      const auto offset = offset_of(text_of(words));
      *iso += offset;
      if (!offset.empty()) marks.insert(words);
    }
  return iso;
}

std::optional<std::string> write_date_time(std::string_view iso) {
  const auto moment = parse(iso);
  if (!moment || moment->date.size() < 3) return std::nullopt;
  return write(*moment);
}

std::string write_approx_date_time(std::string_view text) {
  const auto moment = parse(text);
  return moment ? element("structured", write(*moment)) : text_element("descriptive", text);
}

std::optional<std::string> write_approx_date(std::string_view iso) {
  const auto moment = parse(iso);
  if (!moment || !moment->time.empty()) return std::nullopt;
  return write_parts(moment->date, date_parts);
}

}  // namespace bb::healthvault::types
