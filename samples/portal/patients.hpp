// patients.hpp - the records that the portal holds, read once at start.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include <bb/records/record.hpp>

#include "portal/people.hpp"

namespace bb::portal {

// A document beside the record: what went along when care passed to somebody else.
struct Summary {
  std::string document;  // the C-CDA as it lay in the folder
  records::Record record;
};

struct Patient {
  std::string id;        // the account
  std::string document;  // the C-CDA as it lay in the folder
  records::Record record;
  std::vector<Value> claims = {};     // resources of a payer, as read_claims() gives them
  std::vector<Value> resources = {};  // of FHIR R4, each with type and id: what the FHIR API has beside the record
  std::vector<Summary> summaries = {};
};

class Patients {
 public:
  Patients() = default;
  explicit Patients(std::vector<Patient> patients) : patients_(std::move(patients)) {}

  const std::vector<Patient>& all() const { return patients_; }
  const Patient* find(std::string_view id) const;
  // The one after `patient`, the first after the last; where there is only
  // one, a made-up stranger. For the defects that confuse patients.
  const Patient& other_than(const Patient& patient) const;

 private:
  std::vector<Patient> patients_;
};

// All .xml files below a folder, by path.
[[nodiscard]] Result<std::vector<std::filesystem::path>> find_documents(const std::filesystem::path& folder);

struct LoadedPatients {
  Patients patients;
  std::vector<std::string> warnings;  // one for each that is left out, naming it and the reason
};
// The records of `people`; a document, or a file of claims or resources, that cannot be read is left out, and so is a
// resource whose type and id another patient's file had before. An error when no document can be read.
[[nodiscard]] Result<LoadedPatients> load_patients(const std::filesystem::path& folder, const People& people);

}  // namespace bb::portal
