// A record as older editions of the rules have it, from the samples for certification.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/records/ccda.hpp>

#include "portal/editions.hpp"
#include "support/must.hpp"

namespace bb::portal {
namespace {

using test::must;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string greta() { return must(read_text(std::string(BB_SOURCE_DIR) + "/samples/records/certification/greta.xml")); }

std::vector<std::string> codes_of(const std::string& ccda) {
  std::vector<std::string> codes;
  for (const auto& section : must(records::read_ccda(ccda)).sections) codes.push_back(section.code.code);
  return codes;
}

TEST(EditionsTest, UscdiV1HasNothingOfLaterVersions) {
  const auto whole = codes_of(greta()), v1 = codes_of(in_uscdi_v1(greta()));
  for (const auto* later : {"47420-5", "10190-7", "48768-6", "42349-1"}) {
    EXPECT_THAT(whole, Contains(later));
    EXPECT_THAT(v1, Not(Contains(later)));
  }
  EXPECT_EQ(v1.size(), whole.size() - 4);
  // Companion Guide Release 4.1 has USCDI v3.
  EXPECT_THAT(greta(), HasSubstr("extension=\"2023-05-01\""));
  EXPECT_THAT(in_uscdi_v1(greta()),
              AllOf(Not(HasSubstr("extension=\"2023-05-01\"")), HasSubstr("extension=\"2015-08-01\"")));
  const auto record = in_uscdi_v1(must(records::read_ccda(greta())));
  EXPECT_TRUE(record.functional_status.empty());
  EXPECT_FALSE(record.goals.empty());
}

TEST(EditionsTest, Release11HasTemplatesWithoutExtension) {
  const auto old = as_release_1_1(greta());
  EXPECT_THAT(old, HasSubstr("<templateId root=\"2.16.840.1.113883.10.20.22.1.2\"/>"));
  EXPECT_EQ(must(records::read_ccda(old)).format, "C-CDA R1.1");
  EXPECT_THAT(old, Not(HasSubstr("2.16.840.1.113883.10.20.22.1.1\" extension=")));
  // Sections that R1.1 does not know keep their name.
  EXPECT_THAT(old, HasSubstr("<templateId root=\"2.16.840.1.113883.10.20.22.2.58\"/>"));
  EXPECT_EQ(codes_of(old), codes_of(greta()));
  EXPECT_EQ(as_release_1_1("<templateId root=\"1\"/> <templateId root=\"1\" extension=\"2\"/><templateId root=\"3\" "
                           "extension=\"4\"/><templateId"),
            "<templateId root=\"1\"/> <templateId root=\"3\"/><templateId");
}

TEST(EditionsTest, AdditionsAreASectionOfTheirOwn) {
  const auto record = must(records::read_ccda(with_additions(greta(), {"Potassium <high>", "Sodium"})));
  EXPECT_EQ(record.sections.back().text, "Potassium <high>\nSodium");
  EXPECT_EQ(with_additions(greta(), {}), greta());
}

TEST(EditionsTest, WhatIsNoStructuredDocumentStaysAsItIs) {
  for (const auto* text :
       {"", "<ClinicalDocument/>", "<structuredBody><component>", "<structuredBody><component><section"})
    EXPECT_EQ(with_additions(without_sections(text, {"61146-7"}), {"x"}), text);
}

}  // namespace
}  // namespace bb::portal
