// harness/schematron/xpath2.hpp - functions of XPath 2.0 in XPath 1.0.
//
// Published schemas use a few whatever query binding they name: NIST's C32
// calls matches() and names none. XPath 1.0 has no function of these names, so
// they take nothing from it. An argument that is a text is that of the first
// node, as XPath 2.0 has it in its compatibility mode.
// Source: XQuery 1.0 and XPath 2.0 Functions and Operators, 7.4 to 7.6, 15.1.
#pragma once

#include <libxml/xpath.h>

#include <string_view>

namespace bb::schematron {

// matches, lower-case, upper-case, ends-with, exists or empty; else null. The
// context's `userData` is a std::string for why an expression has no value, its
// `extra` the Regexes that matches() uses.
xmlXPathFunction find_xpath2_function(std::string_view name);

}  // namespace bb::schematron
