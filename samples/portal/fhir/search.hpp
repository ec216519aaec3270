// portal/fhir/search.hpp - a search as it is asked for, and what it finds.
//
// Source: FHIR R4 search. Parameters are those of parameters.hpp, _count, _summary=count, _include and
// _revinclude=Provenance:target.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>

#include "portal/fhir/matching.hpp"
#include "portal/fhir/store.hpp"

namespace bb::portal::fhir {

inline constexpr std::size_t page_entries_default = 50;
inline constexpr std::size_t page_entries_max = 200;

// What is done with a parameter that the portal does not know (Prefer: handling=...).
enum class Handling { lenient, strict };

struct Query {
  std::string type;
  std::vector<Criterion> criteria;
  std::vector<const Parameter*> includes;  // references to follow
  bool has_provenances = false;            // _revinclude=Provenance:target
  std::size_t page_entries = page_entries_default;
  bool is_count_only = false;
  FormFields fields;                 // those that are followed, as they came
  std::vector<std::string> ignored;  // those that are not
};

// The error is for a person, of a value that cannot be meant; in strict handling of an unknown parameter too.
[[nodiscard]] Result<Query> read_query(std::string_view type, const FormFields& fields, Handling handling);

bool matches(const Resource& resource, const Query& query, const Matching& matching);

// What the resource's reference parameters of the query lead to, and what is said of its origin; each once.
std::vector<const Resource*> included_with(const Resource& resource, const Query& query, const Store& store);

}  // namespace bb::portal::fhir
