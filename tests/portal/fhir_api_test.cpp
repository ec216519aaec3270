// The FHIR API as docs/reference/portal-fhir.md has it: reads, errors, scopes, and the history that they leave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <bb/core/json.hpp>

#include "portal/fhir_user.hpp"
#include "portal/shared_portal.hpp"

namespace bb::portal_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const std::string category = "http://terminology.hl7.org/CodeSystem/observation-category";

class FhirApiTest : public SharedPortalTest {
 protected:
  static void SetUpTestSuite() {
    share(with_tokens({
        "v1 alice launch/patient patient/Patient.read patient/Observation.read",
        "reads alice patient/Encounter.r",
        "searches alice patient/Encounter.s",
        "labs alice patient/Patient.rs patient/Observation.rs?category=" + category + "|laboratory",
        "vitals alice patient/Patient.rs patient/Observation.rs?category=" + category + "|vital-signs",
        "odd alice patient/Observation.rs?colour=red",
        "documents alice patient/DocumentReference.rs",
        "bob bob patient/*.rs",
        "carol carol user/*.rs",
        "ruth ruth user/*.rs",
        "nobody - patient/*.rs",
        "service - system/*.rs",
    }));
  }
  FhirUser user(const std::string& token) { return FhirUser(*shared_portal, token); }
  std::string first(FhirUser& user, const std::string& type) {
    const auto found = user.found("/" + type);
    return found.empty() ? "/" + type + "/none" : "/" + found.front();
  }
};

std::string header(const httplib::Result& answer, const std::string& name) {
  return answer ? answer->get_header_value(name) : "";
}

void expect_outcome(const httplib::Result& answer, int status, const std::string& code) {
  EXPECT_EQ(status_of(answer), status) << body_of(answer);
  EXPECT_EQ(header(answer, "Content-Type"), "application/fhir+json");
  const auto body = parsed(body_of(answer));
  EXPECT_EQ(body["resourceType"].string_or(""), "OperationOutcome");
  EXPECT_EQ(body["issue"][0]["severity"].string_or(""), "error");
  EXPECT_EQ(body["issue"][0]["code"].string_or(""), code);
  EXPECT_NE(body["issue"][0]["diagnostics"].string_or(""), "");
}

TEST_F(FhirApiTest, TellsAnybodyWhatItCan) {
  const auto answer = user("").get("/metadata");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_EQ(header(answer, "Content-Type"), "application/fhir+json");
  const auto statement = parsed(body_of(answer));
  EXPECT_EQ(statement["resourceType"].string_or(""), "CapabilityStatement");
  EXPECT_EQ(statement["fhirVersion"].string_or(""), "4.0.1");
  EXPECT_THAT(strings_of(statement["instantiates"]),
              testing::Contains("http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server"));
  EXPECT_EQ(statement["rest"][0]["security"]["service"][0]["coding"][0]["code"].string_or(""), "SMART-on-FHIR");
}

TEST_F(FhirApiTest, RefusesWhoHasNoTokenOrAWrongOne) {
  for (const auto* token : {"", "wrong"})
    for (const auto* path : {"/Patient/alice", "/Observation", "/Foo", "/Patient/$export", "/bulk/x", "/bulk/x/y"}) {
      const auto answer = user(token).get(path);
      expect_outcome(answer, 401, "login");
      EXPECT_THAT(header(answer, "WWW-Authenticate"), StartsWith("Bearer"));
    }
}

TEST_F(FhirApiTest, ReadsAPatientAndItsOnlyVersion) {
  auto alice = user("all");
  const auto answer = alice.get("/Patient/alice");
  ASSERT_EQ(status_of(answer), 200);
  const auto patient = parsed(body_of(answer));
  EXPECT_EQ(patient["birthDate"].string_or(""), "1975-05-01");
  EXPECT_EQ(patient["meta"]["profile"][0].string_or(""),
            "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient");
  EXPECT_EQ(header(answer, "ETag"), "W/\"1\"");
  EXPECT_EQ(header(answer, "Last-Modified"), "Fri, 01 Jan 2016 00:00:00 GMT");  // the day of the document
  EXPECT_EQ(body_of(alice.get("/Patient/alice/_history/1")), body_of(answer));
  expect_outcome(alice.get("/Patient/alice/_history/2"), 404, "not-found");
}

