// bb/records/narrative.hpp - the text of a CDA document's sections, for who compares it
// with their entries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::records {

// A row of a table in a narrative; header rows, titles across the table and the rows of
// a table within a row left out.
struct NarrativeRow {
  std::string text;  // a tab between its cells
  int line = 0;
  bool is_referred = false;  // an entry of its section refers to it, or to something in it
};

// A coded name whose originalText refers to the narrative.
struct ReferredName {
  std::string display;  // displayName of the code
  std::string text;     // what stands where it refers to
};

struct Narrative {
  std::string kind;  // as Section::kind; empty = of no kind that we read
  std::string title;
  std::string text;  // on lines: one for each row, item or paragraph; a tab between cells
  std::vector<NarrativeRow> rows;
  // Codes of what its entries are about, and of translations; no status, no severity.
  std::vector<std::string> entry_codes;
  // Codes, names in words, values and units of its entries and what is below them, a line each;
  // nothing of the narrative that they refer to.
  std::string entry_words;
  std::vector<ReferredName> referred_names;
  int entry_count = 0;
  int line = 0;
};

// One for each section, at any depth. Bounded as read_ccda(), 4 MiB of text a section;
// the error is that of read_ccda() for what is no CDA document.
[[nodiscard]] Result<std::vector<Narrative>> read_narratives(std::string_view xml);

}  // namespace bb::records
