// portal/fhir/operations.hpp - what Patient/[id]/$everything and DocumentReference/$docref give.
//
// Sources: FHIR R4 operation Patient-everything (FHIR-EVERY-01); US Core 6.1.0 operation docref (FHIR-DOCREF-01 to
// -04).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "portal/fhir/permissions.hpp"
#include "portal/fhir/search.hpp"
#include "portal/selection.hpp"

namespace bb::portal::fhir {

struct EverythingQuery {
  std::vector<std::string> types;  // empty: all
  std::optional<std::int64_t> since_ns;
  DateRange care;  // what has no date is of every range
  std::size_t page_entries = page_entries_default;
};
// The error says which parameter cannot be meant.
[[nodiscard]] Result<EverythingQuery> read_everything(const FormFields& fields, Handling handling);
// What the token sees of this patient, the Patient first.
std::vector<const Resource*> everything_of(const std::string& patient, const EverythingQuery& query,
                                           const Permissions& permissions, const Store& store);

struct DocrefQuery {
  std::string patient;  // an id
  DateRange range;
  std::optional<Criterion> type = {};
  bool has_profile = false;  // documents here are of no FHIR profile

  // Whether it is the current summary that is meant: no type is given, or that of a CCD.
  bool is_for_summary() const;
};
[[nodiscard]] Result<DocrefQuery> read_docref(const FormFields& fields, const std::string& base_url);
// The patient's documents of the type and range that lie in the store.
std::vector<const Resource*> documents_of(const std::string& patient, const DocrefQuery& query, const Store& store);
// The parameters of an operation that is asked for by POST: a Parameters resource of simple values.
[[nodiscard]] Result<FormFields> read_operation_body(const std::string& body);

}  // namespace bb::portal::fhir
