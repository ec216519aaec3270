// unstructured_body.hpp - a document whose body is a letter, a scan or a picture:
// C62, IHE XDS-SD, C-CDA Unstructured Document.
#pragma once

#include <bb/records/record.hpp>

#include "xml_tree.hpp"

namespace bb::records {

// Appends the attachment that the nonXMLBody of a ClinicalDocument is, if any.
void read_unstructured_body(XmlNode root, Record& record);

}  // namespace bb::records
