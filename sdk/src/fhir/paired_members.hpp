// paired_members.hpp - `birthDate` and `_birthDate` of JSON made one element.
// Source: FHIR R4, json.html#primitive.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <bb/fhir/element.hpp>

namespace bb::fhir {

// A key of an object of JSON.
struct Member {
  std::string key;
  xml::Position place;
  std::size_t first = 0;  // its first child; further ones are items of an array
};

// A fault at an element of the object.
struct PairFault {
  xml::Position place;
  std::string child;  // "given[1]"
  std::string what;
};

// Gives each primitive the `id` and `extension` that stand under its key with
// '_' before. A null is an item without value and children; those go. A '_' key of what is no primitive stays a child
// of its own, which no definition knows.
std::vector<PairFault> pair_members(Element& object, std::span<const Member> members);

}  // namespace bb::fhir
