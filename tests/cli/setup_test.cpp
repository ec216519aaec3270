// Mistakes in a target's set-up: told all at once, with their places, before
// anything is sent.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include <fmt/format.h>

#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include "support/temporary_folder.hpp"

namespace bb::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Counts who comes, and shuts the door on them.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 64), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    server_ = std::thread([this] {
      for (int peer = 0; (peer = ::accept(socket_, nullptr, nullptr)) >= 0; ::close(peer)) ++count_;
    });
  }
  ~Listener() {
    ::shutdown(socket_, SHUT_RDWR);
    server_.join();
    ::close(socket_);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  int port() const { return port_; }
  int count() const { return count_; }

 private:
  int socket_;
  int port_ = 0;
  std::atomic<int> count_ = 0;
  std::thread server_;
};

class SetupTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  std::string write(const std::string& name, const std::string& text) {
    EXPECT_TRUE(write_text(folder_.path() / name, text));
    return path(name);
  }
  std::string good_target() const {
    return replace_all(R"(format: bluebridge-target/1
target: t
roles:
  portal:
    connector: org.bluebridge.rest.portal
    config: {base_url: "https://127.0.0.1:PORT"}
    secrets: {client_secret: {env: BB_TEST_CLIENT}}
patients:
  alice: {secrets: {password: {env: BB_TEST_ALICE}}}
  carol: {role: caregiver, secrets: {password: {file: carol.secret}}}
inputs: {patient: alice}
)",
                       "PORT", std::to_string(listener_.port()));
  }
  std::vector<std::string> words() {
    const auto suite = write("s.yaml", R"(format: bluebridge-suite/1
suite: s
version: "1.0.0"
inputs: {patient: {type: person}}
roles: {portal: {needs: [session]}}
tests:
  sign_in:
    title: The patient signs in
    steps: [{do: portal.sign_in, as: $patient, expect: [{result: ok}]}]
)");
    return {"run", suite, "--target", path("t.yaml"), "--out", path("runs")};
  }
  CommandResult run(const std::vector<std::string>& more = {},
                    const std::map<std::string, std::string>& environment = good_env()) {
    auto all = words();
    all.insert(all.end(), more.begin(), more.end());
    return run_words(all, environment);
  }
  static CommandResult run_words(const std::vector<std::string>& all,
                                 const std::map<std::string, std::string>& environment = {}) {
    auto result = run_command({.program = std::string(BB_BINARY_DIR) + "/bin/bluebridge",
                               .arguments = all,
                               .environment = environment,
                               .is_stderr_captured = true},
                              60'000);
    EXPECT_TRUE(result) << result.error().what;
    return result ? *result : CommandResult{.status = -1, .out = {}, .err = {}};
  }
  static std::map<std::string, std::string> good_env() { return {{"BB_TEST_CLIENT", "c"}, {"BB_TEST_ALICE", "a"}}; }

  void expect_nothing_happened(const CommandResult& result) {
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err, HasSubstr("nothing was run"));
    EXPECT_EQ(listener_.count(), 0);
    EXPECT_FALSE(std::filesystem::exists(path("runs")));
  }

  test::TemporaryFolder folder_;
  Listener listener_;
};

TEST_F(SetupTest, AGoodTargetIsSentTo) {
  write("t.yaml", good_target());
  EXPECT_NE(run().status, 2);
  EXPECT_GT(listener_.count(), 0);
}

