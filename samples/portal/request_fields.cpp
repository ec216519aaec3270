#include "portal/request_fields.hpp"

#include <algorithm>
#include <charconv>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

// A date alone is its first instant; as the end of a period its last.
Status read_time(const web::Fields& fields, std::string_view name, std::optional<std::int64_t>& into) {
  const auto* text = web::find_field(fields, name);
  if (text == nullptr || text->empty()) return {};
  into = parse_time(*text);
  if (!into)
    return Error{"'" + std::string(name) + "' must be a date or an RFC 3339 time, got '" + shorten(*text, 60) + "'"};
  constexpr std::size_t date_length = 10;
  constexpr std::int64_t day_ns = 86'400 * ns_per_second;
  if (name == "until" && text->size() == date_length) *into += day_ns - 1;
  return {};
}

std::optional<std::int64_t> read_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

}  // namespace

Result<DateRange> read_range(const web::Fields& fields) {
  DateRange range;
  BB_CHECK(read_time(fields, "from", range.from_ns));
  BB_CHECK(read_time(fields, "until", range.until_ns));
  if (range.from_ns && range.until_ns && *range.from_ns > *range.until_ns)
    return Error{"'from' (" + *web::find_field(fields, "from") + ") lies after 'until' (" +
                 *web::find_field(fields, "until") + ")"};
  return range;
}

Result<Selection> read_selection(const web::Fields& fields) {
  Selection selection;
  BB_TRY(selection.range, read_range(fields));
  selection.items = web::all_fields(fields, "item");
  std::erase(selection.items, "");
  return selection;
}

Result<std::int64_t> read_limit(const web::Fields& fields) {
  const auto* text = web::find_field(fields, "limit");
  if (text == nullptr) return page_limit_default;
  const auto limit = read_number(*text);
  if (!limit || *limit > page_limit_max) return Error{"'limit' must be 1 to 500, got '" + shorten(*text, 40) + "'"};
  return *limit;
}

Result<std::int64_t> read_cursor(const web::Fields& fields) {
  const auto* text = web::find_field(fields, "cursor");
  if (text == nullptr) return std::int64_t{0};
  const auto cursor = read_number(*text);
  if (!cursor) return Error{"'cursor' must be the 'next' of an earlier answer, got '" + shorten(*text, 40) + "'"};
  return *cursor;
}

std::string_view bearer_token(const web::HttpRequest& request) {
  constexpr std::string_view scheme = "Bearer ";
  const auto value = request.header("authorization");
  return iequals(value.substr(0, scheme.size()), scheme) ? trim(value.substr(scheme.size())) : std::string_view();
}

std::optional<std::int64_t> message_number(const std::string& id) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc{} || stop != id.data() + id.size() || number < 1) return std::nullopt;
  return number;
}

}  // namespace bb::portal
