// Searches of the FHIR API on alice's record, whose facts are those of sample_ccda.cpp, and its operations.
// tests/e2e/portal_fhir_test.py asks the same of vendors' records, by the published search parameters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/records/ccda.hpp>

#include "portal/fhir_user.hpp"
#include "portal/shared_portal.hpp"

namespace bb::portal_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAreArray;

class FhirSearchTest : public SharedPortalTest {
 protected:
  static void SetUpTestSuite() { share(with_tokens({"service - system/*.rs"})); }
  FhirUser alice() { return FhirUser(*shared_portal, "all"); }
  std::size_t count(const std::string& search) { return alice().found("/" + search).size(); }
  int status(const std::string& search, const httplib::Headers& headers = {}) {
    return status_of(alice().get("/" + search, headers));
  }
};

TEST_F(FhirSearchTest, AnswersWithABundle) {
  auto user = alice();
  const auto bundle = user.json("/Encounter?patient=alice");
  EXPECT_EQ(bundle["type"].string_or(""), "searchset");
  EXPECT_EQ(bundle["total"].integer_or(0), 2);
  EXPECT_EQ(link_of(bundle, "self"), user.base() + "/Encounter?patient=alice");
  EXPECT_EQ(link_of(bundle, "next"), "");
  ASSERT_EQ(bundle["entry"].size(), 2u);
  EXPECT_EQ(bundle["entry"][0]["fullUrl"].string_or(""), user.base() + "/" + entries_of(bundle)[0]);
}

// R4, 2.24.0.1: letters, digits, '-' and '.'; what is random is looked at often.
TEST_F(FhirSearchTest, BundlesHaveIdsOfFhir) {
  auto user = alice();
  for (int i = 0; i < 100; ++i)
    ASSERT_THAT(user.json("/Condition?patient=alice")["id"].string_or(""), testing::MatchesRegex("[A-Za-z0-9.-]+"));
}

TEST_F(FhirSearchTest, FindsByThePatientInEachForm) {
  const auto base = alice().base();
  for (const auto& patient : {std::string("alice"), std::string("Patient/alice"), base + "/Patient/alice"})
    EXPECT_EQ(count("Condition?patient=" + patient), 1u) << patient;
  EXPECT_EQ(count("Condition?patient:Patient=alice"), 1u);
  for (const auto* patient : {"bob", "Group/alice", "alic", "https://other.example/Patient/alice"})
    EXPECT_EQ(count(std::string("Condition?patient=") + patient), 0u) << patient;
}

TEST_F(FhirSearchTest, FindsCodesWithAndWithoutTheirSystem) {
  const std::string loinc = "http://loinc.org";
  for (const auto& code : {std::string("2085-9"), loinc + "|2085-9", loinc + "|", std::string("1-1,2085-9")})
    EXPECT_EQ(count("Observation?code=" + code), 1u) << code;
  for (const auto* code : {"2085", "http://snomed.info/sct|2085-9", "|2085-9", "1-1"})
    EXPECT_EQ(count(std::string("Observation?code=") + code), 0u) << code;
  EXPECT_EQ(count("Observation?code:not=2085-9"), 0u);
  EXPECT_EQ(count("Observation?code:not=1-1"), 1u);
  EXPECT_EQ(count("Observation?code=2085-9&category=vital-signs"), 0u);
  EXPECT_EQ(count("Patient?gender=female"), 1u);
  EXPECT_EQ(count("Patient?gender=http://hl7.org/fhir/administrative-gender|female"), 1u);
  EXPECT_EQ(count("Patient?gender=male"), 0u);
  EXPECT_EQ(count("Patient?identifier=urn:oid:2.999.2|p-1"), 1u);
  EXPECT_EQ(count("Patient?identifier=urn:oid:2.999.3|p-1"), 0u);
}

TEST_F(FhirSearchTest, FindsNamesByTheirBeginning) {
  for (const auto* name : {"Newman", "newm", "ALICE", "Alice%20New", "Alice+New"})
    EXPECT_EQ(count(std::string("Patient?name=") + name), 1u) << name;
  EXPECT_EQ(count("Patient?name=ewman"), 0u);
  EXPECT_EQ(count("Patient?name:contains=ewma"), 1u);
  EXPECT_EQ(count("Patient?family:exact=Newman"), 1u);
  EXPECT_EQ(count("Patient?family:exact=newman"), 0u);
  EXPECT_EQ(count("Patient?birthdate=1975-05-01&name=Newman"), 1u);
  EXPECT_EQ(count("Patient?birthdate=1975-05-02&name=Newman"), 0u);
}

