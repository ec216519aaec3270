// What the demo tells portal and engine about a folder of records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>
#include "harness/cli/demo_direct.hpp"
#include "harness/cli/demo_people.hpp"
#include "harness/cli/demo_records.hpp"
#include "harness/cli/demo_target.hpp"
#include "harness/cli/yaml_text.hpp"
#include "harness/suite/reader.hpp"
#include "support/temporary_folder.hpp"

namespace bb::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string document(std::string_view given, std::string_view family) {
  auto xml = std::string(
      "<ClinicalDocument xmlns='urn:hl7-org:v3'><recordTarget><patientRole><patient><name><given>GIVEN</given>"
      "<family>FAMILY</family></name><birthTime value='19700501'/></patient></patientRole></recordTarget>"
      "<component><structuredBody><component><section><code code='11450-4' codeSystem='2.16.840.1.113883.6.1'/><entry>"
      "<act classCode='ACT' moodCode='EVN'><entryRelationship typeCode='SUBJ'><observation classCode='OBS' "
      "moodCode='EVN'><value displayName='Asthma'/></observation></entryRelationship></act></entry></section>"
      "</component></structuredBody></component>"
      "</ClinicalDocument>");
  return replace_all(replace_all(xml, "GIVEN", given), "FAMILY", family);
}

std::string without_entries(const std::string& xml) {
  const auto begin = xml.find("<component>");
  return xml.substr(0, begin) + "</ClinicalDocument>";
}

class DemoTest : public testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_.path() / name).parent_path());
    const auto written = write_text(folder_.path() / name, text);
    ASSERT_TRUE(written) << written.error().what;
  }
  DemoPeople read() {
    auto people = read_demo_people(folder_.path());
    EXPECT_TRUE(people) << people.error().what;
    return people ? *std::move(people) : DemoPeople{};
  }
  static std::vector<std::string> accounts(const DemoPeople& people) {
    std::vector<std::string> names;
    for (const auto& person : people.people) names.push_back(person.account);
    return names;
  }
  static ReadyPortal ready(const DemoPeople& people) {
    return {.url = "https://127.0.0.1:4001",
            .cleartext_url = "http://127.0.0.1:4002",
            .inbox = "https://127.0.0.1:4001/inbox",
            .ca_file = "/tmp/ca.pem",
            .accounts = accounts(people)};
  }

  test::TemporaryFolder folder_;
};

TEST_F(DemoTest, ReadsPeopleFromTheFile) {
  put("alice.xml", document("Alice", "Newman"));
  put("people.yaml",
      "people:\n  alice: {record: alice.xml}\n  carol: {caregiver_of: [alice]}\n"
      "  ruth: {caregiver_of: [], revoked: [alice]}\n");
  const auto people = read();
  EXPECT_THAT(accounts(people), ElementsAre("alice", "carol", "ruth"));
  EXPECT_FALSE(people.is_made_up);
  EXPECT_EQ(people.people[0].record.patient.name.family, "Newman");
  EXPECT_THAT(people.people[2].revoked, ElementsAre("alice"));
}

TEST_F(DemoTest, MakesPeopleUpForAFolderOfDocuments) {
  put("a/Newman Alice_1.xml", document("Alice", "Newman"));
  put("b/newman-alice-1.XML", document("Bob", "Newman"));
  put("readme.txt", "no document");
  const auto people = read();
  EXPECT_TRUE(people.is_made_up);
  EXPECT_THAT(accounts(people),
              ElementsAre("newman-alice-1", "newman-alice-1-2", "caregiver", "former-caregiver", "stranger"));
  EXPECT_THAT(people.people[2].caregiver_of, ElementsAre("newman-alice-1"));
}

TEST_F(DemoTest, LeavesUnreadableDocumentsOutAndSaysSo) {
  put("good.xml", document("Alice", "Newman"));
  put("torn.xml", "<ClinicalDocument");
  const auto people = read();
  EXPECT_THAT(accounts(people), ElementsAre("good", "caregiver", "former-caregiver", "stranger"));
  ASSERT_THAT(people.warnings, SizeIs(1));
  EXPECT_THAT(people.warnings[0], HasSubstr("torn.xml"));
}

