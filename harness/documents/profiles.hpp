// harness/documents/profiles.hpp - what `check --profile` asks for: document types of
// C-CDA (formats.yaml) and profiles of FHIR resources (imported definitions).
//
// docs/reference/check.md, "Profiles".
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>

#include "harness/documents/finding.hpp"
#include "harness/documents/recognise.hpp"

namespace bb::fhir {
class Definitions;
struct Structure;
}  // namespace bb::fhir

namespace bb::documents {

struct Profiles {
  std::vector<std::string> words;                        // as they were asked for
  std::vector<std::string> document_types;               // a C-CDA has to be one of them
  std::vector<const fhir::Structure*> structures;        // resources of their types conform to each
  std::shared_ptr<const fhir::Definitions> definitions;  // holds the structures; none without a FHIR profile
  std::vector<std::string> missing;                      // FHIR profiles that are not at hand: what to do

  // What is said of a document that no word is about; none of a package, of which the
  // documents in it are judged, and where nothing was asked for.
  std::optional<Finding> unmet_by(const Recognition& recognition) const;
};

using GetDefinitions = std::function<Result<std::shared_ptr<const fhir::Definitions>>()>;

// A word is the id of a document type, the canonical address of a resource's profile
// ("url", "url|version") or its id, the last part of that. `definitions` is called when a
// word is no document type. The error names a word that nothing goes by, and what is near.
Result<Profiles> find_profiles(const std::vector<std::string>& words, const Formats& formats,
                               const GetDefinitions& definitions);

}  // namespace bb::documents
