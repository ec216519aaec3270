// cda_types.hpp - the HL7 V3 data types of a CDA document as plain values.
//
// A node with nullFlavor reads as empty, unless it carries words
// (originalText) or a translation: then those are what the document says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bb/records/record.hpp>

#include "xml_tree.hpp"

namespace bb::records {

bool is_null_flavored(XmlNode node);

// xs:boolean as XSD 1.0 has it: "true" or "1", "false" or "0", whatever white
// space stands around it; nothing for any other text.
std::optional<bool> read_boolean(XmlNode node, std::string_view attribute);

// ED: the text itself, or what its reference points at in the narrative.
std::string read_words(const XmlDocument& document, XmlNode node);

// CD, CE, CO: code and system of the element or else its first translation
// with a code; in words: displayName, else originalText, else a translation.
Code read_code(const XmlDocument& document, XmlNode node);

// The value of a CD's first qualifier whose name has this code.
Code read_qualifier(const XmlDocument& document, XmlNode coded, std::string_view name);

// TS, as ISO 8601.
std::string read_time(XmlNode node);

struct Interval {
  std::string low, high;
};
// IVL_TS; a single point (value or centre) is both ends' `low`.
Interval read_interval(XmlNode node);
// The moment of an event: value, else low, centre, high.
std::string read_moment(XmlNode node);

struct Quantity {
  std::string value, unit;
  // "40 mg"
  std::string text() const;
};
// PQ, IVL_PQ, INT, REAL, ST, ED, CD, CO, BL, TS, RTO: as a person would write it.
Quantity read_quantity(const XmlDocument& document, XmlNode node);

// UCUM annotations are words in braces: "{tablet}" reads "tablet"; the unit
// "1" says that there is none.
std::string readable_unit(const std::string& unit);
// The unit of a ratio: "mg/dL", "/dL", "mg/(kg.d)".
std::string ratio_unit(const std::string& numerator, const std::string& denominator);

PersonName read_name(XmlNode node);
Address read_address(XmlNode node);
// "root^extension", "root" or "extension".
std::string read_identifier(XmlNode node);

}  // namespace bb::records
