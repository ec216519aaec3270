// cda_elements.hpp - HL7 V3 data types written as CDA elements; the inverse of
// cda_types.hpp.
#pragma once

#include <string>
#include <string_view>

#include <bb/records/record.hpp>

#include "xml_writer.hpp"

namespace bb::records {

void write_template(XmlWriter& xml, std::string_view root, std::string_view extension = {});

// <id root="…" extension="…"/> of "root^extension"; nullFlavor for what the
// schema would refuse.
void write_identifier(XmlWriter& xml, std::string_view identifier, std::string_view element = "id");

// A CD or CE element. `narrative_id` refers to the words in the narrative; `laterality`, of a CD alone, qualifies it.
void write_code(XmlWriter& xml, std::string_view element, const Code& code, std::string_view xsi_type = {},
                std::string_view narrative_id = {}, const Code& laterality = {});

// <element value="…"/>, or nullFlavor.
void write_time(XmlWriter& xml, std::string_view element, std::string_view iso);

enum class HighEnd { left_out_when_empty, always };
void write_interval(XmlWriter& xml, std::string_view low, std::string_view high, HighEnd high_end,
                    std::string_view xsi_type = {});

// "40 mg" as PQ attributes; words stay words.
void write_amount(XmlWriter& xml, std::string_view element, std::string_view amount);

// The value of an observation: CD, PQ, IVL_PQ or ST, so that it reads back the same.
void write_value(XmlWriter& xml, const Observation& observation);
void write_reference_range(XmlWriter& xml, std::string_view range);

void write_name(XmlWriter& xml, const PersonName& name);
// A further name, whose validTime has an end.
void write_former_name(XmlWriter& xml, const FormerName& former);
void write_address(XmlWriter& xml, const Address& address);

}  // namespace bb::records
