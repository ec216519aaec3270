// record_change.hpp - what happens to a record at its source: an entry comes, is corrected or is retracted; a document
// comes of which it has to be found out whose it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <bb/core/result.hpp>

#include "portal/patients.hpp"

namespace bb::portal {

struct RecordChange {
  enum class Kind { add_allergy, retract_allergy, add_result, correct_result };
  Kind kind = Kind::add_allergy;
  std::string name;         // of the substance or the test, in words
  std::string value, unit;  // of a result
  bool is_correction() const { return kind == Kind::retract_allergy || kind == Kind::correct_result; }
};

// "add-allergy", "retract-allergy", "add-result" or "correct-result".
[[nodiscard]] Result<RecordChange::Kind> read_change_kind(std::string_view name);

// The patient with the record as it is after the change, and the document of it: a new version of the one before. The
// error says that there is no such entry.
[[nodiscard]] Result<Patient> changed(const Patient& patient, const RecordChange& change, std::int64_t now_ns);

// Who a document says that it is about.
struct Described {
  std::string given_name, family_name, birth_date;
  std::string identifier;  // the extension of one; empty: it has none
};
// Whose it is: of the identifier, else of name and birth date where one patient alone has both. Null: a person has to
// find out.
const Patient* whose(const Patients& patients, const Described& described);
// The first that has name and birth date, whoever else does (people-guesses-match). Null: nobody.
const Patient* first_alike(const Patients& patients, const Described& described);

}  // namespace bb::portal