TEST_F(FhirSearchTest, ComparesDatesAsTheStandardSays) {
  // One result of 2012-08-06; R4 3.1.1.4.3.
  const std::vector<std::pair<std::string, std::size_t>> of_a_day = {
      {"2012-08-06", 1},
      {"eq2012", 1},
      {"2012-08", 1},
      {"2012-08-07", 0},
      {"ne2012", 0},
      {"ne2013", 1},
      {"gt2012-08-05", 1},
      {"gt2012-08-06", 0},
      {"ge2012-08-06", 1},
      {"ge2012-08-07", 0},
      {"lt2012-08-07", 1},
      {"lt2012-08-06", 0},
      {"le2012-08-06", 1},
      {"le2012-08-05", 0},
      {"sa2012-08-05", 1},
      {"sa2012-08-06", 0},
      {"eb2012-08-07", 1},
      {"eb2012-08-06", 0},
      {"ap2012-08", 1},
      {"ap2013", 0},
      {"2011,2012", 1},
      {"2010,2011", 0},
      {"gt2012-08-06T12:00:00Z", 1},
      {"sa2012-08-06T12:00:00Z", 0},
  };
  for (const auto& [date, expected] : of_a_day) EXPECT_EQ(count("Observation?date=" + date), expected) << date;
  // Visits that began on 2012-08-06 and 2015-03-01; of their end nothing is known, so they go on.
  const std::vector<std::pair<std::string, std::size_t>> of_periods = {
      {"2012-08-06", 0},   {"eq2012", 0},       {"ne2012", 2},       {"ge2016", 2},    {"gt2012-08-06", 2},
      {"lt2015-03-01", 1}, {"lt2015-03-02", 2}, {"lt2012-08-06", 0}, {"le2015", 1},    {"le2011", 0},
      {"sa2012-08-06", 1}, {"sa2012-08-05", 2}, {"eb2015-03-01", 0}, {"ap2015-03", 2}, {"ap2012", 1},
  };
  for (const auto& [date, expected] : of_periods) EXPECT_EQ(count("Encounter?date=" + date), expected) << date;
  EXPECT_EQ(count("Encounter?date=ge2012&date=lt2015"), 1u);
  EXPECT_EQ(count("Encounter?_lastUpdated=2016-01-01"), 2u);
  EXPECT_EQ(count("Encounter?_lastUpdated=gt2016-01-01"), 0u);
  EXPECT_EQ(count("Encounter?_lastUpdated=ge2016-01-01T00:00:00%2B00:00"), 2u);
}

TEST_F(FhirSearchTest, RefusesWhatItCannotMean) {
  for (const auto* search : {"Encounter?date=yesterday", "Encounter?date=2012-13", "Encounter?date=xx2012",
                             "Encounter?date=", "Encounter?date=ge", "Encounter?_count=many", "Encounter?_count=-1",
                             "Observation?code=", "Observation?code=|", "Observation?code:text=x",
                             "Patient?name:below=x", "Patient?birthdate:not=2012", "Encounter?_include=Patient:name",
                             "Encounter?_revinclude=Observation:encounter", "Encounter?_page=x"})
    EXPECT_EQ(status(search), 400) << search;
  EXPECT_EQ(status("Binary"), 400);
}

TEST_F(FhirSearchTest, PassesOverUnknownParametersUnlessToldNotTo) {
  auto user = alice();
  const auto bundle = user.json("/Encounter?colour=red&date=lt2015");
  EXPECT_THAT(entries_of(bundle), SizeIs(1));
  EXPECT_EQ(link_of(bundle, "self"), user.base() + "/Encounter?date=lt2015");
  EXPECT_THAT(to_json(bundle["entry"][1]), HasSubstr("colour"));
  EXPECT_EQ(bundle["entry"][1]["search"]["mode"].string_or(""), "outcome");
  const auto refused = user.get("/Encounter?colour=red&date=lt2015", {{"Prefer", "handling=strict"}});
  EXPECT_EQ(status_of(refused), 400);
  EXPECT_THAT(body_of(refused), HasSubstr("parameters here: _id, _lastUpdated, patient, date"));
}

TEST_F(FhirSearchTest, FindsTheSameByPost) {
  auto user = alice();
  const auto by_post = [&](const std::string& path, const std::string& body) {
    return entries_of(parsed(body_of(user.post(path, body, "application/x-www-form-urlencoded"))));
  };
  EXPECT_EQ(by_post("/Encounter/_search", "patient=alice&date=lt2015"),
            user.found("/Encounter?patient=alice&date=lt2015"));
  EXPECT_EQ(by_post("/Encounter/_search?date=lt2015", "patient=Patient%2Falice"),
            user.found("/Encounter?patient=alice&date=lt2015"));
  EXPECT_THAT(by_post("/Patient/_search", "name=Alice+New"), SizeIs(1));
  EXPECT_THAT(by_post("/Patient/_search", ""), SizeIs(1));
  EXPECT_EQ(status_of(user.post("/Encounter/_search", "{}", "application/json")), 415);
  EXPECT_EQ(status_of(user.post("/Encounter/_search", "date=%zz", "application/x-www-form-urlencoded")), 400);
}