TEST_F(SetupTest, EachMistakeIsToldWithItsPlaceAndWhatIsKnown) {
  const auto url = fmt::format("\"https://127.0.0.1:{}\"", listener_.port());
  const std::tuple<std::string, std::string, std::string, std::string> cases[] = {
      {"rest.portal", "rest.portl", "t.yaml:5:16: error: no connector 'org.bluebridge.rest.portl' is installed [T06]",
       "did you mean 'org.bluebridge.rest.portal'?"},
      {"{base_url: ", "{base_ulr: ", "t.yaml:6:14: error: 'base_ulr' of role 'portal': unknown member 'base_ulr'",
       "did you mean 'base_url'?"},
      {"{base_url: ", "{page_size: ten, base_url: ",
       "t.yaml:6:25: error: 'page_size' of role 'portal': expected integer, got string \"ten\" [T07]",
       "Items asked for"},
      {url, "\"http://127.0.0.1\"", "t.yaml:6:24: error: 'base_url' of role 'portal': expected text that matches",
       "got \"http://127.0.0.1\""},
      {url, "no URL", "t.yaml:6:24: error: 'base_url' of role 'portal': expected text that matches",
       "https://portal.example"},
      {url, "\"https://:x\"", "t.yaml:6:24: error: 'base_url' of role 'portal': cannot use URL 'https://:x'", "[T07]"},
      {url, "\"https://127.0.0.1/?x=1\"",
       "t.yaml:6:24: error: 'base_url' of role 'portal': 'https://127.0.0.1/' is followed by a query ('?'); expected "
       "an "
       "address without [T07]",
       "Address of the portal"},
      {url, "\"https://127.0.0.1#x\"",
       "t.yaml:6:24: error: 'base_url' of role 'portal': 'https://127.0.0.1' is followed by a fragment ('#')", "[T07]"},
      {"{base_url: " + url, "{", "t.yaml:6:5: error: configuration of role 'portal': expected a member 'base_url'",
       "see 'bluebridge connector show org.bluebridge.rest.portal'"},
      {"{base_url: ", "{cleartext_base_url: \"http://127.0.0.1\", base_url: ",
       "t.yaml:6:34: error: 'cleartext_base_url' of role 'portal': 'http://127.0.0.1' is an address without TLS",
       "'allow_cleartext: true'"},
      {"BB_TEST_CLIENT", "BB_TEST_NOT_SET",
       "t.yaml:7:36: error: secret 'client_secret' of role 'portal' is not there: the environment variable "
       "'BB_TEST_NOT_SET' is not set [T08]",
       "export BB_TEST_NOT_SET="},
      {"{env: BB_TEST_ALICE}", "{file: alice.secret}",
       "t.yaml:9:38: error: secret 'password' of person 'alice' is not there", "alice.secret: No such file"},
      {"    secrets: {client", "    ca_file: none.pem\n    secrets: {client", "t.yaml:7:14: error: cannot read",
       "'ca_file' is a file of certificates"},
      {"{patient: alice}", "{patient: alcie}",
       "t.yaml:11:19: error: input 'patient' of suite 's' names 'alcie', who is not here", "did you mean 'alice'?"},
  };
  for (const auto& [before, after, place, hint] : cases) {
    const auto text = replace_all(good_target(), before, after);
    ASSERT_NE(text, good_target()) << before;
    write("t.yaml", text);
    const auto result = run();
    expect_nothing_happened(result);
    EXPECT_THAT(result.err, AllOf(HasSubstr(place), HasSubstr(hint)));
  }
}

TEST_F(SetupTest, ANameOnTheCommandLineThatNoSuiteAsksForIsToldWithTheNearest) {
  write("t.yaml", good_target());
  auto result = run({"--input", "pateint=alice"});
  expect_nothing_happened(result);
  EXPECT_THAT(result.err, AllOf(HasSubstr("'--input pateint=...': no suite asks for it [T02]"),
                                HasSubstr("did you mean 'patient'?"), Not(HasSubstr("alice"))));
  result = run({"--option", "transport=direct"});
  expect_nothing_happened(result);
  EXPECT_THAT(result.err, AllOf(HasSubstr("'--option transport=...': no suite asks for it [T04]"),
                                HasSubstr("no option is asked for")));
  EXPECT_NE(run({"--input", "patient=alice"}).status, 2);
}

