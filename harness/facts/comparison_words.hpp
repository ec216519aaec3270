// harness/facts/comparison_words.hpp - what a comparison found, in sentences and as data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>

#include "harness/facts/compare.hpp"

namespace bb::facts {

// "A", "B" ... by which people tell copies apart.
std::string letter_of(std::size_t copy);

// "status is 'active' in B (line 20), 'inactive' in A (line 165)"; without the fact's name.
std::string in_words(const Row& row, const Difference& difference);

// "goal: 3 facts; a text has no place for it", without the copy.
std::string in_words(const NotCompared& what);

// "The copies agree: 57 facts compared." or what they do not agree in, by number.
std::string verdict_of(const Comparison& comparison);

// Format "bluebridge-comparison/1", conformance/schemas/comparison.schema.json.
Value to_value(const Comparison& comparison, const std::vector<Copy>& copies, std::string_view level);

}  // namespace bb::facts
