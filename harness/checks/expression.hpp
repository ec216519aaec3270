// harness/checks/expression.hpp - references inside XPaths, JSONPaths and regular
// expressions.
//
// A value that is put into an expression stays one value, whatever it holds: in
// a literal the text of it (quotes and all), elsewhere a literal of its own, and
// where a name stands ("//cda:${each.part}") a plain name or nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/checks/scope.hpp"
#include "harness/suite/model.hpp"

namespace bb::checks {

// The argument of a claim or selector of this kind, free of references. A text
// that is one whole reference is replaced as in any other place.
Result<Value> resolve_argument(std::string_view kind, const Value& argument, const Scope& scope);
// The same for a selector.
Result<suite::Selector> resolve_selector(const suite::Selector& selector, const Scope& scope);

// The operand of a matcher, free of references. A value inside of a pattern
// ("^${patient.family_name}$") is looked for as it is, whatever it holds; a
// pattern that is one whole reference is the value.
Result<Value> resolve_operand(suite::Matcher matcher, const Value& operand, const Scope& scope);

// An XPath with a text in place of each reference, so that its form can be
// checked before a run; nothing where it is one whole reference.
std::string sample_xpath(std::string_view xpath);

}  // namespace bb::checks
