// ccda_entries.hpp - the clinical statements of one section entry as facts.
//
// Each function appends what the entry says to its list, and to the absences
// what it says is not so ("no known allergies", negation) or unknown. Entries are
// recognised by structure and by the templates of C-CDA R1.1 and
// R2.1, CCD 1.0 (2.16.840.1.113883.10.20.1) and IHE PCC.
#pragma once

#include <bb/records/record.hpp>

#include "xml_tree.hpp"

namespace bb::records {

void read_allergies(const XmlDocument& document, XmlNode entry, Record& record);
void read_problems(const XmlDocument& document, XmlNode entry, Record& record);
void read_medications(const XmlDocument& document, XmlNode entry, Record& record);
void read_immunizations(const XmlDocument& document, XmlNode entry, Record& record);
void read_results(const XmlDocument& document, XmlNode entry, Record& record);
void read_vital_signs(const XmlDocument& document, XmlNode entry, Record& record);
void read_social_history(const XmlDocument& document, XmlNode entry, Record& record);
void read_goals(const XmlDocument& document, XmlNode entry, Record& record);
void read_goal(const XmlDocument& document, XmlNode observation, Record& record);
void read_functional_status(const XmlDocument& document, XmlNode entry, Record& record);
void read_encounters(const XmlDocument& document, XmlNode entry, Record& record);
void read_procedures(const XmlDocument& document, XmlNode entry, Record& record);
// Goals among the plan go to the goals.
void read_plan(const XmlDocument& document, XmlNode entry, Record& record);
void read_care_team(const XmlDocument& document, XmlNode entry, Record& record);
// The note activities of an entry; they may stand in a section of any kind.
void read_notes(const XmlDocument& document, XmlNode entry, Record& record);
bool is_note(XmlNode statement);

}  // namespace bb::records