TEST_F(SetupTest, ANameIsGivenOnce) {
  write("t.yaml", good_target());
  const auto result = run({"--input", "patient=alice", "--input", "patient=carol"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("'--input' gives 'patient' twice"));
  EXPECT_EQ(listener_.count(), 0);
}

TEST_F(SetupTest, AllMistakesAreToldAtOnce) {
  write("t.yaml",
        replace_all(replace_all(good_target(), "{base_url: ", "{base_ulr: "), "BB_TEST_ALICE", "BB_TEST_EMPTY"));
  const auto result = run({}, {{"BB_TEST_EMPTY", ""}});
  expect_nothing_happened(result);
  EXPECT_THAT(result.err, AllOf(HasSubstr("unknown member 'base_ulr'"), HasSubstr("'BB_TEST_CLIENT' is not set"),
                                HasSubstr("'BB_TEST_EMPTY' is empty")));
}

// What does not depend on a file that cannot be read is told with it.
TEST_F(SetupTest, MistakesOfSuitesAndAnswersHideNoneOfTheTarget) {
  const auto target = replace_all(good_target(), "{base_url: ", "{base_ulr: ");
  write("t.yaml", target);
  const auto answers = write("a.yaml", "format: bluebridge-answers/1\nanswrs: {}\n");
  const auto result = run({"--answers", answers}, {});
  expect_nothing_happened(result);
  EXPECT_THAT(result.err, AllOf(HasSubstr("unknown key 'answrs'"), HasSubstr("unknown member 'base_ulr'"),
                                HasSubstr("'BB_TEST_CLIENT' is not set")));

  // Which secrets are needed, a suite says that has no mistakes.
  write("t.yaml", replace_all(target, "patient: alice", "patient: bob"));
  const auto text = read_text(words()[1]);
  ASSERT_TRUE(text);
  const auto said_with = [&](const std::string& from, const std::string& to) {
    const auto other = write("other.yaml", replace_all(*text, from, to));
    const auto said = run_words({"run", other, "--target", path("t.yaml"), "--out", path("runs")});
    expect_nothing_happened(said);
    return said.err;
  };
  const auto of_target = AllOf(HasSubstr("unknown member 'base_ulr'"), HasSubstr("names 'bob', who is not here"),
                               Not(HasSubstr("BB_TEST_CLIENT")));
  EXPECT_THAT(said_with("title:", "titel:"), AllOf(HasSubstr("unknown key 'titel'"), of_target));
  EXPECT_THAT(said_with("portal.sign_in", "portal.sing_in"), AllOf(HasSubstr("unknown verb 'sing_in'"), of_target));
  // What cannot be read may ask for what nobody else does.
  EXPECT_THAT(said_with("inputs:", "inptus:"), AllOf(HasSubstr("unknown key 'inptus'"), HasSubstr("'base_ulr'"),
                                                     Not(HasSubstr("no suite asks for an input"))));
  EXPECT_THAT(said_with("bluebridge-suite/1", "bluebridge-suite/2"),
              AllOf(HasSubstr("unknown format"), Not(HasSubstr("no suite asks for"))));
}

TEST_F(SetupTest, OnlyTheSecretsThatTheTestsNeedAreAskedFor) {
  write("t.yaml", good_target());
  EXPECT_THAT(run().err, Not(HasSubstr("carol")));
}

TEST_F(SetupTest, WhoSignsInByPasswordHasOne) {
  const std::string given = "alice: {secrets: {password: {env: BB_TEST_ALICE}}}";
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"alice: {secrets: {passwrd: {env: BB_TEST_ALICE}}}",
       "t.yaml:9:21: error: ", "'passwrd' is another secret; did you mean 'password'?"},
      {"alice: {secrets: {pin: {env: BB_TEST_ALICE}}}", "t.yaml:9:11: error: ", "secrets: {password: {env: NAME}}"},
      {"alice: {family_name: Newman}", "t.yaml:9:3: error: ", "secrets: {password: {env: NAME}}"},
      {"alice: {method: password}", "t.yaml:9:3: error: ", "secrets: {password: {env: NAME}}"},
  };
  for (const auto& [person, place, hint] : cases)
    for (const auto* role_secret : {"client_secret", "key"}) {
      write("t.yaml", replace_all(replace_all(good_target(), given, person), "client_secret", role_secret));
      const auto result = run();
      expect_nothing_happened(result);
      EXPECT_THAT(result.err, AllOf(HasSubstr(place), HasSubstr(hint),
                                    HasSubstr("person 'alice' signs in to role 'portal' by password and has no secret "
                                              "'password' [T08]")));
    }
  write("t.yaml", replace_all(good_target(), given, "alice: {family_name: Newman}"));
  EXPECT_EQ(run({"--plan"}).status, 0);
  EXPECT_THAT(run().err, Not(HasSubstr("carol")));
}

