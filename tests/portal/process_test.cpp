// The program as a process: its command line, its start, its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <thread>

#include <bb/core/time.hpp>

#include "portal/defects.hpp"
#include "portal/patients.hpp"
#include "portal/running_portal.hpp"
#include "portal/sample_ccda.hpp"

namespace bb::portal_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::int64_t run_ms_max = 20'000;

CommandResult run(const std::vector<std::string>& arguments) {
  auto result = run_command({portal_program(), arguments, {}, true}, run_ms_max);
  EXPECT_TRUE(result) << result.error().what;
  return result ? *result : CommandResult{};
}

std::vector<std::string> entries(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

int port_of(const RunningPortal& portal) { return std::atoi(portal.url().substr(portal.url().rfind(':') + 1).c_str()); }

TEST(ProcessTest, EndsCleanlyOnEitherSignal) {
  for (const int signal_number : {SIGTERM, SIGINT}) {
    RunningPortal portal;
    EXPECT_THAT(entries(portal.temporary()), testing::SizeIs(1));
    const auto started_ns = monotonic_ns();
    ASSERT_EQ(::kill(portal.process().pid(), signal_number), 0);
    EXPECT_EQ(portal.process().wait(5'000), 0);
    EXPECT_LT(monotonic_ns() - started_ns, ns_per_second);
    EXPECT_THAT(entries(portal.temporary()), IsEmpty());
  }
}

TEST(ProcessTest, EndsWithinASecondWhileClientsKeepConnectionsOpen) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  ApiUser bob(portal, "bob");
  const auto started_ns = monotonic_ns();
  EXPECT_EQ(portal.process().stop(5'000), 0);
  EXPECT_LT(monotonic_ns() - started_ns, ns_per_second);
}

TEST(ProcessTest, EndsWithinASecondWhileAShareWaitsForItsDestination) {
  RunningPortal portal;
  // A destination that takes the connection and never says a word.
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(silent, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent, 1), 0);
  socklen_t size = sizeof address;
  ASSERT_EQ(::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto url = "https://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
  ApiUser alice(portal, "alice");
  std::thread sharing([&] { alice.post("/api/patients/alice/shares", R"({"to": [")" + url + "\"]}", "k"); });
  const int accepted = ::accept(silent, nullptr, nullptr);
  const auto started_ns = monotonic_ns();
  EXPECT_EQ(portal.process().stop(5'000), 0);
  EXPECT_LT(monotonic_ns() - started_ns, ns_per_second);
  EXPECT_THAT(entries(portal.temporary()), IsEmpty());
  sharing.join();
  ::close(accepted);
  ::close(silent);
}

TEST(ProcessTest, EndsWithItsParent) {
  TemporaryFolder records;
  write_sample_records(records);
  const auto parent = ::fork();
  const auto pid_file = records.path() / "pid";
  if (parent == 0) {
    auto child = ChildProcess::start({portal_program(),
                                      {"--records", records.path().string(), "--exit-with-parent"},
                                      {{"TMPDIR", records.path().string()}}});
    if (child) {
      const auto line = child->read_line(run_ms_max);
      std::ofstream(pid_file) << (line ? child->pid() : -1);
    }
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(parent, &status, 0), parent);
  int pid = -1;
  std::ifstream(pid_file) >> pid;
  ASSERT_GT(pid, 0);
  for (int tries = 0; tries < 100 && ::kill(pid, 0) == 0; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  for (const auto& name : entries(records.path())) EXPECT_THAT(name, Not(StartsWith("bluebridge-portal-")));
}

TEST(ProcessTest, ListensOnThePortItIsGivenAndSharesItWithNobody) {
  RunningPortal first;
  TemporaryFolder records;
  write_sample_records(records);
  const auto port = std::to_string(port_of(first));
  const auto second = run({"--records", records.path().string(), "--port", port});
  EXPECT_EQ(second.status, 2);
  EXPECT_THAT(second.err, HasSubstr("cannot listen on 127.0.0.1:" + port + ": Address already in use"));
  first.process().stop();
  RunningPortal third({"--port", port});
  EXPECT_EQ(third.url(), "https://127.0.0.1:" + port);
}

TEST(ProcessTest, TakesThePasswordFromTheEnvironment) {
  TemporaryFolder records;
  write_sample_records(records);
  ::setenv("BLUEBRIDGE_PORTAL_PASSWORD", "other", 1);
  RunningPortal portal(records.path(), {});
  ::unsetenv("BLUEBRIDGE_PORTAL_PASSWORD");
  auto client = portal.client();
  EXPECT_EQ(
      status_of(client.Post("/api/session", R"({"account": "alice", "password": "other-alice"})", "application/json")),
      200);
  EXPECT_EQ(status_of(client.Post("/api/session", R"({"account": "alice", "password": "blue-button-alice"})",
                                  "application/json")),
            401);
}

TEST(ProcessTest, PresentsACertificateThatOnlyItsOwnAuthorityProves) {
  RunningPortal portal;
  auto client = portal.client();
  EXPECT_EQ(status_of(client.Get("/health")), 200);
  httplib::Client by_name("https://localhost:" + std::to_string(port_of(portal)));
  by_name.set_ca_cert_path(portal.ca_file());
  by_name.enable_server_certificate_verification(true);
  EXPECT_EQ(status_of(by_name.Get("/health")), 200);
  RunningPortal other;
  httplib::Client distrusting(portal.url());
  distrusting.set_ca_cert_path(other.ca_file());
  distrusting.enable_server_certificate_verification(true);
  EXPECT_EQ(status_of(distrusting.Get("/health")), 0);
}

TEST(ProcessTest, LeavesOutADocumentThatCannotBeReadAndSaysWhy) {
  TemporaryFolder records;
  records.write("good one.XML", ccda({"Alice", "Newman"}));
  records.write("deep/good-one.xml", ccda({"Zo\u00eb", "\u00c5ngstr\u00f6m"}));
  records.write("bad.xml", "<ClinicalDocument");
  records.write("other.xml", "<html/>");
  records.write("notes.txt", "not a document");
  auto child = ChildProcess::start({portal_program(), {"--records", records.path().string()}, {}, false});
  ASSERT_TRUE(child);
  const auto ready = parsed(*child->read_line(run_ms_max));
  ASSERT_EQ(ready["people"].size(), 2u);
  // Accounts follow the path: "deep/good-one.xml" before "good one.XML".
  EXPECT_EQ(ready["people"][0]["account"].string_or(""), "good-one");
  EXPECT_EQ(ready["people"][1]["account"].string_or(""), "good-one-2");
}

TEST(ProcessTest, EndsWith2WhenNoDocumentCanBeRead) {
  TemporaryFolder records;
  EXPECT_EQ(run({"--records", records.path().string()}).status, 2);
  records.write("bad.xml", "<ClinicalDocument");
  const auto bad = run({"--records", records.path().string()});
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, AllOf(HasSubstr("no readable C-CDA document in"), HasSubstr("bad.xml")));
  EXPECT_EQ(bad.out, "");
  EXPECT_THAT(run({"--records", "/nowhere"}).err, HasSubstr("cannot read the records folder /nowhere"));
}

TEST(ProcessTest, NamesEveryMistakeInPeopleYaml) {
  TemporaryFolder records;
  records.write("alice.xml", ccda({"Alice", "Newman"}));
  records.write("people.yaml",
                "people:\n"
                "  alice: {record: ../alice.xml}\n"
                "  carol: {caregiver_of: [alcie]}\n"
                "  ruth: {revoked: [alice]}\n"
                "  'no body': {recrod: x}\n"
                "  zoe: {record: alice.xml, claims: ../zoe.json}\n"
                "  mia: {caregiver_of: [], claims: mia.json}\n"
                "  dora: {caregiver_of: [], resources: /dora.json}\n");
  const auto result = run({"--records", records.path().string()});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("people.yaml:2:19: error: record '../alice.xml' leaves the records folder"),
                    HasSubstr("did you mean 'alice'?"), HasSubstr("'ruth' has neither 'record' nor 'caregiver_of'"),
                    HasSubstr("unknown key 'recrod' of 'no body'"), HasSubstr("account 'no body' cannot be used"),
                    HasSubstr("people.yaml:6:36: error: claims '../zoe.json' leaves the records folder"),
                    HasSubstr("'mia' has 'claims' and no 'record'"),
                    HasSubstr("resources '/dora.json' leaves the records folder"),
                    HasSubstr("'dora' has 'resources' and no 'record'")));
}

TEST(PatientsTest, LeavesOutResourcesThatCannotBeRead) {
  const std::map<std::string, std::string> mistakes = {
      {"{", "alice.json: "},
      {R"({"resourceType": "Bundle"})", "expected a FHIR Bundle with entries"},
      {R"({"resourceType": "Patient", "entry": []})", "expected a FHIR Bundle with entries"},
      {R"({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Goal", "id": "1"}}, {"resource": {"id": "2"}}]})",
       "entry 2: expected a resource with 'resourceType'"},
      {R"({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Goal", "id": "1/2"}}]})",
       "entry 1: expected an id of 1 to 64 letters, digits, '-' and '.'; got '1/2'"}};
  for (const auto& [text, expected] : mistakes) {
    TemporaryFolder records;
    records.write("alice.xml", ccda({"Alice", "Newman"}));
    records.write("alice.json", text);
    records.write("people.yaml", "people:\n  alice: {record: alice.xml, resources: alice.json}\n");
    const auto loaded = portal::load_patients(records.path(), *portal::read_people(records.path() / "people.yaml"));
    ASSERT_TRUE(loaded) << loaded.error().what;
    ASSERT_EQ(loaded->warnings.size(), 1u) << text;
    EXPECT_THAT(loaded->warnings[0], HasSubstr(expected));
    EXPECT_TRUE(loaded->patients.all().front().resources.empty());
  }
}

