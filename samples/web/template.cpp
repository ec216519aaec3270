#include "web/template.hpp"

#include <kainjow/mustache.hpp>

namespace bb::web {
namespace {

kainjow::mustache::data to_data(const Value& value) {
  using kainjow::mustache::data;
  if (const auto* members = value.members()) {
    data object(data::type::object);
    for (const auto& member : *members) object.set(member.key, to_data(member.value));
    return object;
  }
  if (const auto* items = value.items()) {
    data list(data::type::list);
    for (const auto& item : *items) list.push_back(to_data(item));
    return list;
  }
  if (const auto* flag = value.boolean()) return data(*flag);
  return data(value.string_or(""));
}

}  // namespace

std::string fill_template(const std::string& text, const Value& data) {
  kainjow::mustache::mustache page(text);
  return page.render(to_data(data));
}

}  // namespace bb::web