TEST_F(SetupTest, APlanNeedsNoSecretsButAGoodConfiguration) {
  write("t.yaml", good_target());
  EXPECT_EQ(run({"--plan"}, {}).status, 0);
  write("t.yaml", replace_all(good_target(), "{base_url: ", "{base_ulr: "));
  expect_nothing_happened(run({"--plan"}, {}));
}

TEST_F(SetupTest, APersonOfTheSuiteWhoIsNotInTheTargetIsToldAtTheirStep) {
  write("t.yaml", good_target());
  auto all = words();
  write("s.yaml", replace_all(*read_text(path("s.yaml")), "as: $patient", "as: alcie"));
  all.insert(all.end(), {"--input", "patient=alice"});
  const auto result = run_command({.program = std::string(BB_BINARY_DIR) + "/bin/bluebridge",
                                   .arguments = all,
                                   .environment = good_env(),
                                   .is_stderr_captured = true},
                                  60'000);
  ASSERT_TRUE(result);
  expect_nothing_happened(*result);
  EXPECT_THAT(result->err,
              AllOf(HasSubstr("s.yaml:9:38: error: test 'sign_in' acts as 'alcie', who is not in target 't'"),
                    HasSubstr("did you mean 'alice'?")));
}

TEST_F(SetupTest, APersonWhoIsAnInputIsToldSo) {
  write("t.yaml", good_target());
  auto all = words();
  const auto text = read_text(all[1]);
  ASSERT_TRUE(text);
  write("s.yaml", replace_all(*text, "as: $patient", "as: patient"));
  const auto result = run_words(all);
  expect_nothing_happened(result);
  EXPECT_THAT(result.err, AllOf(HasSubstr("acts as 'patient', who is not in target 't' [T03]"),
                                HasSubstr("did you mean the input, '$patient'?")));
}

TEST_F(SetupTest, ASecretIsAFile) {
  write("t.yaml", replace_all(good_target(), "{env: BB_TEST_CLIENT}", "{file: .}"));
  const auto result = run();
  expect_nothing_happened(result);
  EXPECT_THAT(result.err, AllOf(HasSubstr("it is a folder, no regular file [T08]"),
                                HasSubstr("name a file that holds the secret alone")));
}

TEST_F(SetupTest, AConnectorWithoutItsLibraryIsTold) {
  write("t.yaml",
        replace_all(replace_all(good_target(), "org.bluebridge.rest.portal", "org.example.gone"), "config:", "about:"));
  write("t.yaml", replace_all(*read_text(path("t.yaml")), "    about: {base_url", "    config: {base_url"));
  write("gone.bbplugin.yaml",
        "bbplugin: 1\nid: org.example.gone\nversion: 1.0.0\nlibrary: {linux-x86_64: gone.so, linux-aarch64: gone.so}\n"
        "abi: {major: 1, minor: 0, min_host_minor: 0}\ntypes: [{id: org.example.gone, interfaces: [bb.session/1]}]\n");
  const auto result = run({"--plugins", folder_.path().string()});
  expect_nothing_happened(result);
  EXPECT_THAT(result.err, AllOf(HasSubstr("t.yaml:5:16: error: connector 'org.example.gone' cannot be used [T06]"),
                                HasSubstr("gone.so does not exist; gone.bbplugin.yaml names it")));
  ASSERT_EQ(::mkfifo(path("gone.so").c_str(), 0600), 0);
  const auto pipe = run({"--plugins", folder_.path().string()});
  expect_nothing_happened(pipe);
  EXPECT_THAT(pipe.err, HasSubstr("gone.so: it is no regular file but a pipe"));
}

TEST_F(SetupTest, ANetworkOfItsOwnNeedsTheTargetsConsent) {
  const auto plugins = std::filesystem::path(BB_BINARY_DIR) / "plugins";
  write("rest.bbplugin.yaml", replace_all(*read_text(plugins / "rest.bbplugin.yaml"), "network: host", "network: own"));
  std::filesystem::copy_file(plugins / "bb_rest.so", path("bb_rest.so"));
  write("t.yaml", good_target());
  const auto refused = run({"--plugins", folder_.path().string()});
  expect_nothing_happened(refused);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("t.yaml:5:16: error: connector 'org.bluebridge.rest.portal' opens "
                                           "connections of its own [T06]"),
                                 HasSubstr("'allow_network: true' beside 'connector' allows it")));
  write("t.yaml", replace_all(good_target(), "    config:", "    allow_network: true\n    config:"));
  EXPECT_NE(run({"--plugins", folder_.path().string()}).status, 2);
}

