// harness/documents/rules.hpp - what documents are checked against, loaded when
// first needed and shared by all threads.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/xsd.hpp>

#include "harness/documents/data_store.hpp"
#include "harness/documents/finding.hpp"
#include "harness/documents/mail_settings.hpp"
#include "harness/documents/own_rules.hpp"
#include "harness/documents/profiles.hpp"
#include "harness/documents/recognise.hpp"
#include "harness/schematron/checker.hpp"

namespace bb::documents {

// Schematron rules of an imported set, with what each pattern's findings are; or
// rules of ours.
struct RuleSet {
  std::string id;
  std::shared_ptr<const schematron::Ruleset> ruleset;
  std::map<const schematron::Pattern*, Level> levels;
  std::map<const schematron::Assertion*, const OwnRule*> own;

  // Error where no phase says.
  Level level_of(const schematron::Pattern* pattern) const;
};

// Whether all that a CDA document of a format is judged by has been imported.
bool has_all_for(const DataStore& store, std::string_view format);

// Which validators a run uses; all of them by default.
struct Selection {
  bool has_schema = true;
  bool has_schematron = true;
  bool has_own = true;
  std::vector<std::string> files = {};  // further Schematron files, for every document
  Level least = Level::note;            // what could only give a weaker finding is not evaluated
  std::shared_ptr<const MailSettings> mail = std::make_shared<const MailSettings>();  // never null
  std::vector<std::string> profiles = {};  // words of profiles.hpp that documents have to be of
};

class Rules {
 public:
  Rules(Formats formats, DataStore store, Selection selection, std::shared_ptr<const OwnRules> own)
      : formats_(std::move(formats)),
        store_(std::move(store)),
        selection_(std::move(selection)),
        own_(std::move(own)) {}

  const Formats& formats() const { return formats_; }
  const Selection& selection() const { return selection_; }
  // None where the rules were made without.
  const OwnRules* own() const { return own_.get(); }

  // The CDA schema. The error says what to import, or why it cannot be used. [any thread]
  Result<std::shared_ptr<const xml::Xsd>> schema();
  // All imported definitions of FHIR. The error says what to import, or why they
  // cannot be used. [any thread]
  Result<std::shared_ptr<const fhir::Definitions>> fhir_definitions();
  // What the selection's profiles are. The error: one that is not known, or one of FHIR where
  // its structure is not looked at. [any thread]
  Result<std::shared_ptr<const Profiles>> profiles();
  // The imported rules for a format, or none where there are none for it. [any thread]
  Result<std::shared_ptr<const RuleSet>> rules_for(std::string_view format);
  // Our own rules for a format and document type, or none. [any thread]
  Result<std::shared_ptr<const RuleSet>> own_rules_for(std::string_view format, std::string_view type);
  // What a document of such a format is judged by, for people: titles with the hash
  // of what was imported.
  std::vector<std::string> names_for(const Recognition& recognition) const;
  // A file that the user named. [any thread]
  Result<std::shared_ptr<const RuleSet>> rules_of_file(const std::string& file);

 private:
  using MakeRuleSet = std::function<Result<std::shared_ptr<const RuleSet>>()>;
  Result<std::shared_ptr<const RuleSet>> make_rule_set(const std::string& id, const std::string& entry,
                                                       std::string_view text,
                                                       const schematron::FileResolver& resolve) const;
  // What `make` gave the first time, an error too.
  Result<std::shared_ptr<const RuleSet>> once(const std::string& key, const MakeRuleSet& make);
  Result<std::shared_ptr<const RuleSet>> imported(const std::string& id);

  const Formats formats_;
  const DataStore store_;
  const Selection selection_;
  const std::shared_ptr<const OwnRules> own_;
  std::mutex mutex_;  // of what is below
  std::shared_ptr<const Result<std::shared_ptr<const xml::Xsd>>> schema_;
  std::shared_ptr<const Result<std::shared_ptr<const fhir::Definitions>>> fhir_;
  std::shared_ptr<const Profiles> profiles_;
  std::map<std::string, Result<std::shared_ptr<const RuleSet>>> rule_sets_;
};

}  // namespace bb::documents
