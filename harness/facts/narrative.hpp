// harness/facts/narrative.hpp - does the text of a C-CDA say what its entries say?
//
// Copy A is the entries, copy B the narrative. Names and values of entries are looked
// for in the text of the sections of their kind; a row of a table that no entry refers to
// or names is stated in the text alone. docs/reference/facts.md, "Narrative and entries".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>

#include "harness/facts/compare.hpp"

namespace bb::facts {

struct NarrativeComparison {
  std::vector<Copy> copies;  // entries, narrative
  Comparison comparison;
};

// The error: it is no CDA document. Without entries and sections of kinds that we read
// nothing is judged.
[[nodiscard]] Result<NarrativeComparison> compare_narrative(const std::string& name, std::string_view xml,
                                                            std::string_view level, const Tables& tables);

// The same for who has read the record of `xml` already.
[[nodiscard]] Result<NarrativeComparison> compare_narrative(const std::string& name, std::string_view xml,
                                                            const records::Record& record, std::string_view level,
                                                            const Tables& tables);

}  // namespace bb::facts
