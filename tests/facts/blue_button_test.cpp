// PLEDGE-DH-10 to -13: what makes a set of files a Blue Button, and each thing that
// keeps it from being one.
#include "harness/facts/blue_button.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>

#include "harness/facts/narrative.hpp"
#include "harness/facts/read_copy.hpp"

namespace bb::facts {
namespace {

using testing::HasSubstr;

std::string record_text(const std::string& name) {
  return *read_text(std::string(BB_SOURCE_DIR) + "/samples/records/" + name + ".xml");
}

Copy copy(const std::string& name, const std::string& bytes) {
  auto read = read_copy(name, bytes, no_pdf_words);
  EXPECT_TRUE(read) << (read ? "" : read.error().what);
  return *std::move(read);
}

std::string page_of(const std::string& document) {
  return "<!DOCTYPE html><html lang=\"en\"><body>" + records::write_html_fragment(*records::read_record(document)) +
         "</body></html>";
}

// The requirements that are not met, in order.
std::vector<std::string> missed(const std::vector<Copy>& copies) {
  std::vector<std::string> names;
  for (const auto& ruling : judge_together(copies, Tables::built_in()).rulings)
    if (!ruling.is_met) names.push_back(ruling.requirement + " " + ruling.question);
  return names;
}

TEST(BlueButtonTest, ADocumentAndAPageOfOnePatientAreOne) {
  const auto document = record_text("alice");
  EXPECT_THAT(missed({copy("a.xml", document), copy("a.html", page_of(document))}), testing::IsEmpty());
  // A document with a narrative serves both (PLEDGE-DH-12).
  EXPECT_THAT(missed({copy("a.xml", document)}), testing::IsEmpty());
}

TEST(BlueButtonTest, APageAloneIsForNoProgram) {
  EXPECT_THAT(missed({copy("a.html", page_of(record_text("alice")))}),
              testing::ElementsAre("PLEDGE-DH-10 a copy for programs", "PLEDGE-DH-12 both are offered"));
}

TEST(BlueButtonTest, FieldsWithoutAnythingForPeopleAreHalfOfOne) {
  auto alone = copy("a.json", record_text("alice"));
  alone.format = "FHIR R4";
  EXPECT_THAT(missed({alone}), testing::ElementsAre("PLEDGE-DH-11 a copy for people", "PLEDGE-DH-12 both are offered"));
}

TEST(BlueButtonTest, ATextThatNamesNobodyIsForNoPerson) {
  Copy text;
  text.name = "a.txt";
  text.format = "text";
  EXPECT_THAT(missed({text}), testing::Contains("PLEDGE-DH-11 a copy for people"));
  const auto named = copy("b.txt", "------ TRICARE ------\nName: DOE, JANE\nDate of Birth: 02 Feb 1970\n");
  EXPECT_EQ(named.format, "text");
  EXPECT_THAT(missed({named}), testing::Not(testing::Contains("PLEDGE-DH-11 a copy for people")));
}

TEST(BlueButtonTest, AnotherPatientIsTold) {
  EXPECT_THAT(missed({copy("a.xml", record_text("alice")), copy("b.xml", record_text("bruno"))}),
              testing::ElementsAre("PLEDGE-DH-13 of the same patient", "PLEDGE-DH-13 complete: each says the same"));
}

TEST(BlueButtonTest, WhatACopyLeavesOutMakesNoOtherPatient) {
  const auto full = copy("a.xml", record_text("alice"));
  auto poor = full;
  std::erase_if(poor.facts.front().attributes, [](const Attribute& one) { return one.name == "sex"; });
  const auto blue_button = judge_together({full, poor}, Tables::built_in());
  EXPECT_FALSE(blue_button.rulings[3].is_met);
  EXPECT_FALSE(blue_button.rulings[3].can_be_told);
  EXPECT_THAT(render(blue_button), HasSubstr("of the same patient: cannot be told"));
  const auto other = judge_together({full, copy("b.xml", record_text("bruno"))}, Tables::built_in());
  EXPECT_TRUE(other.rulings[3].can_be_told);
}

TEST(BlueButtonTest, TheNarrativeOfOneDocumentSaysWhatItsEntriesSay) {
  const auto judge = [](const std::string& xml) {
    const auto narrative = compare_narrative("a.xml", xml, "all", Tables::built_in());
    EXPECT_TRUE(narrative);
    return judge_together({copy("a.xml", xml)}, Tables::built_in(), &narrative->comparison);
  };
  const auto text = record_text("alice");
  EXPECT_TRUE(judge(text).is_met()) << render(judge(text));
  EXPECT_THAT(render(judge(replace_all(text, ">Codeine<", ">Morphine<"))),
              HasSubstr("complete: the narrative says what the entries say: no"));
  auto silent = text;
  for (auto at = silent.find("<text>"); at != std::string::npos; at = silent.find("<text>", at + 1))
    silent.replace(at, silent.find("</text>", at) - at, "<text>-");
  EXPECT_THAT(render(judge(silent)), HasSubstr("a copy for people: no, the narrative says nothing"));
}

TEST(BlueButtonTest, AFactThatOneCopyLacksIsTold) {
  const auto document = record_text("alice");
  auto page = page_of(document);
  const auto name = records::read_record(document)->allergies.front().substance.display;
  page = replace_all(page, name, "something");
  const auto blue_button = judge_together({copy("a.xml", document), copy("a.html", page)}, Tables::built_in());
  EXPECT_FALSE(blue_button.is_met());
  EXPECT_TRUE(blue_button.rulings[3].is_met);
  EXPECT_THAT(render(blue_button), HasSubstr(name));
}

TEST(BlueButtonTest, AnEmptyRecordIsForNoProgram) {
  Copy empty = copy("a.xml", record_text("alice"));
  std::erase_if(empty.facts, [](const Fact& fact) { return fact.kind != Kind::identity; });
  EXPECT_THAT(missed({empty}), testing::Contains("PLEDGE-DH-10 a copy for programs"));
}

}  // namespace
}  // namespace bb::facts
