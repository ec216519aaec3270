// tables.hpp - a record as tables for people: the HTML page, the PDF and the
// C-CDA narrative show the same ones.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/records/record.hpp>

namespace bb::records {

// The first column names the row. Every row has one cell per column.
struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

// What a used column says where a row has nothing, and a section without rows.
inline constexpr std::string_view not_stated = "not stated";
inline constexpr std::string_view nothing_said = "The record says nothing about this.";

// Columns that no row fills are left out, except the first.
std::vector<std::size_t> used_columns(const Table& table);

// "Date of birth" and "12 Mar 1975"; the text is never empty.
struct LabelledText {
  std::string label;
  std::string text;
};
std::vector<LabelledText> patient_texts(const Patient& patient);
// Of the document: title, creation, author, keeper.
std::vector<LabelledText> document_texts(const Record& record);

struct TableSection {
  std::string id;  // of its heading in a page: "vital-signs"
  std::string heading;
  std::vector<Table> tables;            // those that have rows
  std::vector<std::string> statements;  // absence_texts(), or what only people can read
};
// What follows patient and document, in the order that people read it.
std::vector<TableSection> table_sections(const Record& record);

// Whether only people can read what a section says: health concerns, instructions for after
// a stay. Every copy carries its title and words as they stand.
bool is_for_people_alone(const Section& section);
std::string heading_of(const Section& section);

Table allergy_table(const Record& record);
Table problem_table(const Record& record);
Table medication_table(const Record& record);
Table immunization_table(const Record& record);
Table result_table(const ResultPanel& panel);
Table vital_sign_table(const Record& record);
Table encounter_table(const Record& record);

// The tables of the facts of a section, named as Section::kind; some may have no rows.
std::vector<Table> tables_of(std::string_view section, const Record& record);

// Whether an absence says more than that nothing is said.
bool is_stated(const Absence& absence);
// What a section says is not so or not known: "Not so: Warfarin", "None known".
std::vector<std::string> absence_texts(std::string_view section, const Record& record);

// As HTML that is XML too; columns that no row fills are left out. In html.cpp.
std::string write_table(const Table& table);

// "Structure of knee (Left)"
std::string site_in_words(const Code& body_site, const Code& laterality);

// "40 mg, at 90 ml/min, at most 4 tablet per 24 h"
std::string whole_dose(const Medication& medication);

// "Nora Ek, until 01 Jun 2020"
std::string former_name_in_words(const FormerName& former);

// "completed"; "corrected on 06 Aug 2012"
std::string result_status(const Observation& observation);

// "13.2 g/dL"
std::string measured(const Observation& observation);

// The same with its further values: "13.2 g/dL; 14 g/dL".
std::string all_measured(const Observation& observation);

// "White, Asian"
std::string races(const Patient& patient);
// "yes, 06 Aug 2012"
std::string death(const Patient& patient);

// "This record is about 2 patients ...": what a reader must know of a record with
// other patients; empty for a record about one.
std::string several_patients_note(const Record& record);

// "Newman, Alice Jones"; the name as it is written, not shouted.
std::string last_name_first(const PersonName& name);

}  // namespace bb::records