TEST_F(DemoTest, LeavesOutWhoseRecordHasNoEntries) {
  put("bare.xml", without_entries(document("Bea", "Bare")));
  put("full.xml", document("Alice", "Newman"));
  auto people = read();
  EXPECT_THAT(accounts(people), ElementsAre("full", "caregiver", "former-caregiver", "stranger"));
  ASSERT_THAT(people.warnings, SizeIs(1));
  EXPECT_THAT(people.warnings[0], HasSubstr("bare.xml: the record has no entries that a page could show"));
  EXPECT_THAT(people.warnings[0], Not(HasSubstr("Bea")));
  put("people.yaml", "people:\n  bea: {record: bare.xml}\n  alice: {record: full.xml}\n");
  people = read();
  EXPECT_THAT(accounts(people), ElementsAre("alice"));
  EXPECT_THAT(people.warnings, SizeIs(1));
}

TEST_F(DemoTest, LeavesOutWhoseRecordNamesNobodyAndSaysSo) {
  put("full.xml", document("Alice", "Newman"));
  put("nameless.xml", document("", ""));
  auto people = read();
  EXPECT_THAT(accounts(people), ElementsAre("full", "caregiver", "former-caregiver", "stranger"));
  ASSERT_THAT(people.warnings, SizeIs(1));
  EXPECT_THAT(people.warnings[0], HasSubstr("nameless.xml: the record does not name its patient"));
  put("people.yaml", "people:\n  bea: {record: nameless.xml}\n  alice: {record: full.xml}\n");
  people = read();
  EXPECT_THAT(accounts(people), ElementsAre("alice"));
  EXPECT_THAT(people.warnings, SizeIs(1));
}

TEST_F(DemoTest, RefusesAFolderInWhichNobodyHasEntries) {
  put("bare.xml", without_entries(document("Bea", "Bare")));
  EXPECT_THAT(read_demo_people(folder_.path()).error().what, HasSubstr("the record has no entries"));
  put("people.yaml", "people:\n  bea: {record: bare.xml}\n");
  EXPECT_THAT(read_demo_people(folder_.path()).error().what, HasSubstr("the record has no entries"));
}

TEST_F(DemoTest, RefusesAFolderWithoutDocuments) {
  const auto people = read_demo_people(folder_.path());
  ASSERT_FALSE(people);
  EXPECT_THAT(people.error().what, HasSubstr("expected C-CDA documents"));
  EXPECT_FALSE(read_demo_people(folder_.path() / "nowhere"));
}

TEST_F(DemoTest, WritesPeopleThatReadBackTheSame) {
  put("a.xml", document("Alice", "Newman"));
  const auto people = read();
  const auto yaml = to_yaml(people_file(people));
  put("people.yaml", yaml);
  const auto again = read();
  EXPECT_EQ(accounts(again), accounts(people)) << yaml;
  EXPECT_EQ(again.people[1].caregiver_of, people.people[1].caregiver_of);
}

TEST_F(DemoTest, WritesATargetThatOurReaderTakes) {
  put("zoe.xml", document("Zoë \"Z\"", "O'Neill: 李"));
  put("ben.xml", document("Ben", "Ott"));
  const auto people = read();
  put("demo.target.yaml", to_yaml(demo_target(ready(people), people)));
  const auto target = suite::read_target(folder_.path() / "demo.target.yaml");
  EXPECT_THAT(render(target.diagnostics), IsEmpty());
  ASSERT_TRUE(target.is_good());
  const auto* zoe = target.value->find_person("zoe");
  ASSERT_NE(zoe, nullptr);
  EXPECT_EQ(zoe->facts["family_name"], Value("O'Neill: 李"));
  EXPECT_EQ(zoe->facts["given_name"], Value("Zoë \"Z\""));
  EXPECT_EQ(zoe->facts["record"], Value("zoe"));
  EXPECT_EQ(zoe->facts["facts"], Value::strings({"Asthma"}));
  EXPECT_EQ(zoe->secrets.at("password").environment, "BLUEBRIDGE_DEMO_PASSWORD_ZOE");
  const auto* portal = target.value->find_role("portal");
  ASSERT_NE(portal, nullptr);
  EXPECT_EQ(portal->connector, "org.bluebridge.rest.portal");
  EXPECT_EQ(portal->config["base_url"], Value("https://127.0.0.1:4001"));
  EXPECT_EQ(portal->ca_file, "/tmp/ca.pem");
  EXPECT_TRUE(portal->is_cleartext_allowed);
}

