// bb.host.stream/1 against real peers (stream_peer.py) and certificates that
// the openssl command made: what a connector gets, and what the record keeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <thread>

#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include "call_state.hpp"
#include "host/host_fixture.hpp"
#include "services/services.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// One authority and what it signed, made once by the openssl command.
struct Certificates {
  TemporaryFolder folder;

  Certificates() {
    authority("ca");
    authority("other");
    leaf("good", "ca", "DNS:localhost,IP:127.0.0.1", "2");
    leaf("wrong", "ca", "DNS:mail.example.net", "2");
    leaf("expired", "ca", "DNS:localhost,IP:127.0.0.1", "-1");
    leaf("untrusted", "other", "DNS:localhost,IP:127.0.0.1", "2");
    leaf("client", "ca", "DNS:client", "2");
  }
  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
  std::string identity(const std::string& name) const {
    return *read_text(path(name + ".pem")) + *read_text(path(name + ".key"));
  }

 private:
  void openssl(const std::vector<std::string>& arguments) const {
    const auto done = run_command({BB_OPENSSL, arguments, {}, true}, 30'000);
    if (!done || done->status != 0) throw std::runtime_error(done ? done->err : done.error().what);
  }
  std::vector<std::string> new_key(const std::string& name) const {
    return {"-newkey",           "ec",    "-pkeyopt",   "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            path(name + ".key"), "-subj", "/CN=" + name};
  }
  void authority(const std::string& name) const {
    auto words = new_key(name);
    words.insert(words.begin(), {"req", "-x509", "-days", "2", "-out", path(name + ".pem")});
    openssl(words);
  }
  void leaf(const std::string& name, const std::string& issuer, const std::string& names,
            const std::string& days) const {
    auto words = new_key(name);
    words.insert(words.begin(), {"req", "-out", path(name + ".csr")});
    openssl(words);
    write_text("subjectAltName=" + names + "\n", path(name + ".ext"));
    openssl({"x509", "-req", "-in", path(name + ".csr"), "-CA", path(issuer + ".pem"), "-CAkey", path(issuer + ".key"),
             "-CAcreateserial", "-days", days, "-extfile", path(name + ".ext"), "-out", path(name + ".pem")});
  }
  static void write_text(const std::string& text, const std::string& file) { std::ofstream(file) << text; }
};

const Certificates& certificates() {
  static const Certificates made;
  return made;
}

class PeerProcess {
 public:
  explicit PeerProcess(const std::string& mode, const std::string& certificate = "good",
                       const std::string& authority = "") {
    const std::string script = std::string(BB_SOURCE_DIR) + "/tests/host/stream_peer.py";
    std::vector<std::string> words{script, mode, certificates().path(certificate + ".pem"),
                                   certificates().path(certificate + ".key")};
    if (!authority.empty()) words.push_back(certificates().path(authority + ".pem"));
    auto started = ChildProcess::start({BB_PYTHON, words, {}, false});
    if (!started) throw std::runtime_error(started.error().what);
    process_.emplace(*std::move(started));
    const auto line = process_->read_line(10'000);
    if (!line) throw std::runtime_error(line.error().what);
    port_ = std::stoi(*line);
  }
  int port() const { return port_; }
  // What it says next, within five seconds.
  std::string next_line() {
    const auto line = process_->read_line(5'000);
    return line ? *line : line.error().what;
  }

 private:
  std::optional<ChildProcess> process_;
  int port_ = 0;
};

struct StreamTest : testing::Test, Scripted {
  StreamTest() : Scripted("stream") {
    options.type_id = "org.example.stream";
    options.name = "mail/alice";
    options.config = Value::object();
    options.is_network_allowed = true;
    options.http.ca_file = certificates().path("ca.pem");
  }

  // What the connector made of it, as JSON; or why not.
  host::Reply talk(int port, Value steps, Value more = Value::object(), const host::CallOptions& call = {}) {
    more.set("port", port);
    more.set("steps", std::move(steps));
    return probe("talk", std::move(more), call);
  }
  static Value step(const char* name, Value value) { return Value::object({{name, std::move(value)}}); }
  static Value steps(std::vector<Value> list) { return Value(std::move(list)); }
  static Value said(const host::Reply& reply) {
    const auto value = parse_json(reply.body);
    return value ? (*value)["said"] : Value(reply.error.message);
  }
  static std::string text(const Value& value) { return to_json(value); }
  void give_secret(const std::string& name, const std::string& value) {
    options.secrets[name] = {"", write_file(secrets_.path(), name, value)};
  }
  static std::filesystem::path write_file(const std::filesystem::path& folder, const std::string& name,
                                          const std::string& content) {
    std::ofstream(folder / name) << content;
    return folder / name;
  }

  // The record, one line each: "exchange > sent < received".
  std::vector<std::string> record() const {
    std::vector<std::string> lines;
    for (const auto& one : recorder.records) {
      std::string line = one.step;
      if (!one.sent.empty()) line += " > " + one.sent;
      if (!one.received.empty()) line += " < " + one.received;
      for (const auto& [name, value] : one.attributes)
        if (name == "transport" || name == "by" || name == "untrusted") line += " " + name + "=" + value;
      lines.push_back(line);
    }
    return lines;
  }
  std::string attribute_of(std::size_t index, std::string_view wanted) const {
    for (const auto& [name, value] : recorder.records.at(index).attributes)
      if (name == wanted) return value;
    return {};
  }
  std::string failure_of(std::size_t index) const { return attribute_of(index, "failure"); }

  TemporaryFolder secrets_;
};

TEST_F(StreamTest, WhatIsSentComesBackAndIsRecordedInTurns) {
  const PeerProcess peer("echo");
  const auto reply = talk(peer.port(), steps({step("write", "one"), step("read_whole", 3), step("write", "tw"),
                                              step("write", "o!"), step("read_whole", 4)}));
  EXPECT_EQ(text(said(reply)), R"(["one","two!"])");
  EXPECT_EQ((*parse_json(reply.body))["peer"].string_or(""), "127.0.0.1:" + std::to_string(peer.port()));
  EXPECT_THAT(record(), ElementsAre("open transport=tcp", "exchange > one < one", "exchange > two! < two!"));
  EXPECT_EQ(recorder.records[1].protocol, "smtp");
  EXPECT_EQ(recorder.records[1].instance, "mail/alice");
  EXPECT_EQ(recorder.records[1].peer, "127.0.0.1:" + std::to_string(peer.port()));
  EXPECT_EQ(recorder.records[1].call_id, 1u);
}

TEST_F(StreamTest, ThePeersEndIsTheEndOfReading) {
  const PeerProcess peer("close");
  const auto reply = talk(peer.port(), steps({step("read", 10), step("read", 10)}));
  EXPECT_EQ(text(said(reply)), R"(["",""])");
  EXPECT_THAT(record(), ElementsAre("open transport=tcp", "end by=peer"));
}

TEST_F(StreamTest, ALineThatEndsWithTheConnectionIsNone) {
  const PeerProcess peer("half_line");
  const auto reply = talk(peer.port(), steps({step("line", true)}));
  EXPECT_EQ(reply.status, BB_E_UNAVAILABLE);
  EXPECT_EQ(reply.error.message,
            "smtp 127.0.0.1:" + std::to_string(peer.port()) + ": the peer closed the connection within a line");
}

TEST_F(StreamTest, AStreamLivesOnAfterItsCall) {
  const PeerProcess peer("echo");
  talk(peer.port(), steps({step("write", "first")}), Value::object({{"keep", true}}), {.call_id = 4});
  const auto reply = talk(peer.port(), steps({step("read_whole", 5), step("write", "second"), step("read_whole", 6)}),
                          Value::object({{"again", true}}), {.call_id = 5});
  EXPECT_EQ(text(said(reply)), R"(["first","second"])");
  EXPECT_THAT(record(),
              ElementsAre("open transport=tcp", "exchange > first", "exchange < first", "exchange > second < second"));
  EXPECT_EQ(recorder.records[1].call_id, 4u);
  EXPECT_EQ(recorder.records[2].call_id, 5u);
}

TEST_F(StreamTest, AMegabyteAndMoreGoesThrough) {
  const PeerProcess peer("gather");
  const auto reply =
      talk(peer.port(), steps({step("write_bytes", 3'000'000), step("write", "\n"), step("read_whole", 3'000'001)}));
  EXPECT_EQ(text(said(reply)), "[3000001]");
  ASSERT_EQ(recorder.records.size(), 2u);
  EXPECT_TRUE(recorder.records[1].sent == std::string(3'000'000, 'x') + "\n");
  EXPECT_TRUE(recorder.records[1].received == recorder.records[1].sent);
}

TEST_F(StreamTest, SecretsAreTakenOutOfTheRecord) {
  give_secret("password", "stream-canary");
  const PeerProcess peer("echo");
  talk(peer.port(), steps({step("write", "AUTH "), step("write_secret", "password"), step("read_whole", 18)}));
  EXPECT_THAT(record(),
              ElementsAre("open transport=tcp", "exchange > AUTH [secret password] < AUTH [secret password]"));
}

TEST_F(StreamTest, NobodyThereIsUnavailable) {
  int port = 0;
  {
    const PeerProcess peer("close");
    port = peer.port();
  }
  const auto reply = talk(port, steps({}));
  EXPECT_EQ(host::result_word(reply), "unavailable");
  EXPECT_THAT(record(), ElementsAre("open transport=tcp"));
  EXPECT_EQ(failure_of(0), "no connection to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
}

TEST_F(StreamTest, AResetBreaksTheStream) {
  const PeerProcess peer("reset");
  const auto reply = talk(peer.port(), steps({step("write", "x"), step("read", 10)}));
  EXPECT_EQ(host::result_word(reply), "unavailable");
  EXPECT_THAT(record(), ElementsAre("open transport=tcp", "exchange > x", "end"));
  EXPECT_THAT(failure_of(2), EndsWith("broke: Connection reset by peer"));
}

TEST_F(StreamTest, AStreamEndsWithItsInstance) {
  PeerProcess peer("until_end");
  talk(peer.port(), steps({step("read_whole", 5)}), Value::object({{"keep", true}}));
  connector.reset();
  EXPECT_EQ(peer.next_line(), "closed");
}

// --- isolated ---

host::Host::Options isolated_options() {
  return {{std::filesystem::path(fixture_folder()) / "stream"}, "test", BB_CONNECTOR_HOST};
}

TEST_F(StreamTest, AStreamEndsWithTheProcessOfItsConnector) {
  PeerProcess peer("until_end");
  host::Host isolated(isolated_options());
  auto made = isolated.create(options);
  ASSERT_TRUE(made) << made.error().what;
  connector = *std::move(made);
  const auto reply = talk(peer.port(), steps({step("read_whole", 5), step("crash", true)}));
  EXPECT_EQ(reply.status, BB_E_CONNECTOR_LOST);
  EXPECT_EQ(peer.next_line(), "closed");
  EXPECT_EQ(record().at(1), "exchange < hello");
  EXPECT_EQ(recorder.records.at(2).protocol, "process");
}

TEST_F(StreamTest, TheRecordIsTheSameInAProcessOfItsOwn) {
  const PeerProcess smtp("smtp"), tls("tls"), udp("udp");
  give_secret("password", "stream-canary");
  const auto all = [&](const std::filesystem::path& program) {
    KeepingRecorder kept;
    options.recorder = &kept;
    host::Host one({isolated_options().plugin_folders, "test", program});
    connector = *one.create(options);
    talk(smtp.port(), steps({step("line", true), step("write", "EHLO x\r\n"), step("line", true), step("line", true),
                             step("write", "STARTTLS\r\n"), step("line", true), step("start_tls", Value::object()),
                             step("write", "AUTH "), step("write_secret", "password"), step("write", "\r\n"),
                             step("line", true), step("write", "QUIT\r\n"), step("line", true), step("read", 1)}));
    talk(tls.port(), steps({step("write_bytes", 1'500'000), step("read_whole", 10)}),
         Value::object({{"transport", "tls"}, {"alpn", Value::strings({"first"})}}), within_ms(1'000));
    talk(udp.port(), steps({step("write", "twice"), step("read", 10), step("read", 10)}),
         Value::object({{"transport", "udp"}, {"protocol", "dns"}}));
    talk(tls.port(), steps({}), Value::object({{"transport", "tls"}, {"server_name", "mail.example.net"}}));
    talk(smtp.port(), steps({}), Value::object({{"protocol", "imap"}}));
    connector.reset();
    std::string text;
    for (const auto& one_record : kept.records) {
      text += one_record.protocol + " " + one_record.step + " " + one_record.peer + " > " + one_record.sent + " < " +
              one_record.received;
      for (const auto& [name, value] : one_record.attributes) text += " " + name + "=" + value;
      text += "\n";
    }
    return text;
  };
  const std::string here = all("");
  EXPECT_TRUE(here == all(BB_CONNECTOR_HOST));
  EXPECT_THAT(here, AllOf(HasSubstr("AUTH [secret password]"), HasSubstr("certificate.sha256="),
                          HasSubstr("alpn=first"), HasSubstr("hostname mismatch"), Not(HasSubstr("stream-canary"))));
}

// --- bounds ---

TEST_F(StreamTest, ASlowPeerIsTheSystemsSilence) {
  const PeerProcess peer("slow");
  const auto reply = talk(peer.port(), steps({step("line", true)}), Value::object(), within_ms(200));
  EXPECT_EQ(reply.status, BB_E_DEADLINE);
  EXPECT_EQ(host::result_word(reply), "timeout");
  EXPECT_LT(reply.total_ms, 2'000);
  EXPECT_THAT(record(), ElementsAre("open transport=tcp", "exchange < 220 "));
}

TEST_F(StreamTest, AHandshakeThatNeverComesIsBounded) {
  const PeerProcess peer("silent");
  const auto reply = talk(peer.port(), steps({}), Value::object({{"transport", "tls"}}), within_ms(200));
  EXPECT_EQ(host::result_word(reply), "timeout");
  EXPECT_LT(reply.total_ms, 2'000);
}

TEST_F(StreamTest, AHandshakeThatNeverComesIsBoundedByTheTimeToConnect) {
  options.http.connect_ms_max = 200;
  const PeerProcess peer("silent");
  const auto reply = talk(peer.port(), steps({}), Value::object({{"transport", "tls"}}));
  EXPECT_EQ(host::result_word(reply), "unavailable");
  EXPECT_EQ(failure_of(0), "no TLS handshake with 127.0.0.1:" + std::to_string(peer.port()) + " within 200 ms");
}

TEST_F(StreamTest, AWaitEndsAReadAndLosesNothing) {
  const PeerProcess tcp("echo"), udp("udp"), tls("tls");
  // What comes has to come within the wait, on any machine.
  const auto all = [&](const PeerProcess& peer, const char* transport, int wait_ms) {
    return talk(
        peer.port(),
        steps({step("await", 10), step("write", "lost"), step("await", 4), step("write", "four"), step("read", 4)}),
        Value::object({{"transport", transport}, {"wait_ms", wait_ms}}));
  };
  EXPECT_EQ(text(said(all(udp, "udp", 100))), R"([300,300,"four"])");
  EXPECT_THAT(record(), ElementsAre("open transport=udp", "wait", "exchange > lost", "wait", "exchange > four",
                                    "exchange < four"));
  EXPECT_EQ(failure_of(1), "nothing came from 127.0.0.1:" + std::to_string(udp.port()) + " within 100 ms");
  EXPECT_EQ(text(said(all(tcp, "tcp", 1500))), R"([300,"lost","four"])");
  EXPECT_EQ(text(said(all(tls, "tls", 1500))), R"([300,"lost","four"])");
}

TEST_F(StreamTest, AWaitThatIsPassedOnIsTheSystemsSilence) {
  const PeerProcess peer("silent");
  const auto reply = talk(peer.port(), steps({step("read", 1)}), Value::object({{"wait_ms", 100}}));
  EXPECT_EQ(reply.status, BB_E_UNAVAILABLE);
  EXPECT_EQ(host::result_word(reply), "unavailable");
  EXPECT_LT(reply.total_ms, 2'000);
}

TEST_F(StreamTest, NoWaitIsLongerThanItsCall) {
  const PeerProcess peer("silent");
  const auto reply = talk(peer.port(), steps({step("await", 1)}), Value::object({{"wait_ms", 60'000}}), within_ms(200));
  EXPECT_EQ(reply.status, BB_E_DEADLINE);
  EXPECT_EQ(host::result_word(reply), "timeout");
  EXPECT_LT(reply.total_ms, 2'000);
}

TEST_F(StreamTest, AWaitBoundsAHandshake) {
  const PeerProcess peer("silent");
  const auto reply = talk(peer.port(), steps({}), Value::object({{"transport", "tls"}, {"wait_ms", 200}}));
  EXPECT_EQ(host::result_word(reply), "unavailable");
  EXPECT_EQ(failure_of(0), "no TLS handshake with 127.0.0.1:" + std::to_string(peer.port()) + " within 200 ms");
}

TEST_F(StreamTest, CancellingEndsAReadAtOnce) {
  const PeerProcess peer("silent");
  host::Cancellation cancellation;
  host::CallOptions call;
  call.cancellation = &cancellation;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancellation.cancel();
  });
  const auto reply = talk(peer.port(), steps({step("read", 1)}), Value::object(), call);
  canceller.join();
  EXPECT_EQ(reply.status, BB_E_CANCELLED);
  EXPECT_LT(reply.total_ms, 2'000);
}

TEST_F(StreamTest, AFloodIsBounded) {
  options.http.response_bytes_max = 1'000'000;
  const PeerProcess peer("flood");
  const auto reply = talk(peer.port(), steps({step("read_whole", 1'000'000'000)}));
  EXPECT_EQ(reply.status, BB_E_TOO_LARGE);
  EXPECT_EQ(host::result_word(reply), "internal");
  EXPECT_EQ(failure_of(2), "over 1000000 bytes came on one stream in one call, which is the host's limit");
  EXPECT_EQ(recorder.records[1].received.size(), 1'000'001u);
}

TEST_F(StreamTest, AsMuchAsTheLimitIsNoFlood) {
  options.http.response_bytes_max = 5;
  options.http.request_bytes_max = 5;
  const PeerProcess peer("echo");
  EXPECT_EQ(text(said(talk(peer.port(), steps({step("write", "12345"), step("read_whole", 5)})))), R"(["12345"])");
  EXPECT_EQ(talk(peer.port(), steps({step("write", "123456")})).status, BB_E_TOO_LARGE);
}

TEST_F(StreamTest, SixteenStreamsAreOpenAtOnceAndNoMore) {
  const PeerProcess peer("echo");
  const auto many = [&](int count) { return probe("many", Value::object({{"count", count}, {"port", peer.port()}})); };
  EXPECT_EQ(text(said(many(16))), "[16]");
  EXPECT_EQ(many(17).status, BB_E_STATE);
  EXPECT_EQ(text(said(many(16))), "[16]") << "those of a call that failed are closed";
}

// --- policy ---

TEST_F(StreamTest, OnlyWhatTheManifestAsksForIsReached) {
  const PeerProcess peer("echo");
  const auto refused = [&](const std::string& protocol, const std::string& name) {
    const auto reply = talk(peer.port(), steps({}), Value::object({{"protocol", protocol}, {"host", name}}));
    EXPECT_EQ(host::result_word(reply), "invalid") << protocol << " " << name;
    return reply.status == BB_E_FORBIDDEN;
  };
  EXPECT_TRUE(refused("imap", "127.0.0.1"));
  EXPECT_TRUE(refused("smtp", "192.0.2.1"));
  EXPECT_TRUE(refused("smtp", "example.org"));
  EXPECT_TRUE(refused("smtp", "example.org.evil.example"));
  EXPECT_TRUE(refused("smtp", "badexample.org"));
  EXPECT_THAT(recorder.records, testing::IsEmpty());
  EXPECT_EQ(talk(peer.port(), steps({}), Value::object({{"protocol", "dns"}})).status, BB_OK);
}

TEST_F(StreamTest, TheTargetHasToAllowIt) {
  options.is_network_allowed = false;
  const PeerProcess peer("echo");
  const auto reply = talk(peer.port(), steps({}));
  EXPECT_EQ(reply.status, BB_E_FORBIDDEN);
  EXPECT_EQ(host::result_word(reply), "invalid");
}

TEST_F(StreamTest, TheTargetMayNameHostPortAndTransport) {
  const PeerProcess peer("echo"), other("echo");
  options.is_network_allowed = false;
  const auto status = [&](const host::StreamPermit& permit, int port) {
    options.stream_permits = {{"mail.example.org", 25, "tcp"}, permit};
    connector.reset();
    return talk(port, steps({})).status;
  };
  EXPECT_EQ(status({"127.0.0.1", peer.port(), "tcp"}, peer.port()), BB_OK);
  EXPECT_EQ(status({}, peer.port()), BB_OK);
  EXPECT_EQ(status({"127.0.0.1", peer.port(), "tcp"}, other.port()), BB_E_FORBIDDEN);
  EXPECT_EQ(status({"127.0.0.2", peer.port(), "tcp"}, peer.port()), BB_E_FORBIDDEN);
  EXPECT_EQ(status({"127.0.0.1", peer.port(), "tls"}, peer.port()), BB_E_FORBIDDEN);
  EXPECT_EQ(status({"127.0.0.1", peer.port(), "udp"}, peer.port()), BB_E_FORBIDDEN);
}

TEST_F(StreamTest, WhatIsNoRequestIsTheConnectorsMistake) {
  const auto status = [&](Value more, int port = 1) { return talk(port, steps({}), std::move(more)).status; };
  EXPECT_EQ(status(Value::object({{"transport", "pigeon"}})), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(status(Value::object({{"host", "local host"}})), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(status(Value::object({{"host", ""}})), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(status(Value::object({{"protocol", "SMTP"}})), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(status(Value::object({{"protocol", "http"}})), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(status(Value::object({{"protocol", "https"}})), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(status(Value::object({}), 0), BB_E_INVALID_ARGUMENT);
  // To whom it would be shown nobody knows.
  give_secret("identity", certificates().identity("client"));
  EXPECT_EQ(status(Value::object({{"transport", "tls"}, {"certificate", "identity"}, {"any", true}})),
            BB_E_INVALID_ARGUMENT);
}

// --- the bare table ---

struct StreamTableTest : StreamTest {
  StreamTableTest() { manifest.network_grants = {{"smtp", {}}}; }
  const bb_host_stream& table = host::stream_service();
  host::Manifest manifest;
};

TEST_F(StreamTableTest, ADescriptorIsNotGivenAndTheReasonIsSaid) {
  const host::Instance owner(options, manifest, std::make_shared<host::SharedParts>(), "test");
  host::CallState state(const_cast<host::Instance&>(owner), {});
  bb_stream_request request{};
  request.struct_size = sizeof request;
  request.flags = BB_STREAM_DESCRIPTOR;
  bb_stream* stream = nullptr;
  EXPECT_EQ(table.open(&owner.abi, &state.abi, &request, &stream), BB_E_UNSUPPORTED);
  EXPECT_EQ(stream, nullptr);
  EXPECT_THAT(state.refusals.back().message, HasSubstr("use read and write"));
}

TEST_F(StreamTableTest, AStreamThatIsNotOpenHarmsNothing) {
  const host::Instance owner(options, manifest, std::make_shared<host::SharedParts>(), "test");
  host::CallState state(const_cast<host::Instance&>(owner), {});
  auto* const none = reinterpret_cast<bb_stream*>(std::uintptr_t{7});
  char byte = 0;
  std::uint64_t got = 1;
  EXPECT_EQ(table.read(&owner.abi, &state.abi, none, &byte, 1, &got), BB_E_STATE);
  EXPECT_EQ(got, 0u);
  EXPECT_EQ(table.write(&owner.abi, &state.abi, none, {"x", 1}), BB_E_STATE);
  EXPECT_EQ(table.describe(&owner.abi, none), nullptr);
  table.close(&owner.abi, none);
  table.close(&owner.abi, nullptr);
  bb_stream_request short_request{};
  short_request.struct_size = 8;
  bb_stream* stream = nullptr;
  EXPECT_EQ(table.open(&owner.abi, &state.abi, &short_request, &stream), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(table.start_tls(&owner.abi, &state.abi, none, &short_request), BB_E_INVALID_ARGUMENT);
}

// --- UDP ---

TEST_F(StreamTest, ADatagramIsReadAndRecordedByItself) {
  const PeerProcess peer("udp");
  const auto reply = talk(
      peer.port(),
      steps({step("write", "one"), step("read", 100), step("write", "twice"), step("read", 100), step("read", 100)}),
      Value::object({{"transport", "udp"}, {"protocol", "dns"}}));
  EXPECT_EQ(text(said(reply)), R"(["one","twice","second"])");
  EXPECT_THAT(record(), ElementsAre("open transport=udp", "exchange > one", "exchange < one", "exchange > twice",
                                    "exchange < twice", "exchange < second"));
}

TEST_F(StreamTest, ADatagramThatDoesNotFitIsLostAndSaid) {
  const PeerProcess peer("udp");
  const auto reply =
      talk(peer.port(), steps({step("write", "0123456789"), step("read", 4)}), Value::object({{"transport", "udp"}}));
  EXPECT_EQ(reply.status, BB_E_TOO_LARGE);
  EXPECT_EQ(talk(peer.port(), steps({step("write_bytes", 65'508)}), Value::object({{"transport", "udp"}})).status,
            BB_E_INVALID_ARGUMENT);
}

// --- TLS ---

TEST_F(StreamTest, TlsIsCheckedAndRecordedInPlain) {
  const PeerProcess peer("tls");
  const auto reply =
      talk(peer.port(), steps({step("write", "hello"), step("read_whole", 5)}),
           Value::object({{"transport", "tls"}, {"host", "localhost"}, {"alpn", Value::strings({"first"})}}));
  EXPECT_EQ(text(said(reply)), R"(["hello"])");
  const auto info = *parse_json(reply.body);
  EXPECT_EQ(info["tls"].string_or(""), "TLSv1.3");
  EXPECT_EQ(info["alpn"].string_or(""), "first");
  EXPECT_EQ(info["certificates"].integer_or(0), 1);
  EXPECT_GT(info["leaf"].integer_or(0), 200);
  EXPECT_TRUE(info["trusted"].boolean_or(false));
  EXPECT_THAT(record(), ElementsAre("open transport=tls", "exchange > hello < hello"));
  EXPECT_EQ(attribute_of(0, "server_name"), "localhost");
  EXPECT_EQ(attribute_of(0, "any_certificate"), "");
}

TEST_F(StreamTest, ACertificateThatIsNotGoodEndsTheHandshake) {
  const auto failure = [&](const std::string& certificate, const std::string& name) {
    const PeerProcess peer("tls", certificate);
    const auto reply = talk(peer.port(), steps({}), Value::object({{"transport", "tls"}, {"host", name}}));
    EXPECT_EQ(reply.status, BB_E_UNTRUSTED_PEER) << certificate;
    return failure_of(recorder.records.size() - 1);
  };
  EXPECT_THAT(failure("wrong", "localhost"), HasSubstr("is not trusted: hostname mismatch"));
  EXPECT_THAT(failure("wrong", "127.0.0.1"), HasSubstr("is not trusted: IP address mismatch"));
  EXPECT_THAT(failure("expired", "localhost"), HasSubstr("is not trusted: certificate has expired"));
  EXPECT_THAT(failure("untrusted", "localhost"), HasSubstr("is not trusted: unable to get local issuer certificate"));
}

TEST_F(StreamTest, AServerNameTakesThePlaceOfTheHost) {
  const PeerProcess peer("tls", "wrong");
  const auto reply =
      talk(peer.port(), steps({}), Value::object({{"transport", "tls"}, {"server_name", "mail.example.net"}}));
  EXPECT_EQ(reply.status, BB_OK) << reply.error.message;
  EXPECT_EQ(attribute_of(0, "server_name"), "mail.example.net");
}

TEST_F(StreamTest, AnyCertificateIsTakenWhereTheConnectorJudges) {
  const PeerProcess peer("tls", "untrusted");
  const auto reply = talk(peer.port(), steps({}), Value::object({{"transport", "tls"}, {"any", true}}));
  EXPECT_EQ(reply.status, BB_OK) << reply.error.message;
  EXPECT_FALSE((*parse_json(reply.body))["trusted"].boolean_or(true));
  EXPECT_THAT(record(), ElementsAre(StartsWith("open transport=tls untrusted=unable to ")));
  EXPECT_EQ(attribute_of(0, "any_certificate"), "true");
}

TEST_F(StreamTest, AClientProvesWhoItIs) {
  give_secret("identity", certificates().identity("client"));
  const PeerProcess peer("tls", "good", "ca");
  const Value with = Value::object({{"transport", "tls"}, {"certificate", "identity"}});
  EXPECT_EQ(text(said(talk(peer.port(), steps({step("write", "x"), step("read", 1)}), with))), R"(["x"])");
  EXPECT_EQ(attribute_of(0, "client_certificate.subject"), "CN=client");
  for (const auto& [name, value] : recorder.records[0].attributes) EXPECT_THAT(value, Not(HasSubstr("KEY"))) << name;
  // Over TLS 1.3 a client hears of it with the first read.
  const auto without = talk(peer.port(), steps({step("read", 1)}), Value::object({{"transport", "tls"}}));
  EXPECT_EQ(without.status, BB_E_UNAVAILABLE);
  const auto unknown =
      talk(peer.port(), steps({}), Value::object({{"transport", "tls"}, {"certificate", "no-such-secret"}}));
  EXPECT_EQ(unknown.status, BB_E_FORBIDDEN);
}

// --- STARTTLS ---

std::vector<Value> until_go_ahead() {
  const auto step = [](const char* name, Value value) { return Value::object({{name, std::move(value)}}); };
  return {step("line", true), step("write", "EHLO client.example\r\n"), step("line", true), step("line", true),
          step("write", "STARTTLS\r\n")};
}

TEST_F(StreamTest, StartTlsGoesOnInTheSameRecord) {
  const PeerProcess peer("smtp");
  auto list = until_go_ahead();
  for (auto& one :
       {step("line", true), step("start_tls", Value::object()), step("write", "MAIL FROM:<a@example.org>\r\n"),
        step("line", true), step("write", "QUIT\r\n"), step("line", true), step("read", 1)})
    list.push_back(one);
  const auto reply = talk(peer.port(), Value(std::move(list)));
  EXPECT_EQ(text(said(reply)), R"(["220 mail.example.org ready","250-mail.example.org","250 STARTTLS","220 go ahead",)"
                               R"("250 ok","221 bye",""])");
  EXPECT_THAT(record(), ElementsAre("open transport=tcp", "exchange < 220 mail.example.org ready\r\n",
                                    "exchange > EHLO client.example\r\n < 250-mail.example.org\r\n250 STARTTLS\r\n",
                                    "exchange > STARTTLS\r\n < 220 go ahead\r\n", "start_tls transport=tls",
                                    "exchange > MAIL FROM:<a@example.org>\r\n < 250 ok\r\n",
                                    "exchange > QUIT\r\n < 221 bye\r\n", "end by=peer"));
}

// CVE-2011-0411: what came before the handshake must not count as from within.
TEST_F(StreamTest, PlainTextReadBehindTheGoAheadIsRefused) {
  const PeerProcess peer("injected");
  auto list = until_go_ahead();
  list.push_back(step("line", true));
  list.push_back(step("start_tls", Value::object()));
  const auto reply = talk(peer.port(), Value(std::move(list)));
  EXPECT_EQ(reply.status, BB_E_PROTOCOL);
  EXPECT_THAT(reply.error.message, EndsWith("bytes came before the TLS handshake"));
}

TEST_F(StreamTest, PlainTextNotReadBeforeTheHandshakeIsRefusedAndRecorded) {
  const PeerProcess peer("injected");
  auto list = until_go_ahead();
  list.push_back(step("read", 14));  // "220 go ahead\r\n" and no byte more
  list.push_back(step("start_tls", Value::object()));
  const auto reply = talk(peer.port(), Value(std::move(list)));
  EXPECT_EQ(reply.status, BB_E_PROTOCOL);
  EXPECT_EQ(reply.blame, host::Blame::system);
  EXPECT_EQ(record().at(record().size() - 2), "exchange > STARTTLS\r\n < 220 go ahead\r\n250 injected\r\n");
  EXPECT_THAT(failure_of(recorder.records.size() - 1), EndsWith("sent bytes before the TLS handshake"));
}

TEST_F(StreamTest, PlainTextWithinTheHandshakeBreaksIt) {
  const PeerProcess peer("injected_later");
  auto list = until_go_ahead();
  list.push_back(step("line", true));
  list.push_back(step("start_tls", Value::object()));
  EXPECT_EQ(talk(peer.port(), Value(std::move(list))).status, BB_E_UNTRUSTED_PEER);
}

TEST_F(StreamTest, ABadCertificateAfterStartTlsEndsTheStream) {
  const PeerProcess peer("smtp", "wrong");
  auto list = until_go_ahead();
  list.push_back(step("line", true));
  list.push_back(step("start_tls", Value::object()));
  const auto reply = talk(peer.port(), Value(std::move(list)), Value::object({{"keep", true}}));
  EXPECT_EQ(reply.status, BB_E_UNTRUSTED_PEER);
  const auto after = talk(peer.port(), steps({step("write", "in the clear")}), Value::object({{"again", true}}));
  EXPECT_EQ(after.status, BB_E_STATE);
  EXPECT_THAT(record(), Not(testing::Contains(HasSubstr("in the clear"))));
}

TEST_F(StreamTest, TlsIsNotStartedTwiceNorOverUdp) {
  const PeerProcess tls("tls"), udp("udp");
  const auto start = steps({step("start_tls", Value::object())});
  EXPECT_EQ(talk(tls.port(), start, Value::object({{"transport", "tls"}})).status, BB_E_STATE);
  EXPECT_EQ(talk(udp.port(), start, Value::object({{"transport", "udp"}})).status, BB_E_STATE);
}

}  // namespace
}  // namespace bb::test
