// plugins/rest/fhir/search_query.hpp - queries of the ABI as FHIR searches, and cursors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/form.hpp>
#include <bb/sdk/connector.hpp>

#include "fhir/profiles.hpp"

namespace bb::rest {

struct RecordSearch {
  std::string type;
  FormFields fields;
};

// How a search names the patient. A server has to know both (FHIR R4, search.html#reference); some do not.
enum class PatientForm { id, reference };

// Those that a query selects: of its kind ("fhir:Observation" or "Observation"), where it has none all
// that make up a record. The query's terms go out as they are.
std::vector<RecordSearch> searches_of(const ServerProfile& profile, const bb_query& query, std::string_view patient,
                                      PatientForm form, std::int64_t page_size);

// Where a listing goes on: search by number, page's URL (empty: its first), entries of it that were
// given already, pages so far.
struct ListingPlace {
  std::size_t search = 0;
  std::string url = {};
  std::size_t given = 0;
  std::int64_t pages = 0;
};
// What tells queries apart, without cursor and limit.
std::string key_of(const bb_query& query, std::string_view patient);
std::string write_cursor(const ListingPlace& place, std::string_view key);
// Nothing for what is no cursor, or one of another query.
std::optional<ListingPlace> read_cursor(std::string_view cursor, std::string_view key);

// "Observation/1", "Observation/1/_history/2" (FHIR R4, references.html#literal).
bool is_resource_path(std::string_view path);

}  // namespace bb::rest