TEST_F(DemoTest, BindsTheRolesOfDirectBesideThePortal) {
  put("alice.xml", document("Alice", "Newman"));
  const auto people = read();
  const MailPorts ports{.smtp = 4025, .imap = 4143, .pop3 = 4110, .dns = 4053};
  auto portal = ready(people);
  portal.direct_domain = "direct.portal.example";
  auto described = demo_target(portal, people);
  add_direct_roles(described, "/pki", ports);
  put("demo.target.yaml", to_yaml(described));
  const auto target = suite::read_target(folder_.path() / "demo.target.yaml");
  EXPECT_THAT(render(target.diagnostics), IsEmpty());
  ASSERT_TRUE(target.is_good());
  EXPECT_EQ(target.value->find_role("portal")->connector, "org.bluebridge.rest.portal");
  const auto* inbox = target.value->find_role("inbox");
  EXPECT_EQ(inbox->connector, "org.bluebridge.direct.inbox");
  EXPECT_EQ(inbox->config["port"], Value(4143));
  EXPECT_EQ(inbox->config["smtp"]["port"], Value(4025));
  EXPECT_EQ(inbox->secrets.at("identity").file, "/pki/direct.inbox.example.pem");
  EXPECT_EQ(inbox->secrets.at("mail_password").environment, "BLUEBRIDGE_DEMO_MAIL_PASSWORD");
  const auto* received = target.value->find_role("received");
  EXPECT_EQ(received->connector, "org.bluebridge.rest.messages");
  EXPECT_EQ(received->config["account"], Value("alice"));
  EXPECT_EQ(received->secrets.at("password").environment, "BLUEBRIDGE_DEMO_PASSWORD_ALICE");
  EXPECT_EQ(target.value->inputs["recipient"], Value("alice@direct.portal.example"));
  const auto* sender = target.value->find_role("sender");
  EXPECT_EQ(sender->connector, "org.bluebridge.direct.sender");
  EXPECT_EQ(sender->config["resolver"]["port"], Value(4053));
  EXPECT_EQ(sender->config["identities"].size(), 20u);
  EXPECT_EQ(sender->secrets.at("weak_key").file, "/pki/cases/rsa-1024.pem");
  EXPECT_EQ(sender->config["from"], inbox->config["address"]);  // what is sent back arrives there
}

TEST_F(DemoTest, BindsTheRolesOfARecordPlatformBesideThePortal) {
  put("alice.xml", document("Alice", "Newman"));
  const auto people = read();
  const ReadyPlatform platform{.url = "https://127.0.0.1:4444/platform/wildcat.ashx",
                               .ca_file = "/p/ca.pem",
                               .control_url = "https://127.0.0.1:4444/double",
                               .portal = {"app-1", "/p/portal.pem"},
                               .harness = {"app-2", "/p/harness.pem"},
                               .person = "person-1",
                               .record = "record-1"};
  auto described = demo_target(ready(people), people);
  add_record_platform(described, platform, "AB12");
  put("demo.target.yaml", to_yaml(described));
  const auto target = suite::read_target(folder_.path() / "demo.target.yaml");
  EXPECT_THAT(render(target.diagnostics), IsEmpty());
  ASSERT_TRUE(target.is_good());
  EXPECT_EQ(target.value->find_role("portal")->connector, "org.bluebridge.rest.portal");
  const auto* inbox = target.value->find_role("inbox");
  EXPECT_EQ(inbox->connector, "org.bluebridge.healthvault.inbox");
  EXPECT_EQ(inbox->config["address"], Value("healthvault:person-1/record-1"));
  const auto* looking = target.value->find_role("platform");
  EXPECT_EQ(looking->connector, "org.bluebridge.healthvault.record");
  EXPECT_EQ(looking->config["app_id"], Value("app-2"));  // not the portal's
  EXPECT_EQ(looking->config["thumbprint"], Value("AB12"));
  EXPECT_EQ(looking->config["control_url"], Value("https://127.0.0.1:4444/double"));
  EXPECT_EQ(looking->secrets.at("control_token").environment, "BLUEBRIDGE_DEMO_CONTROL_TOKEN");
  EXPECT_EQ(looking->secrets.at("application_key").file, "/p/harness.pem");
  EXPECT_EQ(target.value->inputs["application"], Value("app-1"));
  EXPECT_EQ(target.value->find_person("record_holder")->account, "healthvault:person-1/record-1");
}

