#include <bb/core/form.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <bb/core/text.hpp>

namespace bb {
namespace {

Result<std::string> decode(std::string_view text) {
  auto decoded = percent_decode(replace_all(text, "+", "%20"));
  if (!decoded)
    return Error{
        fmt::format("broken escape in '{}': expected '%' and two hex digits", shorten(to_utf8_lossy(text), 80))};
  if (!is_utf8(*decoded)) return Error{fmt::format("'{}' is not UTF-8", shorten(to_utf8_lossy(text), 80))};
  return *std::move(decoded);
}

}  // namespace

std::string write_form(const FormFields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text += percent_encode(name);
    text += '=';
    text += percent_encode(value);
  }
  return text;
}

Result<FormFields> read_form(std::string_view text) {
  if (text.size() > form_bytes_max)
    return Error{fmt::format("a form of {} bytes is too long, at most {} are read", text.size(), form_bytes_max)};
  FormFields fields;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    if (part.empty()) continue;
    if (fields.size() == form_fields_max)
      return Error{fmt::format("a form of more than {} fields is not read", form_fields_max)};
    const auto name = part.substr(0, part.find('='));
    BB_TRY(auto decoded_name, decode(name));
    BB_TRY(auto decoded_value, decode(part.substr(std::min(name.size() + 1, part.size()))));
    fields.emplace_back(std::move(decoded_name), std::move(decoded_value));
  }
  return fields;
}

std::string_view query_of_url(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const auto mark = url.find('?');
  return mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1);
}

std::string_view form_within(std::string_view url_or_form) {
  const auto text = url_or_form.substr(0, url_or_form.find('#'));
  const auto mark = text.find('?');
  return mark == std::string_view::npos || text.find('=') < mark ? text : query_of_url(text);
}

std::string with_query(std::string_view url, const FormFields& fields) {
  std::string text(url.substr(0, url.find('#')));
  if (fields.empty()) return text;
  const auto query = query_of_url(text);
  if (text.find('?') == std::string::npos)
    text += '?';
  else if (!query.empty() && query.back() != '&')
    text += '&';
  return text + write_form(fields);
}

const std::string* find_field(const FormFields& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? nullptr : &found->second;
}

std::optional<std::string> repeated_field(const FormFields& fields) {
  std::set<std::string_view> seen;
  for (const auto& field : fields)
    if (!seen.insert(field.first).second) return field.first;
  return std::nullopt;
}

}  // namespace bb
