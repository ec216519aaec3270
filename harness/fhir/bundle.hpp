// harness/fhir/bundle.hpp - what a reference leads to inside of a Bundle.
//
// Source: FHIR R4, bundle.html#references and references.html.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bb/fhir/element.hpp>

namespace bb::fhir {

// What a reference says by itself.
struct ReferenceWords {
  enum class Kind { contained, absolute, urn, relative, conditional, broken };
  Kind kind = Kind::broken;
  std::string_view type;     // "Patient", where it is written as Type/id
  std::string_view id;       // of that; of a contained resource its id, empty: the one that contains it
  std::string_view version;  // after _history/
};
ReferenceWords words_of(std::string_view reference);

class BundleIndex {
 public:
  explicit BundleIndex(const Element& bundle);

  struct Entry {
    const Element* entry = nullptr;
    const Element* resource = nullptr;  // may be none
    std::string_view full_url;
  };
  const std::vector<Entry>& entries() const { return entries_; }
  // Where an element stands among them; none for what is no entry of this Bundle.
  std::optional<std::size_t> number_of(const Element& entry) const;
  bool is_document() const { return is_document_; }

  // The resources that a reference of an entry leads to, by the rules: of the
  // full URL alone. Empty: none in here; more than one where it is ambiguous.
  std::vector<const Element*> resolve(std::string_view from_full_url, std::string_view reference) const;
  // Whether one is of the same type and id, whatever its full URL.
  bool has_alike(const ReferenceWords& reference) const;

 private:
  bool is_document_ = false;
  std::vector<Entry> entries_;
  std::unordered_map<const Element*, std::size_t> numbers_;
  std::multimap<std::string, const Element*, std::less<>> by_url_;
  std::set<std::string> types_and_ids_;
};

// Of `meta.versionId`; empty where there is none.
std::string_view version_of(const Element& resource);

// "http://x.org/base/" of "http://x.org/base/Patient/1/_history/2"; empty where it is not so.
std::string_view base_of(std::string_view full_url);

}  // namespace bb::fhir
