// harness/fhir/terminology.hpp - code systems and value sets as far as their codes
// can be listed.
//
// A value set of which one part cannot be listed (SNOMED CT, LOINC, a filter that
// is not understood) is not listed at all: what is bound to it is not judged.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>

namespace bb::fhir {

// The codes of a value set by their system.
class CodeSet {
 public:
  void add(const std::string& system, const std::string& code) { systems_[system].insert(code); }
  void add(const CodeSet& other);
  void remove(const CodeSet& other);
  // What is in both.
  CodeSet with(const CodeSet& other) const;

  bool has(std::string_view system, std::string_view code) const;
  // Of whatever system: for a `code`, which names none.
  bool has_code(std::string_view code) const;
  std::size_t size() const;
  // "male, female, other or unknown", the first of many.
  std::string words() const;

 private:
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> systems_;
};

class Terminology {
 public:
  // As kept by published.hpp.
  void add_value_set(const Value& kept);
  void add_code_system(const Value& kept);

  // The codes of "url" or "url|version"; none where they cannot be listed. Without
  // a version the newest is meant. Stays where it is.
  const CodeSet* list(std::string_view canonical);

 private:
  struct CodeSystem {
    bool is_complete = false;
    std::vector<std::string> codes;
    std::multimap<std::string, std::string> children;
  };
  bool list_all(const Value& parts, CodeSet& codes);
  bool list_part(const Value& part, CodeSet& codes);
  bool list_filtered(const CodeSystem& system, const Value& filter, std::set<std::string>& codes) const;

  std::map<std::string, CodeSystem, std::less<>> code_systems_;
  std::map<std::string, std::map<std::string, Value>, std::less<>> value_sets_;  // by url and version
  std::map<std::string, std::unique_ptr<CodeSet>, std::less<>> listed_;          // null: it cannot be
};

// "url" and "version" of a canonical address; the version may be empty.
std::pair<std::string_view, std::string_view> split_canonical(std::string_view canonical);
// Whether a version is before another: 3.1.1 before 6.1.0, 4.0.1 before 10.0.0.
bool is_older(std::string_view version, std::string_view other);

}  // namespace bb::fhir