TEST_F(FhirApiTest, SparesWhoHasTheResourceAlready) {
  auto alice = user("all");
  EXPECT_EQ(status_of(alice.get("/Patient/alice", {{"If-None-Match", "W/\"1\""}})), 304);
  EXPECT_EQ(status_of(alice.get("/Patient/alice", {{"If-None-Match", "W/\"2\""}})), 200);
  EXPECT_EQ(status_of(alice.get("/Patient/alice", {{"If-Modified-Since", "Fri, 01 Jan 2016 00:00:00 GMT"}})), 304);
  EXPECT_EQ(status_of(alice.get("/Patient/alice", {{"If-Modified-Since", "Thu, 31 Dec 2015 00:00:00 GMT"}})), 200);
}

TEST_F(FhirApiTest, SaysNotFoundForWhatIsNotThere) {
  auto alice = user("all");
  for (const auto* path : {"/Patient/unknown", "/Observation/1", "/Foo", "/Foo/1", "/Patient/alice/Observation",
                           "/Patient/alice/$unknown", "/Appointment", "/Encounter/$export"})
    expect_outcome(alice.get(path), 404, "not-found");
}

TEST_F(FhirApiTest, ShowsNobodyElsesResources) {
  auto alice = user("all"), bob = user("bob");
  expect_outcome(alice.get("/Patient/bob"), 404, "not-found");
  for (const auto* type : {"AllergyIntolerance", "Encounter", "MedicationRequest", "DocumentReference", "Provenance"}) {
    const auto others = first(bob, type);
    EXPECT_EQ(status_of(bob.get(others)), 200) << others;
    expect_outcome(alice.get(others), 404, "not-found");
  }
  EXPECT_THAT(alice.found("/Patient"), ElementsAre("Patient/alice"));
  EXPECT_THAT(alice.found("/Encounter?patient=bob"), IsEmpty());
  EXPECT_THAT(user("nobody").found("/Patient"), IsEmpty());
}

TEST_F(FhirApiTest, LetsACaregiverReadWhoGrantedIt) {
  EXPECT_THAT(user("carol").found("/Patient"), ElementsAre("Patient/alice"));
  expect_outcome(user("carol").get("/Patient/bob"), 404, "not-found");
  EXPECT_THAT(user("ruth").found("/Patient"), IsEmpty());
  expect_outcome(user("ruth").get("/Patient/alice"), 404, "not-found");
}

TEST_F(FhirApiTest, GivesWhatTheScopesSay) {
  auto v1 = user("v1");
  EXPECT_THAT(v1.found("/Observation"), SizeIs(1));
  EXPECT_EQ(status_of(v1.get(first(v1, "Observation"))), 200);
  const auto refused = v1.get("/Encounter");
  expect_outcome(refused, 403, "forbidden");
  EXPECT_THAT(header(refused, "WWW-Authenticate"), HasSubstr("insufficient_scope"));
  auto all = user("all");
  const auto visit = first(all, "Encounter");
  expect_outcome(v1.get(visit), 403, "forbidden");
  EXPECT_EQ(status_of(user("reads").get(visit)), 200);
  expect_outcome(user("reads").get("/Encounter"), 403, "forbidden");
  EXPECT_EQ(status_of(user("searches").get("/Encounter")), 200);
  expect_outcome(user("searches").get(visit), 403, "forbidden");
}

TEST_F(FhirApiTest, GivesTheCategoryThatAScopeIsOf) {
  auto labs = user("labs"), vitals = user("vitals");
  const auto observation = first(labs, "Observation");
  EXPECT_THAT(labs.found("/Observation"), SizeIs(1));
  EXPECT_EQ(status_of(labs.get(observation)), 200);
  EXPECT_THAT(vitals.found("/Observation"), IsEmpty());
  expect_outcome(vitals.get(observation), 404, "not-found");
  EXPECT_THAT(user("odd").found("/Observation"), IsEmpty());
}

TEST_F(FhirApiTest, IncludesOnlyWhatTheScopesGive) {
  EXPECT_THAT(user("v1").found("/Observation?_revinclude=Provenance:target", "include"), IsEmpty());
  EXPECT_THAT(user("all").found("/Observation?_revinclude=Provenance:target", "include"), SizeIs(1));
}

