// bb/records/record.hpp - what a document says about a patient, format-free.
//
// The facts that must agree between copies. Readers fill what the document
// says and leave the rest empty; nothing is guessed. Dates are ISO 8601 at the
// precision of the source: "2012", "2012-08", "2012-08-06" or a date-time with
// offset. A fact that the document marks as unknown (nullFlavor) is empty. What
// it says is not so, not known or not there stands apart, in `absences`; what
// only people can read, in `sections`, `notes` and `attachments`.
//
// `mood` is the HL7 ActMood that the document gives: "EVN" = it happened; "INT",
// "RQO", "PRMS" ... = it is planned, see is_planned(). Empty = not said.
//
// `source` says whose word a fact is, where the document tells: "self-entered" for
// the patient's own, else the system or organisation. Empty = not said.
//
// `laterality` is the side of `body_site`: "Left", "Right", "Right and left".
//
// `line` is the line on which the start tag of the element that states the fact
// ends, from 1; beyond line 65,534 that of the text that follows it. 0 = not read
// from a file, or no text follows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bb::records {

struct Code {
  std::string code;
  std::string system;       // OID; of a system that has none its address
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
  std::string root;  // OID or UUID, else the address of what gives the identifiers
  std::string extension;
  friend bool operator==(const Identifier&, const Identifier&) = default;
};

struct Address {
  std::vector<std::string> lines;
  std::string city, state, postal_code, country;
  friend bool operator==(const Address&, const Address&) = default;
};

// A name that the patient bore before.
struct FormerName {
  PersonName name;
  std::string until;  // a date; empty = not said
  friend bool operator==(const FormerName&, const FormerName&) = default;
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
  std::vector<Code> further_races;  // sdtc:raceCode
  std::string deceased;             // "yes", "no"; empty = not said
  std::string death_date;
  std::vector<FormerName> former_names = {};
  friend bool operator==(const Patient&, const Patient&) = default;
};

struct Allergy {
  Code substance;
  Code type;  // allergy to drug, intolerance ...
  std::vector<Code> reactions;
  Code severity;
  std::string status;  // "active", "inactive", "resolved"
  std::string onset;
  int line = 0;
  std::string source = {};
  std::string criticality = {};  // of the next exposure: "low", "high", "unable-to-assess"
};

struct Problem {
  Code problem;
  std::string status;
  std::string onset;
  std::string resolved;
  int line = 0;
  std::string source = {};
  Code body_site = {};
  Code laterality = {};
};

struct Medication {
  Code drug;
  std::string dose;      // "1 puff", "40 mg"
  std::string rate;      // "90 ml/min"
  std::string max_dose;  // "4 tablet per 24 h"
  std::string route;
  std::string frequency;  // "every 12 hours"
  std::string instructions;
  std::string start;
  std::string stop;
  std::string mood;
  std::string status;
  int line = 0;
  std::string source = {};
};

struct Immunization {
  Code vaccine;
  std::string date;
  std::string mood;
  std::string status;  // "completed", "refused"; of what is planned too
  std::string lot;
  int line = 0;
  std::string source = {};
};

// One observed value: results, vital signs, social history, goals, functional
// status.
struct Observation {
  Code test;
  std::string value;           // as text: "13.2", "negative"
  std::string unit;            // UCUM: "g/dL"
  std::string interpretation;  // "N", "H", "L" ...
  std::string reference_range;
  std::string date;
  std::string status;
  std::string end = {};  // of what lasts; `date` is its start
  Code value_code = {};  // where the value is a code, beside its words in `value`
  // Of an observation with several values those after the first, each with its
  // unit: "13.2 g/dL".
  std::vector<std::string> further_values = {};
  std::string null_flavor = {};  // why there is no value: "UNK", "NASK" ...
  int line = 0;
  std::string source = {};
  std::string corrected = {};  // when this value took the place of another (`status` is "corrected"); empty = not said
};

struct ResultPanel {
  Code panel;
  std::string date;
  std::vector<Observation> observations;
  int line = 0;
};

struct Procedure {
  Code procedure;
  std::string start;
  std::string end;
  std::string mood;
  std::string status;
  Code body_site;
  std::string performer;
  int line = 0;
  std::string source = {};
  Code laterality = {};
};

struct Encounter {
  std::string id;
  Code type;
  std::string start;
  std::string end;
  std::string mood;
  std::string location;
  int line = 0;
  std::string source = {};
};

// What is planned, ordered or advised.
struct PlanItem {
  std::string kind;  // "act", "encounter", "medication", "observation", "procedure" or "supply"
  Code what;
  std::string date;
  std::string mood;
  std::string status;
  int line = 0;
  std::string source = {};
};

struct CareTeamMember {
  std::string name;  // of the person, else of the organisation
  Code role;
  std::string organization;
  std::vector<std::string> telecoms;
  std::string start;
  std::string end;
  std::string status;
  int line = 0;
  std::string source = {};
};

struct Note {
  Code type;
  std::string title;
  std::string text;
  std::string date;
  std::string author;
  int line = 0;
};

