// cda_header.hpp - what stands above the body of a CDA document: what it is,
// who wrote it, who keeps it, and whom it is about.
#pragma once

#include <string>

#include <bb/records/record.hpp>

#include "xml_tree.hpp"

namespace bb::records {

// The person, else the device, else the organisation; of an `author` element.
std::string read_author(XmlNode author);

// Of a `performer` element of the header or of a care team.
CareTeamMember read_care_team_member(const XmlDocument& document, XmlNode performer);

// `root` is the ClinicalDocument.
void read_header(const XmlDocument& document, XmlNode root, Record& record);

}  // namespace bb::records
