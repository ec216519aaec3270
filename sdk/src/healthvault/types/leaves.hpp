// leaves.hpp - the content of an element as the text, number or code of a field, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>

#include "description.hpp"
#include "xml_view.hpp"

namespace bb::healthvault::types {

struct LeafRead {
  Value value;
  std::string unit;  // of a quantity or a measurement
  Marks marks;       // what was read of the element
};

// Nothing for what the kind does not allow, and for what says nothing. Not of the kinds that the
// fields around decide: full_name, range_minimum, range_maximum.
std::optional<LeafRead> read_leaf(const Element& element, const xmlNode* node);

struct LeafWrite {
  std::string markup;
  std::vector<std::string> used;  // paths of what the markup says
};

// The field at `path` of the fact; nothing where it says nothing, or what the kind does not allow.
std::optional<LeafWrite> write_leaf(const Element& element, const Value& fact, const std::string& path);

// The constant of an element, where no field answers to it, and the element inside that has its words.
std::string_view constant_name(const Element& element);
std::string write_constant(const Element& element);
// Whether the element says its constant and nothing else.
bool is_constant(const Element& element, const xmlNode* node);

inline constexpr std::string_view flag_vocabulary = "wc/lab-result-flag";
inline constexpr std::string_view years_word = " years";  // behind an age
inline constexpr std::string_view unit_vocabulary = "lab-results-units";

// "65-90", ">=65" and "<=90" as their bounds; both empty for any other words.
struct Range {
  std::string minimum, maximum;
};
Range range_of(std::string_view words);
std::string words_of(const Range& range);

}  // namespace bb::healthvault::types
