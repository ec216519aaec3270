#include "mapped/field.hpp"

#include <charconv>
#include <limits>
#include <utility>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "http/http_status.hpp"

namespace bb::rest {
namespace {

constexpr std::size_t text_bytes_max = 4096;  // of an id, a title: names, not documents
constexpr std::size_t entries_max = 10'000;

}  // namespace

std::string write_time(std::int64_t unix_ns, TimeForm form) {
  if (unix_ns == 0) return {};
  switch (form) {
    case TimeForm::rfc3339:
      return format_utc(unix_ns);
    case TimeForm::date:
      return format_date(unix_ns);
    case TimeForm::unix_seconds:
      return std::to_string(unix_ns / ns_per_second);
    case TimeForm::unix_milliseconds:
      break;
  }
  return std::to_string(unix_ns / ns_per_ms);
}

Field::Field(std::string pointer, std::string path, JsonPath parsed)
    : pointer_(std::move(pointer)), path_(std::move(path)), parsed_(std::move(parsed)) {}

Field::Field(std::string pointer, Template fixed) : pointer_(std::move(pointer)), fixed_(std::move(fixed)) {}

std::vector<const Value*> Field::nodes(const Value& from, std::string_view doing) const {
  if (!parsed_) return {};
  auto found = parsed_->find(from);
  if (!found) throw plugins::not_this_api(doing, path_ + " (" + pointer_ + "): " + found.error().what);
  return *std::move(found);
}

const Value* Field::one(const Value& from, std::string_view doing) const {
  const auto found = nodes(from, doing);
  if (found.size() > 1)
    throw plugins::not_this_api(
        doing, "expected one value at " + path_ + " (" + pointer_ + "), got " + std::to_string(found.size()));
  return found.empty() || found.front()->is_null() ? nullptr : found.front();
}

std::string Field::readable(const Value& found, std::string_view doing) const {
  if (const auto* const number = found.integer()) return std::to_string(*number);
  const auto* const text = found.string();
  if (text == nullptr)
    throw plugins::not_this_api(
        doing, "expected a text at " + path_ + " (" + pointer_ + "), got " + std::string(found.kind()));
  if (text->size() > text_bytes_max)
    throw plugins::not_this_api(doing, "expected at most " + std::to_string(text_bytes_max) + " bytes at " + path_ +
                                           " (" + pointer_ + "), got " + std::to_string(text->size()));
  return *text;
}

std::string Field::text_or_empty(const Value& from, std::string_view doing, const Bindings& bindings) const {
  if (fixed_) return fixed_->text(bindings);
  const auto* const found = one(from, doing);
  return found == nullptr ? std::string() : readable(*found, doing);
}

std::string Field::text(const Value& from, std::string_view doing) const {
  auto found = text_or_empty(from, doing);
  if (found.empty())
    throw plugins::not_this_api(doing, "expected a text at " + path_ + " (" + pointer_ + "), got none");
  return found;
}

std::string Field::only_text(const Value& from, std::string_view doing) const {
  if (const auto* const found = one(from, doing); found != nullptr && !found->is_string())
    throw plugins::not_this_api(
        doing, "expected a text at " + path_ + " (" + pointer_ + "), got " + std::string(found->kind()));
  return text(from, doing);
}

std::vector<std::string> Field::texts(const Value& from, std::string_view doing) const {
  if (fixed_) return {fixed_->text({})};
  std::vector<std::string> out;
  for (const auto* const found : entries(from, doing)) out.push_back(readable(*found, doing));
  return out;
}

std::int64_t Field::integer_or_zero(const Value& from, std::string_view doing) const {
  const auto text = text_or_empty(from, doing);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty()) return 0;
  if (error != std::errc{} || end != text.data() + text.size())
    throw plugins::not_this_api(
        doing, "expected an integer at " + path_ + " (" + pointer_ + "), got '" + one_line(shorten(text, 40)) + "'");
  return number;
}

std::int64_t Field::time_or_zero(const Value& from, TimeForm form, std::string_view doing) const {
  const auto* const found = one(from, doing);
  if (found == nullptr) return 0;
  if (const auto* const number = found->integer(); number && form != TimeForm::rfc3339 && form != TimeForm::date) {
    const auto unit = form == TimeForm::unix_seconds ? ns_per_second : ns_per_ms;
    if (*number >= 0 && *number <= std::numeric_limits<std::int64_t>::max() / unit) return *number * unit;
  }
  const auto text = readable(*found, doing);
  if (text.empty()) return 0;
  if (const auto time = found->is_string() ? parse_time(text) : std::nullopt) return *time;
  throw plugins::not_this_api(doing, "expected a time as /time_format says at " + path_ + " (" + pointer_ + "), got '" +
                                         one_line(shorten(text, 40)) + "'");
}

bool Field::stands_in(const Value& from, std::string_view doing) const {
  return fixed_.has_value() || !nodes(from, doing).empty();
}

std::vector<const Value*> Field::entries(const Value& from, std::string_view doing) const {
  auto found = nodes(from, doing);
  if (parsed_ && parsed_->is_singular()) {
    if (found.empty())
      throw plugins::not_this_api(doing, "expected an array at " + path_ + " (" + pointer_ + "), got none");
    const auto* const items = found.front()->items();
    if (items == nullptr)
      throw plugins::not_this_api(
          doing, "expected an array at " + path_ + " (" + pointer_ + "), got " + std::string(found.front()->kind()));
    found.clear();
    for (const auto& item : *items) found.push_back(&item);
  }
  if (found.size() > entries_max)
    throw plugins::not_this_api(doing, "expected at most " + std::to_string(entries_max) + " entries at " + path_ +
                                           " (" + pointer_ + "), got " + std::to_string(found.size()));
  return found;
}

}  // namespace bb::rest
