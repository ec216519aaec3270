// fhir_types.hpp - the data types of FHIR R4 as plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/records/record.hpp>

#include "cda_types.hpp"
#include "fhir_node.hpp"

namespace bb::records {

// How a note of ours begins that tells when an active problem was resolved.
inline constexpr std::string_view resolved_note = "Resolved: ";

// Of a vaccine that was not given without being refused: FHIR has "not-done" alone for all.
bool is_broken_off_status(std::string_view status);

// CodeableConcept: the first coding of a system that we know by name, else the
// first with a code; in words: the display of that, else the text, else another display.
Code read_concept(FhirNode concept_node);
// Coding.
Code read_coding(FhirNode coding);
// Whether one of its codings has this code.
bool has_code(FhirNode concept_node, std::string_view code);

// The side of a body site, by the extension of HL7's mCODE, where its value is a concept.
inline constexpr std::string_view laterality_extension_url =
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier";
Code read_laterality(FhirNode body_site);

// Why there is no value, as HL7 V3 calls it: "UNK"; empty where nothing is said.
std::string read_absent_reason(FhirNode element);
// The inverse, of a null flavor to a data-absent-reason; "unknown" for what HL7's map does not have.
std::string data_absent_reason_of(std::string_view null_flavor);

// dateTime, date, instant.
std::string read_fhir_date(FhirNode date);
// `onset[x]`, `performed[x]`: of a point both where it begins and nothing where it ends.
Interval read_fhir_interval(FhirNode choice);

// A point in time as it is said: a date, else its words: "at age 30 years", "before 2012".
std::string read_fhir_moment(FhirNode choice);

// Quantity, with its comparator: "<5".
Quantity read_fhir_quantity(FhirNode quantity);
// What a Quantity without a number counts: its unit, else its code in words. Empty for one with a number.
std::string read_unit_alone(FhirNode quantity);
// Range: "12-16"; one end alone ">=12".
Quantity read_fhir_range(FhirNode range);
// `value[x]` of any type as a person would write it; a concept in words.
Quantity read_fhir_value(FhirNode choice);

PersonName read_human_name(FhirNode name);
// The official one, else the usual, else the first that is not old; before all others those whose period has no end.
PersonName read_best_name(FhirNode person);
Address read_fhir_address(FhirNode address);
// ContactPoints as URIs: "tel:+1-555-0100".
std::vector<std::string> read_contact_points(FhirNode owner);
// Root an OID or UUID where the system is one, else the system.
Identifier read_fhir_identifier(FhirNode identifier);
// "root^extension", "root" or "extension".
std::string in_one(const Identifier& identifier);

// Timing in words: "every 12 hours", "at bedtime", "every week, on Monday, at 08:00".
std::string read_fhir_timing(FhirNode timing);

// What a person reads in a Narrative.
std::string read_narrative(FhirNode narrative);
// The text of an Attachment that is text and stands in the file; empty else.
std::string read_attached_text(FhirNode attachment);

}  // namespace bb::records
