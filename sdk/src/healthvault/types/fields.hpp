// fields.hpp - fields of a fact by their path: "reactions.0.display".
//
// Facts are values in the form of record_value.hpp, of which only what is said is there.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/value.hpp>

namespace bb::healthvault::types {

// The text at the path; empty where there is none.
std::string text_at(const Value& fact, std::string_view path);
const Value& value_at(const Value& fact, std::string_view path);

// Sets it; lists grow by one item at most, and one that would need more is left alone. The
// empty path is the fact itself.
void set_at(Value& fact, std::string_view path, Value value);

// Whether the value says nothing: empty texts alone, or no items.
bool is_blank(const Value& value);

// What is said, in order: paths with their texts. Lines of the file and names made of others
// are left out.
using Leaves = std::vector<std::pair<std::string, std::string>>;
Leaves leaves_of(const Value& fact);

// "a.b"; either part may be empty.
std::string joined(std::string_view path, std::string_view part);

}  // namespace bb::healthvault::types