TEST_F(SetupTest, StreamsNeedTheTargetsConsent) {
  const auto plugins = std::filesystem::path(BB_BINARY_DIR) / "plugins";
  write("rest.bbplugin.yaml", replace_all(*read_text(plugins / "rest.bbplugin.yaml"), "bb.host.http/1,",
                                          "bb.host.http/1, bb.host.stream/1,"));
  std::filesystem::copy_file(plugins / "bb_rest.so", path("bb_rest.so"));
  write("t.yaml", good_target());
  const auto refused = run({"--plugins", folder_.path().string()});
  expect_nothing_happened(refused);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("t.yaml:5:16: error: connector 'org.bluebridge.rest.portal' opens streams "
                                           "(bb.host.stream/1) [T06]"),
                                 HasSubstr("'allow_network: [{host: mail.example.org, port: 25, transport: tcp}]'")));
  write("t.yaml",
        replace_all(good_target(), "    config:", "    allow_network: [{host: a.example, port: 25}]\n    config:"));
  EXPECT_NE(run({"--plugins", folder_.path().string()}).status, 2);
  for (const char* const wrong : {"[]", "[{host: a, port: 0}]", "[{transport: pigeon}]", "[{hots: a}]", "maybe"}) {
    write("t.yaml",
          replace_all(good_target(), "    config:", std::string("    allow_network: ") + wrong + "\n    config:"));
    EXPECT_EQ(run({"--plugins", folder_.path().string()}).status, 2) << wrong;
  }
}

