// DIRECT-MSG-04: what stands outside of a message says nothing of the patient.
#include "harness/documents/mail_patient.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace {

bb::documents::MailPatients patients_in(const std::string& document) {
  const auto message =
      bb::direct::read_entity("MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\r\n" + document);
  EXPECT_TRUE(message);
  return bb::documents::MailPatients(*message);
}

bb::documents::MailPatients patients_of(const std::string& birth_date) {
  return patients_in(R"({"resourceType": "Patient", "name": [{"family": "Hale", "given": ["Una"]}],)"
                     R"( "identifier": [{"system": "urn:oid:1.2.3", "value": "MRN-4711"}], "birthDate": ")" +
                     birth_date + "\"}");
}

// CCR's reader keeps words that are no ISO date.
bb::documents::MailPatients patients_of_ccr(const std::string& birth_date) {
  return patients_in(
      "<ContinuityOfCareRecord xmlns='urn:astm-org:CCR'><Patient><ActorID>p</ActorID></Patient><Actors><Actor>"
      "<ActorObjectID>p</ActorObjectID><Person><DateOfBirth><ExactDateTime>" +
      birth_date + "</ExactDateTime></DateOfBirth></Person></Actor></Actors></ContinuityOfCareRecord>");
}

TEST(MailPatientsTest, FindsBirthDatesHoweverTheyAreWritten) {
  for (const auto& patients : {patients_of("1970-05-01"), patients_of_ccr("1970-05-01"), patients_of_ccr("19700501")}) {
    for (const auto* const said : {"19700501", "1970-05-01", "1970/05/01", "05/01/1970", "5/1/1970", "05-01-1970",
                                   "01.05.1970", "May 1, 1970", "1 may 1970", "01 May 1970"})
      EXPECT_EQ(patients.said_by("Subject", fmt::format("born {} in", said)), "birth date") << said;
    for (const auto* const said : {"1970", "1970-05", "1970-05-02", "5/1/1971", "219700501"})
      EXPECT_EQ(patients.said_by("Subject", fmt::format("born {} in", said)), "") << said;
  }
  EXPECT_EQ(patients_of("1970-05").said_by("Subject", "of 1970-05"), "");
}

TEST(MailPatientsTest, FindsNamesAndIdentifiersButNotOfWhoSends) {
  const auto patients = patients_of("1970-05-01");
  EXPECT_EQ(patients.said_by("Subject", "hale, una: summary"), "name");
  EXPECT_EQ(patients.said_by("Subject", "for MRN-4711"), "identifier");
  EXPECT_EQ(patients.said_by("From", "Una Hale <una@example.org>"), "");
  EXPECT_EQ(patients.said_by("Subject", "Una's summary"), "");
}

}  // namespace
