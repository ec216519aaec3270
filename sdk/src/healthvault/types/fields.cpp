#include "fields.hpp"

#include <charconv>
#include <optional>

namespace bb::healthvault::types {
namespace {

std::optional<std::size_t> index_of(std::string_view step) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc{} || end != step.data() + step.size()) return std::nullopt;
  return index;
}

// Takes the first step off the path.
std::string_view take_step(std::string_view& path) {
  const auto dot = path.find('.');
  const auto step = path.substr(0, dot);
  path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  return step;
}

void add_leaves(const Value& value, const std::string& path, Leaves& leaves) {
  if (const auto* text = value.string()) {
    if (!text->empty()) leaves.emplace_back(path, *text);
  } else if (const auto* number = value.integer()) {
    if (*number != 0) leaves.emplace_back(path, std::to_string(*number));
  } else if (const auto* items = value.items()) {
    for (std::size_t i = 0; i < items->size(); ++i) add_leaves((*items)[i], joined(path, std::to_string(i)), leaves);
  } else if (const auto* members = value.members()) {
    for (const auto& member : *members)
      if (member.key != "line" && member.key != "full_name") add_leaves(member.value, joined(path, member.key), leaves);
  }
}

}  // namespace

std::string joined(std::string_view path, std::string_view part) {
  std::string whole(path);
  if (!path.empty() && !part.empty()) whole += '.';
  return whole += part;
}

const Value& value_at(const Value& fact, std::string_view path) {
  const Value* at = &fact;
  while (!path.empty()) {
    const auto step = take_step(path);
    const auto index = at->items() == nullptr ? std::nullopt : index_of(step);
    at = index ? &(*at)[*index] : &(*at)[step];
  }
  return *at;
}

std::string text_at(const Value& fact, std::string_view path) { return value_at(fact, path).string_or(""); }

void set_at(Value& fact, std::string_view path, Value value) {
  if (path.empty()) {
    fact = std::move(value);
    return;
  }
  auto rest = path;
  const auto step = take_step(rest);
  if (const auto index = index_of(step)) {
    if (fact.is_null()) fact = Value::array();
    auto* items = fact.items();
    if (items == nullptr || *index > items->size()) return;
    if (*index == items->size()) items->emplace_back();
    set_at((*items)[*index], rest, std::move(value));
    return;
  }
  if (!fact.is_null() && !fact.is_object()) return;
  if (fact.find(step) == nullptr) fact.set(step, Value());
  set_at(*fact.find(step), rest, std::move(value));
}

bool is_blank(const Value& value) { return leaves_of(value).empty(); }

Leaves leaves_of(const Value& fact) {
  Leaves leaves;
  add_leaves(fact, {}, leaves);
  return leaves;
}

}  // namespace bb::healthvault::types
