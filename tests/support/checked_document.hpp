// support/checked_document.hpp - a hand-made result of a check: an error and a
// warning in a document of twenty lines.
#pragma once

#include <string>

#include "harness/documents/check.hpp"

namespace bb::test {

inline documents::DocumentReport checked_document() {
  documents::DocumentReport report;
  report.name = "visit.zip!/IHE_XDM/SUBSET01/DOC.XML";
  report.recognition = {"ccda-2.1", "C-CDA R2.1", "ccd", "Continuity of Care Document", {"C-CDA R2.1"}};
  report.vendor = "Example EHR";
  report.unjudged.push_back({"a-1", "value set 1.2.3 is not at hand", 2});
  report.findings.push_back({.rule = "a-1198-5250",
                             .line = 2,
                             .column = 1,
                             .message = "SHALL contain a title",
                             .expected = "one title",
                             .found = "none",
                             .hint = "Give the document a name that a patient understands."});
  report.findings.push_back(
      {.rule = "a-1198-9965", .level = documents::Level::warning, .line = 8, .column = 5, .message = "SHOULD"});
  for (int line = 1; line <= 20; ++line)
    report.source.push_back({line, 1, "<line number=\"" + std::to_string(line) + "\"/>"});
  report.source.push_back({20, 401, "the rest of it"});
  return report;
}

}  // namespace bb::test
