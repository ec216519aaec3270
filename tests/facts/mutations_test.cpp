// One thing changed in one copy is found, and named: what, which kind, which attribute,
// of which fact. Each change is made to the record, and again in the C-CDA (or FHIR)
// that is written from it.
#include <algorithm>
#include <set>

#include "facts/copies.hpp"

namespace bb::facts {
namespace {

using records::Record;

struct Mutation {
  const char* name;
  void (*change)(Record&);
  What what;
  Kind kind;
  const char* attribute;  // of `different`
  const char* title;
};

constexpr const char* snomed = "2.16.840.1.113883.6.96";
const records::Code left{"7771000", snomed, "SNOMED CT", "Left"};
const records::Code right{"24028007", snomed, "SNOMED CT", "Right"};

// The sample, with what else a record may say.
Record rich_record() {
  auto record = sample_record("alice");
  record.allergies[0].criticality = "high";
  record.medications[0].source = "self-entered";
  record.immunizations[3].status = "refused";
  record.absences.push_back({"procedures", "none_known", {}, {}, 0});
  record.absences.push_back(
      {"problems", "negated", {"22298006", "2.16.840.1.113883.6.96", "SNOMED CT", "Myocardial infarction"}, {}, 0});
  record.procedures.push_back({.procedure = {"80146002", "2.16.840.1.113883.6.96", "SNOMED CT", "Appendectomy"},
                               .start = "1985-03-02",
                               .end = {},
                               .mood = "EVN",
                               .status = "completed",
                               .body_site = {"", "", "", "Left knee"},
                               .performer = {},
                               .laterality = left});
  record.goals.push_back({.test = {"", "", "", "Lose weight"},
                          .value = "70",
                          .unit = "kg",
                          .interpretation = {},
                          .reference_range = {},
                          .date = "2024-11-15",
                          .status = "active"});
  record.problems.push_back(
      {.problem = {"239873007", "2.16.840.1.113883.6.96", "SNOMED CT", "Osteoarthritis of left knee"},
       .status = "active",
       .onset = "2020-02-03",
       .resolved = {}});
  record.problems.push_back({.problem = {"125605004", snomed, "SNOMED CT", "Fracture of bone"},
                             .status = "active",
                             .onset = "2024-01-02",
                             .resolved = {},
                             .body_site = {"71341001", snomed, "SNOMED CT", "Bone structure of femur"},
                             .laterality = left});
  return record;
}

const Mutation mutations[] = {
    {"drop an allergy", [](Record& r) { r.allergies.erase(r.allergies.begin()); }, What::missing, Kind::allergy, "",
     "Penicillin"},
    {"another patient's allergy",
     [](Record& r) {
       r.allergies.push_back({.substance = {"1191", "2.16.840.1.113883.6.88", "RxNorm", "Aspirin"},
                              .type = {},
                              .reactions = {},
                              .severity = {},
                              .status = "active",
                              .onset = {}});
     },
     What::extra, Kind::allergy, "", "Aspirin"},
    {"drop a problem", [](Record& r) { r.problems.erase(r.problems.begin() + 1); }, What::missing, Kind::problem, "",
     "Essential hypertension"},
    {"drop a medication", [](Record& r) { r.medications.erase(r.medications.begin() + 4); }, What::missing,
     Kind::medication, "", "atorvastatin 20 MG Oral Tablet"},
    {"drop a vaccine", [](Record& r) { r.immunizations.erase(r.immunizations.begin() + 1); }, What::missing,
     Kind::immunization, "", "tetanus toxoid, reduced diphtheria toxoid, and acellular pertussis vaccine, adsorbed"},
    {"drop a result", [](Record& r) { r.results[0].observations.erase(r.results[0].observations.begin() + 1); },
     What::missing, Kind::result, "", "Leukocytes [#/volume] in Blood by Automated count"},
    {"drop a vital sign", [](Record& r) { r.vital_signs.erase(r.vital_signs.begin()); }, What::missing,
     Kind::vital_sign, "", "Body height"},
    {"drop an encounter", [](Record& r) { r.encounters.erase(r.encounters.begin() + 1); }, What::missing,
     Kind::encounter, "", "Office or other outpatient visit, 25 minutes"},
    {"drop the smoking status", [](Record& r) { r.social_history.clear(); }, What::missing, Kind::social_history, "",
     "Tobacco smoking status NHIS"},
    {"change the dose", [](Record& r) { r.medications[0].dose = "3 puff"; }, What::different, Kind::medication, "dose",
     "albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"},
    {"give half a puff more", [](Record& r) { r.medications[0].dose = "2.5 puff"; }, What::different, Kind::medication,
     "dose", "albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"},
    {"halve the dose", [](Record& r) { r.medications[1].dose = "0.5 tbl"; }, What::different, Kind::medication, "dose",
     "lisinopril 10 MG Oral Tablet"},
    {"a value that is not rounded", [](Record& r) { r.results[0].observations[0].value = "13.25"; }, What::different,
     Kind::result, "value", "Hemoglobin [Mass/volume] in Blood"},
    {"change the sign of a value", [](Record& r) { r.results[0].observations[0].value = "-13.2"; }, What::different,
     Kind::result, "value", "Hemoglobin [Mass/volume] in Blood"},
    {"change what the dose counts", [](Record& r) { r.medications[1].dose = "1 capsule"; }, What::different,
     Kind::medication, "dose", "lisinopril 10 MG Oral Tablet"},
    {"lose the dose", [](Record& r) { r.medications[1].dose.clear(); }, What::different, Kind::medication, "dose",
     "lisinopril 10 MG Oral Tablet"},
    {"change the strength in the name",
     [](Record& r) { r.medications[1].drug.display = "lisinopril 20 MG Oral Tablet"; }, What::different,
     Kind::medication, "name", "lisinopril 10 MG Oral Tablet"},
    {"another drug of one code", [](Record& r) { r.medications[4].drug.display = "pravastatin 20 MG Oral Tablet"; },
     What::different, Kind::medication, "name", "atorvastatin 20 MG Oral Tablet"},
    {"the opposite problem", [](Record& r) { r.problems[3].problem.display = "Severe hyperthyroidism"; },
     What::different, Kind::problem, "name", "Severe hypothyroidism"},
    {"change the route", [](Record& r) { r.medications[1].route = "Rectal"; }, What::different, Kind::medication,
     "route", "lisinopril 10 MG Oral Tablet"},
    {"change the frequency", [](Record& r) { r.medications[0].frequency = "every 8 hours"; }, What::different,
     Kind::medication, "frequency", "albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"},
    {"change the instructions",
     [](Record& r) { r.medications[1].instructions = "Take two tablets by mouth every morning"; }, What::different,
     Kind::medication, "instructions", "lisinopril 10 MG Oral Tablet"},
    {"stop a medication", [](Record& r) { r.medications[4].status = "completed"; }, What::different, Kind::medication,
     "status", "atorvastatin 20 MG Oral Tablet"},
    {"move the start by a day", [](Record& r) { r.medications[1].start = "2011-05-13"; }, What::different,
     Kind::medication, "start", "lisinopril 10 MG Oral Tablet"},
    {"add a stop", [](Record& r) { r.medications[1].stop = "2020-01-01"; }, What::different, Kind::medication, "stop",
     "lisinopril 10 MG Oral Tablet"},
    {"only plan what is taken", [](Record& r) { r.medications[1].mood = "INT"; }, What::different, Kind::medication,
     "planned", "lisinopril 10 MG Oral Tablet"},
    {"lose self-entered", [](Record& r) { r.medications[0].source.clear(); }, What::different, Kind::medication,
     "source", "albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"},
    {"move an onset by a day", [](Record& r) { r.problems[0].onset = "1988-03-13"; }, What::different, Kind::problem,
     "onset", "Asthma"},
    {"lose the day of an onset", [](Record& r) { r.problems[0].onset = "1988-03"; }, What::different, Kind::problem,
     "onset", "Asthma"},
    {"invent the day of an onset", [](Record& r) { r.problems[4].onset = "2015-01-01"; }, What::different,
     Kind::problem, "onset", "Hyperlipidemia"},
    {"resolve a problem", [](Record& r) { r.problems[0].status = "resolved"; }, What::different, Kind::problem,
     "status", "Asthma"},
    {"swap the side of a problem's body site", [](Record& r) { r.problems.back().laterality = right; }, What::different,
     Kind::problem, "laterality", "Fracture of bone"},
    {"lose the side of a problem's body site", [](Record& r) { r.problems.back().laterality = {}; }, What::different,
     Kind::problem, "laterality", "Fracture of bone"},
    {"move a problem to another bone",
     [](Record& r) {
       r.problems.back().body_site = {"12611008", snomed, "SNOMED CT", "Bone structure of tibia"};
     },
     What::different, Kind::problem, "body site", "Fracture of bone"},
    {"swap laterality", [](Record& r) { r.problems.end()[-2].problem.display = "Osteoarthritis of right knee"; },
     What::different, Kind::problem, "name", "Osteoarthritis of left knee"},
    {"change a code", [](Record& r) { r.allergies[2].substance.code = "2671"; }, What::different, Kind::allergy, "code",
     "Codeine"},
    {"deactivate an allergy", [](Record& r) { r.allergies[0].status = "inactive"; }, What::different, Kind::allergy,
     "status", "Penicillin"},
    {"change the criticality", [](Record& r) { r.allergies[0].criticality = "low"; }, What::different, Kind::allergy,
     "criticality", "Penicillin"},
    {"doubt an allergy", [](Record& r) { r.allergies[0].status = "active (unconfirmed)"; }, What::different,
     Kind::allergy, "status", "Penicillin"},
    {"lose a reaction", [](Record& r) { r.allergies[0].reactions.pop_back(); }, What::different, Kind::allergy,
     "reactions", "Penicillin"},
    {"change the severity",
     [](Record& r) {
       r.allergies[1].severity = {"255604002", "2.16.840.1.113883.6.96", "SNOMED CT", "Mild"};
     },
     What::different, Kind::allergy, "severity", "Peanut"},
    {"change a value", [](Record& r) { r.results[0].observations[0].value = "31.2"; }, What::different, Kind::result,
     "value", "Hemoglobin [Mass/volume] in Blood"},
    {"wrong unit", [](Record& r) { r.results[0].observations[0].unit = "mg/dL"; }, What::different, Kind::result,
     "value", "Hemoglobin [Mass/volume] in Blood"},
    {"change a range", [](Record& r) { r.results[0].observations[0].reference_range = "1 - 2 g/dL"; }, What::different,
     Kind::result, "reference range", "Hemoglobin [Mass/volume] in Blood"},
    {"change an interpretation", [](Record& r) { r.results[0].observations[0].interpretation = "HH"; }, What::different,
     Kind::result, "interpretation", "Hemoglobin [Mass/volume] in Blood"},
    {"make a result preliminary", [](Record& r) { r.results[0].observations[0].status = "active"; }, What::different,
     Kind::result, "status", "Hemoglobin [Mass/volume] in Blood"},
    {"change a vital sign's unit", [](Record& r) { r.vital_signs[0].unit = "[in_i]"; }, What::different,
     Kind::vital_sign, "value", "Body height"},
    {"give a refused vaccine", [](Record& r) { r.immunizations[3].status = "completed"; }, What::different,
     Kind::immunization, "status", "zoster vaccine recombinant"},
    {"move a vaccine by a day", [](Record& r) { r.immunizations[0].date = "2024-10-04"; }, What::different,
     Kind::immunization, "date", "influenza, injectable, quadrivalent, contains preservative"},
    {"change the lot", [](Record& r) { r.immunizations[0].lot = "ZZ-9"; }, What::different, Kind::immunization, "lot",
     "influenza, injectable, quadrivalent, contains preservative"},
    {"change a place", [](Record& r) { r.encounters[0].location = "Elsewhere"; }, What::different, Kind::encounter,
     "location", "Office or other outpatient visit, 15 minutes"},
    {"lose a negation", [](Record& r) { r.absences.pop_back(); }, What::missing, Kind::absence, "",
     "problems: Myocardial infarction"},
    {"lose that none is known", [](Record& r) { r.absences.erase(r.absences.end() - 2); }, What::missing, Kind::absence,
     "", "procedures: none known"},
    {"swap the side of a procedure", [](Record& r) { r.procedures[0].body_site.display = "Right knee"; },
     What::different, Kind::procedure, "body site", "Appendectomy"},
    {"swap the laterality of a procedure", [](Record& r) { r.procedures[0].laterality = right; }, What::different,
     Kind::procedure, "laterality", "Appendectomy"},
    {"change a goal", [](Record& r) { r.goals[0].value = "75"; }, What::different, Kind::goal, "value", "Lose weight"},
    {"change the smoking status",
     [](Record& r) {
       r.social_history[0].value = "Never smoker";
       r.social_history[0].value_code.display = "Never smoker";
     },
     What::different, Kind::social_history, "value", "Tobacco smoking status NHIS"},
    {"another person's name",
     [](Record& r) {
       r.patient.name.given = {"Alicia", "Jones"};
     },
     What::different, Kind::identity, "name", "Alice Jones Newman"},
    {"another birth date", [](Record& r) { r.patient.birth_date = "1970-05-02"; }, What::different, Kind::identity,
     "birth date", "Alice Jones Newman"},
    {"another sex", [](Record& r) { r.patient.gender = "male"; }, What::different, Kind::identity, "sex",
     "Alice Jones Newman"},
};

void expect_found(const Copy& original, const Copy& changed, const Mutation& mutation) {
  const auto comparison = compare({original, changed}, "all", Tables::built_in());
  EXPECT_FALSE(comparison.agrees()) << mutation.name;
  ASSERT_EQ(comparison.difference_count(), 1u) << mutation.name << "\n" << in_lines(comparison);
  for (const auto& row : comparison.rows)
    for (const auto& d : row.differences) {
      if (d.is_note) continue;
      EXPECT_EQ(d.what, mutation.what) << mutation.name;
      EXPECT_EQ(row.kind, mutation.kind) << mutation.name;
      EXPECT_EQ(d.attribute, mutation.attribute) << mutation.name;
      EXPECT_EQ(row.title, mutation.title) << mutation.name;
    }
}

TEST(MutationsTest, AreFoundInTheRecord) {
  const auto original = rich_record();
  ASSERT_GE(std::size(mutations), 40u);
  for (const auto& mutation : mutations) {
    auto changed = original;
    mutation.change(changed);
    expect_found(copy_of("a", original), copy_of("b", changed), mutation);
  }
}

TEST(MutationsTest, AreFoundInTheCcdaWrittenFromIt) {
  const auto original = rich_record();
  const auto original_copy = copy_from("a", records::write_ccda(original));
  for (const auto& mutation : mutations) {
    auto changed = original;
    mutation.change(changed);
    expect_found(original_copy, copy_from("b", records::write_ccda(changed)), mutation);
  }
}

// Through text and FHIR: what their writers and readers hold. `not_held` are changes that
// the format has no place for, or that reach the copy in another form.
void expect_found_through(const char* format, std::string (*write)(const Record&),
                          const std::set<std::string>& not_held) {
  const auto original = rich_record();
  const auto before = copy_from(format, write(original));
  for (const auto& mutation : mutations) {
    if (not_held.contains(mutation.name)) continue;
    auto changed = original;
    mutation.change(changed);
    expect_found(before, copy_from("b", write(changed)), mutation);
  }
}

TEST(MutationsTest, AreFoundInTheTextWrittenFromIt) {
  expect_found_through("text", [](const Record& r) { return records::write_va_text(r, asked_at); },
                       {"drop the smoking status", "change the smoking status", "only plan what is taken",
                        "lose a negation", "lose that none is known", "swap the side of a procedure",
                        "swap the laterality of a procedure", "change a goal", "change the criticality"});
}

TEST(MutationsTest, AreFoundInTheFhirWrittenFromIt) { expect_found_through("fhir", records::write_fhir_bundle, {}); }

// People's copies: what is gone or changed is not found in the words; what is extra
// cannot be known.
TEST(MutationsTest, AreFoundInThePageWrittenFromIt) {
  // The same words stand in the row for another reason ("Oral Tablet", "Two puffs every
  // 6 hours", "Left knee"), the page says more than the record does, or says in words of
  // its own what is not there.
  const std::set<std::string> not_seen{
      "change the route",        "change the frequency",       "add a stop",
      "only plan what is taken", "invent the day of an onset", "change a code",
      "lose a negation",         "lose that none is known",    "swap the laterality of a procedure"};
  for (const auto& mutation : mutations) {
    if (mutation.what == What::extra || not_seen.contains(mutation.name)) continue;
    auto changed = rich_record();
    const auto page_before = records::write_html_fragment(changed);
    mutation.change(changed);
    const auto page = records::write_html_fragment(changed);
    ASSERT_NE(page, page_before) << mutation.name;
    const auto before = compare({copy_of("a", rich_record()), copy_from("b", page_before)}, "all", Tables::built_in());
    const auto after = compare({copy_of("a", rich_record()), copy_from("b", page)}, "all", Tables::built_in());
    EXPECT_GT(after.difference_count(), before.difference_count()) << mutation.name;
  }
}

// What is no disagreement is not called one.
TEST(MutationsTest, ToleratesOtherFormsOfTheSame) {
  const std::pair<const char*, void (*)(Record&)> harmless[] = {
      {"case", [](Record& r) { r.problems[0].problem.display = "ASTHMA"; }},
      {"tag", [](Record& r) { r.problems[0].problem.display = "Asthma (disorder)"; }},
      {"dose form moved", [](Record& r) { r.medications[1].drug.display = "Oral Tablet, Lisinopril 10mg"; }},
      {"unit converted",
       [](Record& r) {
         r.results[0].observations[0].value = "132";
         r.results[0].observations[0].unit = "g/L";
       }},
      {"fewer words for one code", [](Record& r) { r.problems[1].problem.display = "Hypertension"; }},
      {"a synonym under one code", [](Record& r) { r.problems[1].problem.display = "High blood pressure"; }},
      {"a word more for one code", [](Record& r) { r.problems[0].problem.display = "Bronchial asthma, unspecified"; }},
      {"a day for 24 hours", [](Record& r) { r.medications[1].frequency = "every 1 day"; }},
      {"order", [](Record& r) { std::reverse(r.medications.begin(), r.medications.end()); }},
      {"said twice", [](Record& r) { r.problems.push_back(r.problems[0]); }},
      {"reactions in another order",
       [](Record& r) { std::reverse(r.allergies[0].reactions.begin(), r.allergies[0].reactions.end()); }},
      {"a word for the status", [](Record& r) { r.results[0].observations[0].status = "final"; }},
      {"the same instant elsewhere", [](Record& r) { r.encounters[0].start = "2024-01-15T18:00:00+00:00"; }},
      {"nothing is known of devices",
       [](Record& r) {
         r.absences.push_back({"devices", "unknown", {}, "NI", 0});
       }},
      {"a title", [](Record& r) { r.patient.name.prefix = "Ms."; }},
  };
  const auto original = rich_record();
  for (const auto& [name, change] : harmless) {
    auto changed = original;
    change(changed);
    const auto comparison = compare({copy_of("a", original), copy_of("b", changed)}, "all", Tables::built_in());
    EXPECT_TRUE(comparison.agrees()) << name << "\n" << in_lines(comparison);
  }
}

}  // namespace
}  // namespace bb::facts