// What runs in the family.
struct FamilyCondition {
  Code relative;  // "mother"
  Code condition;
  std::string onset;  // a date or an age: "45 years"
  std::string status;
  int line = 0;
  std::string source = {};
};

// What is implanted or used.
struct Device {
  Code device;
  std::string id;  // UDI or serial number
  std::string date;
  std::string status;
  int line = 0;
  std::string source = {};
};

// Who is called in an emergency, or stands for the patient.
struct Contact {
  std::string name;
  Code relationship;
  std::vector<Address> addresses;
  std::vector<std::string> telecoms;
  int line = 0;
  std::string source = {};
};

// Who pays for care.
struct Coverage {
  Code type;  // "Medicare Part A", "HMO" ...
  std::string plan;
  std::string payer;
  std::string member_id;
  std::string group_id;
  std::string start;
  std::string end;
  std::string status;
  int line = 0;
  std::string source = {};
};

// What was done and charged. Amounts are in `Claim::currency`, as the document
// writes them without sign and separators: "104.90".
struct ClaimItem {
  std::string number;
  Code service;  // procedure, revenue code or drug
  std::vector<Code> modifiers;
  std::string start;
  std::string end;
  std::string quantity;
  std::string charged;
  std::string allowed;
  Code place;
  Code type;
  std::string provider;
  int line = 0;
};

// An explanation of benefit.
struct Claim {
  std::string id;
  Code type;  // "Part B", "pharmacy" ...
  std::string status;
  std::string provider;
  std::string start;
  std::string end;
  std::string charged;
  std::string approved;
  std::string paid;
  std::string patient_owes;
  std::string currency;  // ISO 4217
  std::vector<Code> diagnoses;
  std::vector<ClaimItem> items;
  int line = 0;
  std::string source = {};
};

// "No known allergies", "not taking warfarin", "medications unknown".
struct Absence {
  std::string section;      // as in Section::kind
  std::string kind;         // "negated", "none_known" or "unknown"
  Code what;                // empty = of anything
  std::string null_flavor;  // "UNK", "NI" ... where the document gives one
  int line = 0;
};

// A section as it stands in the document.
struct Section {
  std::string kind;  // "allergies" ...; empty = one that only people can read here
  Code code;
  std::string title;
  std::string text;  // the narrative, where no entry of the section was understood
  int entry_count = 0;
  int line = 0;
};

// A body that is no structure: a scan, a letter.
struct Attachment {
  std::string media_type;
  std::string reference;     // where the bytes are, if they are not in the document
  std::size_t size = 0;      // bytes, decoded
  std::string text;          // where the bytes are text
  bool is_readable = false;  // false: the bytes could not be decoded
  int line = 0;
};

// What changes the meaning of a fact in a way that no reader here knows.
struct Modifier {
  std::string url;      // of FHIR's modifierExtension
  std::string of_what;  // the type of the resource that it stands in: "Condition"
  int line = 0;
};

struct Record {
  std::string format;       // what its templates say it is: "C-CDA R2.1", "C32", "CDA R2", "CCR" ...
  std::string document_id;  // root[^extension]
  std::string document_title;
  Code document_type;
  std::string created;    // effectiveTime of the document
  std::string author;     // person or device
  std::string custodian;  // organisation
  Patient patient;
  // Of a document about several patients those after the first. Which fact is of
  // whom is not read.
  std::vector<Patient> other_patients;
  std::vector<Allergy> allergies;
  std::vector<Problem> problems;
  std::vector<Medication> medications;
  std::vector<Immunization> immunizations;
  std::vector<ResultPanel> results;
  std::vector<Observation> vital_signs;
  std::vector<Encounter> encounters;
  std::vector<Procedure> procedures;
  std::vector<Observation> social_history;
  std::vector<PlanItem> plan;
  std::vector<Observation> goals;
  std::vector<CareTeamMember> care_team;
  std::vector<Observation> functional_status;
  std::vector<FamilyCondition> family_history;
  std::vector<Device> devices;
  std::vector<Contact> contacts;
  std::vector<Coverage> coverages;
  std::vector<Claim> claims;
  std::vector<Note> notes;
  std::vector<Absence> absences;
  std::vector<Section> sections;
  std::vector<Attachment> attachments;
  std::vector<Modifier> modifiers;
};

// The names that every copy of the record must show: the display of each
// allergy substance, problem, drug, vaccine, result test and vital sign, in
// that order, each once, empty ones left out.
std::vector<std::string> fact_names(const Record& record);

// Whether a mood says that the thing is planned, ordered or proposed: any but
// "EVN" and none.
bool is_planned(std::string_view mood);

// How text and pages write a status: "completed", but "planned (INT), completed"
// of what has not happened.
std::string status_for_people(std::string_view mood, std::string_view status);

// The name in words; for a code that came without words "code 123 of RxNorm";
// empty for an empty code.
std::string in_words(const Code& code);

// "RxNorm 123", to stand beside the words; empty without a code.
std::string code_label(const Code& code);

// How text and pages write an ISO date: "06 Aug 2012", "Aug 2012", "06 Aug 2012
// @ 1030 -05:00", the layout of the Blue Button text. What is no date comes back
// as it is.
std::string date_for_people(std::string_view iso);

}  // namespace bb::records
