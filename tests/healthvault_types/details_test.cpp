// What a record and its caller say together: an explanation of benefits, a healthcare proxy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/files.hpp>
#include <bb/healthvault/explanation_of_benefits.hpp>
#include <bb/healthvault/healthcare_proxy.hpp>
#include <bb/healthvault/thing_common.hpp>
#include <bb/records/record_value.hpp>

#include "thing_data.hpp"

namespace bb::healthvault {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// The published sample: a claim of an office visit, in its own words and amounts.
records::Record record_with_claim() {
  records::Record record;
  record.patient.name.given = {"John"};
  record.patient.name.family = "Patient";
  records::Coverage coverage;
  coverage.plan = "Contoso Medical";
  coverage.member_id = "11111111-01";
  coverage.group_id = "5551212";
  record.coverages.push_back(coverage);
  records::Claim claim;
  claim.id = "222222222";
  claim.type = {"Medical", "", "wc/explanation-of-benefits-claim-types", "Medical"};
  claim.provider = "Darryl Doctor";
  claim.charged = "110";
  claim.approved = "90";
  claim.paid = "63";
  claim.patient_owes = "27";
  claim.currency = "USD";
  claim.source = "Contoso";
  records::ClaimItem item;
  item.type.display = "Office Visit";
  item.start = "2010-01-01";
  item.charged = "110";
  item.allowed = "90";
  claim.items.push_back(item);
  record.claims.push_back(claim);
  return record;
}

BenefitAmounts sample_amounts() {
  return {.copay = "20.0",
          .deductible = "0.0",
          .not_covered = "0.0",
          .eligible = "70",
          .share_covered = "0.90",
          .coinsurance = "7.0",
          .adjustments = "0.0",
          .paid = "63",
          .patient_owes = "27"};
}

BenefitDetails sample_details() {
  return {.submitted = "2010-01-01",
          .submitted_by = "General Family Practice",
          .totals = sample_amounts(),
          .services = {sample_amounts()}};
}

TEST(ExplanationOfBenefitsTest, ComesBackAsItWent) {
  const auto record = record_with_claim();
  const auto written = explanation_of_benefits_thing(record, 0, sample_details());
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_THAT(written->unheld, IsEmpty());
  const auto& thing = written->things.at(0);
  EXPECT_THAT(thing.bytes, HasSubstr("<patient><name><full>John Patient</full></name></patient><plan><name>Contoso "
                                     "Medical</name></plan><group-id>5551212</group-id><member-id>11111111-01<"));
  EXPECT_THAT(thing.bytes, HasSubstr("<claim-amounts><charged-amount>110</charged-amount><negotiated-amount>90"
                                     "</negotiated-amount><copay>20.0</copay>"));
  const auto read = read_ok(thing);
  auto expected = records::to_value(record)["claims"];
  EXPECT_EQ(records::to_value(read.record)["claims"], expected);
  EXPECT_EQ(common_of(thing.bytes)->source, "Contoso");
}

TEST(ExplanationOfBenefitsTest, WritesThePublishedSampleAgain) {
  const std::string type_id = "356fbba9-e0c9-4f4f-b0d9-4594f2490d2f";
  const auto sample = read_text(healthvault_folder() / "sample-xml" / (type_id + ".xml"));
  if (!sample) GTEST_SKIP() << "SKIPPED: no published samples at " << healthvault_folder();
  const auto read = read_ok({type_id, *sample});
  ASSERT_EQ(read.record.claims.size(), 1u);
  auto details = sample_details();
  details.totals.paid.clear();
  details.totals.patient_owes.clear();
  details.patient_name = "John Patient";
  details.plan = "Contoso Medical";
  details.member_id = "11111111-01";
  details.services.assign(read.record.claims[0].items.size(), sample_amounts());
  const auto written = explanation_of_benefits_thing(read.record, 0, details);
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_THAT(written->unheld, IsEmpty());
  EXPECT_THAT(violations(written->things.at(0)), IsEmpty()) << written->things.at(0).bytes;
  EXPECT_EQ(records::to_value(read_ok(written->things.at(0)).record), records::to_value(read.record));
}

TEST(ExplanationOfBenefitsTest, IsValidByThePublishedSchema) {
  if (!schema_file("explanation-of-benefits.xsd"))
    GTEST_SKIP() << "SKIPPED: no published schemas at " << healthvault_folder();
  auto record = record_with_claim();
  record.claims[0].items[0].end = "2010";
  record.claims[0].items[0].service = {"99213", "", "", ""};
  const auto written = explanation_of_benefits_thing(record, 0, sample_details());
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_THAT(violations(written->things.at(0)), IsEmpty()) << written->things.at(0).bytes;
}

TEST(ExplanationOfBenefitsTest, MakesUpNoAmount) {
  auto details = sample_details();
  details.totals.copay.clear();
  details.services[0].deductible = "none";
  details.services[0].share_covered = "90";
  const auto written = explanation_of_benefits_thing(record_with_claim(), 0, details);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().what,
              HasSubstr("claim '222222222': an Explanation of benefits requires claim-totals/copay, "
                        "services[0]/claim-amounts/deductible (not 'none'), "
                        "services[0]/claim-amounts/percentage-covered (not '90')"));
  const auto nothing = explanation_of_benefits_thing(record_with_claim(), 0, {});
  ASSERT_FALSE(nothing);
  EXPECT_THAT(nothing.error().what, HasSubstr("requires date-submitted, claim-totals/copay"));
  EXPECT_FALSE(explanation_of_benefits_thing(record_with_claim(), 1, sample_details()));
  auto two_plans = record_with_claim();
  two_plans.coverages.push_back(two_plans.coverages[0]);
  EXPECT_THAT(explanation_of_benefits_thing(two_plans, 0, sample_details()).error().what,
              HasSubstr("requires plan, member-id,"));
}

