// plugins/rest/pull/document_list.hpp - what a search of Blue Button+ Pull answers, from outside: an Atom feed or a
// bundle in JSON, each of DocumentReferences.
//
// Source: Blue Button+ Pull drafts, 2013 (BBP-PULL-53, -54); RFC 4287. Texts stand as they are, in FHIR's attribute
// `value`, or in a coding's code.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::rest::pull {

inline constexpr std::size_t list_bytes_max = 16ull * 1024 * 1024;
inline constexpr std::size_t list_entries_max = 100'000;
inline constexpr std::size_t entry_text_bytes_max = 4'096;

// Texts that are absent are empty; what they should be is for those who judge it.
struct ListedDocument {
  std::string title = {};
  std::string location = {};
  std::string format = {};      // "CCDA"
  std::string media_type = {};  // "text/xml"
  std::string type = {};        // "Summary"
  std::string start = {};       // of the period
  std::string end = {};
};

// The error is of what is neither, with the place where it stops to be, and of what exceeds the bounds.
[[nodiscard]] Result<std::vector<ListedDocument>> read_bundle(std::string_view json);
[[nodiscard]] Result<std::vector<ListedDocument>> read_atom(std::string_view xml);

}  // namespace bb::rest::pull
