// Copies that our own writers make of one record state the same facts.
#include <gmock/gmock.h>
#include <bb/core/text.hpp>
#include <bb/records/cms_text.hpp>

#include <algorithm>

#include "facts/copies.hpp"
#include "harness/facts/levels.hpp"

namespace bb::facts {
namespace {

class SampleTest : public testing::TestWithParam<const char*> {};

TEST_P(SampleTest, ADocumentAgreesWithItself) {
  const auto text = sample_text(GetParam());
  const auto comparison = compare({copy_from("a", text), copy_from("b", text)}, "all", Tables::built_in());
  EXPECT_TRUE(comparison.agrees());
  EXPECT_EQ(in_lines(comparison), "");
  EXPECT_GT(comparison.rows.size(), 1u);
}

TEST_P(SampleTest, TheCcdaWrittenFromItAgrees) {
  const auto text = sample_text(GetParam());
  const auto written = records::write_ccda(sample_record(GetParam()));
  const auto comparison = compare({copy_from("a", text), copy_from("b", written)}, "all", Tables::built_in());
  EXPECT_EQ(in_lines(comparison), "");
}

TEST_P(SampleTest, ThePageWrittenFromItAgrees) {
  const auto text = sample_text(GetParam());
  const auto page = records::write_html_fragment(sample_record(GetParam()));
  const auto comparison = compare({copy_from("a", text), copy_from("b", page)}, "all", Tables::built_in());
  EXPECT_EQ(in_lines(comparison), "");
}

TEST_P(SampleTest, TheTextWrittenFromItAgrees) {
  const auto text = sample_text(GetParam());
  const auto written = records::write_va_text(sample_record(GetParam()), asked_at);
  const auto comparison = compare({copy_from("a", text), copy_from("b", written)}, "all", Tables::built_in());
  EXPECT_EQ(in_lines(comparison), "");
}

TEST_P(SampleTest, TheMedicareTextWrittenFromItAgrees) {
  const auto text = sample_text(GetParam());
  const auto written = records::write_cms_text(sample_record(GetParam()), asked_at);
  const auto comparison = compare({copy_from("a", text), copy_from("b", written)}, "all", Tables::built_in());
  EXPECT_EQ(in_lines(comparison), "");
}

TEST_P(SampleTest, TheFhirBundleWrittenFromItAgrees) {
  const auto text = sample_text(GetParam());
  const auto written = records::write_fhir_bundle(sample_record(GetParam()));
  const auto comparison = compare({copy_from("a", text), copy_from("b", written)}, "all", Tables::built_in());
  EXPECT_EQ(in_lines(comparison), "");
}

INSTANTIATE_TEST_SUITE_P(All, SampleTest, testing::Values("alice", "bruno", "dmitri", "zoe"),
                         [](const auto& one) { return std::string(one.param); });

// What a page says in place of what it has to say, and what then differs.
TEST(WordsCopyTest, WhatIsTakenBackOrOfAnotherPersonDiffers) {
  const auto record = sample_record("alice");
  const auto page = records::write_html_fragment(record);
  const struct {
    const char* words;
    const char* instead;
    const char* found;
  } cases[] = {
      {">Asthma<", ">No asthma<", "missing problem Asthma"},
      {">Asthma<", ">Denies asthma<", "missing problem Asthma"},
      {">Asthma<", ">Asthma ruled out<", "missing problem Asthma"},
      {">Asthma<", ">Mother: asthma<", "missing problem Asthma"},
      {">Asthma<", ">Family history of asthma<", "missing problem Asthma"},
      {">Peanut<", ">Not allergic to Peanut<", "missing allergy Peanut"},
      {">Asthma</th><td>active", ">Asthma</th><td>not active", "missing problem Asthma"},
      {">refused<", ">not refused<", "different immunization.status"},
      {">Hives, ", ">No hives, ", "different allergy.reactions"},
      {">13.2 g/dL<", ">-13.2 g/dL<", "different result.value"},
      {">female<", ">male<", "different identity.sex"},
      {">female<", ">not stated<", "different identity.sex"},
      {"Alice Jones Newman<", "Alice Jones Newman Smith<", "different identity.name"},
      {"<dt>Date of birth</dt><dd>01 May 1970</dd>", "<p>Seen on 01 May 1970</p>", "different identity.birth date"},
  };
  for (const auto& one : cases) {
    const auto changed = replace_all(page, one.words, one.instead);
    ASSERT_NE(changed, page) << one.words;
    const auto found = in_lines(compare({copy_of("a", record), copy_from("b", changed)}, "all", Tables::built_in()));
    EXPECT_NE(found.find(one.found), std::string::npos) << one.instead << "\n" << found;
  }
}

// What a column of its own answers takes no name back, and does not state it either.
TEST(WordsCopyTest, ANeighbouringCellTakesNothingBack) {
  const auto record = sample_record("alice");
  const auto page = records::write_html_fragment(record);
  const std::pair<const char*, bool> cells[] = {{"<td>No</td><th scope=\"row\">Asthma<", true},
                                                {"<td>Never</td><th>Asthma<", true},
                                                {"<th>Asthma</th><td>None</td><td>active<", true},
                                                {"<th>No asthma<", false},
                                                {"<td>Mother</td><th>Asthma<", false},
                                                {"<th>Asthma</th><td>ruled out<", false}};
  for (const auto& [cell, is_stated] : cells) {
    const bool has_status = std::string_view(cell).find("active") != std::string_view::npos;
    const auto from = has_status ? "<th scope=\"row\">Asthma</th><td>active<" : "<th scope=\"row\">Asthma<";
    const auto changed = replace_all(page, from, cell);
    ASSERT_NE(changed, page) << cell;
    const auto found = in_lines(compare({copy_of("a", record), copy_from("b", changed)}, "all", Tables::built_in()));
    EXPECT_EQ(found.find("missing problem Asthma") == std::string::npos, is_stated) << cell << "\n" << found;
  }
}

// A letter for the sex: beside its label, below it in a table, or in the line below a line
// of labels, as PDF gives it.
TEST(WordsCopyTest, ALetterForTheSexIsReadUnderItsLabel) {
  const auto record = sample_record("alice");
  const std::string table =
      "<table><tr><th>Name</th><th>Sex</th><th>Race</th><th>Date of birth</th></tr>"
      "<tr><td>NEWMAN, Alice Jones</td><td>F</td><td>White</td><td>05/01/1970</td></tr></table>";
  auto pdf = copy_of("b", record);
  pdf.format = "PDF";
  pdf.is_words = true;
  pdf.facts.clear();
  const auto found_in = [&](const Copy& copy) {
    return in_lines(compare({copy_of("a", record), copy}, "identity", Tables::built_in()));
  };
  const auto page = [](const std::string& body) { return copy_from("b", "<!DOCTYPE html><html>" + body + "</html>"); };
  EXPECT_EQ(found_in(page(table)), "");
  EXPECT_NE(found_in(page(replace_all(table, "<td>F<", "<td>M<"))).find("identity.sex"), std::string::npos);
  EXPECT_NE(found_in(page(replace_all(table, "1970", "1971"))).find("identity.birth date"), std::string::npos);
  for (const auto& [words, agrees] : {std::pair{"Name DOB Sex\nAlice Jones Newman 05/01/1970 F\n", true},
                                      {"Name DOB Sex\nAlice Jones Newman 05/01/1970 M\n", false},
                                      {"Patient: Alice Jones Newman\nDOB: 05/01/1970\nSex\nF\n", true}}) {
    pdf.words = words;
    EXPECT_EQ(found_in(pdf).find("identity.sex") == std::string::npos, agrees) << words;
  }
}

TEST(WordsCopyTest, APageInUtf16IsRead) {
  const auto record = sample_record("alice");
  std::string wide = "\xFF\xFE";
  for (const char c : "<!DOCTYPE html><html>" + records::write_html_fragment(record) + "</html>") {
    ASSERT_GE(c, 0);
    wide += c;
    wide += '\0';
  }
  EXPECT_EQ(in_lines(compare({copy_of("a", record), copy_from("b", wide)}, "all", Tables::built_in())), "");
}

// As browsers read it: what its meta element says, else windows-1252.
TEST(WordsCopyTest, APageInWindows1252IsRead) {
  auto record = sample_record("alice");
  record.patient.name.family = "Nu\u00F1ez";
  const auto fragment = replace_all(records::write_html_fragment(record), "\u00F1", "\xF1");
  ASSERT_NE(fragment.find("Nu\xF1"
                          "ez"),
            std::string::npos);
  for (const std::string meta : {"<meta charset=\"windows-1252\">", ""}) {
    const auto page = copy_from("b", "<!DOCTYPE html><html>" + meta + fragment + "</html>");
    EXPECT_EQ(in_lines(compare({copy_of("a", record), page}, "all", Tables::built_in())), "") << meta;
  }
}

TEST(ReadCopyTest, ADocumentThatSpeaksOfPagesIsADocument) {
  const auto text = sample_text("alice");
  const auto at = text.find("<ClinicalDocument");
  ASSERT_NE(at, std::string::npos);
  for (const std::string words : {"<!-- as <html lang=en> -->", "<!--\n%PDF-1.7 -->"}) {
    const auto copy = copy_from("a", text.substr(0, at) + words + text.substr(at));
    EXPECT_FALSE(copy.is_words) << words;
    EXPECT_EQ(copy.format, "C-CDA R2.1") << words;
  }
}

TEST(WordsCopyTest, ANameIsKnownInOtherForms) {
  auto record = sample_record("alice");
  const auto page = records::write_html_fragment(record);
  record.problems[0].problem.display = "Asthma (disorder)";
  const auto changed = replace_all(page, "lisinopril 10 MG Oral Tablet", "LISINOPRIL 10MG TAB,ORAL");
  ASSERT_NE(changed, page);
  const auto found = in_lines(compare({copy_of("a", record), copy_from("b", changed)}, "all", Tables::built_in()));
  EXPECT_EQ(found, "");
  const auto other = replace_all(page, "lisinopril 10 MG Oral Tablet", "LISINOPRIL 20MG TAB,ORAL");
  EXPECT_FALSE(compare({copy_of("a", record), copy_from("b", other)}, "all", Tables::built_in()).agrees());
}

// Another order, a title, and what stands beside the name in one line.
TEST(WordsCopyTest, APatientIsKnownInOtherForms) {
  const auto record = sample_record("alice");
  const auto page = records::write_html_fragment(record);
  const auto begin = page.find("<dl>");
  const auto end = page.find("</dl>");
  for (const auto* identity : {"<p>Name: NEWMAN, Alice Jones</p><p>DOB 05/01/1970, Sex: F</p>",
                               "<p>Patient: Ms. Alice Jones Newman, DOB: 1970-05-01, gender: Female</p>",
                               "<p>Alice Jones Newman, female, born 01 May 1970</p>"}) {
    auto changed = page;
    changed.replace(begin, end - begin, identity);
    const auto comparison = compare({copy_of("a", record), copy_from("b", changed)}, "identity", Tables::built_in());
    EXPECT_EQ(in_lines(comparison), "") << identity;
  }
}

TEST(TablesTest, WhatAFormatHasNoWordForIsNotComparedAndSaid) {
  auto ccda = copy_of("a", sample_record("alice"));
  auto fhir = ccda;
  fhir.format = "FHIR R4";
  const auto severity = [](Copy& copy) -> Attribute& {
    for (auto& fact : copy.facts)
      for (auto& attribute : fact.attributes)
        if (fact.name == "Penicillin" && attribute.name == "severity") return attribute;
    return copy.facts.front().attributes.front();
  };
  ASSERT_EQ(severity(ccda).value, "Moderate to severe");
  severity(fhir).value = "moderate";
  for (const auto& copies : {std::vector<Copy>{ccda, fhir}, std::vector<Copy>{fhir, ccda}}) {
    const auto comparison = compare(copies, "all", Tables::built_in());
    EXPECT_TRUE(comparison.agrees()) << in_lines(comparison);
    ASSERT_EQ(comparison.not_compared.size(), 1u);
    EXPECT_EQ(comparison.not_compared[0].what, "some words for severity of allergy");
  }
  severity(ccda).value = "Severe";
  EXPECT_FALSE(compare({ccda, fhir}, "all", Tables::built_in()).agrees());
}

// FHIR has no word for "fatal", but "mild" is not what stands for it.
TEST(TablesTest, AWordThatCannotStandForWhatIsSaidIsADifference) {
  const auto agree = [](const char* said, const char* in_fhir) {
    records::Record record;
    auto& allergy = record.allergies.emplace_back();
    allergy.substance.display = "Penicillin";
    allergy.severity.display = said;
    auto ccda = copy_of("a", record);
    ccda.format = "C-CDA R2.1";
    allergy.severity.display = in_fhir;
    auto fhir = copy_of("b", record);
    fhir.format = "FHIR R4";
    const bool agrees = compare({ccda, fhir}, "all", Tables::built_in()).agrees();
    EXPECT_EQ(compare({fhir, ccda}, "all", Tables::built_in()).agrees(), agrees) << said << " / " << in_fhir;
    return agrees;
  };
  EXPECT_TRUE(agree("Fatal", "severe"));
  EXPECT_FALSE(agree("Fatal", "moderate"));
  EXPECT_FALSE(agree("Life threatening severity", "mild"));
  EXPECT_TRUE(agree("Mild to moderate", "mild"));
  EXPECT_TRUE(agree("Mild to moderate", "moderate"));
  EXPECT_FALSE(agree("Mild to moderate", "severe"));
  EXPECT_FALSE(agree("Moderate to severe", "mild"));
  EXPECT_TRUE(agree("Fatal", ""));
  EXPECT_TRUE(agree("Grade II", "mild"));  // a word of which nothing is known
}

// What a format has a place for only where the patient entered it, where it happened, of
// the first patient, or where it is told so.
TEST(TablesTest, WhatAFormatHoldsInPartIsNotMissing) {
  records::Record record;
  const auto missing_in = [&](const char* format) {
    Copy copy;
    copy.format = format;
    copy.facts = facts_of(records::Record{});
    return in_lines(compare({copy_of("a", record), copy}, "all", Tables::built_in()));
  };
  records::Medication medication;
  medication.drug.display = "Aspirin";
  record.medications = {medication};
  EXPECT_EQ(missing_in("CMS text"), "");
  record.medications[0].source = "self-entered";
  EXPECT_EQ(missing_in("CMS text"), "missing medication Aspirin: Aspirin / \n");
  record.medications[0].mood = "INT";
  EXPECT_EQ(missing_in("CMS text"), "");
  EXPECT_EQ(missing_in("VA text"), "missing medication Aspirin: Aspirin / \n");
  record = {};
  record.other_patients.emplace_back().name.family = "Ash";
  EXPECT_EQ(missing_in("VA text"), "");
  EXPECT_EQ(missing_in("C-CDA R2.1"), "missing identity Ash: Ash / \n");
  record = {};
  record.absences = {{"goals", "none_known", {}, "", 0}, {"problems", "negated", {"", "", "", "Gout"}, "", 0}};
  EXPECT_EQ(missing_in("VA text"), "missing absence goals: none known: goals: none known / \n");
  record.absences[0].section = "procedures";
  EXPECT_EQ(missing_in("VA text"), "");
  EXPECT_EQ(missing_in("FHIR R4"),
            "missing absence procedures: none known: procedures: none known / \n"
            "missing absence problems: Gout: problems: Gout / \n");
}

TEST(TablesTest, AMistakeInATableIsNamedWithItsPlace) {
  const auto read = Tables::read(std::make_shared<Source>(
      Source{"t.yaml",
             "format: bluebridge-facts/1\nformats: {X: {codes: maybe, lacks: [nothing]}}\nother: 1\n"
             "levels: {some: [goal]}\nnegations: {beside: [no]}\n"}));
  ASSERT_FALSE(read);
  for (const auto* part : {"t.yaml:2:", "expected yes or no, got 'maybe'", "unknown kind 'nothing'",
                           "unknown key 'other'", "unknown level 'some'", "unknown key 'beside'"})
    EXPECT_NE(read.error().what.find(part), std::string::npos) << read.error().what;
}

TEST(TablesTest, TheBuiltInTableIsRead) {
  const auto& tables = Tables::built_in();
  EXPECT_FALSE(tables.format("VA text").has_codes);
  EXPECT_TRUE(tables.format("FHIR R4").has_codes);
  EXPECT_FALSE(tables.format("VA text").holds(Kind::plan));
  EXPECT_TRUE(tables.format("VA text").own.contains("goal"));
  EXPECT_FALSE(tables.format("VA text").holds(Kind::allergy, "planned"));
  EXPECT_EQ(tables.status("In-Progress"), "active");
  // Each level but the one of every kind is in the table.
  for (const auto level : levels) EXPECT_EQ(tables.is_in_level(Kind::goal, level), level == level_all) << level;
}

// A MedicationRequest that is a plan cannot say that it is completed without saying that it was taken.
TEST(AgreementTest, WhatIsPlannedHasNotBeenCompleted) {
  const auto taken = [](const std::string& mood, const std::string& status) {
    records::Record record;
    record.medications.push_back({.drug = {"", "", "", "aspirin"},
                                  .dose = {},
                                  .rate = {},
                                  .max_dose = {},
                                  .route = {},
                                  .frequency = {},
                                  .instructions = {},
                                  .start = {},
                                  .stop = {},
                                  .mood = mood,
                                  .status = status});
    return copy_of("a", record);
  };
  const auto agree = [&](const Copy& a, const Copy& b) { return compare({a, b}, "all", Tables::built_in()).agrees(); };
  EXPECT_TRUE(agree(taken("INT", "completed"), taken("INT", "")));
  EXPECT_FALSE(agree(taken("INT", "active"), taken("INT", "completed")));
  EXPECT_FALSE(agree(taken("EVN", "completed"), taken("EVN", "")));
}

TEST(AgreementTest, APageSaysInWordsOfItsOwnWhatIsNotThere) {
  auto record = sample_record("alice");
  record.absences.push_back({"procedures", "none_known", {}, {}, 0});
  const auto page = copy_from("b", records::write_html_fragment(record) + "<p>No known procedures.</p>");
  const auto comparison = compare({copy_of("a", record), page}, "all", Tables::built_in());
  const auto& left_out = comparison.not_compared;
  EXPECT_TRUE(std::any_of(left_out.begin(), left_out.end(),
                          [](const auto& one) { return one.copy == 1 && one.what == "absence" && one.count == 1; }));
  EXPECT_THAT(in_lines(comparison), testing::Not(testing::HasSubstr("absence")));
}

TEST(AgreementTest, SaysThatFactsOfSeveralPatientsAreNotToldApart) {
  const auto noted = [](std::size_t other_count, std::string_view level) {
    auto record = sample_record("alice");
    const auto one = copy_of("a", record);
    for (std::size_t i = 0; i < other_count; ++i) record.other_patients.emplace_back().name.family = "Ash";
    std::string out;
    for (const auto& left_out : compare({one, copy_of("b", record)}, level, Tables::built_in()).not_compared)
      if (left_out.what.starts_with("which fact")) out += std::to_string(left_out.copy) + ": " + left_out.why;
    return out;
  };
  EXPECT_EQ(noted(0, "all"), "");
  EXPECT_EQ(noted(1, "all"), "1: it is about 2 patients, and their facts are not told apart");
  EXPECT_EQ(noted(2, "problems-meds-allergies"), "1: it is about 3 patients, and their facts are not told apart");
  EXPECT_EQ(noted(2, "identity"), "") << "that is told";
}

TEST(AgreementTest, ListsModifiersOfUnknownMeaning) {
  const auto allergy = [](const std::string& extension) {
    return copy_from("a", R"({"resourceType":"AllergyIntolerance","code":{"text":"Peanut"},)"
                          R"("patient":{"reference":"Patient/1"},"reaction":[{)" +
                              extension + R"("manifestation":[{"text":"Hives"}]}]})");
  };
  const auto listed = [&](const Copy& copy) {
    std::string out;
    for (const auto& one : compare({copy, copy}, "problems-meds-allergies", Tables::built_in()).not_compared)
      if (one.copy == 0 && one.what.starts_with("modifierExtension"))
        out += one.what + " " + std::to_string(one.count) + "\n";
    return out;
  };
  EXPECT_EQ(listed(allergy(R"("extension":[{"url":"http://example.org/x"}],)")), "");
  EXPECT_EQ(listed(allergy(R"("modifierExtension":[{"url":"http://example.org/x","valueBoolean":true},)"
                           R"({"url":"http://example.org/x"}],)")),
            "modifierExtension http://example.org/x of AllergyIntolerance 2\n");
}

}  // namespace
}  // namespace bb::facts
