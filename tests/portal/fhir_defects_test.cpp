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

// The sample records, and a report of alice's whose text is that of a note.
class Records {
 public:
  Records() {
    write_sample_records(folder_);
    folder_.write("people.yaml",
                  "people:\n"
                  "  alice: {record: alice.xml, resources: alice.json}\n"
                  "  bob:   {record: bob.xml}\n");
    folder_.write("alice.json", R"({"resourceType": "Bundle", "type": "collection", "entry": [
      {"resource": {"resourceType": "Patient", "id": "alice", "address": [{"line": ["1 Street"]}], "extension": [
        {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex", "valueCode": "248152002"}]}},
      {"resource": {"resourceType": "DocumentReference", "id": "note", "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "18748-4"}]}, "subject": {"reference": "Patient/alice"},
        "content": [{"attachment": {"contentType": "text/plain", "data": "Tm8gZnJhY3R1cmUu"}}]}},
      {"resource": {"resourceType": "DiagnosticReport", "id": "report", "status": "final",
        "category": [{"coding": [{"system": "http://loinc.org", "code": "LP29684-5"}]}],
        "code": {"text": "X-ray"}, "subject": {"reference": "Patient/alice"},
        "presentedForm": [{"contentType": "text/plain", "url": "Binary/note"}]}}]})");
  }
  std::filesystem::path path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

Value resource_of(FhirUser& user, const std::string& type, const std::string& id) {
  return user.json("/" + type + "/" + id);
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
      {"fhir-empty-strings",
       [](auto& p) {
         FhirUser user(p, "all");
         return resource_of(user, "Patient", "alice")["address"][0]["line"][0] == Value("");
       }},
      {"fhir-no-sex",
       [](auto& p) {
         FhirUser user(p, "all");
         return resource_of(user, "Patient", "alice").find("extension") == nullptr;
       }},
      {"fhir-report-without-document",
       [](auto& p) {
         FhirUser user(p, "all");
         return resource_of(user, "DiagnosticReport", "report")["presentedForm"][0]["url"] !=
                resource_of(user, "DocumentReference", "note")["content"][0]["attachment"]["url"];
       }},
      {"fhir-notes-not-found",
       [](auto& p) {
         FhirUser user(p, "all");
         const auto notes = user.found("/DocumentReference?type=18748-4");
         EXPECT_EQ(notes.empty(), user.found("/DiagnosticReport?category=LP29684-5").empty());
         return notes.empty();
       }},
      {"fhir-notes-as-pdf",
       [](auto& p) {
         FhirUser user(p, "all");
         return resource_of(user, "DocumentReference", "note")["content"][0]["attachment"]["contentType"] ==
                Value("application/pdf");
       }},
      {"fhir-old-us-core",
       [](auto& p) { return body_of(FhirUser(p, "").get("/metadata")).find("us-core-specimen") == std::string::npos; }},
      {"fhir-include-ignored",
       [](auto& p) {
         return FhirUser(p, "all").found("/MedicationRequest?_include=MedicationRequest:medication", "include").empty();
       }},
      {"fhir-summary-as-collection",
       [](auto& p) { return FhirUser(p, "all").json("/Patient/alice/$summary")["type"] != Value("document"); }},
      {"fhir-summary-of-another-type",
       [](auto& p) {
         const auto first = FhirUser(p, "all").json("/Patient/alice/$summary")["entry"][0]["resource"];
         return first["type"]["coding"][0]["code"] != Value("60591-5");
       }},
      {"fhir-summary-without-narrative",
       [](auto& p) {
         const auto first = FhirUser(p, "all").json("/Patient/alice/$summary")["entry"][0]["resource"];
         return first["section"][0].find("text") == nullptr;
       }},
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
  const Records records;
  RunningPortal clean(records.path(), arguments_of({}));
  for (const auto& row : cases()) EXPECT_FALSE(row.shows(clean)) << row.defect;
}

TEST(FhirDefectsTest, ShowsEachAlone) {
  const Records records;
  for (const auto& on : cases()) {
    RunningPortal defective(records.path(), arguments_of({"--defect", on.defect}));
    for (const auto& row : cases()) {
      // Who looks at no scope looks at no part of one.
      const bool is_entailed = on.defect == "fhir-ignores-scope" && row.defect == "fhir-ignores-granular-scope";
      EXPECT_EQ(row.shows(defective), row.defect == on.defect || is_entailed) << row.defect << " under " << on.defect;
    }
  }
}

}  // namespace
}  // namespace bb::portal_test
