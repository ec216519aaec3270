// harness/fhir/walk.hpp - the walk over a document that check() is; for the
// sources of this library alone.
//
// The walk along the definitions of R4 (walk_base.cpp) meets every element once.
// Where a profile, an extension's definition or a restricted type applies, the
// part below is walked again along that (walk_profile.cpp), which adds only what
// it restricts further.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "harness/fhir/bundle.hpp"
#include "harness/fhir/checker.hpp"

namespace bb::fhir {

class Walk {
 public:
  Walk(const Document& document, const Definitions& definitions, const std::vector<const Structure*>& asked);
  Checked run() &&;

 private:
  static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

  // One step of the path.
  struct Step {
    std::string_view name;
    std::size_t index = no_index;
    std::string_view type = {};  // of a choice
  };
  class Down;  // a step, for as long as it lives

  // What references mean where the walk is.
  struct Scope {
    const Element* container = nullptr;  // the resource that holds contained ones
    bool is_contained = false;
    const std::unordered_map<std::string_view, const Element*>* contained = nullptr;  // by id
    const BundleIndex* bundle = nullptr;
    std::string_view full_url;  // of the entry
    bool is_document_head = false;
  };

  // What an element is by its definition: for the contexts of extensions.
  struct Holder {
    const ElementRule* rule = nullptr;
    const Structure* structure = nullptr;
    std::string_view extension_url;  // where it is an extension
  };

  // walk_base.cpp
  void resource(const Element& element);
  void contents(const Element& element, const ElementRule& shape, const Holder& holder);
  void element(const Element& element, const ElementRule& rule, const TypeUse& use, const Holder& parent);
  void complex(const Element& element, const ElementRule& rule, const Structure* structure, const Holder& parent);
  void primitive(const Element& element, const ElementRule& rule, const Structure& structure);
  void unknown(const Element& child, const Element& parent, const ElementRule& shape);
  void cardinality(const Element& element, const ElementRule& rule, std::size_t count, std::string_view by);
  void contained(const Element& element);
  void count_constraints(const ElementRule& rule, const ElementRule* type_root);

  // walk_values.cpp
  void binding(const Element& element, const ElementRule& rule, std::string_view type);
  void values(const Element& element, const ElementRule& rule, std::string_view by);

  // walk_bundle.cpp
  void bundle(const Element& element, const BundleIndex& index);
  // The scope of what stands in an element: of an entry its full URL.
  void enter(const Element& element);
  void entry_full_url(const BundleIndex::Entry& entry, bool is_document);
  void reference(const Element& element, const TypeUse& use);
  std::string_view target_of(const Element& element, std::string_view words);
  const Element* contained_of(std::string_view id) const;

  // walk_profile.cpp
  void profiles(const Element& resource, const Structure& structure);
  bool is_about(const Structure& profile, const Structure& structure) const;
  void profile(const Element& element, const Structure& structure);
  void type_profiles(const Element& element, const TypeUse& use);
  void profile_contents(const Element& element, const ElementRule& shape, const Structure& profile);
  void profile_element(const Element& element, const ElementRule& rule, const TypeUse& use, const Structure& profile);
  void count_profile_constraints(const ElementRule& rule);
  void slices(const Element& parent, const ElementRule& rule, const Structure& profile);
  void extension(const Element& element, const Holder& parent);
  void extension_context(const Element& element, const Structure& structure, const Holder& parent);

  // walk.cpp
  // Each fault of a rule is told once for a subject of an element.
  void fault(const Element& element, std::string_view rule, std::string_view subject, Fault::Level level,
             std::string message, std::string expected = {}, std::string found = {});
  void error(const Element& element, std::string_view rule, std::string_view subject, std::string message,
             std::string expected = {}, std::string found = {}) {
    fault(element, rule, subject, Fault::Level::error, std::move(message), std::move(expected), std::move(found));
  }
  // Whether there are as many faults as are kept; counts the one at hand.
  bool is_full();
  void not_evaluated(const Element& element, std::string_view rule, std::string why);
  std::string path() const;
  bool is_json() const { return document_.syntax == Syntax::json; }

  const Document& document_;
  const Definitions& definitions_;
  const std::vector<const Structure*>& asked_;  // profiles, beside those that a resource claims
  Checked result_;
  std::vector<Step> path_;
  std::vector<std::size_t> counts_;  // of children, a part for each open element
  Scope scope_;
  int profile_depth_ = 0;
  std::set<std::pair<const Element*, std::string>> said_;
  std::map<std::pair<std::string, std::string>, std::size_t> not_evaluated_;
  std::unordered_set<std::string_view> unknown_extensions_;  // urls that were told
  std::unordered_set<std::size_t> counted_;                  // in it, by element and reason
  std::vector<std::size_t> constraint_counts_;
  std::vector<bool> is_evaluated_;  // of constraints: here, without FHIRPath
};

class Walk::Down {
 public:
  Down(Walk& walk, Step step) : walk_(walk) { walk_.path_.push_back(step); }
  ~Down() { walk_.path_.pop_back(); }
  Down(const Down&) = delete;
  Down& operator=(const Down&) = delete;

 private:
  Walk& walk_;
};

inline const TypeUse no_type;  // of an element that is defined elsewhere

// Whether an element is what fixed[x] (exactly) or pattern[x] (at least) says.
enum class Match { exact, at_least };
bool is_like(const Element& element, const Value& wanted, Match match);
// Whether a coded element has a code of the set; true of one that has no code.
bool has_code_of(const Element& element, std::string_view type, const CodeSet& codes);
// "US Core Patient Profile" with what it is.
std::string name_of(const Structure& profile);

}  // namespace bb::fhir
