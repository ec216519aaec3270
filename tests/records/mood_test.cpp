// What is planned is not what happened (HL7 ActMood; C-CDA R2.1 conformance
// statement 1198-8827: an immunization is in EVN or INT).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/record_value.hpp>
#include <bb/records/va_text.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string administration(const std::string& mood) {
  return "<substanceAdministration moodCode='" + mood +
         "'><statusCode code='completed'/><effectiveTime value='20300101'/><consumable><manufacturedProduct>"
         "<manufacturedMaterial><code code='88' displayName='Influenza'/></manufacturedMaterial></manufacturedProduct>"
         "</consumable></substanceAdministration>";
}

// One medication, vaccine, encounter and procedure in a mood.
Record record_in(const std::string& mood) {
  return read_document(document_with(
      section_with("10160-0", administration(mood)) + section_with("11369-6", administration(mood)) +
      section_with("46240-8", "<encounter moodCode='" + mood + "'><code displayName='Visit'/></encounter>") +
      section_with("47519-4", "<procedure moodCode='" + mood + "'><code displayName='Colonoscopy'/></procedure>")));
}

TEST(MoodTest, IsWhatTheDocumentSays) {
  for (const std::string mood : {"EVN", "INT", "RQO"}) {
    const auto value = to_value(record_in(" " + mood + "\n"));
    for (const auto* section : {"medications", "immunizations", "encounters", "procedures"})
      EXPECT_EQ(value[section][0]["mood"].string_or("none"), mood) << section;
  }
}

TEST(MoodTest, TellsThePlannedFromWhatHappened) {
  for (const auto* mood : {"INT", "RQO", "PRMS", "PRP", "ARQ", "APT"}) EXPECT_TRUE(is_planned(mood)) << mood;
  for (const auto* mood : {"EVN", ""}) EXPECT_FALSE(is_planned(mood)) << mood;
  EXPECT_EQ(status_for_people("EVN", "completed"), "completed");
  EXPECT_EQ(status_for_people("INT", "completed"), "planned (INT), completed");
  EXPECT_EQ(status_for_people("RQO", ""), "planned (RQO)");
}

TEST(MoodTest, EveryCopyTellsThePlannedFromWhatHappened) {
  const auto planned = record_in("INT");
  for (const auto& copy : {write_va_text(planned, 0), write_html_fragment(planned)})
    EXPECT_THAT(copy, HasSubstr("planned (INT), completed"));
  EXPECT_THAT(write_va_text(planned, 0), Not(HasSubstr("Date Received")));
  const auto again = read_document(write_ccda(planned));
  EXPECT_EQ(again.medications.at(0).mood, "INT");
  EXPECT_EQ(again.immunizations.at(0).mood, "INT");
  EXPECT_EQ(again.encounters.at(0).mood, "INT");
  const auto bundle = write_fhir_bundle(planned);
  for (const auto* status : {R"("intent": "plan")", R"("status": "not-done")", R"("status": "planned")"})
    EXPECT_THAT(bundle, HasSubstr(status));
  EXPECT_THAT(bundle, Not(HasSubstr(R"("status": "completed")")));
}

TEST(MoodTest, NoCopyCallsPlannedWhatHappened) {
  const auto done = record_in("EVN");
  for (const auto& copy : {write_va_text(done, 0), write_html_fragment(done), write_fhir_bundle(done)})
    EXPECT_THAT(copy, Not(HasSubstr("planned")));
  EXPECT_THAT(write_fhir_bundle(done), HasSubstr(R"("status": "completed")"));
}

TEST(MoodTest, ACopyOfAMoodThatCdaLacksIsIntended) {
  EXPECT_EQ(read_document(write_ccda(record_in("PERM"))).immunizations.at(0).mood, "INT");
  EXPECT_EQ(read_document(write_ccda(record_in("RQO"))).immunizations.at(0).mood, "RQO");
}

}  // namespace
}  // namespace bb::records
