// harness/documents/source.hpp - the text of a document beside its findings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/documents/finding.hpp"

namespace bb::documents {

// A line, or a stretch of one that is too long to be shown at once.
struct SourceLine {
  int line = 1;
  int column = 1;    // of its first byte
  std::string text;  // without the line end; any bytes
};
inline constexpr std::size_t source_line_bytes_max = 400;

// The lines of a document with findings: all of one up to `whole_bytes_max`, of a
// larger one those around findings, within the same bound. Nothing of what has no
// findings. `bytes` are not of 16 or 32 bits a character: xml::narrowed().
std::vector<SourceLine> source_of(std::string_view bytes, const std::vector<Finding>& findings,
                                  std::size_t whole_bytes_max = 2ull * 1024 * 1024);

// Those that stand within `lines_around` stretches of a finding. Findings in the document's order.
std::vector<SourceLine> around_findings(std::vector<SourceLine> lines, const std::vector<Finding>& findings);
inline constexpr std::size_t lines_around = 3;

// Whether the place is in that stretch; `next` follows it, or null at the end.
bool holds(const SourceLine& line, const SourceLine* next, const Finding& finding);

// Sets `character` of each finding where the encoding lets it be known.
void count_characters(std::string_view bytes, std::vector<Finding>& findings);

}  // namespace bb::documents
