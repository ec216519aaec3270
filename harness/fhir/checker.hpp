// harness/fhir/checker.hpp - a FHIR R4 resource against its definitions.
//
// Everything that a StructureDefinition says of the structure is checked: by the
// definitions of R4 always, by those profiles of `meta.profile` that are at hand
// too. What is not evaluated (FHIRPath invariants, value sets that cannot be
// listed, some slicing) is counted and listed, never silently passed. What is
// and what is not: docs/reference/fhir-structure.md.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/fhir/element.hpp>

#include "harness/fhir/definitions.hpp"

namespace bb::fhir {

struct Fault {
  enum class Level { error, warning };

  std::string rule;  // "fhir-missing", of rules()
  Level level = Level::error;
  xml::Position place;
  std::string path;      // "Patient.name[0].given[1]", FHIRPath
  std::string message;   // lower case
  std::string expected;  // may be empty
  std::string found;
};
inline constexpr std::size_t fault_count_max = 30'000;

inline constexpr std::string_view invariants_words = "FHIRPath invariants are not evaluated";
struct NotEvaluated {
  std::string rule;  // of an invariant its key
  std::string why;
  std::size_t count = 0;
};

struct Checked {
  std::vector<Fault> faults;
  std::size_t dropped_count = 0;  // faults beyond fault_count_max
  std::vector<NotEvaluated> not_evaluated;
  std::vector<std::size_t> asked_counts;  // of each profile asked for: the resources that it is about
};

// For any document: bounded by its size, its depth and fault_count_max. Each resource has
// to conform to what it claims, and to those of `asked` that are about its type; contained
// ones too. [any thread]
Checked check(const Document& document, const Definitions& definitions,
              const std::vector<const Structure*>& asked = {});

}  // namespace bb::fhir
