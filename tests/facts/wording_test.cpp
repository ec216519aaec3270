// Two wordings of one code: which contradict each other. The pairs are display names, local
// names and consumer names that circulate for one code, and names of different things.
#include "harness/facts/wording.hpp"

#include <gtest/gtest.h>

#include "facts/copies.hpp"

namespace bb::facts {
namespace {

Wording of(const char* a, const char* b) { return compare_wording(a, b, Tables::built_in()); }

TEST(WordingTest, SynonymsAreOtherWords) {
  const std::pair<const char*, const char*> synonyms[] = {
      {"Essential hypertension", "High blood pressure"},
      {"Myocardial infarction", "Heart attack"},
      {"Diabetes mellitus type 2", "Type II diabetes mellitus"},
      {"Diabetes mellitus without mention of complication, type II", "Diabetes mellitus type 2"},
      {"No known allergies", "NKDA"},
      {"Acetaminophen 325 MG Oral Tablet", "Tylenol"},
      {"albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "Proventil HFA 90 mcg/actuat"},
      {"amoxicillin 80 MG/ML Oral Suspension", "Amoxicillin 400 mg/5 mL"},
      {"hydrocortisone 10 MG/ML Topical Cream", "Hydrocortisone 1 %"},
      {"penicillin V", "phenoxymethylpenicillin"},
      {"Hyperlipidemia", "High cholesterol"},
      {"ceftriaxone 1 gram solution for injection", "Ceftriaxone 1000 MG Injection [Rocephin]"},
      {"ceftriaxone 10 gram solution for injection", "Ceftriaxone 100 MG/ML Injectable Solution"},
      {"Insulin Glargine 100 UNT/ML Injectable Solution", "Lantus - 36 units once daily before bed"},
      {"Hydrocodone 5 MG / Acetaminophen 325 MG Oral Tablet", "hydrocodone-acetaminophen 5-325 mg"},
      {"Family history of malignant neoplasm of breast", "Family history: breast cancer"},
  };
  for (const auto& [a, b] : synonyms) {
    EXPECT_EQ(of(a, b), Wording::otherwise) << a << " / " << b;
    EXPECT_EQ(of(b, a), Wording::otherwise) << b << " / " << a;
  }
  EXPECT_EQ(of("Asthma (disorder)", "ASTHMA"), Wording::same);
}

TEST(WordingTest, OppositesContradict) {
  const std::pair<const char*, const char*> opposites[] = {
      {"Osteoarthritis of left knee", "Osteoarthritis of right knee"},
      {"Acute hepatitis", "Chronic hepatitis"},
      {"Severe hypothyroidism", "Severe hyperthyroidism"},
      {"atorvastatin 20 MG Oral Tablet", "pravastatin 20 MG Oral Tablet"},
      {"hepatitis A vaccine", "hepatitis B vaccine"},
      {"lisinopril 10 MG Oral Tablet", "lisinopril 20 MG Oral Tablet"},
      {"amoxicillin 80 MG/ML Oral Suspension", "Amoxicillin 250 mg/5 mL"},
      {"Diabetes mellitus type 1", "Diabetes mellitus type 2"},
      {"No asthma", "Bronchial asthma"},
      {"Asthma ruled out", "Bronchial asthma"},
  };
  for (const auto& [a, b] : opposites) {
    EXPECT_EQ(of(a, b), Wording::contrary) << a << " / " << b;
    EXPECT_EQ(of(b, a), Wording::contrary) << b << " / " << a;
  }
}

// Of every coded thing that a record holds, one code in other words is a note.
TEST(WordingTest, OtherWordsForOneCodeAreNoDifference) {
  const std::pair<const char*, void (*)(records::Record&)> changes[] = {
      {"problem.name", [](auto& r) { r.problems[1].problem.display = "High blood pressure"; }},
      {"allergy.name", [](auto& r) { r.allergies[0].substance.display = "PCN"; }},
      {"immunization.name", [](auto& r) { r.immunizations[3].vaccine.display = "Shingles shot"; }},
      {"allergy.reactions", [](auto& r) { r.allergies[0].reactions[0].display = "Urticaria"; }},
      {"social_history.value",
       [](auto& r) { r.social_history[0].value = r.social_history[0].value_code.display = "Smokes tobacco"; }},
  };
  const auto original = sample_record("alice");
  for (const auto& [attribute, change] : changes) {
    auto changed = original;
    change(changed);
    for (const auto& b : {copy_of("b", changed), copy_from("b", records::write_fhir_bundle(changed))}) {
      const auto comparison = compare({copy_of("a", original), b}, "all", Tables::built_in());
      EXPECT_TRUE(comparison.agrees()) << in_lines(comparison);
      EXPECT_EQ(comparison.note_count(), 1u) << attribute;
      EXPECT_NE(in_lines(comparison).find("note different " + std::string(attribute)), std::string::npos)
          << attribute << "\n"
          << in_lines(comparison);
    }
  }
  // Without the code they are two.
  auto coded = original, named = original;
  named.problems[1].problem = {"", "", "", "High blood pressure"};
  EXPECT_FALSE(compare({copy_of("a", coded), copy_of("b", named)}, "all", Tables::built_in()).agrees());
}

}  // namespace
}  // namespace bb::facts
