// harness/suite/references.hpp - finds $references in texts, before a run.
//
// A text that begins with '$' and a letter is one whole reference: "$name.path".
// Inside other texts references stand as "${name.path}". A name may carry an
// instance: "$download[ccda-2.1].file".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bb::suite {

struct ReferenceName {
  std::string name;                     // "download"
  std::optional<std::string> instance;  // "ccda-2.1"
};

struct FoundReference {
  std::vector<ReferenceName> names;  // empty: what stands there is no reference
  std::string text;                  // as written, without "$" and braces
  std::size_t offset = 0;            // of the "$" in the text
  std::size_t length = 0;            // with "$" and braces
  bool is_whole = false;
};

std::vector<FoundReference> find_references(std::string_view text);

// "$a.b" alone.
bool is_one_reference(std::string_view text);

// A text with `sample` in place of each "${…}".
std::string with_sample(std::string_view text, std::string_view sample);

// "a.b[c].d"; nothing when it is not of that form.
std::optional<std::vector<ReferenceName>> parse_reference_names(std::string_view text);

}  // namespace bb::suite
