// harness/report/page_template.hpp - fills a mustache template from a Value.
//
// The only place that knows the mustache library. Texts are escaped for HTML;
// {{{...}}} is not. Null, false, "" and empty lists are all "not there".
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::report {

// The error says what is wrong with the template.
[[nodiscard]] Result<std::string> fill_template(std::string_view page_template, const Value& data);

// The style of every page: colours, badges, tables; for light, dark and print.
std::string_view page_style();
std::string_view table_style();

}  // namespace bb::report
