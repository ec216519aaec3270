// tables.hpp - a record as tables for people: the HTML page and the C-CDA
// narrative show the same ones.
#pragma once

#include <string>
#include <vector>

#include <bb/records/record.hpp>

namespace bb::records {

// The first column names the row. Every row has one cell per column.
struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

Table allergy_table(const Record& record);
Table problem_table(const Record& record);
Table medication_table(const Record& record);
Table immunization_table(const Record& record);
Table result_table(const ResultPanel& panel);
Table vital_sign_table(const Record& record);
Table social_history_table(const Record& record);
Table encounter_table(const Record& record);

// As HTML that is XML too; columns that no row fills are left out. In html.cpp.
std::string write_table(const Table& table);

// "40 mg, at 90 ml/min, at most 4 tablet per 24 h"
std::string whole_dose(const Medication& medication);

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
