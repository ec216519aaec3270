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
  bool has_includes = false;  // what comes along is of the record too
};

// How a search names the patient. A server has to know both (FHIR R4, search.html#reference); some do not.
enum class PatientForm { id, reference };

struct SearchesFor {
  const ServerProfile& profile;
  std::string_view patient;
  PatientForm form = PatientForm::id;
  std::int64_t page_size = 0;  // entries asked for at once, where the query does not say; 0: the profile's
  std::string scopes = {};     // granted; empty: nobody said
};

// Those that a query selects: of its kind ("fhir:Observation" or "Observation"), where it has none all
// that make up a record and that the scopes allow: of what a person withheld nothing is asked (FHIR-BB2-15). Where
// they allow none all are asked for, and the server says why not. The query's terms go out as they are.
std::vector<RecordSearch> searches_of(const bb_query& query, const SearchesFor& whom);

// Where a listing goes on: search by number, page's URL (empty: its first), entries of it that were
// given already, pages so far.
struct ListingPlace {
  std::size_t search = 0;
  std::string url = {};
  std::size_t given = 0;
  std::int64_t pages = 0;
  std::uint64_t listing = 0;  // its number
};
// What tells queries apart, without cursor and limit.
std::string key_of(const bb_query& query, std::string_view patient);
std::string write_cursor(const ListingPlace& place, std::string_view key);
// Nothing for what is no cursor, or one of another query.
std::optional<ListingPlace> read_cursor(std::string_view cursor, std::string_view key);

// "Observation/1", "Observation/1/_history/2" (FHIR R4, references.html#literal).
bool is_resource_path(std::string_view path);

}  // namespace bb::rest
