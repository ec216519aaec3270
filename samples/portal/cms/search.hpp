// portal/cms/search.hpp - a search as CMS Blue Button 2.0 takes it, and the page of what it finds.
//
// Source: the OpenAPI description and the developer documentation of Blue Button 2.0 (FHIR-BB2-17 to -20). What is not
// known is passed over.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>

#include "portal/defects.hpp"
#include "portal/fhir/matching.hpp"

namespace bb::portal::cms {

inline constexpr std::size_t page_entries_default = 10;
inline constexpr std::size_t page_entries_max = 50;

struct Query {
  std::size_t start = 0, count = page_entries_default;
  std::vector<std::string> claim_types = {};   // codes of eob_type_system in small letters; one has to match
  std::vector<fhir::Criterion> criteria = {};  // dates
  std::vector<std::string> patients = {};      // whom the search names, without "Patient/"
  FormFields kept = {};                        // for further pages
};

// The error is for a person, of a value that cannot be meant.
[[nodiscard]] Result<Query> read_query(std::string_view type, const FormFields& fields, const Defects& defects);

bool matches(const fhir::Resource& resource, const Query& query);

// `address`: of the search, without its query. `base_url`: of the API.
Value page_of(const std::vector<const fhir::Resource*>& found, const Query& query, const std::string& address,
              const std::string& base_url, const Defects& defects);

}  // namespace bb::portal::cms