TEST_F(FhirSearchTest, GivesPagesWithoutGapsAndRepeats) {
  auto user = alice();
  const auto whole = user.found("/Provenance");
  ASSERT_GT(whole.size(), 5u);
  for (const std::size_t size : {1u, 2u, 3u, 100u}) {
    const auto search = "/Provenance?_count=" + std::to_string(size);
    EXPECT_EQ(user.found(search), whole) << size;
    const auto first = user.json(search);
    EXPECT_EQ(first["entry"].size(), std::min(size, whole.size()));
    EXPECT_EQ(first["total"].integer_or(0), static_cast<std::int64_t>(whole.size()));
  }
  const auto none = user.json("/Provenance?_count=0");
  EXPECT_EQ(none.find("entry"), nullptr);
  EXPECT_EQ(none["total"].integer_or(0), static_cast<std::int64_t>(whole.size()));
  EXPECT_EQ(link_of(none, "next"), "");
}

TEST_F(FhirSearchTest, KeepsToTheTokenOnFurtherPages) {
  RunningPortal portal(with_tokens({"bob bob patient/*.rs"}));
  FhirUser first(portal, "all"), bob(portal, "bob");
  const auto next = link_of(first.json("/Provenance?_count=1"), "next").substr(first.base().size());
  for (const auto& one : bob.found(next)) EXPECT_THAT(first.found("/Provenance"), Not(Contains(one)));
}

TEST_F(FhirSearchTest, IncludesWhatIsReferredTo) {
  auto user = alice();
  const auto bundle = user.json("/MedicationRequest?_include=MedicationRequest:medication");
  EXPECT_THAT(entries_of(bundle), SizeIs(2));
  EXPECT_THAT(entries_of(bundle, "include"), SizeIs(2));
  for (const auto& one : entries_of(bundle, "include")) EXPECT_THAT(one, StartsWith("Medication/"));
  EXPECT_EQ(bundle["total"].integer_or(0), 2);  // of the matches
  const auto origins = user.json("/MedicationRequest?_revinclude=Provenance:target");
  EXPECT_THAT(entries_of(origins, "include"), SizeIs(2));
  const auto& provenance = origins["entry"][2]["resource"];
  EXPECT_THAT(entries_of(origins), Contains(provenance["target"][0]["reference"].string_or("")));
  EXPECT_NE(provenance["recorded"].string_or(""), "");
  EXPECT_THAT(provenance["agent"][0]["who"]["reference"].string_or(""), StartsWith("Organization/"));
}

TEST_F(FhirSearchTest, LeadsEveryReferenceSomewhere) {
  auto user = alice();
  const auto everything = user.json("/Patient/alice/$everything?_count=200");
  std::size_t count = 0;
  for (std::size_t i = 0; i < everything["entry"].size(); ++i) {
    auto text = to_json(everything["entry"][i]["resource"]);
    const std::string key = "\"reference\":\"";
    for (auto at = text.find(key); at != text.npos; at = text.find(key, at + 1), ++count) {
      const auto begin = at + key.size();
      const auto path = "/" + text.substr(begin, text.find('"', begin) - begin);
      EXPECT_EQ(status_of(user.get(path)), 200) << path;
    }
  }
  EXPECT_GT(count, 20u);
}

TEST_F(FhirSearchTest, GivesEverythingOfAPatient) {
  auto user = alice();
  std::vector<std::string> single;
  for (const auto* type : {"Patient", "AllergyIntolerance", "Condition", "DiagnosticReport", "DocumentReference",
                           "Encounter", "Medication", "MedicationRequest", "Observation", "Organization", "Provenance"})
    for (const auto& one : user.found(std::string("/") + type)) single.push_back(one);
  const auto all = user.found("/Patient/alice/$everything");
  EXPECT_THAT(all, UnorderedElementsAreArray(single));
  EXPECT_EQ(all.front(), "Patient/alice");
  EXPECT_EQ(user.found("/Patient/alice/$everything?_count=4"), all);
  EXPECT_THAT(user.found("/Patient/alice/$everything?_type=Encounter,Patient"), SizeIs(3));
  EXPECT_THAT(user.found("/Patient/alice/$everything?_type=Encounter&end=2014"), SizeIs(1));
  EXPECT_THAT(user.found("/Patient/alice/$everything?_type=Observation&start=2012-08-06"), SizeIs(1));
  EXPECT_THAT(user.found("/Patient/alice/$everything?_type=Observation&start=2012-08-07"), IsEmpty());
  EXPECT_THAT(user.found("/Patient/alice/$everything?_type=Encounter&end=2012-08-05"), IsEmpty());
  EXPECT_THAT(user.found("/Patient/alice/$everything?_type=Encounter&end=2012-08-06"), SizeIs(1));
  EXPECT_THAT(user.found("/Patient/alice/$everything?_since=2016-01-01T00:00:00Z&_type=Encounter"), IsEmpty());
  EXPECT_THAT(user.found("/Patient/alice/$everything?_since=2015-12-31T00:00:00Z&_type=Encounter"), SizeIs(2));
  EXPECT_EQ(status("Patient/bob/$everything"), 404);
  for (const auto* bad : {"_type=Foo", "start=x", "_since=x", "_count=x"})
    EXPECT_EQ(status(std::string("Patient/alice/$everything?") + bad), 400) << bad;
}

