// harness/doctor/seed.hpp - made-up entries for the record of a test patient, of
// the kinds that it lacks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/doctor/record_needs.hpp"
#include "harness/suite/model.hpp"

namespace bb::doctor {

enum class SeedForm { fhir, ccda };  // a transaction Bundle (R4), a Continuity of Care Document (C-CDA R2.1)
// By the extension: .json or .xml. The error names the two.
[[nodiscard]] Result<SeedForm> seed_form_of(const std::filesystem::path& file);

struct Seed {
  std::string text;                  // of the file
  std::vector<std::string> types;    // what it holds of what was asked for
  std::vector<std::string> missing;  // what no made-up entry is known of, or the form cannot hold
};

// Entries of the sample record in the folder `records` (alice.xml, alice.fhir.json) in the name of `person`: of the
// types of FHIR that the needs name, with what they refer to. An error where nothing is left to write, and where the
// sample cannot be read.
[[nodiscard]] Result<Seed> make_seed(SeedForm form, const std::vector<RecordNeed>& needs, const suite::Person& person,
                                     const std::filesystem::path& records);

}  // namespace bb::doctor
