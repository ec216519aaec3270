// template.hpp - fills the portal's page templates.
#pragma once

#include <string>

#include <bb/core/value.hpp>

namespace bb::portal {

// Mustache: {{name}} is escaped for HTML, {{{name}}} is not. Members of `data`
// are texts, booleans, lists and objects.
std::string fill_template(const std::string& text, const Value& data);

}  // namespace bb::portal
