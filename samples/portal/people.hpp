// people.hpp - who may sign in, and whose record each may open.
//
// From people.yaml (docs/reference/portal-api.md) or, without it, one account
// for each document. Immutable once read.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::portal {

// Letters, digits, '-', '_' and '.'; part of URLs and file names.
inline constexpr std::size_t account_bytes_max = 64;

struct Person {
  std::string account;
  std::string name;                       // for display; empty = the account
  std::filesystem::path record;           // relative to the records folder; empty = no record of their own
  std::vector<std::string> caregiver_of;  // accounts of patients
  std::vector<std::string> revoked;       // was caregiver of these once
  std::filesystem::path claims = {};      // what a payer says, relative to the records folder; empty = nothing
  bool is_staff = false;                  // of the care team
  std::filesystem::path resources = {};   // like `record`; what the FHIR API has beside it; empty = nothing
  // Names of entries and titles of notes that nobody gets who acts for the patient.
  std::vector<std::string> withheld = {};
  std::filesystem::path dispensing = {};              // like `record`; what a pharmacy says; empty = nothing
  std::vector<std::filesystem::path> summaries = {};  // of transitions of care and referrals, like `record`
};

class People {
 public:
  People() = default;
  explicit People(std::vector<Person> people) : people_(std::move(people)) {}

  // In the order of the file.
  const std::vector<Person>& all() const { return people_; }
  const Person* find(std::string_view account) const;

 private:
  std::vector<Person> people_;
};

// The error holds every mistake of the file with its place.
[[nodiscard]] Result<People> read_people(const std::filesystem::path& file);

// One patient per document. Equal names get "-2", "-3" ...
People people_of_documents(const std::vector<std::filesystem::path>& documents);

// "NEWMAN Alice_1.xml" is "newman-alice-1".
std::string account_of_file(const std::filesystem::path& file);

}  // namespace bb::portal
