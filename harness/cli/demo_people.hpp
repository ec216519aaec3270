// harness/cli/demo_people.hpp - who there is in a folder of records.
//
// From people.yaml in the folder (docs/reference/portal-api.md). Without it
// every readable document is a patient. Whom the suite needs beside a patient
// and nobody is, is made up: a caregiver, one whose grant was revoked, a
// stranger. So the whole suite can run against any folder of C-CDA files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include <bb/records/record.hpp>

namespace bb::cli {

struct DemoPerson {
  std::string account;
  std::string id{};                         // in the target; unique
  std::filesystem::path record_file{};      // relative to the folder; empty = no record of their own
  std::vector<std::string> caregiver_of{};  // accounts
  std::vector<std::string> revoked{};
  records::Record record{};  // as read from record_file

  bool is_patient() const { return !record_file.empty(); }
};

struct DemoPeople {
  std::vector<DemoPerson> people;
  bool is_made_up = false;            // the portal must be told of people_file()
  Value accounts = Value::object();   // as people.yaml has them
  std::vector<std::string> warnings;  // documents that could not be read
};

// The error says what is wrong with the folder or its people.yaml.
[[nodiscard]] Result<DemoPeople> read_demo_people(const std::filesystem::path& folder);

// The patient of the suite's tests: one with a caregiver, else one with entries
// and a visit, else the first. Null where there is none.
const DemoPerson* test_patient(const std::vector<const DemoPerson*>& people);

// Makes up whom the suite needs and nobody here is. What was made up, for people.
std::vector<std::string> make_up_missing(DemoPeople& people);

// What people.yaml would say of them; for the portal's --people.
Value people_file(const DemoPeople& people);

// "alice" stays, "newman-alice.1" becomes "newman_alice_1": ids in target files
// are lower-case words.
std::string person_id(const std::string& account);

}  // namespace bb::cli
