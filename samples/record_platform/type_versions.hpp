// type_versions.hpp - types of which there are several versions, and what of one is what of the next.
//
// The platform gives a thing in the version that its reader asks for or knows (HV-GET-10; GetThings,
// type-version-format). The transforms of the service that is gone were never published; these are read off
// the schemas of both versions. What the other version has no element for is left out, as the flags say.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace bb::record_platform {

// One element of the version that is made, in the order of its schema. An element that is there already stays.
struct VersionStep {
  // Below the type's element: a path ("dose/display"), whose element is copied under its new name; or, with
  // braces, a text of several ("{dose-value/exact-dose} {dose-unit/text}"), made where all of them are there.
  std::string_view from;
  std::string_view to;
  std::string_view needs = {};  // a path without which nothing is made
  std::string_view whole = {};  // the same, of a text that is a whole number
  bool is_repeated = false;     // every element at the path; without it more than one are not carried
};

// The versions of the type with this id, oldest first; empty where it has one alone.
std::span<const std::string_view> versions_of(std::string_view type_id);

// From a version to the one before or behind it; nothing where that is not known.
std::optional<std::span<const VersionStep>> version_steps(std::string_view from_id, std::string_view to_id);

}  // namespace bb::record_platform
