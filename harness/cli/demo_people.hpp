// harness/cli/demo_people.hpp - who there is in a folder of records.
//
// From people.yaml in the folder (docs/reference/portal-api.md). Without it
// every readable document is a patient; two more accounts are made up, a
// caregiver of the first patient and one whose grant was revoked, so that the
// whole suite can run against any folder of C-CDA files.
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
  std::filesystem::path record_file;      // relative to the folder; empty = no record of their own
  std::vector<std::string> caregiver_of;  // accounts
  std::vector<std::string> revoked;
  records::Record record;  // as read from record_file

  bool is_patient() const { return !record_file.empty(); }
};

struct DemoPeople {
  std::vector<DemoPerson> people;
  bool is_made_up = false;            // the folder has no people.yaml
  std::vector<std::string> warnings;  // documents that could not be read
};

// The error says what is wrong with the folder or its people.yaml.
[[nodiscard]] Result<DemoPeople> read_demo_people(const std::filesystem::path& folder);

// What people.yaml would say of them; for the portal's --people.
Value people_file(const DemoPeople& people);

}  // namespace bb::cli