TEST(ProcessTest, ReadsAnotherPeopleFile) {
  TemporaryFolder records;
  write_sample_records(records);
  records.write("others.yaml", "people: {dora: {record: bob.xml}}\n");
  RunningPortal portal(records.path(), {"--people", (records.path() / "others.yaml").string()});
  ASSERT_EQ(portal.ready()["people"].size(), 1u);
  EXPECT_THAT(ApiUser(portal, "dora").text("/api/patients/dora/items/summary"), HasSubstr("\u00c5ngstr\u00f6m"));
}

TEST(ProcessTest, ExplainsItsDefects) {
  const auto text = run({"--list-defects"});
  const auto json = run({"--list-defects", "--json"});
  EXPECT_EQ(text.status, 0);
  const auto list = parsed(json.out);
  ASSERT_EQ(list.size(), portal::all_defects().size());
  for (std::size_t index = 0; index < list.size(); ++index) {
    const auto name = list[index]["name"].string_or("");
    const auto explanation = list[index]["explanation"].string_or("");
    EXPECT_THAT(text.out, HasSubstr(name + "  "));
    EXPECT_THAT(explanation, testing::EndsWith("."));
    EXPECT_EQ(name, portal::all_defects()[index].name);
  }
}

TEST(ProcessTest, NeedsAllOfAnApplicationToDeliverIntoRecords) {
  const std::string url = "https://127.0.0.1:1/platform/wildcat.ashx";
  TemporaryFolder folder;
  folder.write("key.pem", "no key");
  const auto key = (folder.path() / "key.pem").string();
  const auto said = [&](const std::vector<std::string>& words) { return run(words).err; };
  EXPECT_THAT(said({"--record-app", "x"}), HasSubstr("--record-app goes with --record-platform only"));
  EXPECT_THAT(said({"--record-platform", url}), HasSubstr("--record-platform needs --record-app too"));
  EXPECT_THAT(said({"--record-platform", url, "--record-app", "x"}), HasSubstr("needs --record-key too"));
  EXPECT_THAT(said({"--record-platform", "http://x", "--record-app", "x", "--record-key", key}),
              HasSubstr("it must start with https://"));
  EXPECT_THAT(said({"--record-platform", url, "--record-app", "x", "--record-key", key}), HasSubstr("key.pem: "));
  EXPECT_THAT(said({"--defect", "record-wrong-type"}), HasSubstr("needs --record-platform"));
}

