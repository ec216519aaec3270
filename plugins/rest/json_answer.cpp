#include "json_answer.hpp"

#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "http/http_status.hpp"

namespace bb::rest {
namespace {

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

Value parse_answer(const HttpResponse& response, int status_expected, std::string_view doing) {
  if (plugins::status_of_answer(response.status) != BB_OK) throw plugins::failure_of_answer(response, doing);
  if (response.status != status_expected)
    throw plugins::not_this_api(
        doing, "expected status " + std::to_string(status_expected) + ", got " + std::to_string(response.status));
  if (response.body.empty()) throw plugins::not_this_api(doing, "expected a JSON object, got an empty body");
  if (const auto type = media_type_of(response); type != "application/json")
    throw plugins::not_this_api(
        doing, "expected content-type application/json, got " + (type.empty() ? "none" : quoted(type)));
  auto parsed = parse_json(response.body);
  if (!parsed) throw plugins::not_this_api(doing, "the answer is no JSON: " + parsed.error().what);
  if (!parsed->is_object())
    throw plugins::not_this_api(doing, "expected a JSON object, got " + std::string(parsed->kind()));
  return *std::move(parsed);
}

}  // namespace

std::string media_type_of(const HttpResponse& response) {
  const auto field = response.header("content-type");
  return to_lower(trim(field.substr(0, field.find(';'))));
}

JsonAnswer::JsonAnswer(const HttpResponse& response, int status_expected, std::string_view doing)
    : doing_(doing), value_(parse_answer(response, status_expected, doing)) {}

const Value::Array& JsonAnswer::array(std::string_view member) const {
  const Value& found = value_[member];
  if (const auto* items = found.items()) return *items;
  throw plugins::not_this_api(doing_, "expected an array " + quoted(member) + " in the answer, got " +
                                          (value_.find(member) == nullptr ? "none" : std::string(found.kind())));
}

std::string JsonAnswer::text(const Value& object, std::string_view member, std::string_view what) const {
  auto found = text_or_empty(object, member, what);
  if (found.empty())
    throw plugins::not_this_api(doing_,
                                "expected a text " + quoted(member) + " in " + std::string(what) + ", got none");
  return found;
}

std::string JsonAnswer::text_or_empty(const Value& object, std::string_view member, std::string_view what) const {
  if (!object.is_object())
    throw plugins::not_this_api(doing_,
                                "expected an object as " + std::string(what) + ", got " + std::string(object.kind()));
  const Value* const found = object.find(member);
  if (found == nullptr || found->is_null()) return {};
  if (const auto* text = found->string()) return *text;
  throw plugins::not_this_api(
      doing_, "expected a text " + quoted(member) + " in " + std::string(what) + ", got " + std::string(found->kind()));
}

std::int64_t JsonAnswer::time_or_zero(const Value& object, std::string_view member, std::string_view what) const {
  const auto text = text_or_empty(object, member, what);
  if (text.empty()) return 0;
  if (const auto time = parse_time(text)) return *time;
  throw plugins::not_this_api(doing_, "expected an RFC 3339 time in " + quoted(member) + " of " + std::string(what) +
                                          ", got " + quoted(shorten(text, 40)));
}

}  // namespace bb::rest
