// What a record says is not so stays so in its copies, in the section it is about, and
// becomes no fact.
#include <gtest/gtest.h>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>
#include <bb/records/va_text.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

const Code warfarin{"11289", "2.16.840.1.113883.6.88", "RxNorm", "warfarin"};

Record record_with(const std::string& section, const std::string& kind, const Code& what) {
  Record record;
  record.absences.push_back({section, kind, what, kind == "unknown" ? "UNK" : "", 0});
  return record;
}

Record again(const std::string& text) {
  auto record = read_record(text);
  EXPECT_TRUE(record) << (record ? "" : record.error().what);
  return record ? *record : Record{};
}

// "plan negated warfarin", without what says no more than that nothing is said.
std::vector<std::string> stated(const Record& record) {
  std::vector<std::string> all;
  for (const auto& absence : record.absences)
    if (absence.kind != "unknown" || !in_words(absence.what).empty())
      all.push_back(absence.section + " " + absence.kind +
                    (absence.kind == "none_known" ? "" : " " + in_words(absence.what)));
  return all;
}

std::size_t fact_count(const Record& r) {
  return r.allergies.size() + r.problems.size() + r.medications.size() + r.immunizations.size() + r.results.size() +
         r.vital_signs.size() + r.encounters.size() + r.procedures.size() + r.social_history.size() + r.plan.size() +
         r.goals.size() + r.care_team.size() + r.functional_status.size();
}

TEST(AbsenceCopiesTest, ACcdaSaysThemInTheirSections) {
  const std::vector<std::string> none_known{
      "allergies",      "problems",          "medications", "immunizations", "results", "vital_signs",
      "social_history", "functional_status", "goals",       "procedures",    "plan"};
  for (const auto& section : none_known)
    for (const auto& what : {Code{}, Code{"", "", "", "nothing was told"}}) {
      const auto copy = again(write_ccda(record_with(section, "none_known", what)));
      EXPECT_EQ(stated(copy), std::vector<std::string>{section + " none_known"});
      EXPECT_EQ(fact_count(copy), 0U) << section;
    }
  // A refused vaccine is a fact.
  for (const auto* section : {"allergies", "problems", "medications", "results", "vital_signs", "social_history",
                              "functional_status", "goals", "procedures", "plan", "encounters", "care_team"}) {
    const auto copy = again(write_ccda(record_with(section, "negated", warfarin)));
    EXPECT_EQ(stated(copy), std::vector<std::string>{std::string(section) + " negated warfarin"});
    EXPECT_EQ(fact_count(copy), 0U) << section;
  }
  for (const auto* section : {"allergies", "problems", "medications", "immunizations", "results", "vital_signs",
                              "social_history", "functional_status", "goals", "procedures", "plan", "encounters"}) {
    const auto copy = again(write_ccda(record_with(section, "unknown", {"", "", "", "to be asked"})));
    EXPECT_EQ(stated(copy), std::vector<std::string>{std::string(section) + " unknown to be asked"});
    EXPECT_EQ(fact_count(copy), 0U) << section;
  }
}

TEST(AbsenceCopiesTest, WhatACodeDeniesIsNotWidened) {
  const Code no_food_allergy{"429625007", "2.16.840.1.113883.6.96", "SNOMED CT", "No known food allergy"};
  const auto record = record_with("allergies", "none_known", no_food_allergy);
  for (const auto& copy : {again(write_ccda(record)), again(write_fhir_bundle(record))}) {
    ASSERT_EQ(stated(copy), std::vector<std::string>{"allergies none_known"});
    EXPECT_EQ(copy.absences.front().what.code, no_food_allergy.code);
  }
}

TEST(AbsenceCopiesTest, AFhirBundleSaysWhatIsNotSo) {
  for (const auto* section : {"allergies", "problems", "medications", "procedures", "encounters", "plan"}) {
    const auto copy = again(write_fhir_bundle(record_with(section, "negated", warfarin)));
    EXPECT_EQ(stated(copy), std::vector<std::string>{std::string(section) + " negated warfarin"});
    EXPECT_EQ(fact_count(copy), 0U) << section;
  }
}

// Beside facts of the section no emptyReason can say it (cmp-2).
TEST(AbsenceCopiesTest, NoneKnownStandsBesideFacts) {
  for (const auto* section : {"allergies", "problems", "medications", "immunizations", "procedures"}) {
    auto record = record_with(section, "none_known", {});
    record.allergies.push_back(
        {.substance = warfarin, .type = {}, .reactions = {}, .severity = {}, .status = {}, .onset = {}});
    record.problems.push_back({.problem = warfarin, .status = {}, .onset = {}, .resolved = {}});
    Medication medication;
    medication.drug = warfarin;
    record.medications.push_back(medication);
    record.immunizations.push_back({.vaccine = warfarin, .date = {}, .mood = {}, .status = "completed", .lot = {}});
    Procedure procedure;
    procedure.procedure = warfarin;
    record.procedures.push_back(procedure);
    for (const auto& text : {write_ccda(record), write_fhir_bundle(record), write_va_text(record, 0)}) {
      if (std::string(section) == "procedures" && text.starts_with("-")) continue;  // a text has no such section
      const auto copy = again(text);
      const auto all = stated(copy);
      EXPECT_NE(std::find(all.begin(), all.end(), std::string(section) + " none_known"), all.end()) << text;
      EXPECT_EQ(copy.medications.size(), 1U) << section;
      EXPECT_EQ(copy.immunizations.size(), 1U) << section;
    }
  }
}

TEST(AbsenceCopiesTest, APageSaysThemBelowTheHeadingOfTheSection) {
  const auto page = html_to_text(write_html_fragment(record_with("medications", "negated", warfarin)));
  const auto heading = page.find("\nMedications");
  ASSERT_NE(heading, std::string::npos) << page;
  EXPECT_EQ(page.find("Not so: warfarin"), page.find_first_not_of(" \n", heading + 12)) << page;
}

}  // namespace
}  // namespace bb::records