TEST(DemoRecordsTest, RefusesAReadyLineWithoutAnApplication) {
  const std::string good =
      R"({"url": "u", "ca_file": "c", "control": {"url": "d", "token": "t"},
          "applications": [{"name": "portal", "id": "1", "identity_file": "f"},
                           {"name": "harness", "id": "2", "identity_file": "g"}],
          "people": [{"account": "owner", "id": "p"}], "records": [{"name": "owner", "id": "r"}]})";
  const auto platform = read_platform_line(good);
  ASSERT_TRUE(platform) << platform.error().what;
  EXPECT_EQ(platform->harness.identity_file, "g");
  EXPECT_EQ(platform->record, "r");
  for (const auto& [from, to] : {std::pair("\"harness\"", "\"other\""), std::pair("\"control\"", "\"c\""),
                                 std::pair("\"owner\", \"id\": \"r\"", "\"x\", \"id\": \"r\"")})
    EXPECT_FALSE(read_platform_line(replace_all(good, from, to))) << to;
  EXPECT_FALSE(read_platform_line("ready"));
}

TEST_F(DemoTest, GivesEachPartOfTheSuiteAPerson) {
  put("alice.xml", document("Alice", "Newman"));
  put("bruno.xml", document("Bruno", "Ott"));
  put("people.yaml",
      "people:\n  bruno: {record: bruno.xml}\n  alice: {record: alice.xml}\n"
      "  carol: {caregiver_of: [alice]}\n  ruth: {caregiver_of: [], revoked: [alice]}\n");
  const auto people = read();
  const auto inputs = demo_target(ready(people), people)["inputs"];
  EXPECT_EQ(inputs["patient"], Value("alice"));
  EXPECT_EQ(inputs["caregiver"], Value("carol"));
  EXPECT_EQ(inputs["former_caregiver"], Value("ruth"));
  EXPECT_EQ(inputs["stranger"], Value("bruno"));
}

TEST_F(DemoTest, MakesAStrangerUpForASinglePatient) {
  put("alice.xml", document("Alice", "Newman"));
  const auto people = read();
  EXPECT_EQ(demo_target(ready(people), people)["inputs"]["stranger"], Value("stranger"));
}

TEST_F(DemoTest, MakesUpWhomTheFileDoesNotName) {
  put("alice.xml", document("Alice", "Newman"));
  put("people.yaml", "people:\n  caregiver: {record: alice.xml}\n");
  auto people = read();
  EXPECT_THAT(make_up_missing(people), ElementsAre("caregiver-2", "former-caregiver", "stranger"));
  EXPECT_TRUE(people.is_made_up);
  const auto inputs = demo_target(ready(people), people)["inputs"];
  EXPECT_EQ(inputs["patient"], Value("caregiver"));
  EXPECT_EQ(inputs["caregiver"], Value("caregiver_2"));
  EXPECT_EQ(inputs["former_caregiver"], Value("former_caregiver"));
  EXPECT_EQ(inputs["stranger"], Value("stranger"));
  EXPECT_EQ(people_file(people)["people"]["caregiver-2"]["caregiver_of"], Value::strings({"caregiver"}));
}

TEST_F(DemoTest, MakesNobodyUpWhereEverybodyIsThere) {
  put("alice.xml", document("Alice", "Newman"));
  put("bruno.xml", document("Bruno", "Ott"));
  put("people.yaml",
      "people:\n  bruno: {record: bruno.xml}\n  alice: {record: alice.xml}\n"
      "  carol: {caregiver_of: [alice], name: Carol}\n  ruth: {caregiver_of: [], revoked: [alice]}\n");
  auto people = read();
  EXPECT_THAT(make_up_missing(people), IsEmpty());
  EXPECT_FALSE(people.is_made_up);
  EXPECT_EQ(people_file(people)["people"]["carol"]["name"], Value("Carol"));
}

TEST_F(DemoTest, RefusesAFileInWhichNobodyHasARecord) {
  put("people.yaml", "people:\n  carol: {caregiver_of: []}\n");
  EXPECT_THAT(read_demo_people(folder_.path()).error().what, HasSubstr("nobody here has a record that can be read"));
}

