// What patients decide on their records, by pages and by the API, and what of it representatives get.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/records/ccda.hpp>

#include "portal/proxies.hpp"
#include "portal/record_change.hpp"
#include "portal/running_portal.hpp"
#include "portal/withheld.hpp"

namespace bb::portal_test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string proxies_page = "/patients/alice/proxies";

TEST(AccessTest, PatientGivesAndWithdrawsAccessOnAPage) {
  RunningPortal portal;
  Browser alice(portal);
  alice.sign_in("alice", password_of("alice"));
  alice.get(proxies_page);
  const auto given = alice.post(
      proxies_page, {{"csrf", alice.token()}, {"account", "bob"}, {"function", "view"}, {"until", "2199-01-01"}});
  EXPECT_EQ(given->status, 200);
  EXPECT_THAT(given->body, HasSubstr("2199-01-01"));
  ApiUser bob(portal, "bob");
  EXPECT_EQ(status_of(bob.get("/api/patients/alice/items/summary")), 200);
  EXPECT_EQ(status_of(bob.get("/api/patients/alice/download?format=pdf")), 403) << "the function was not given";
  EXPECT_EQ(status_of(bob.get("/api/patients/alice/proxies")), 403) << "for the patient alone";
  alice.get(proxies_page);
  EXPECT_EQ(alice.post(proxies_page, {{"csrf", alice.token()}, {"account", "bob"}, {"withdraw", "yes"}})->status, 200);
  EXPECT_EQ(status_of(bob.get("/api/patients/alice/items/summary")), 403);
}

TEST(AccessTest, FormThatCannotBeUsedSaysWhy) {
  RunningPortal portal;
  Browser alice(portal);
  alice.sign_in("alice", password_of("alice"));
  alice.get(proxies_page);
  const auto nothing = alice.post(proxies_page, {{"csrf", alice.token()}, {"account", "bob"}});
  EXPECT_EQ(nothing->status, 422);
  EXPECT_THAT(nothing->body, HasSubstr("name at least one function"));
  alice.get(proxies_page);
  EXPECT_THAT(alice.post(proxies_page, {{"csrf", alice.token()}, {"account", "nobody"}, {"function", "view"}})->body,
              HasSubstr("there is nobody else here"));
}

TEST(AccessTest, WithoutAKeyThereIsNoRecordSystem) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  EXPECT_EQ(status_of(alice.post("/api/source/patients/alice/changes", "{}")), 404);
}

TEST(ProxiesTest, RightsHoldUntilTheLastInstantAndNotLonger) {
  portal::ProxyGrant grant{.account = "bob", .rights = {portal::Right::view}, .until_ns = 100};
  EXPECT_TRUE(grant.allows(portal::Right::view, 100));
  EXPECT_FALSE(grant.allows(portal::Right::view, 101));
  EXPECT_FALSE(grant.allows(portal::Right::download, 100));
  grant.is_withdrawn = true;
  EXPECT_FALSE(grant.allows(portal::Right::view, 100));
}

portal::Patient with_allergies(const std::string& id, const std::vector<std::string>& names) {
  portal::Patient patient;
  patient.id = id;
  patient.record.document_id = "2.999.5^" + id;
  patient.record.patient.name = {{"Robin"}, "Delgado", "", ""};
  patient.record.patient.birth_date = "1984-03-09";
  patient.record.patient.ids = {{"2.999.6", "id-" + id}};
  for (const auto& name : names) {
    records::Allergy allergy;
    allergy.substance.display = name;
    patient.record.allergies.push_back(allergy);
  }
  return patient;
}

TEST(RecordChangeTest, DocumentNamesItsSetAndWhatItReplaces) {
  const auto first = with_allergies("a", {"Quince"});
  const auto second = portal::changed(first, {portal::RecordChange::Kind::retract_allergy, "Quince", "", ""}, 0);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->record.allergies.empty());
  EXPECT_THAT(second->document, HasSubstr(R"(<setId root="2.999.5" extension="a"/>)"));
  EXPECT_THAT(second->document, HasSubstr(R"(<versionNumber value="2"/>)"));
  EXPECT_THAT(second->document, HasSubstr(R"(<relatedDocument typeCode="RPLC">)"));
  EXPECT_NE(second->record.document_id, first.record.document_id);
  const auto again = portal::changed(*second, {portal::RecordChange::Kind::retract_allergy, "Quince", "", ""}, 0);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().what, HasSubstr("no allergy 'Quince'"));
}

TEST(RecordChangeTest, DocumentOfTwoIsOfNobodyWithoutAnIdentifier) {
  const portal::Patients both(std::vector{with_allergies("a", {}), with_allergies("b", {})});
  EXPECT_EQ(portal::whose(both, {"Robin", "Delgado", "1984-03-09", ""}), nullptr);
  const auto* const found = portal::whose(both, {"Robin", "Delgado", "1984-03-09", "id-b"});
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->id, "b");
  const portal::Patients one(std::vector{with_allergies("a", {})});
  EXPECT_NE(portal::whose(one, {"robin", "DELGADO", "1984-03-09", ""}), nullptr);
  EXPECT_EQ(portal::whose(one, {"Robin", "Delgado", "1984-03-10", ""}), nullptr);
}

TEST(WithheldTest, LeavesOutTheEntryAndTheNoteThatAreNamed) {
  auto patient = with_allergies("a", {"Quince", "Secret"});
  records::Note note;
  note.title = "Confidential";
  note.text = "heliotrope";
  patient.record.notes = {note};
  patient.withheld = {"Secret", "Confidential"};
  const auto limited = portal::without_withheld(patient);
  EXPECT_EQ(limited.record.allergies.size(), 1u);
  EXPECT_TRUE(limited.record.notes.empty());
  EXPECT_THAT(limited.document, Not(HasSubstr("heliotrope")));
  EXPECT_THAT(limited.document, HasSubstr("Quince"));
}

TEST(WithheldTest, LeavesThemOutOfSummariesToo) {
  auto patient = with_allergies("a", {});
  patient.withheld = {"Secret"};
  auto summary = with_allergies("a", {"Quince", "Secret"}).record;
  patient.summaries = {{records::write_ccda(summary), summary}};
  ASSERT_THAT(patient.summaries[0].document, HasSubstr("Secret"));
  const auto limited = portal::without_withheld(patient);
  EXPECT_EQ(limited.summaries[0].record.allergies.size(), 1u);
  EXPECT_THAT(limited.summaries[0].document, Not(HasSubstr("Secret")));
  EXPECT_THAT(limited.summaries[0].document, HasSubstr("Quince"));
}

TEST(ScopeTitleTest, SummaryOfATransferKeepsItsOwnTitleAndTheRecordIsCalledComplete) {
  RunningPortal portal(std::filesystem::path(BB_SOURCE_DIR) / "samples/records/certification", {});
  ApiUser ivan(portal, "ivan");
  const auto page_of = [&](const std::string& item) {
    return ivan.text("/api/patients/ivan/download?format=html&item=" + item);
  };
  EXPECT_THAT(page_of("document-1"), HasSubstr("<dt>Title</dt><dd>Referral to cardiac rehabilitation</dd>"));
  EXPECT_THAT(page_of("summary"), HasSubstr("<dt>Title</dt><dd>Complete health record of Ivan"));
}

}  // namespace
}  // namespace bb::portal_test
