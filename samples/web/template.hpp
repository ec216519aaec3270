// template.hpp - fills page templates.
#pragma once

#include <string>

#include <bb/core/value.hpp>

namespace bb::web {

// Mustache: {{name}} is escaped for HTML, {{{name}}} is not. Members of `data`
// are texts, booleans, lists and objects.
std::string fill_template(const std::string& text, const Value& data);

}  // namespace bb::web
