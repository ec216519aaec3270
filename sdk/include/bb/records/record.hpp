// bb/records/record.hpp - what a document says about a patient, format-free.
//
// The facts that must agree between copies. Readers fill what the document
// says and leave the rest empty; nothing is guessed. Dates are ISO 8601 at the
// precision of the source: "2012", "2012-08", "2012-08-06" or a date-time with
// offset. A fact that the document marks as unknown (nullFlavor) is empty.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bb::records {

struct Code {
  std::string code;
  std::string system;       // OID
  std::string system_name;  // "SNOMED CT", "RxNorm", "LOINC", "CVX" ...
  std::string display;      // in words
  friend bool operator==(const Code&, const Code&) = default;
};

struct PersonName {
  std::vector<std::string> given;
  std::string family;
  std::string prefix;
  std::string suffix;
  // "Isabella Isa Jones"
  std::string full() const;
  friend bool operator==(const PersonName&, const PersonName&) = default;
};

struct Identifier {
  std::string root;  // OID or UUID
  std::string extension;
  friend bool operator==(const Identifier&, const Identifier&) = default;
};

struct Address {
  std::vector<std::string> lines;
  std::string city, state, postal_code, country;
  friend bool operator==(const Address&, const Address&) = default;
};

struct Patient {
  PersonName name;
  std::string birth_date;
  std::string gender;  // "male", "female", "other", "unknown"; empty = not said
  std::vector<Identifier> ids;
  std::vector<Address> addresses;
  std::vector<std::string> telecoms;  // URIs: "tel:+1-555-..."
  std::string language;
  Code race, ethnicity, marital_status;
  friend bool operator==(const Patient&, const Patient&) = default;
};

struct Allergy {
  Code substance;
  Code type;  // allergy to drug, intolerance ...
  std::vector<Code> reactions;
  Code severity;
  std::string status;  // "active", "inactive", "resolved"
  std::string onset;
};

struct Problem {
  Code problem;
  std::string status;
  std::string onset;
  std::string resolved;
};

struct Medication {
  Code drug;
  std::string dose;  // "1 puff", "40 mg"
  std::string route;
  std::string frequency;  // "every 12 hours"
  std::string instructions;
  std::string start;
  std::string stop;
  std::string status;
};

struct Immunization {
  Code vaccine;
  std::string date;
  std::string status;  // "completed", "refused"
  std::string lot;
};

// One measured value, in results and vital signs.
struct Observation {
  Code test;
  std::string value;           // as text: "13.2", "negative"
  std::string unit;            // UCUM: "g/dL"
  std::string interpretation;  // "N", "H", "L" ...
  std::string reference_range;
  std::string date;
  std::string status;
};

struct ResultPanel {
  Code panel;
  std::string date;
  std::vector<Observation> observations;
};

struct Encounter {
  std::string id;
  Code type;
  std::string start;
  std::string end;
  std::string location;
};

struct Record {
  std::string document_id;  // root[^extension]
  std::string document_title;
  Code document_type;
  std::string created;    // effectiveTime of the document
  std::string author;     // person or device
  std::string custodian;  // organisation
  Patient patient;
  std::vector<Allergy> allergies;
  std::vector<Problem> problems;
  std::vector<Medication> medications;
  std::vector<Immunization> immunizations;
  std::vector<ResultPanel> results;
  std::vector<Observation> vital_signs;
  std::vector<Encounter> encounters;
};

// The names that every copy of the record must show: the display of each
// allergy substance, problem, drug, vaccine, result test and vital sign, in
// that order, each once, empty ones left out.
std::vector<std::string> fact_names(const Record& record);

// How text and pages write an ISO date: "06 Aug 2012", "Aug 2012", "06 Aug 2012
// @ 1030 -05:00", the layout of the Blue Button text. What is no date comes back
// as it is.
std::string date_for_people(std::string_view iso);

}  // namespace bb::records
