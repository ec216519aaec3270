// harness/checks/xpath_form.hpp - what an XPath gives, as far as can be said
// without a document. docs/reference/suite-lint.md, L17.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bb::checks {

// Whether an expression looks at its document at all: has a path, a test of a
// node, or a function of the node it stands at. "true()" and "1 = 1" do not.
bool reads_document(std::string_view xpath);

// What an expression is as true or false whatever its document holds:
// "//a or true()", "not(//a and 1 = 2)". Nothing where the document decides.
std::optional<bool> settled_truth(std::string_view xpath);

// What it comes to; XPath 1.0 has it stand in the expression.
enum class XPathKind { nodes, text, number, truth };
// For an expression that can be read.
XPathKind kind_of_xpath(const std::string& xpath);

// Whether it is a count of nodes or the length of a text, which is never below
// zero: "count(//cda:entry)".
bool is_amount(std::string_view xpath);

}  // namespace bb::checks
