// harness/cli/document_rules.hpp - what documents are judged by, for `check` and
// for the claim `valid` of suites.
#pragma once

#include <filesystem>
#include <memory>

#include <bb/core/result.hpp>
#include "harness/checks/validator.hpp"
#include "harness/cli/places.hpp"
#include "harness/documents/rules.hpp"
#include "harness/suite/verbs.hpp"

namespace bb::cli {

// Our own rules, and what was imported into the folder `data`. The error names the
// file that cannot be read.
[[nodiscard]] Result<std::shared_ptr<documents::Rules>> load_rules(const Places& places,
                                                                   const std::filesystem::path& data,
                                                                   documents::Selection selection);

// Our own rules alone.
[[nodiscard]] Result<std::shared_ptr<const documents::OwnRules>> read_own_rules(const Places& places);

// The words of suites, with what `valid` may ask for.
[[nodiscard]] Result<suite::Vocabulary> read_vocabulary(const Places& places);

// Whether all that a C-CDA is judged by has been imported.
bool has_ccda_rules(const Result<std::filesystem::path>& data);

// What must be imported before a document of this kind ("ccda/ccd-2.1", a word of suites) can be called valid, and is
// not there, in words; empty: nothing.
std::string missing_rules(const Result<std::filesystem::path>& data, const std::string& kind);

// Judges `valid`; loads its rules when it is first asked. Where `data` is an error,
// nothing can be judged.
std::shared_ptr<const checks::Validator> make_validator(const Places& places, Result<std::filesystem::path> data);

}  // namespace bb::cli
