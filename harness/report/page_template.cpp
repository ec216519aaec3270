#include "harness/report/page_template.hpp"

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <kainjow/mustache.hpp>
#include <utility>

#include "harness/report/page_text.hpp"

namespace bb::report {
namespace {

namespace mustache = kainjow::mustache;

mustache::data to_data(const Value& value) {
  if (const auto* text = value.string()) return text->empty() ? mustache::data(false) : mustache::data(*text);
  if (const auto* flag = value.boolean()) return mustache::data(*flag);
  if (value.is_null()) return mustache::data(false);
  if (const auto* items = value.items()) {
    mustache::data list(mustache::data::type::list);
    for (const auto& item : *items) list.push_back(to_data(item));
    return list;
  }
  if (const auto* members = value.members()) {
    mustache::data object(mustache::data::type::object);
    for (const auto& member : *members) object.set(member.key, to_data(member.value));
    return object;
  }
  return mustache::data(to_json(value));
}

}  // namespace

Result<std::string> fill_template(std::string_view page_template, const Value& data) {
  mustache::mustache page{std::string(page_template)};
  if (!page.is_valid()) return Error{fmt::format("page template: {}", page.error_message())};
  auto text = page.render(to_data(data));
  if (!page.is_valid()) return Error{fmt::format("page template: {}", page.error_message())};
  return text;
}

std::string_view page_style() { return page_css; }
std::string_view table_style() { return documents_css; }

}  // namespace bb::report