TEST(ProcessTest, RefusesACommandLineItCannotMean) {
  EXPECT_THAT(run({"--defect", "view-emty"}).err, HasSubstr("unknown defect 'view-emty'; did you mean 'view-empty'?"));
  EXPECT_THAT(run({"--defect", "view-empty", "--defect", "download-empty"}).err,
              HasSubstr("--defect may be given once"));
  EXPECT_THAT(run({"--fhir-token", "t alice"}).err, HasSubstr("must be 'TOKEN ACCOUNT SCOPE...', got 2 words"));
  EXPECT_THAT(run({"--fhir-token", "t alice patient/Patient.sr"}).err,
              HasSubstr("scope 'patient/Patient.sr': expected read, write or *"));
  EXPECT_THAT(run({"--port", "65536"}).err, HasSubstr("--port must be 0 to 65535, got 65536"));
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"--port", "x"},
                                                                     {"--port", "-1"},
                                                                     {"--rec", "x"},
                                                                     {"stray"},
                                                                     {"--unknown"},
                                                                     {"--json"},
                                                                     {"--defect", "x"}}) {
    const auto result = run(arguments);
    EXPECT_EQ(result.status, 2) << arguments.front();
    EXPECT_THAT(result.err, StartsWith("bluebridge-portal: error: "));
    EXPECT_EQ(result.out, "");
  }
}

TEST(ProcessTest, RefusesATrustFileWithoutCertificates) {
  TemporaryFolder records;
  write_sample_records(records);
  records.write("empty.pem", "nothing");
  const auto result = run({"--records", records.path().string(), "--trust", (records.path() / "empty.pem").string()});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("expected certificates as PEM, found none"));
}

TEST(ProcessTest, PrintsItsHelpAndVersion) {
  const auto help = run({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out,
              AllOf(HasSubstr("Example: bluebridge-portal"), HasSubstr("--records DIR"), HasSubstr("--defect NAME")));
  EXPECT_THAT(run({"--version"}).out, StartsWith("bluebridge-portal "));
}

}  // namespace
}  // namespace bb::portal_test
