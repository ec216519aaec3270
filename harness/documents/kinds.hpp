// harness/documents/kinds.hpp - documents that are no CDA: how each kind is known
// and looked at.
//
// A kind is a file, kind_NAME.cpp, and a line in kinds.cpp. It is known by its
// bytes alone (FMT-01) and gives what rules look at and what it finds itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/documents/finding.hpp"
#include "harness/documents/view.hpp"

namespace bb::documents {

class Rules;

// What a kind makes of a document.
struct Look {
  std::optional<View> view;          // for rules of ours; none where it cannot be read
  std::vector<Finding> findings;     // with their places
  std::vector<Unjudged> unjudged;    // what it does not evaluate
  std::vector<std::string> missing;  // validators that could not be used: what to do
  std::string failure;               // it could not be looked at: why
  std::string judged_by;             // what decides besides the rules: a version, a time
  std::string vendor;                // who wrote it
  std::string title;                 // what it is, where that says more than the format's title
};

struct Kind {
  std::string_view format;  // an id of formats.yaml
  // Whether a file is of this kind, by its beginning.
  bool (*is_it)(std::string_view bytes);
  // Bounded for any bytes. [any thread]
  Look (*look)(std::string_view bytes, Rules& rules);
};

// The kind of a file, or none: then it is XML or nothing that is known.
const Kind* kind_of(std::string_view bytes);

}  // namespace bb::documents
