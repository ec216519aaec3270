// cda_header.hpp - what stands above the body of a CDA document: what it is,
// who wrote it, who keeps it, and whom it is about.
#pragma once

#include <bb/records/record.hpp>

#include "xml_tree.hpp"

namespace bb::records {

// `root` is the ClinicalDocument.
void read_header(const XmlDocument& document, XmlNode root, Record& record);

}  // namespace bb::records
