// The narrative of a C-CDA against its entries.
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
