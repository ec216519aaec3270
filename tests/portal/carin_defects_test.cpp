// Each defect of the portal's claims shows on the defective portal, and none on the clean one. The records are the
// samples'.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include <bb/core/json.hpp>

#include "portal/defects.hpp"
#include "portal/fhir_user.hpp"

namespace bb::portal_test {
namespace {

const std::filesystem::path records_folder = std::filesystem::path(BB_SOURCE_DIR) / "samples/records";

// The claim of a kind that Alice has: "pharmacy" ...
Value claim_of(RunningPortal& portal, const std::string& type) {
  return FhirUser(portal, "all").json("/ExplanationOfBenefit?patient=alice&type=" + type)["entry"][0]["resource"];
}

std::size_t count_of(RunningPortal& portal, const std::string& query) {
  return FhirUser(portal, "all").found("/ExplanationOfBenefit?patient=alice&" + query).size();
}

double amount_of(const Value& part) { return part["amount"]["value"].number(); }

struct Case {
  std::string defect;
  std::function<bool(RunningPortal&)> shows;
};

std::vector<Case> cases() {
  return {
      {"carin-other-patients-claims",
       [](auto& p) { return !FhirUser(p, "all").found("/ExplanationOfBenefit?patient=bruno").empty(); }},
      {"carin-open-claims", [](auto& p) { return status_of(FhirUser(p, "").get("/ExplanationOfBenefit")) == 200; }},
      {"carin-not-stated",
       [](auto& p) {
         const auto guides = strings_of(FhirUser(p, "").json("/metadata")["instantiates"]);
         return std::none_of(guides.begin(), guides.end(),
                             [](const std::string& one) { return one.find("carin") != one.npos; });
       }},
      {"carin-claims-unread",
       [](auto& p) { return status_of(FhirUser(p, "all").get("/ExplanationOfBenefit/c-2016-0001")) == 404; }},
      {"carin-no-profile", [](auto& p) { return claim_of(p, "pharmacy")["meta"].find("profile") == nullptr; }},
      {"carin-no-last-updated", [](auto& p) { return claim_of(p, "pharmacy")["meta"].find("lastUpdated") == nullptr; }},
      {"carin-no-claim-id", [](auto& p) { return claim_of(p, "pharmacy")["identifier"][0].find("type") == nullptr; }},
      {"carin-wrong-type-system",
       [](auto& p) {
         return claim_of(p, "pharmacy")["type"]["coding"][0]["system"] !=
                Value("http://terminology.hl7.org/CodeSystem/claim-type");
       }},
      {"carin-two-focal", [](auto& p) { return claim_of(p, "pharmacy")["insurance"].size() == 2; }},
      {"carin-no-totals", [](auto& p) { return claim_of(p, "institutional").find("total") == nullptr; }},
      {"carin-totals-differ",
       [](auto& p) {
         const auto claim = claim_of(p, "pharmacy");
         const auto line = amount_of(claim["item"][0]["adjudication"][0]), total = amount_of(claim["total"][0]);
         return line > 0 && total > 0 && line != total;
       }},
      {"carin-own-categories",
       [](auto& p) {
         return claim_of(p, "pharmacy")["item"][0]["adjudication"][0]["category"]["coding"][0]["system"] ==
                Value("https://example-health-plan.example/codes");
       }},
      {"carin-amounts-as-text",
       [](auto& p) {
         return claim_of(p, "pharmacy")["payment"]["amount"]["value"].is_number() &&
                claim_of(p, "pharmacy")["item"][0]["adjudication"][0]["amount"]["value"].is_string();
       }},
      {"carin-pharmacy-without-ndc",
       [](auto& p) { return claim_of(p, "pharmacy")["item"][0]["productOrService"].find("coding") == nullptr; }},
      {"carin-no-adjudication",
       [](auto& p) { return claim_of(p, "professional")["item"][0].find("adjudication") == nullptr; }},
      {"carin-dangling-coverage",
       [](auto& p) {
         const auto coverage = claim_of(p, "pharmacy")["insurance"][0]["coverage"]["reference"].string_or("");
         return status_of(FhirUser(p, "all").get("/" + coverage)) == 404;
       }},
      {"carin-ignores-include",
       [](auto& p) {
         return FhirUser(p, "all").found("/ExplanationOfBenefit?_include=ExplanationOfBenefit:*", "include").empty();
       }},
      {"carin-ignores-service-date", [](auto& p) { return count_of(p, "service-date=lt1900") > 0; }},
      {"carin-ignores-last-updated", [](auto& p) { return count_of(p, "_lastUpdated=gt2200") > 0; }},
      {"carin-cancelled-as-active",
       [](auto& p) {
         return FhirUser(p, "all").json("/ExplanationOfBenefit?_id=c-2024-0233")["entry"][0]["resource"]["status"] ==
                Value("active");
       }},
  };
}

TEST(CarinDefectsTest, CoversEveryDefectOfTheTable) {
  std::vector<std::string> known, covered;
  for (const auto& row : portal::all_defects())
    if (row.name.starts_with("carin-")) known.emplace_back(row.name);
  for (const auto& row : cases()) covered.push_back(row.defect);
  EXPECT_EQ(covered, known);
}

TEST(CarinDefectsTest, ShowsNoneOnTheCleanPortal) {
  RunningPortal clean(records_folder, with_tokens({}));
  for (const auto& row : cases()) EXPECT_FALSE(row.shows(clean)) << row.defect;
}

TEST(CarinDefectsTest, ShowsEachAlone) {
  for (const auto& on : cases()) {
    RunningPortal defective(records_folder, with_tokens({}, {"--defect", on.defect}));
    for (const auto& row : cases())
      EXPECT_EQ(row.shows(defective), row.defect == on.defect) << row.defect << " under " << on.defect;
  }
}

}  // namespace
}  // namespace bb::portal_test
