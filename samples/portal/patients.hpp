// patients.hpp - the records that the portal holds, read once at start.
#pragma once

#include <filesystem>
#include <memory>
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
  std::vector<Value> claims = {};      // resources of a payer, as read_claims() gives them
  std::vector<Value> dispensing = {};  // resources of a pharmacy: what was dispensed, and what it knows besides
  // What the FHIR bundle of a payer or a pharmacy holds (holder_kinds/holdings.hpp); none: a provider's record.
  std::vector<Value> own_form = {};
  std::vector<std::string> withheld = {};  // names of entries and titles of notes that representatives do not get
  std::string set_id = {};                 // of all versions of the document; empty: this is the first
  int version = 1;                         // of the document
  std::vector<Value> resources = {};       // of FHIR R4, each with type and id: what the FHIR API has beside the record
  std::vector<Summary> summaries = {};
  bool is_summary = false;  // document and record are those of a summary
};

// Patients one after the other, without their copies.
class PatientList {
 public:
  using Kept = std::vector<std::shared_ptr<const Patient>>;
  class Iterator {
   public:
    explicit Iterator(Kept::const_iterator at) : at_(at) {}
    const Patient& operator*() const { return **at_; }
    const Patient* operator->() const { return at_->get(); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    Kept::const_iterator at_;
  };
  explicit PatientList(const Kept& kept) : kept_(kept) {}
  Iterator begin() const { return Iterator(kept_.begin()); }
  Iterator end() const { return Iterator(kept_.end()); }
  std::size_t size() const { return kept_.size(); }
  const Patient& front() const { return *kept_.front(); }

 private:
  const Kept& kept_;
};

// As the records stood at one moment.
class Patients {
 public:
  Patients() = default;
  explicit Patients(const std::vector<Patient>& patients) {
    for (const auto& patient : patients) patients_.push_back(std::make_shared<const Patient>(patient));
  }

  PatientList all() const { return PatientList(patients_); }
  // The same with this patient in the place of the one of the same id.
  Patients with(Patient changed) const;
  const Patient* find(std::string_view id) const;
  // The one after `patient`, the first after the last; where there is only
  // one, a made-up stranger. For the defects that confuse patients.
  const Patient& other_than(const Patient& patient) const;

 private:
  PatientList::Kept patients_;
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
