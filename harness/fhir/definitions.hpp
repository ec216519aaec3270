// harness/fhir/definitions.hpp - StructureDefinitions as a check walks along them.
//
// Made once from what an import kept (published.hpp), then immutable: any number
// of threads may read. Pointers in it stay for as long as it lives.
#pragma once

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "harness/fhir/terminology.hpp"

namespace bb::fhir {

inline constexpr unsigned unlimited = std::numeric_limits<unsigned>::max();

struct Structure;

// A type that an element may have.
struct TypeUse {
  std::string code;                      // "Reference", "string"
  std::vector<std::string> targets;      // of a Reference: canonical addresses
  std::vector<std::string> profiles;     // canonical addresses; one of them holds
  const Structure* structure = nullptr;  // of the code; none where that is not at hand
};

// One element of a snapshot with what is below it.
struct ElementRule {
  // Where the name of an element leads: to a child, and of value[x] to a type of it.
  struct Name {
    std::string word;  // "valueQuantity"
    std::size_t child = 0;
    std::size_t type = 0;
  };

  std::string path;        // "Observation.value[x]"
  std::string name;        // "value"
  std::string slice;       // "VSCat"; empty: no slice
  bool is_choice = false;  // [x]
  bool is_list = false;    // in JSON an array
  unsigned min = 0;
  unsigned max = 1;
  std::vector<TypeUse> types;
  const ElementRule* same_as = nullptr;  // what a contentReference names
  std::string value_set;                 // of a required binding
  const CodeSet* codes = nullptr;        // of that; none where they cannot be listed
  std::optional<Value> fixed;
  std::optional<Value> pattern;
  std::vector<std::size_t> constraints;                             // FHIRPath, by their number
  bool is_closed = false;                                           // nothing beside the slices
  std::vector<std::pair<std::string, std::string>> discriminators;  // type and path
  std::vector<ElementRule> slices;
  std::vector<ElementRule> children;
  std::vector<Name> names;  // of the children, sorted

  const Name* find(std::string_view word) const;
  // Its children, wherever they are defined: here, where it says so, or nowhere.
  const ElementRule* shape() const { return same_as != nullptr ? same_as : children.empty() ? nullptr : this; }
};

struct Structure {
  enum class Kind { primitive, complex, resource, other };

  std::string url;
  std::string version;
  std::string title;
  std::string type;  // "Patient"
  std::string base;  // canonical address
  Kind kind = Kind::other;
  bool is_abstract = false;
  bool is_profile = false;
  std::vector<std::pair<std::string, std::string>> contexts;  // of an extension: type and expression
  ElementRule root;
};

class Definitions {
 public:
  // `kept` are the texts of all imported sets. The error names what cannot be read.
  static Result<std::shared_ptr<const Definitions>> read(const std::vector<std::string_view>& kept);

  // A type or resource of R4: "Patient", "HumanName", "string".
  const Structure* type(std::string_view name) const;
  // A definition by "url" or "url|version"; without a version the newest.
  const Structure* find(std::string_view canonical) const;
  // The definitions of resources and profiles on them, of each address the newest.
  std::vector<const Structure*> resources() const;
  // The type that a canonical address is about; empty where it is not at hand.
  std::string_view type_of(std::string_view canonical) const;
  // Whether one type is another or builds on it: Patient on DomainResource.
  bool is_a(const Structure& structure, std::string_view type) const;
  const std::string& constraint(std::size_t number) const { return constraints_[number]; }
  // Whether R4 itself has the invariant; else only profiles have it.
  bool is_of_base(std::size_t constraint) const { return is_of_base_[constraint]; }
  std::size_t constraint_count() const { return constraints_.size(); }

 private:
  class Reader;

  std::map<std::string, const Structure*, std::less<>> types_;
  std::map<std::string, std::vector<std::unique_ptr<Structure>>, std::less<>> structures_;  // by url
  std::vector<std::string> constraints_;
  std::vector<bool> is_of_base_;
  Terminology terminology_;
};

// The name of a choice with a type: "valueQuantity" of "value" and "Quantity".
std::string choice_name(const std::string& name, const std::string& type);
// Whether it is the name of a choice with some type: "valueQuantity" of "value".
bool is_choice_name(std::string_view word, std::string_view name);

}  // namespace bb::fhir
