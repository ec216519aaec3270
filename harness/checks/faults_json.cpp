#include <fmt/format.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/json_path.hpp>
#include <bb/core/text.hpp>
#include "harness/checks/faults.hpp"

namespace bb::checks {
namespace {

using Place = std::vector<Value>;

Value* at(Value& root, const Place& place, std::size_t length) {
  Value* node = &root;
  for (std::size_t i = 0; i < length && node; ++i) {
    if (const auto* name = place[i].string()) {
      node = node->find(*name);
    } else {
      auto* items = node->items();
      const auto index = static_cast<std::size_t>(place[i].integer_or(0));
      node = items && index < items->size() ? &(*items)[index] : nullptr;
    }
  }
  return node;
}

// Later places first, so that indices stay true and what lies inside goes
// before what holds it.
bool is_later(const Place& a, const Place& b) {
  return std::lexicographical_compare(b.begin(), b.end(), a.begin(), a.end(), [](const Value& x, const Value& y) {
    if (x.is_integer() && y.is_integer()) return *x.integer() < *y.integer();
    return x.string_or("") < y.string_or("");
  });
}

bool edit_at(Value& root, const Place& place, Edit edit, const Value& to) {
  Value* node = at(root, place, place.size());
  if (!node) return false;
  if (edit == Edit::set) {
    *node = to;
    return true;
  }
  if (place.empty()) return false;
  Value* parent = at(root, place, place.size() - 1);
  if (auto* items = parent->items()) {
    const auto position = items->begin() + place.back().integer_or(0);
    if (edit == Edit::drop)
      items->erase(position);
    else
      items->insert(position, Value(*position));
    return true;
  }
  return edit == Edit::drop && parent->erase(place.back().string_or(""));
}

}  // namespace

Status edit_json(evidence::Message& message, const std::string& path, Edit edit, const Value& to) {
  BB_TRY(const auto query, JsonPath::parse(path));
  auto content = parse_json(message.body);
  if (!content) return Error{fmt::format("the body is not JSON: {}", content.error().what)};
  auto places = query.locate(*content);
  if (places.empty()) return Error{fmt::format("the JSONPath '{}' selects nothing here", shorten(path, 200))};
  std::sort(places.begin(), places.end(), is_later);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  if (edit == Edit::drop && places.front().empty()) {
    message.body.clear();
    return {};
  }
  bool is_changed = false;
  for (const auto& place : places) is_changed |= edit_at(*content, place, edit, to);
  if (!is_changed)
    return Error{fmt::format("what the JSONPath '{}' selects cannot be doubled: it is no element of a list",
                             shorten(path, 200))};
  message.body = to_json(*content);
  return {};
}

}  // namespace bb::checks
