// Bulk export, as HL7 Bulk Data Access 2.0 has it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include <bb/core/text.hpp>

#include "portal/fhir_user.hpp"
#include "portal/shared_portal.hpp"

namespace bb::portal_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

const httplib::Headers asynchronous = {{"Prefer", "respond-async"}, {"Accept", "application/fhir+json"}};

class FhirBulkTest : public SharedPortalTest {
 protected:
  static void SetUpTestSuite() {
    share(with_tokens({"service - system/*.rs", "patients - system/Patient.rs", "user carol user/*.rs",
                       "labs - system/Patient.rs system/Observation.rs?category=vital-signs"}));
  }
  FhirUser user(const std::string& token) { return FhirUser(*shared_portal, token); }
  // Behind the base.
  std::string begin(FhirUser& user, const std::string& path) {
    const auto answer = user.get(path, asynchronous);
    EXPECT_EQ(status_of(answer), 202) << path << body_of(answer);
    const auto url = answer ? answer->get_header_value("Content-Location") : "";
    EXPECT_THAT(url, StartsWith(user.base() + "/"));
    return url.size() > user.base().size() ? url.substr(user.base().size()) : "/none";
  }
  Value manifest(FhirUser& user, const std::string& status_path) {
    EXPECT_EQ(status_of(user.get(status_path)), 202);
    return user.json(status_path);
  }
  // The ids of each type, of all files.
  std::map<std::string, std::vector<std::string>> exported(FhirUser& user, const std::string& path) {
    std::map<std::string, std::vector<std::string>> ids;
    const auto files = manifest(user, begin(user, path))["output"];
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto type = files[i]["type"].string_or("");
      const auto answer = user.get(files[i]["url"].string_or("").substr(user.base().size()));
      EXPECT_EQ(answer->get_header_value("Content-Type"), "application/fhir+ndjson");
      for (const auto& line : split(body_of(answer), '\n')) {
        if (line.empty()) continue;
        const auto resource = parsed(line);
        EXPECT_EQ(resource["resourceType"].string_or(""), type);
        ids[type].push_back(resource["id"].string_or(""));
      }
      EXPECT_EQ(files[i]["count"].integer_or(-1), static_cast<std::int64_t>(ids[type].size()));
    }
    return ids;
  }
};

TEST_F(FhirBulkTest, GivesAllPatientsOfTheGroup) {
  auto service = user("service");
  const auto ids = exported(service, "/Group/everybody/$export");
  EXPECT_THAT(ids.at("Patient"), UnorderedElementsAre("alice", "bob", "mallory"));
  EXPECT_THAT(ids.at("Encounter"), SizeIs(6));
  EXPECT_EQ(ids.count("Binary") + ids.count("Group"), 0u);
  EXPECT_EQ(exported(service, "/Patient/$export"), ids);
  const auto group = service.json("/Group/everybody");
  EXPECT_EQ(group["member"].size(), 3u);
  EXPECT_THAT(service.found("/Group"), ElementsAre("Group/everybody"));
  EXPECT_THAT(user("all").found("/Group"), IsEmpty());
}

TEST_F(FhirBulkTest, SaysWhatWasAskedAndWhen) {
  auto service = user("service");
  const auto status = begin(service, "/Patient/$export?_type=Patient");
  const auto waiting = service.get(status);
  EXPECT_EQ(status_of(waiting), 202);
  EXPECT_EQ(waiting->get_header_value("Retry-After"), "1");
  EXPECT_NE(waiting->get_header_value("X-Progress"), "");
  const auto done = service.get(status);
  EXPECT_EQ(done->get_header_value("Content-Type"), "application/json");
  const auto said = parsed(body_of(done));
  EXPECT_EQ(said["request"].string_or(""), service.base() + "/Patient/$export?_type=Patient");
  EXPECT_TRUE(said["requiresAccessToken"].boolean_or(false));
  EXPECT_EQ(said["output"].size(), 1u);
  EXPECT_EQ(said["error"].size(), 0u);
  EXPECT_THAT(said["transactionTime"].string_or(""), StartsWith("20"));
}