TEST_F(FhirSearchTest, FindsTheCurrentDocument) {
  auto user = alice();
  const auto found = user.json("/DocumentReference/$docref?patient=alice");
  ASSERT_THAT(entries_of(found), SizeIs(1));
  const auto& document = found["entry"][0]["resource"];
  EXPECT_EQ(document["type"]["coding"][0]["code"].string_or(""), "34133-9");
  const auto& attachment = document["content"][0]["attachment"];
  const auto path = attachment["url"].string_or("").substr(user.base().size());
  const auto bytes = user.get(path);
  ASSERT_EQ(status_of(bytes), 200);
  EXPECT_EQ(bytes->get_header_value("Content-Type"), attachment["contentType"].string_or(""));
  EXPECT_EQ(bytes->body.size(), static_cast<std::size_t>(attachment["size"].integer_or(0)));
  EXPECT_EQ(bytes->body, ApiUser(*shared_portal, "alice").text("/api/patients/alice/download?format=ccda-2.1"));
  const auto resource = parsed(body_of(user.get(path, {{"Accept", "application/fhir+json"}})));
  EXPECT_EQ(base64_decode(resource["data"].string_or("")), bytes->body);
  EXPECT_EQ(parsed(body_of(user.get(path, {{"Accept", "application/json"}}))), resource);
  EXPECT_EQ(body_of(user.get(path, {{"Accept", "application/xml"}})), bytes->body);
  EXPECT_EQ(status_of(user.get(path, {{"Accept", "text/html"}})), 406);
}

TEST_F(FhirSearchTest, MakesADocumentOfARange) {
  auto user = alice();
  const auto found = user.json("/DocumentReference/$docref?patient=Patient/alice&start=2013-01-01&end=2015-12-31");
  ASSERT_THAT(entries_of(found), SizeIs(1));
  EXPECT_EQ(status_of(user.get("/" + entries_of(found)[0])), 200);
  const auto url = found["entry"][0]["resource"]["content"][0]["attachment"]["url"].string_or("");
  const auto bytes = user.get(url.substr(user.base().size()));
  ASSERT_EQ(status_of(bytes), 200);
  EXPECT_THAT(bytes->body, HasSubstr("Amlodipine"));       // of 2015
  EXPECT_THAT(bytes->body, Not(HasSubstr("Lisinopril")));  // of 2012
  FhirUser service(*shared_portal, "service");
  EXPECT_EQ(status_of(service.get("/" + entries_of(found)[0])), 200);
}

TEST_F(FhirSearchTest, FindsNoDocumentWhereThereIsNone) {
  for (const auto* search : {"patient=alice&type=http://loinc.org|11488-4", "patient=bob", "patient=nobody"}) {
    const auto found = alice().json(std::string("/DocumentReference/$docref?") + search);
    EXPECT_EQ(found["total"].integer_or(-1), 0) << search;
  }
  EXPECT_EQ(status("DocumentReference/$docref"), 400);
  EXPECT_EQ(status("DocumentReference/$docref?patient=alice&start=x"), 400);
  EXPECT_EQ(status("DocumentReference/$docref?patient=alice&colour=red"), 400);
}

TEST_F(FhirSearchTest, FindsTheDocumentByPostToo) {
  auto user = alice();
  const auto body = R"({"resourceType": "Parameters", "parameter": [{"name": "patient", "valueId": "alice"},
      {"name": "type", "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]}},
      {"name": "on-demand", "valueBoolean": true}]})";
  const auto answer = user.post("/DocumentReference/$docref", body, "application/fhir+json");
  EXPECT_EQ(entries_of(parsed(body_of(answer))), entries_of(user.json("/DocumentReference/$docref?patient=alice")));
  EXPECT_EQ(status_of(user.post("/DocumentReference/$docref", "{}", "application/fhir+json")), 400);
  EXPECT_EQ(status_of(user.post("/DocumentReference/$docref", body, "text/plain")), 415);
}

}  // namespace
}  // namespace bb::portal_test
