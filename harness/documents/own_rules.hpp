// harness/documents/own_rules.hpp - BlueBridge's own rules for documents, as data.
//
// Files of format bluebridge-document-rules/1 (docs/reference/document-rules.md)
// become a Schematron schema, so that the engine finds and evaluates them. Each
// has a requirement of a catalogue, what is expected, what was found and a hint.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/core/result.hpp>

#include "harness/documents/finding.hpp"
#include "harness/documents/recognise.hpp"
#include "harness/schematron/schema.hpp"

namespace bb::documents {

// One rule; of a rule for each row of a table, one for each row.
struct OwnRule {
  std::string id;           // "CCDA-HDR-08.date"
  std::string requirement;  // "CCDA-HDR-08"
  Level level = Level::error;
  std::string text;      // the sentence
  std::string context;   // XSLT pattern
  std::string test;      // XPath that has to be true
  std::string expected;  // in words
  std::string found;     // XPath; may be empty
  std::string hint;      // for a portal team
  std::string source;
  std::set<std::string> conformance;  // numbers of the guide in `source`: "1198-5250"
  std::set<std::string> formats;
  std::set<std::string> types;  // of documents; empty: all
  Place place;
};

// The numbers of conformance statements in "1198-7485, -19086, 81-1 to -3":
// 1198-7485, 1198-19086, 81-1, 81-2, 81-3.
std::set<std::string> conformance_in(std::string_view source);

// Rules as the engine takes them, and what each assertion is made of.
struct OwnSchema {
  std::shared_ptr<const schematron::Schema> schema;
  std::map<const schematron::Assertion*, const OwnRule*> rules;
};

// Immutable once read; share it between threads.
class OwnRules {
 public:
  // Reads the rule files in each folder of a folder, in order of name. `form` is the JSON Schema
  // of the format. The error is every mistake of every file, with its place.
  static Result<std::shared_ptr<const OwnRules>> read(const std::filesystem::path& folder,
                                                      const std::filesystem::path& form, const Formats& formats);

  const std::vector<OwnRule>& rules() const { return rules_; }

  // What applies to a document, of `least` or stronger; none where nothing does.
  // Lives as long as this.
  OwnSchema schema_for(std::string_view format, std::string_view type, Level least = Level::note) const;

  // Between a message and what was found: U+001F, which is no character of XML.
  static constexpr char found_mark = '\x1f';

 private:
  class Reader;
  schematron::Schema frame() const;

  std::vector<OwnRule> rules_;
  std::vector<schematron::Key> keys_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> value_sets_;
};

}  // namespace bb::documents
