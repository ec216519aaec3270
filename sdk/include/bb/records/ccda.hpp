// bb/records/ccda.hpp - read and write C-CDA documents.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/records/record.hpp>

namespace bb::records {

// Reads a CDA R2 document (C-CDA R1.1 to R2.1, CCD, C32). Names of coded entries
// come from displayName, else originalText (with its reference into the
// narrative), else a translation. What is negated, "no known ..." or unknown
// goes to the absences. Bounded: 64 MiB, depth 256, 64,000,000 bytes and nodes
// of narrative by reference; no DTD, no entities, no network. The error says line and column for
// XML that is not well-formed, and what was found instead of a
// ClinicalDocument.
[[nodiscard]] Result<Record> read_ccda(std::string_view xml);

// Writes a C-CDA R2.1 Continuity of Care Document with narrative and entries,
// valid by HL7's CDA_SDTC schema. Reading it gives the same facts; a medication
// frequency that is neither "every ..." nor a known event ("at bedtime") moves
// in front of the instructions. The same record gives the same bytes.
std::string write_ccda(const Record& record);

// What the head of a document says besides; what is empty is left out.
struct CcdaHead {
  std::string covers_from = {};   // the period of serviceEvent; from the patient's birth unless told
  std::string covers_until = {};  // up to the day of the document unless told
  std::string set_id = {};        // of all versions of the document: root[^extension]
  int version = 0;                // 1 and up; 0 = it claims none
  std::string replaces = {};      // the id of the version before (relatedDocument RPLC)
};
// The same with that head.
std::string write_ccda_version(const Record& record, const CcdaHead& head);

}  // namespace bb::records