TEST_F(FhirApiTest, SaysWhatCanBeDoneInstead) {
  auto alice = user("all");
  const auto created = alice.post("/Patient", "{}", "application/fhir+json");
  expect_outcome(created, 405, "not-supported");
  EXPECT_EQ(header(created, "Allow"), "GET");
  for (const auto* method : {"PUT", "PATCH", "DELETE"})
    expect_outcome(alice.send(method, "/Patient/alice"), 405, "not-supported");
  const auto searched = alice.get("/Patient/_search");
  expect_outcome(searched, 405, "not-supported");
  EXPECT_EQ(header(searched, "Allow"), "POST");
}

TEST_F(FhirApiTest, SaysAsAnOutcomeWhatTheServerItselfRefuses) {
  auto alice = user("all");
  expect_outcome(alice.get("/Patient?name=%zz"), 400, "structure");
  const std::string form = "application/x-www-form-urlencoded";
  expect_outcome(alice.post("/Patient/_search", std::string(65'537, 'x'), form), 413, "structure");
  auto client = shared_portal->client();
  EXPECT_EQ(error_code_of(client.Get("/api/session?%zz")), "malformed");  // elsewhere as before
}

TEST_F(FhirApiTest, AnswersInJsonAlone) {
  auto alice = user("all");
  for (const auto* accept : {"", "*/*", "application/*", "application/json", "application/fhir+json;fhirVersion=4.0",
                             "text/html, application/fhir+json;q=0.5"})
    EXPECT_EQ(status_of(alice.get("/Patient/alice", {{"Accept", accept}})), 200) << accept;
  for (const auto* accept : {"text/html", "application/fhir+xml", "application/xml, text/plain"})
    expect_outcome(alice.get("/Patient/alice", {{"Accept", accept}}), 406, "not-supported");
  EXPECT_EQ(status_of(alice.get("/Patient/alice?_format=json", {{"Accept", "text/html"}})), 200);
  expect_outcome(alice.get("/Patient/alice?_format=xml"), 406, "not-supported");
}

TEST_F(FhirApiTest, LetsWebPagesOfOthersAsk) {
  const auto preflight = user("").send("OPTIONS", "/Patient/alice");
  EXPECT_EQ(status_of(preflight), 204);
  EXPECT_EQ(header(preflight, "Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(header(preflight, "Access-Control-Allow-Headers"), HasSubstr("Authorization"));
  EXPECT_EQ(header(user("all").get("/Patient/alice"), "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header(user("").get("/Patient/alice"), "Access-Control-Allow-Origin"), "*");
}

TEST_F(FhirApiTest, LeavesItsTracesInTheHistory) {
  RunningPortal portal(with_tokens({"service - system/*.rs"}));
  FhirUser app(portal, "all"), service(portal, "service");
  ApiUser alice(portal, "alice");
  app.json("/Patient/alice");
  app.json("/Observation");
  app.json("/Observation?code=nothing");
  app.json("/Patient/alice/$everything");
  service.get("/Patient/$export", {{"Prefer", "respond-async"}});
  app.get("/Patient/bob");  // not given, so not logged
  const auto events = alice.json("/api/patients/alice/activity")["events"];
  std::vector<std::string> said;
  for (std::size_t i = 0; i < events.size(); ++i)
    said.push_back(events[i]["action"].string_or("") + ": " + events[i]["what"].string_or("") + " by " +
                   events[i]["actor"]["name"].string_or("") + ", " + events[i]["actor"]["role"].string_or(""));
  ASSERT_GE(said.size(), 5u);
  EXPECT_EQ(said[0], "download: export of all patients' records (FHIR) by given-by-hand, app");
  EXPECT_EQ(said[1], "download: everything (FHIR) by Alice Newman, patient");
  EXPECT_EQ(said[2], "view: search of Observation (FHIR) by Alice Newman, patient");
  EXPECT_EQ(said[3], said[2]);
  EXPECT_EQ(said[4], "view: Patient/alice (FHIR) by Alice Newman, patient");
  const auto bobs = ApiUser(portal, "bob").json("/api/patients/bob/activity")["events"];
  for (std::size_t i = 0; i < bobs.size(); ++i) EXPECT_THAT(bobs[i]["what"].string_or(""), Not(HasSubstr("Patient/")));
}

TEST_F(FhirApiTest, SummarisesThePatientAsTheTokenSeesThem) {
  auto alice = user("all");
  const auto document = alice.json("/Patient/alice/$summary");
  EXPECT_EQ(document["type"], Value("document"));
  const auto& composition = document["entry"][0]["resource"];
  EXPECT_EQ(composition["type"]["coding"][0]["code"], Value("60591-5"));
  EXPECT_EQ(composition["section"][1]["code"]["coding"][0]["code"], Value("48765-2"));
  EXPECT_THAT(composition["section"][1]["text"]["div"].string_or(""), HasSubstr("<li>"));
  // All that is referred to stands in the document.
  std::set<std::string> there, named;
  for (const auto& entry : *document["entry"].items()) there.insert(entry["fullUrl"].string_or(""));
  for (const auto& section : *composition["section"].items())
    for (std::size_t i = 0; i < section["entry"].size(); ++i)
      named.insert(alice.base() + "/" + section["entry"][i]["reference"].string_or(""));
  EXPECT_FALSE(named.empty());
  EXPECT_TRUE(std::includes(there.begin(), there.end(), named.begin(), named.end()));

  const auto identifier = alice.json("/Patient/alice")["identifier"][0]["value"].string_or("");
  const auto by_identifier = alice.json("/Patient/$summary?identifier=" + identifier);
  EXPECT_EQ(by_identifier["entry"][0]["resource"]["subject"]["reference"], Value("Patient/alice"));
  const auto body = R"({"resourceType": "Parameters", "parameter": [{"name": "profile",
    "valueUri": "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"}]})";
  EXPECT_EQ(status_of(alice.post("/Patient/alice/$summary", body, "application/fhir+json")), 200);
  EXPECT_EQ(status_of(alice.post("/Patient/alice/$summary", "x", "text/plain")), 415);
  EXPECT_EQ(status_of(alice.get("/Patient/$summary")), 400);
  EXPECT_EQ(status_of(alice.get("/Patient/alice/$summary?profile=http://example.org/another")), 400);
  EXPECT_EQ(status_of(alice.get("/Patient/bob/$summary")), 404);
  EXPECT_EQ(status_of(alice.get("/Patient/$summary?identifier=nobody")), 404);
  EXPECT_EQ(status_of(alice.get("/Patient/$summary?identifier=nobody&identifier=" + identifier)), 400);
  EXPECT_EQ(status_of(alice.send("DELETE", "/Patient/alice/$summary")), 405);
}

TEST_F(FhirApiTest, SummarisesNobodyWhereAnIdentifierIsOfSeveral) {
  auto service = user("service");
  const auto identifier = service.json("/Patient/alice")["identifier"][0]["value"].string_or("");
  EXPECT_EQ(service.json("/Patient/bob")["identifier"][0]["value"].string_or(""), identifier);
  expect_outcome(service.get("/Patient/$summary?identifier=" + identifier), 400, "multiple-matches");
}

TEST_F(FhirApiTest, SummarisesNothingThatTheTokenDoesNotSee) {
  RunningPortal portal(with_tokens({"patient alice patient/Patient.rs", "vitals alice patient/Observation.rs"}));
  const auto document = FhirUser(portal, "patient").json("/Patient/alice/$summary");
  const auto& sections = document["entry"][0]["resource"]["section"];
  ASSERT_EQ(sections.size(), 3u);
  for (const auto& section : *sections.items()) {
    EXPECT_EQ(section["emptyReason"]["coding"][0]["code"], Value("unavailable"));
    EXPECT_THAT(section["text"]["div"].string_or(""), HasSubstr("Nothing is known here."));
  }
  EXPECT_EQ(status_of(FhirUser(portal, "vitals").get("/Patient/alice/$summary")), 403);
}

TEST_F(FhirApiTest, KeepsItsIdsWhenItStartsAgain) {
  RunningPortal again(with_tokens({}));
  auto before = user("all");
  FhirUser after(again, "all");
  for (const auto* type : {"Encounter", "MedicationRequest", "Medication", "DocumentReference", "Provenance"})
    EXPECT_EQ(before.found(std::string("/") + type), after.found(std::string("/") + type));
}

TEST_F(FhirApiTest, MakesIdsOfAccountsThatAreNone) {
  TemporaryFolder folder;
  write_sample_records(folder);
  folder.write("people.yaml", "people:\n  a_b: {record: alice.xml}\n");
  RunningPortal portal(folder.path(), {"--fhir-token", "t a_b patient/*.rs"});
  FhirUser user(portal, "t");
  const auto found = user.found("/Patient");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0], testing::MatchesRegex("Patient/[A-Za-z0-9.-]+"));
  EXPECT_EQ(user.found("/Encounter?patient=" + found[0]).size(), 2u);
}

}  // namespace
}  // namespace bb::portal_test
