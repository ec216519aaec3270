// Each defect of the FHIR API shows on the defective portal, and none on the clean one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include <bb/core/json.hpp>

#include "portal/defects.hpp"
#include "portal/fhir_user.hpp"

namespace bb::portal_test {
namespace {

const httplib::Headers asynchronous = {{"Prefer", "respond-async"}};

std::vector<std::string> arguments_of(std::vector<std::string> further) {
  return with_tokens({"patients alice patient/Patient.rs", "vitals alice patient/Observation.rs?category=vital-signs",
                      "bob bob patient/*.rs", "service - system/*.rs"},
                     std::move(further));
}

std::string begin_export(FhirUser& service) {
  const auto begun = service.get("/Patient/$export?_type=Patient", asynchronous);
  EXPECT_EQ(status_of(begun), 202);
  const auto path = begun->get_header_value("Content-Location").substr(service.base().size());
  service.get(path);  // the first answer says to wait
  return path;
}

struct Case {
  std::string defect;
  std::function<bool(RunningPortal&)> shows;
};

std::vector<Case> cases() {
  return {
      {"fhir-reads-other-patients", [](auto& p) { return status_of(FhirUser(p, "all").get("/Patient/bob")) == 200; }},
      {"fhir-ignores-scope", [](auto& p) { return status_of(FhirUser(p, "patients").get("/Encounter")) == 200; }},
      {"fhir-ignores-granular-scope", [](auto& p) { return !FhirUser(p, "vitals").found("/Observation").empty(); }},
      {"fhir-search-misses",
       [](auto& p) {
         FhirUser user(p, "all");
         return user.found("/Encounter").size() < user.found("/Patient/alice/$everything?_type=Encounter").size();
       }},
      {"fhir-paging-loses",
       [](auto& p) {
         FhirUser user(p, "all");
         return user.found("/Provenance?_count=2").size() < user.found("/Provenance").size();
       }},
      {"fhir-paging-loops",
       [](auto& p) {
         FhirUser user(p, "all");
         return user.found("/Provenance?_count=2").size() > user.found("/Provenance").size();
       }},
      {"fhir-wrong-total",
       [](auto& p) {
         const auto bundle = FhirUser(p, "all").json("/Patient?_id=alice");
         return bundle["total"].integer_or(0) != static_cast<std::int64_t>(entries_of(bundle).size());
       }},
      {"fhir-html-errors",
       [](auto& p) {
         const auto answer = FhirUser(p, "all").get("/Foo");
         return status_of(answer) == 404 && body_of(answer).find("<html>") != std::string::npos;
       }},
      {"fhir-unknown-id-answered",
       [](auto& p) { return status_of(FhirUser(p, "all").get("/Patient/unknown")) == 200; }},
      {"fhir-no-challenge",
       [](auto& p) {
         const auto answer = FhirUser(p, "").get("/Patient/alice");
         return status_of(answer) == 401 && !answer->has_header("WWW-Authenticate");
       }},
      {"fhir-dangling-reference",
       [](auto& p) {
         FhirUser user(p, "all");
         const auto request = user.json("/MedicationRequest")["entry"][0]["resource"];
         const auto requester = request["requester"]["reference"].string_or("");
         return !requester.empty() && status_of(user.get("/" + requester)) == 404;
       }},
      {"fhir-drops-must-support",
       [](auto& p) {
         return FhirUser(p, "all").json("/AllergyIntolerance")["entry"][0]["resource"].find("clinicalStatus") ==
                nullptr;
       }},
      {"fhir-post-search-differs",
       [](auto& p) {
         FhirUser user(p, "all");
         const auto by_post =
             user.post("/Encounter/_search", "patient=alice&date=lt2015", "application/x-www-form-urlencoded");
         return entries_of(parsed(body_of(by_post))) != user.found("/Encounter?patient=alice&date=lt2015");
       }},
      {"fhir-date-ignores-prefix",
       [](auto& p) { return FhirUser(p, "all").found("/Patient?birthdate=ge1900").empty(); }},
      {"fhir-bulk-file-without-token",
       [](auto& p) {
         FhirUser service(p, "service");
         const auto url = service.json(begin_export(service))["output"][0]["url"].string_or("");
         return status_of(FhirUser(p, "").get(url.substr(service.base().size()))) == 200;
       }},
      {"fhir-bulk-serves-deleted",
       [](auto& p) {
         FhirUser service(p, "service");
         const auto status = begin_export(service);
         EXPECT_EQ(status_of(service.send("DELETE", status)), 202);
         return status_of(service.get(status)) == 200;
       }},
      {"fhir-no-provenance",
       [](auto& p) { return FhirUser(p, "all").found("/Patient?_revinclude=Provenance:target", "include").empty(); }},
  };
}

TEST(FhirDefectsTest, CoversEveryDefectOfTheTable) {
  std::vector<std::string> known, covered;
  for (const auto& row : portal::all_defects())
    if (row.name.starts_with("fhir-")) known.emplace_back(row.name);
  for (const auto& row : cases()) covered.push_back(row.defect);
  EXPECT_EQ(covered, known);
}

TEST(FhirDefectsTest, ShowsNoneOnTheCleanPortal) {
  RunningPortal clean(arguments_of({}));
  for (const auto& row : cases()) EXPECT_FALSE(row.shows(clean)) << row.defect;
}

TEST(FhirDefectsTest, ShowsEachAlone) {
  for (const auto& on : cases()) {
    RunningPortal defective(arguments_of({"--defect", on.defect}));
    for (const auto& row : cases()) {
      // Who looks at no scope looks at no part of one.
      const bool is_entailed = on.defect == "fhir-ignores-scope" && row.defect == "fhir-ignores-granular-scope";
      EXPECT_EQ(row.shows(defective), row.defect == on.defect || is_entailed) << row.defect << " under " << on.defect;
    }
  }
}

}  // namespace
}  // namespace bb::portal_test
