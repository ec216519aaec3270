// harness/suite/verbs.hpp - the verbs of roles: capability, arguments, results.
//
// One table, conformance/schemas/verbs.yaml, read by linter, engine and
// documentation.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/evidence/outcome.hpp"

namespace bb::suite {

struct Verb {
  std::string name;        // "download"
  std::string capability;  // "download"; its interface is "bb.<capability>/1"
  std::string title;
  Value arguments;                     // JSON Schema of `with`
  std::vector<std::string> gives;      // words that `save` may name: body, items, session ...
  std::vector<std::string> functions;  // ABI functions it calls, for the documentation
  std::vector<std::string> one_of;     // exactly one of these arguments must be given; may be empty
  std::string also;                    // a second capability with the same verb; may be empty
};

// A wait event: "inbox.message".
struct WaitEvent {
  std::string name, capability, title;
  Value arguments;
  std::vector<std::string> gives;
};

// Formats, kinds and standard probes: conformance/registry/*.yaml.
struct StandardProbe {
  std::string name, title;
  Value arguments;  // JSON Schema
};

struct Vocabulary {
  std::vector<Verb> verbs;
  std::vector<WaitEvent> events;
  std::vector<std::string> formats, kinds;
  std::vector<StandardProbe> probes;
  std::vector<std::string> validations;  // what `valid` may ask for: "ccda/ccd-2.1"; the caller knows them
  // How strong the rules are that judge a requirement in such a document; none where
  // no rule does. The error: the rules cannot be read. Empty: nobody here knows.
  std::function<Result<std::optional<evidence::Level>>(const std::string& kind, const std::string& row)> rule_level;
  std::vector<std::string> defects;  // of the sample portal: conformance/registry/defects.yaml

  const Verb* find_verb(const std::string& name) const;
  const WaitEvent* find_event(const std::string& name) const;
  const StandardProbe* find_probe(const std::string& name) const;
};

// Reads the vocabulary from a conformance folder.
Result<Vocabulary> read_vocabulary(const std::filesystem::path& conformance);

}  // namespace bb::suite
