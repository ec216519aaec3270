// The narrative of a C-CDA against its entries.
#include <tuple>

#include <gmock/gmock.h>

#include <bb/core/text.hpp>

#include "facts/copies.hpp"
#include "harness/facts/narrative.hpp"

namespace bb::facts {
namespace {

using testing::HasSubstr;

std::string found_in(const std::string& xml) {
  const auto found = compare_narrative("x", xml, "all", Tables::built_in());
  EXPECT_TRUE(found) << (found ? "" : found.error().what);
  return found ? in_lines(found->comparison) : std::string{};
}

// Without notes.
std::string differences_in(const std::string& xml) {
  std::string out;
  for (const auto& line : split(found_in(xml), '\n'))
    if (!line.empty() && !line.starts_with("note ")) out += line + "\n";
  return out;
}

TEST(NarrativeTest, TheSamplesSayTheSameTwice) {
  for (const auto* stem : {"alice", "bruno", "dmitri", "zoe"}) EXPECT_EQ(differences_in(sample_text(stem)), "") << stem;
  for (const auto* stem : {"alice", "bruno", "dmitri", "zoe"})
    EXPECT_EQ(differences_in(records::write_ccda(sample_record(stem))), "") << stem;
}

TEST(NarrativeTest, AnEntryThatTheTextDoesNotSayIsMissing) {
  const auto text = replace_all(sample_text("alice"), ">Codeine<", ">Morphine<");
  EXPECT_THAT(differences_in(text), HasSubstr("missing allergy Codeine"));
}

// CCDA-NAR-06.
TEST(NarrativeTest, WhatWasRefusedIsNotToBeReadAsGiven) {
  const auto told = sample_text("alice");
  for (const auto* says : {"refused", "not given", "patient declined", "Declined by the patient"})
    EXPECT_EQ(differences_in(replace_all(told, "<td>refused</td>", "<td>" + std::string(says) + "</td>")), "") << says;
  for (const auto* says : {"", "completed", "03 Oct 2024"})
    EXPECT_THAT(differences_in(replace_all(told, "<td>refused</td>", "<td>" + std::string(says) + "</td>")),
                HasSubstr("different immunization.status zoster vaccine recombinant"))
        << says;
}

TEST(NarrativeTest, ARowThatNoEntryStatesIsExtra) {
  const auto row = std::string("<tr><td>Latex</td><td>Rash</td></tr><tr><td><content ID=\"allergy1\">");
  const auto text = replace_all(sample_text("alice"), "<tr><td><content ID=\"allergy1\">", row);
  EXPECT_EQ(differences_in(text), "extra allergy Latex Rash:  / Latex Rash\n");
}

TEST(NarrativeTest, AnotherValueInTheTextIsFound) {
  const auto text = sample_text("alice");
  const auto begin = text.find("<tr><td><content ID=\"result5\">");
  ASSERT_NE(begin, std::string::npos);
  const auto end = text.find("</tr>", begin);
  const auto row = text.substr(begin, end - begin);
  const auto changed = replace_all(text, row, replace_all(row, "1.015", "1.900"));
  ASSERT_NE(changed, text);
  EXPECT_THAT(differences_in(changed), HasSubstr("different result.value Specific gravity"));
}

std::string with_row(const std::string& row) {
  const std::string begin = "<tr><td><content ID=\"allergy1\">";
  const auto text = sample_text("alice");
  EXPECT_NE(text.find(begin), std::string::npos);
  return replace_all(text, begin, row + begin);
}

// "CPT 82465": vendors name a row by the code of its entry, in any system.
TEST(NarrativeTest, ARowWithTheCodeOfAnEntryIsItsEntry) {
  EXPECT_THAT(found_in(with_row("<tr><td>RxNorm</td><td>2670</td><td>a word of its own</td></tr>")),
              HasSubstr("note extra allergy RxNorm 2670"));
  EXPECT_THAT(differences_in(with_row("<tr><td>RxNorm</td><td>99999</td><td>Latex</td></tr>")),
              HasSubstr("extra allergy RxNorm 99999 Latex"));
}

TEST(NarrativeTest, TitlesAndNamesOfColumnsAreNoRows) {
  EXPECT_EQ(differences_in(with_row("<tr><td colspan=\"4\">ALLERGY INFORMATION</td></tr>"
                                    "<tr><td>Code</td><td>Name</td><td>Reaction</td><td>Status</td></tr>"
                                    "<tr><td>Information is not available</td></tr>"
                                    "<tr><td>Allergies not documented</td><td/><td></td></tr>")),
            "");
  EXPECT_THAT(differences_in(with_row("<tr><td>Latex</td><td>not available</td></tr>")),
              HasSubstr("extra allergy Latex"));
}

// With another name in the narrative alone; `is_referred`: the code refers to it.
std::string in_text(const std::string& name, const std::string& other, bool is_referred) {
  auto text = sample_text("alice");
  for (auto at = text.find("<text>"); at != std::string::npos; at = text.find("<text>", at + 1)) {
    const auto end = text.find("</text>", at);
    text.replace(at, end - at, replace_all(text.substr(at, end - at), name, other));
  }
  for (const auto& [code, id, display] : {std::tuple{"314076", "medication2", "lisinopril 10 MG Oral Tablet"},
                                          {"59621000", "problem2", "Essential hypertension"}}) {
    const auto attribute = std::string("code=\"") + code + "\"";
    text = replace_all(text, attribute, attribute + " displayName=\"" + display + "\"");
    if (!is_referred)
      text = replace_all(text, std::string("<originalText><reference value=\"#") + id + "\"/></originalText>", "");
  }
  return text;
}

// Half of the words of a name: neither silent nor a difference. The note has the words.
TEST(NarrativeTest, HalfOfTheWordsAreANoteWithWhatStandsThere) {
  const auto half = in_text("Essential hypertension", "Hypertension (high blood pressure)", false);
  EXPECT_EQ(differences_in(half), "");
  EXPECT_THAT(found_in(half), HasSubstr("note different problem.name Essential hypertension: Essential hypertension / "
                                        "Hypertension (high blood pressure)"));
  const auto without_strength = in_text("lisinopril 10 MG Oral Tablet", "Lisinopril tablet", false);
  EXPECT_EQ(differences_in(without_strength), "");
  EXPECT_THAT(found_in(without_strength), HasSubstr("note different medication.name lisinopril 10 MG Oral Tablet"));
  EXPECT_THAT(differences_in(in_text("lisinopril 10 MG Oral Tablet", "Lisinopril 40 MG tablet", false)),
              HasSubstr("missing medication lisinopril 10 MG Oral Tablet"));
}

TEST(NarrativeTest, ACodeThatRefersToAContraryNameIsFound) {
  EXPECT_EQ(differences_in(in_text("lisinopril 10 MG Oral Tablet", "lisinopril 40 MG Oral Tablet", true)),
            "different medication.name lisinopril 10 MG Oral Tablet: lisinopril 10 MG Oral Tablet / lisinopril 40 MG "
            "Oral Tablet\n");
  EXPECT_EQ(differences_in(in_text("Essential hypertension", "High blood pressure", true)), "");
}

TEST(NarrativeTest, AnotherNameInTheTextIsFound) {
  for (const auto& [name, other] : {std::pair{"atorvastatin", "pravastatin"}, {"hypothyroidism", "hyperthyroidism"}}) {
    const auto text = sample_text("alice");
    const auto begin = text.find("<text>");
    auto changed = text;
    for (auto at = changed.find("<text>", begin); at != std::string::npos; at = changed.find("<text>", at + 1)) {
      const auto end = changed.find("</text>", at);
      changed.replace(at, end - at, replace_all(changed.substr(at, end - at), name, other));
    }
    EXPECT_THAT(differences_in(changed), HasSubstr(std::string("missing"))) << name;
  }
}

TEST(NarrativeTest, WhatIsNoCcdaIsRefused) {
  for (const auto* bytes : {"", "<a/>", "<ClinicalDocument", "text"})
    EXPECT_FALSE(compare_narrative("x", bytes, "all", Tables::built_in())) << bytes;
  const auto empty = compare_narrative("x", "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>", "all", Tables::built_in());
  ASSERT_TRUE(empty);
  EXPECT_THAT(empty->comparison.unjudged, HasSubstr("no section"));
}

}  // namespace
}  // namespace bb::facts
