// common.hpp - what every thing may say beside its data: source, note, and our extension for
// what the type has no element for.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <bb/healthvault/thing_types.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::healthvault::types {

struct ExtensionField {
  std::size_t fact = 0;  // which of the facts of the thing
  std::string name;      // path of the field
  std::string text;
};

struct CommonSaid {
  std::string source;
  std::string note;
  std::vector<ExtensionField> fields;
  std::vector<Unheld> unheld;  // tags, related things, extensions of others
};

inline constexpr std::size_t extension_field_count_max = 10'000;

CommonSaid read_common(const xmlNode* common);  // nullptr: nothing

// Empty where nothing is said. A note is made of the fields: "Not held by this type: status: resolved".
std::string write_common(const std::string& source, const std::vector<ExtensionField>& fields);

}  // namespace bb::healthvault::types
