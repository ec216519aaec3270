// bb/records/narrative.hpp - the text of a CDA document's sections, for who compares it
// with their entries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::records {

// A row of a table in a narrative, header rows left out.
struct NarrativeRow {
  std::string text;
  int line = 0;
  bool is_referred = false;  // an entry of its section refers to it, or to something in it
};

struct Narrative {
  std::string kind;  // as Section::kind; empty = of no kind that we read
  std::string title;
  std::string text;  // on lines: one for each row, item or paragraph
  std::vector<NarrativeRow> rows;
  int entry_count = 0;
  int line = 0;
};

// One for each section, at any depth. Bounded as read_ccda(), 4 MiB of text a section;
// the error is that of read_ccda() for what is no CDA document.
[[nodiscard]] Result<std::vector<Narrative>> read_narratives(std::string_view xml);

}  // namespace bb::records
