// plugins/rest/fhir/bundle.hpp - a Bundle as the server sent it: each entry as its own text, so
// that decimals stay as they were written (FHIR-CX-04).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::rest {

struct BundleEntry {
  std::string_view text;  // of the Bundle's body
  std::string type;       // of the resource: "Observation"; empty where there is none
  std::string id;
  std::string last_updated;  // meta.lastUpdated
  std::string title;         // what people call it: a code's text, a name
  std::string search_mode;   // "match", "include", "outcome"
};

// Its entries point into `body`: it is not copied.
struct Bundle {
  Bundle() = default;
  Bundle(const Bundle&) = delete;
  Bundle& operator=(const Bundle&) = delete;
  Bundle(Bundle&&) = default;
  Bundle& operator=(Bundle&&) = default;

  std::vector<char> body;
  std::string type;  // "searchset"
  std::string next;  // of link; empty on the last page
  std::vector<BundleEntry> entries;
};

inline constexpr std::size_t bundle_entries_max = 100'000;

// The error is of what is no Bundle in JSON, and tells nothing of what stands in it.
[[nodiscard]] Result<Bundle> read_bundle(std::string_view body);

// What a person calls a resource: the text or display of its code, its name; empty where it has none.
std::string title_of(const Value& resource);

}  // namespace bb::rest