TEST_F(DemoTest, GivesPeopleWhoseAccountsLookAlikeDifferentIds) {
  put("a.xml", document("Alice", "Newman"));
  put("people.yaml", "people:\n  a-1: {record: a.xml}\n  a.1: {record: a.xml}\n");
  const auto people = read();
  EXPECT_EQ(people.people[0].id, "a_1");
  EXPECT_EQ(people.people[1].id, "a_1_2");
  EXPECT_EQ(demo_target(ready(people), people)["patients"].size(), 2u);
}

TEST_F(DemoTest, LeavesOutWhomThePortalDoesNotServe) {
  put("alice.xml", document("Alice", "Newman"));
  const auto people = read();
  auto portal = ready(people);
  portal.accounts = {"alice"};
  EXPECT_EQ(demo_target(portal, people)["patients"].size(), 1u);
}

TEST(DemoTargetTest, MakesIdsThatTargetsTake) {
  EXPECT_EQ(person_id("alice"), "alice");
  EXPECT_EQ(person_id("newman-alice.1"), "newman_alice_1");
  EXPECT_EQ(person_id("123"), "p_123");
  EXPECT_EQ(person_id(""), "p_");
  EXPECT_EQ(password_variable("former-caregiver"), "BLUEBRIDGE_DEMO_PASSWORD_FORMER_CAREGIVER");
}

TEST_F(DemoTest, BindsNothingOfDirectToAPortalWithoutIt) {
  put("alice.xml", document("Alice", "Newman"));
  const auto people = read();
  const auto target = demo_target(ready(people), people);
  EXPECT_EQ(target["roles"].size(), 2u);
  EXPECT_TRUE(target["inputs"]["recipient"].is_null());
}

TEST(DemoTargetTest, ReadsTheDomainOfAPortalThatSpeaksDirect) {
  const auto portal = read_ready_line(
      R"({"url": "https://h:1", "inbox": "https://h:1/inbox", "ca_file": "x", "direct": {"domain": "d.example"}})");
  ASSERT_TRUE(portal);
  EXPECT_EQ(portal->direct_domain, "d.example");
}

TEST(DemoTargetTest, RefusesAReadyLineThatSaysTooLittle) {
  EXPECT_FALSE(read_ready_line("Listening on port 80"));
  EXPECT_FALSE(read_ready_line(R"({"ready": true, "url": "https://127.0.0.1:1"})"));
  EXPECT_TRUE(
      read_ready_line(R"({"url": "https://127.0.0.1:1", "inbox": "https://127.0.0.1:1/inbox", "ca_file": "x"})"));
}

TEST(DemoDirectTest, RefusesAReadyLineWithoutEveryPort) {
  const auto ports = read_mail_ports(R"({"smtp": 1, "imap": 2, "pop3": 3, "dns": 65535, "ready": true})");
  ASSERT_TRUE(ports);
  EXPECT_EQ(ports->dns, 65535);
  for (const auto* line :
       {"ready", R"({"smtp": 1, "imap": 2, "pop3": 3})", R"({"smtp": 1, "imap": 2, "pop3": 3, "dns": 65536})",
        R"({"smtp": 0, "imap": 2, "pop3": 3, "dns": 4})"})
    EXPECT_FALSE(read_mail_ports(line)) << line;
}

TEST(YamlTextTest, ReadsBackAsItWas) {
  const auto value = Value::object({{"text", "a: \"b\"\n# c"},
                                    {"number", 12},
                                    {"digits", "012"},
                                    {"yes", "yes"},
                                    {"flag", true},
                                    {"nothing", Value()},
                                    {"list", Value(Value::Array{1, "two", Value::object({{"three", 3}})})},
                                    {"empty_list", Value::array()},
                                    {"map", Value::object({{"inner", Value::object({{"deep", "Zoë"}})}})}});
  const auto source = std::make_shared<const Source>(Source{"x.yaml", to_yaml(value)});
  const auto yaml = parse_yaml(source);
  ASSERT_TRUE(yaml.is_good()) << render(yaml.diagnostics) << source->text;
  EXPECT_EQ(to_json(to_value(*yaml.root)), to_json(value)) << source->text;
}

}  // namespace
}  // namespace bb::cli