TEST_F(FhirBulkTest, FollowsItsParameters) {
  auto service = user("service");
  EXPECT_THAT(exported(service, "/Patient/$export?_type=Encounter,Patient"), SizeIs(2));
  EXPECT_THAT(exported(service, "/Patient/$export?_since=2016-01-02T00:00:00Z&_type=Encounter"), IsEmpty());
  EXPECT_THAT(exported(service, "/Patient/$export?_since=2015-12-31T00:00:00Z&_type=Encounter"), SizeIs(1));
  const auto filtered = exported(service, "/Patient/$export?_type=Encounter&_typeFilter=Encounter%3Fdate%3Dlt2015");
  EXPECT_THAT(filtered.at("Encounter"), SizeIs(3));
  for (const auto* format : {"ndjson", "application/ndjson", "application/fhir%2Bndjson"})
    begin(service, std::string("/Patient/$export?_type=Patient&_outputFormat=") + format);
  for (const auto* bad : {"_type=Foo", "_since=yesterday", "_outputFormat=csv", "_typeFilter=Encounter",
                          "_typeFilter=Encounter%3Fcolour%3Dred", "colour=red"})
    EXPECT_EQ(status_of(service.get(std::string("/Patient/$export?") + bad, asynchronous)), 400) << bad;
}

TEST_F(FhirBulkTest, AsksToBeAskedWithoutWaiting) {
  const auto answer = user("service").get("/Patient/$export");
  EXPECT_EQ(status_of(answer), 400);
  EXPECT_EQ(parsed(body_of(answer))["resourceType"].string_or(""), "OperationOutcome");
}

TEST_F(FhirBulkTest, IsForServicesAlone) {
  for (const auto* token : {"all", "user"})
    for (const auto* path : {"/Patient/$export", "/Group/everybody/$export"})
      EXPECT_EQ(status_of(user(token).get(path, asynchronous)), 403) << token;
  EXPECT_EQ(status_of(user("").get("/Patient/$export", asynchronous)), 401);
  EXPECT_EQ(status_of(user("service").get("/Group/nobody/$export", asynchronous)), 404);
  EXPECT_EQ(status_of(user("all").get("/Group/everybody")), 404);
}

TEST_F(FhirBulkTest, ExportsWhatTheScopesGive) {
  auto patients = user("patients"), labs = user("labs");
  EXPECT_THAT(exported(patients, "/Patient/$export"), SizeIs(1));
  EXPECT_EQ(status_of(patients.get("/Patient/$export?_type=Patient,Encounter", asynchronous)), 403);
  EXPECT_THAT(exported(labs, "/Patient/$export"), SizeIs(1));  // nobody has vital signs
}

TEST_F(FhirBulkTest, GivesFilesToWhoHasTheTokenAlone) {
  auto service = user("service");
  const auto url =
      manifest(service, begin(service, "/Patient/$export?_type=Patient"))["output"][0]["url"].string_or("");
  const auto path = url.substr(service.base().size());
  EXPECT_EQ(status_of(service.get(path)), 200);
  EXPECT_EQ(status_of(user("").get(path)), 401);
  EXPECT_EQ(status_of(user("all").get(path)), 403);
  EXPECT_EQ(status_of(service.get(path + "x")), 404);
  EXPECT_EQ(status_of(service.get("/bulk/unknown/Patient.ndjson")), 404);
}

TEST_F(FhirBulkTest, ForgetsWhatIsDeleted) {
  auto service = user("service");
  const auto status = begin(service, "/Patient/$export?_type=Patient");
  const auto url = manifest(service, status)["output"][0]["url"].string_or("");
  EXPECT_EQ(status_of(service.send("DELETE", status)), 202);
  const auto gone = service.get(status);
  EXPECT_EQ(status_of(gone), 404);
  EXPECT_EQ(parsed(body_of(gone))["resourceType"].string_or(""), "OperationOutcome");
  EXPECT_EQ(status_of(service.get(url.substr(service.base().size()))), 404);
  EXPECT_EQ(status_of(service.send("DELETE", status)), 404);
}

}  // namespace
}  // namespace bb::portal_test
