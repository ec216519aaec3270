// ccda_entries.hpp - the clinical statements of one section entry as facts.
//
// Each function appends what the entry says and nothing where it says that
// there is nothing ("no known allergies", negation) or that it is unknown.
// Entries are recognised by structure and by the templates of C-CDA R1.1 and
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
void read_encounters(const XmlDocument& document, XmlNode entry, Record& record);

}  // namespace bb::records