TEST(ExplanationOfBenefitsTest, TellsWhatTheTypeDoesNotHold) {
  auto record = record_with_claim();
  record.claims[0].status = "paid";
  record.claims[0].diagnoses.push_back({"J45", "", "", ""});
  record.claims[0].items[0].quantity = "2";
  const auto written = explanation_of_benefits_thing(record, 0, sample_details());
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_THAT(told(written->unheld, "claims[0].status"), ElementsAre("paid"));
  EXPECT_THAT(told(written->unheld, "claims[0].diagnoses.0.code"), ElementsAre("J45"));
  EXPECT_THAT(told(written->unheld, "claims[0].items.0.quantity"), ElementsAre("2"));
}

records::Contact contact(const std::string& name) {
  records::Contact contact;
  contact.name = name;
  contact.relationship = {.code = "HPOWATT",
                          .system = "2.16.840.1.113883.5.111",
                          .system_name = "RoleCode",
                          .display = "healthcare power of attorney"};
  contact.telecoms = {"tel:+1-555-0100", "mailto:john@example.org"};
  records::Address address;
  address.lines = {"1 Main St"};
  address.city = "Boston";
  address.state = "MA";
  address.postal_code = "02101";
  address.country = "US";
  contact.addresses.push_back(address);
  return contact;
}

TEST(HealthcareProxyTest, ComesBackAsItWent) {
  auto proxy = contact("John Mc Kense"), alternate = contact("Jane Mc Kense");
  alternate.relationship.display = "alternate healthcare power of attorney";
  proxy.source = alternate.source = "Clinic A";
  const auto written = healthcare_proxy_thing({.when = "2005-01-01", .proxy = proxy, .alternate = alternate});
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_THAT(written->unheld, IsEmpty());
  const auto read = read_ok(written->things.at(0));
  records::Record expected;
  expected.contacts = {proxy, alternate};
  EXPECT_EQ(records::to_value(read.record)["contacts"], records::to_value(expected)["contacts"]);
}

TEST(HealthcareProxyTest, IsValidByThePublishedSchema) {
  if (!schema_file("healthcare-proxy.xsd")) GTEST_SKIP() << "SKIPPED: no published schemas at " << healthvault_folder();
  auto brother = contact("Jim");
  brother.relationship = {"", "", "", "brother"};
  const auto written = healthcare_proxy_thing(
      {.when = "2005-01-01T10:30:00-05:00", .proxy = contact("John"), .alternate = brother, .content = "As <agreed>."});
  ASSERT_TRUE(written) << written.error().what;
  const auto& thing = written->things.at(0);
  EXPECT_THAT(violations(thing), IsEmpty()) << thing.bytes;
  EXPECT_THAT(thing.bytes, HasSubstr("<type><text>brother</text></type></alternate><content>As &lt;agreed&gt;.<"));
}

TEST(HealthcareProxyTest, NeedsADateAndAName) {
  EXPECT_THAT(healthcare_proxy_thing({.when = "2005", .proxy = contact("John")}).error().what,
              HasSubstr("a healthcare proxy of '2005': expected a date"));
  EXPECT_THAT(healthcare_proxy_thing({.when = "2005-01-01", .proxy = contact("")}).error().what,
              HasSubstr("proxy of a healthcare proxy: expected a name"));
}

}  // namespace
}  // namespace bb::healthvault
