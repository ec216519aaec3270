#include "web/http_message.hpp"

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::web {
namespace {

constexpr std::size_t field_count_max = 100;

Result<std::string> decode(std::string_view text, std::string_view what) {
  auto decoded = percent_decode(text);
  if (!decoded) return Error{"broken percent escape in the " + std::string(what) + " '" + shorten(text, 80) + "'"};
  if (!is_utf8(*decoded)) return Error{"the " + std::string(what) + " is not UTF-8"};
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (what != "form" && std::any_of(decoded->begin(), decoded->end(), is_control))
    return Error{"control character in the " + std::string(what)};
  return std::move(*decoded);
}

Result<Fields> parse_fields(std::string_view text, std::string_view what) {
  Fields fields;
  if (text.empty()) return fields;
  for (const auto& pair : split(text, '&')) {
    if (pair.empty()) continue;
    if (fields.size() == field_count_max) return Error{"more than 100 fields in the " + std::string(what)};
    const auto equals = pair.find('=');
    BB_TRY(auto name, decode(std::string_view(pair).substr(0, equals), what));
    std::string value;
    if (equals != std::string::npos) {
      BB_TRY(value, decode(std::string_view(pair).substr(equals + 1), what));
    }
    fields.emplace_back(std::move(name), std::move(value));
  }
  return fields;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  const auto found = headers.find(std::string(name));
  return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

std::string HttpRequest::media_type() const {
  const auto value = header("content-type");
  return to_lower(trim(value.substr(0, value.find(';'))));
}

std::string_view HttpRequest::cookie(std::string_view name) const {
  auto rest = header("cookie");
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto pair = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
  }
  return {};
}

HttpResponse HttpResponse::json(int status, const Value& value) {
  return {status, "application/json", to_json(value), {}};
}

HttpResponse HttpResponse::html(int status, std::string page) {
  return {status, "text/html; charset=utf-8", std::move(page), {}};
}

HttpResponse HttpResponse::error(int status, std::string_view code, std::string_view message) {
  return json(status, Value::object({{"error", Value::object({{"code", code}, {"message", message}})}}));
}

HttpResponse HttpResponse::redirect(std::string_view location) { return empty(303).with("Location", location); }

HttpResponse HttpResponse::empty(int status) { return {status, "", "", {}}; }

HttpResponse& HttpResponse::with(std::string_view name, std::string_view value) {
  headers.emplace_back(name, value);
  return *this;
}

const std::string* find_field(const Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields)
    if (key == name) return &value;
  return nullptr;
}

std::vector<std::string> all_fields(const Fields& fields, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : fields)
    if (key == name) values.push_back(value);
  return values;
}

Status parse_target(std::string_view target, HttpRequest& into) {
  if (!target.starts_with('/'))
    return Error{"the request target must start with '/', got '" + shorten(target, 80) + "'"};
  const auto question = std::min(target.find('?'), target.size());
  const auto path = target.substr(1, question - 1);
  if (!path.empty()) {
    for (const auto& segment : split(path, '/')) {
      BB_TRY(auto decoded, decode(segment, "path"));
      into.path.push_back(std::move(decoded));
    }
  }
  if (question < target.size()) {
    into.query_text = target.substr(question + 1);
    BB_TRY(into.query, parse_fields(into.query_text, "query"));
  }
  return {};
}

Result<Fields> parse_form(std::string_view body) { return parse_fields(replace_all(body, "+", " "), "form"); }

}  // namespace bb::web