TEST_F(SetupTest, WhatIsNoRegularFileIsWaitedForNowhere) {
  write("t.yaml", good_target());
  const auto pipe = path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto target = words()[3];
  const auto suite = words()[1];
  const auto expect_refused = [&](const std::vector<std::string>& arguments) {
    const auto result = run_command({.program = std::string(BB_BINARY_DIR) + "/bin/bluebridge",
                                     .arguments = arguments,
                                     .environment = good_env(),
                                     .is_stderr_captured = true},
                                    10'000);
    ASSERT_TRUE(result) << result.error().what;
    EXPECT_EQ(result->status, 2) << result->out << result->err;
    EXPECT_THAT(result->out + result->err, HasSubstr("it is no regular file but a pipe"));
  };
  expect_refused({"run", pipe, "--target", target});
  expect_refused({"run", suite, "--target", pipe});
  expect_refused({"run", suite, "--target", target, "--answers", pipe});
  expect_refused({"suite", "lint", pipe});
  expect_refused({"suite", "lint", suite, "--since", pipe});
  write("t.yaml", replace_all(good_target(), "{env: BB_TEST_ALICE}", "{file: pipe}"));
  expect_refused({"run", suite, "--target", target});
  EXPECT_EQ(listener_.count(), 0);
}

TEST_F(SetupTest, AReportReplacesNoFileOfTheRunAndNoOtherReport) {
  write("t.yaml", replace_all(good_target(), "{env: BB_TEST_ALICE}", "{file: alice.secret}"));
  write("alice.secret", "a");
  const auto catalogue = write("c.csv", "id,level,text\nR-1,MAY,One may sign in\n");
  const auto suite = words()[1];
  write("s.yaml", replace_all(replace_all(*read_text(suite), "inputs:", "requirements: c.csv\ninputs:"),
                              "    steps:", "    verifies: [R-1]\n    steps:"));
  std::filesystem::create_symlink(path("t.yaml"), path("link.yaml"));
  std::filesystem::create_hard_link(path("t.yaml"), path("hard.yaml"));
  const auto answers = write("a.yaml", "format: bluebridge-answers/1\nanswers: []\n");
  const auto run_it = [&](std::vector<std::string> options) {
    std::vector<std::string> all = {"run", suite, "--target", path("t.yaml"), "--out", path("runs")};
    all.insert(all.end(), options.begin(), options.end());
    auto result = run_command({.program = std::string(BB_BINARY_DIR) + "/bin/bluebridge",
                               .arguments = all,
                               .environment = good_env(),
                               .is_stderr_captured = true},
                              60'000);
    EXPECT_TRUE(result) << result.error().what;
    return *result;
  };
  const std::pair<std::string, std::string> cases[] = {
      {suite, "is a suite of this run"},
      {path("t.yaml"), "is the target of this run"},
      {path("x/../t.yaml"), "is the target of this run"},
      {path("link.yaml"), "is the target of this run"},
      {path("hard.yaml"), "is the target of this run"},
      {answers, "is the answers of this run"},
      {catalogue, "is a catalogue of suite 's' of this run"},
      {path("alice.secret"), "is secret 'password' of person 'alice' of this run"},
  };
  std::filesystem::create_directory(path("x"));
  for (const auto& [file, what] : cases) {
    const auto before = *read_text(file);
    const auto result = run_it({"--answers", answers, "--report", "html=" + file});
    expect_nothing_happened(result);
    EXPECT_THAT(result.err, AllOf(HasSubstr("'--report' would overwrite " + file), HasSubstr(what)));
    EXPECT_EQ(*read_text(file), before);
  }
  const auto twice = run_it({"--report", "html=" + path("r"), "--report", "json=" + path("x/../r")});
  expect_nothing_happened(twice);
  EXPECT_THAT(twice.err, HasSubstr("which are one file; give each report its own"));
  const auto good = run_it({"--report", "html=" + path("r.html"), "--report", "json=" + path("r.json")});
  EXPECT_NE(good.status, 2) << good.err;
}

TEST_F(SetupTest, APasswordInAnAddressIsNotRepeated) {
  write("t.yaml", replace_all(good_target(), "https://127", "https://alice:hunter22@127"));
  const auto result = run();
  expect_nothing_happened(result);
  EXPECT_THAT(result.err, AllOf(HasSubstr("t.yaml:6:24: error: an address must not hold"), HasSubstr("https://******"),
                                Not(HasSubstr("hunter22")), Not(HasSubstr("alice:"))));
}

TEST_F(SetupTest, WhatATerminalWouldObeyIsShownInstead) {
  write("t.yaml", good_target() + "\"\\e[31m\\u009b2J\": x\n");
  write("\x1b[2J.yaml", "\x1b[2J");
  for (const auto& result : {run(), run({"--answers", path("\x1b[2J.yaml")})}) {
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.out + result.err,
                AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\xc2\x9b")), HasSubstr("\u241b")));
  }
}

}  // namespace
}  // namespace bb::cli
