// The streams of the kit's fake host: that it keeps to host_stream.h, and sees
// who does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>

#include <bb/core/time.hpp>
#include <bb/sdk/connector.hpp>
#include "fake_host.hpp"

namespace bb::kit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

bb_str str(const char* text) { return {text, std::char_traits<char>::length(text)}; }

// One instance whose peers are a mail server and a name server.
struct Instance {
  Instance() : host(setup(), "seed") { host.grants = {{"smtp", {"*.test"}}, {"dns", {}}}; }

  static const TypeSetup& setup() {
    static const TypeSetup made = [] {
      TypeSetup type;
      StreamPeer mail, names, stranger;
      mail.open = "t?? smtp mail.test:25";
      mail.greeting = "220 mail.test\r\n";
      mail.certificates = {"leaf", "authority"};
      mail.answers = {{"EHLO *\r\n", true, *parse_speech("250 over TLS\r\n", SpeechForm::text), false},
                      {"EHLO *\r\n", {}, *parse_speech("250 {word}\r\n", SpeechForm::text), false},
                      {"QUIT\r\n", {}, *parse_speech("221\r\n", SpeechForm::text), true}};
      names.open = "udp dns resolver:53";
      names.answers = {{"*portal*", {}, *parse_speech("{0:2} 81 80", SpeechForm::hexadecimal), false}};
      stranger.open = "tls smtp stranger.test:465";
      stranger.is_untrusted = true;
      StreamPeer mute;
      mute.open = "udp dns mute.test:53";
      mute.is_silent = true;
      type.streams = {mail, names, stranger, mute};
      return type;
    }();
    return made;
  }

  bb_stream_request request(bb_transport transport, const char* protocol, const char* name, std::uint32_t port) {
    bb_stream_request made{};
    made.struct_size = sizeof made;
    made.transport = transport;
    made.port = port;
    made.host = str(name);
    made.protocol = str(protocol);
    return made;
  }
  bb_status open(const bb_stream_request& wanted) { return table.open(host.raw(), call.raw(), &wanted, &stream); }
  bb_status open_mail(bb_transport transport = BB_TRANSPORT_TCP) {
    return open(request(transport, "smtp", "mail.test", 25));
  }
  bb_status write(std::string_view text) {
    return table.write(host.raw(), call.raw(), stream, {text.data(), text.size()});
  }
  // What one read gives, or its status in brackets.
  std::string read(std::size_t capacity = 100) {
    std::string buffer(capacity, '\0');
    std::uint64_t got = 99;
    const auto status = table.read(host.raw(), call.raw(), stream, buffer.data(), capacity, &got);
    if (status != BB_OK) return "<" + std::to_string(status) + ">";
    return buffer.substr(0, static_cast<std::size_t>(got));
  }
  bb_status start_tls(std::uint32_t flags = 0) {
    bb_stream_request wanted{};
    wanted.struct_size = sizeof wanted;
    wanted.flags = flags;
    wanted.alpn = str("smtp other");
    return table.start_tls(host.raw(), call.raw(), stream, &wanted);
  }
  const bb_stream_info* info() { return table.describe(host.raw(), stream); }
  std::vector<std::string> breaches() const {
    std::vector<std::string> all;
    for (const auto& breach : host.breaches()) all.push_back(breach.topic + ": " + breach.what);
    return all;
  }

  FakeHost host;
  Lender lender;
  FakeCall call{host, lender};
  const bb_host_stream& table =
      *static_cast<const bb_host_stream*>(host.raw()->get_interface(host.raw(), BB_HOST_STREAM));
  bb_stream* stream = nullptr;
};

TEST(KitStreamsTest, SpeaksAsScripted) {
  Instance instance;
  ASSERT_EQ(instance.open_mail(), BB_OK);
  EXPECT_EQ(instance.read(4), "220 ");
  EXPECT_EQ(instance.read(), "mail.test\r\n");
  EXPECT_EQ(instance.write("EHLO "), BB_OK);
  EXPECT_EQ(instance.write("kit\r\n"), BB_OK);
  EXPECT_EQ(instance.read(), "250 EHLO\r\n");
  EXPECT_EQ(instance.write("QUIT\r\n"), BB_OK);
  EXPECT_EQ(instance.read(), "221\r\n");
  EXPECT_EQ(instance.read(), "");
  EXPECT_EQ(instance.read(), "");
  instance.table.close(instance.host.raw(), instance.stream);
  instance.table.close(instance.host.raw(), nullptr);
  EXPECT_THAT(instance.breaches(), IsEmpty());
  EXPECT_EQ(instance.host.unanswered(), "");
}

TEST(KitStreamsTest, AnswersADatagramWithOne) {
  Instance instance;
  ASSERT_EQ(instance.open(instance.request(BB_TRANSPORT_UDP, "dns", "", 53)), BB_OK);
  EXPECT_EQ(instance.write("ab portal"), BB_OK);
  EXPECT_EQ(instance.write("cd portal"), BB_OK);
  EXPECT_EQ(instance.write("ef portal"), BB_OK);
  EXPECT_EQ(instance.read(), "ab\x81\x80");
  EXPECT_EQ(instance.read(3), "<404>") << "too large, and lost";
  EXPECT_EQ(instance.read(4), "ef\x81\x80");
  EXPECT_EQ(instance.write(std::string(65'507, 'p') + "x"), BB_E_INVALID_ARGUMENT);
}

TEST(KitStreamsTest, SaysWhatTheScriptLacks) {
  Instance nobody, wordless, silent, stranger;
  EXPECT_EQ(nobody.open(nobody.request(BB_TRANSPORT_TCP, "smtp", "other.test", 25)), BB_E_UNAVAILABLE);
  EXPECT_EQ(nobody.stream, nullptr);
  EXPECT_EQ(nobody.host.unanswered(), "tcp smtp other.test:25");
  ASSERT_EQ(wordless.open_mail(), BB_OK);
  wordless.read();
  wordless.write("HELO kit\r\n");
  EXPECT_EQ(wordless.read(), "<300>");
  EXPECT_EQ(wordless.read(), "<103>") << "it broke before";
  EXPECT_EQ(wordless.host.unanswered(), "tcp smtp mail.test:25 after 'HELO kit\r\n'");
  ASSERT_EQ(silent.open_mail(), BB_OK);
  silent.read();
  EXPECT_EQ(silent.read(), "<300>");
  EXPECT_EQ(silent.host.unanswered(), "tcp smtp mail.test:25 after ''");
  EXPECT_EQ(stranger.open(stranger.request(BB_TRANSPORT_TCP, "smtp", "mail.example.org", 25)), BB_E_FORBIDDEN);
  EXPECT_THAT(stranger.host.unanswered(), HasSubstr("'grants: network'"));
}

TEST(KitStreamsTest, RefusesWhatIsNoRequest) {
  Instance instance;
  auto wanted = instance.request(BB_TRANSPORT_TCP, "smtp", "mail.test", 25);
  for (const auto port : {0u, 65'536u}) {
    wanted.port = port;
    EXPECT_EQ(instance.open(wanted), BB_E_INVALID_ARGUMENT) << port;
  }
  wanted.port = 25;
  for (const bb_transport transport : {-1, 0, 4}) {
    wanted.transport = transport;
    EXPECT_EQ(instance.open(wanted), BB_E_INVALID_ARGUMENT) << transport;
  }
  wanted.transport = BB_TRANSPORT_TCP;
  wanted.flags = BB_STREAM_DESCRIPTOR;
  EXPECT_EQ(instance.open(wanted), BB_E_UNSUPPORTED);
  EXPECT_THAT(instance.breaches(), IsEmpty());
  wanted.struct_size = 8;
  EXPECT_EQ(instance.open(wanted), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(instance.table.open(instance.host.raw(), instance.call.raw(), nullptr, &instance.stream),
            BB_E_INVALID_ARGUMENT);
  wanted = instance.request(BB_TRANSPORT_TCP, "smtp", "mail.test", 25);
  EXPECT_EQ(instance.table.open(instance.host.raw(), instance.call.raw(), &wanted, nullptr), BB_E_INVALID_ARGUMENT);
  ASSERT_EQ(instance.open_mail(), BB_OK);
  std::uint64_t got = 0;
  char buffer = 0;
  EXPECT_EQ(instance.table.read(instance.host.raw(), instance.call.raw(), instance.stream, nullptr, 1, &got),
            BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(instance.table.read(instance.host.raw(), instance.call.raw(), instance.stream, &buffer, 1, nullptr),
            BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(instance.table.write(instance.host.raw(), instance.call.raw(), instance.stream, {nullptr, 1}),
            BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(instance.breaches().size(), 6u);
  EXPECT_THAT(instance.breaches(), ::testing::Each(HasSubstr("emit-shape: ")));
}

TEST(KitStreamsTest, DescribesTheStream) {
  Instance instance;
  EXPECT_EQ(instance.info(), nullptr) << "none is open";
  ASSERT_EQ(instance.open_mail(), BB_OK);
  EXPECT_EQ(instance.info()->transport, BB_TRANSPORT_TCP);
  EXPECT_EQ(view(instance.info()->peer), "192.0.2.1:25");
  EXPECT_EQ(instance.info()->chain_count, 0u);
  instance.read();
  ASSERT_EQ(instance.start_tls(), BB_OK);
  EXPECT_EQ(instance.info()->transport, BB_TRANSPORT_TLS);
  EXPECT_EQ(view(instance.info()->tls_version), "TLSv1.3");
  EXPECT_EQ(view(instance.info()->alpn), "smtp");
  ASSERT_EQ(instance.info()->chain_count, 2u);
  EXPECT_EQ(view(instance.info()->chain[0]), "leaf");
  EXPECT_EQ(instance.info()->descriptor, -1);
  EXPECT_EQ(instance.info()->verified, BB_OK);
  instance.write("EHLO kit\r\n");
  EXPECT_EQ(instance.read(), "250 over TLS\r\n");
  EXPECT_EQ(instance.start_tls(), BB_E_STATE);
}

TEST(KitStreamsTest, TrustsAStrangerWhereAnyIsTaken) {
  Instance instance;
  auto wanted = instance.request(BB_TRANSPORT_TLS, "smtp", "stranger.test", 465);
  EXPECT_EQ(instance.open(wanted), BB_E_UNTRUSTED_PEER);
  wanted.flags = BB_STREAM_ANY_CERTIFICATE;
  ASSERT_EQ(instance.open(wanted), BB_OK);
  EXPECT_EQ(instance.info()->verified, BB_E_UNTRUSTED_PEER);
}

TEST(KitStreamsTest, RefusesTlsBehindBytesThatWereNotRead) {
  Instance instance;
  ASSERT_EQ(instance.open_mail(), BB_OK);
  EXPECT_EQ(instance.start_tls(), BB_E_PROTOCOL) << "the greeting";
  EXPECT_EQ(instance.read(), "<103>") << "of no more use";
  EXPECT_THAT(instance.breaches(), IsEmpty());
}

TEST(KitStreamsTest, SeesBytesBehindTheGoAheadTakenForThePeers) {
  Instance instance;
  const auto& answers = Instance::setup().streams.front().answers;
  instance.host.streams.injects_behind = {&answers[1]};
  ASSERT_EQ(instance.open_mail(), BB_OK);
  instance.read();
  instance.write("EHLO kit\r\n");
  EXPECT_EQ(instance.read(), "250 EHLO\r\n250 kit: not the peer's\r\n");
  ASSERT_EQ(instance.start_tls(), BB_OK);
  EXPECT_THAT(instance.breaches(), IsEmpty());
  instance.write("EHLO kit\r\n");
  EXPECT_THAT(instance.breaches(), ElementsAre(HasSubstr("stream-start-tls: ")));
  EXPECT_THAT(instance.host.streams.go_aheads(), ElementsAre(&answers[1]));
}

TEST(KitStreamsTest, LosesNothingAtADeadlineOrACancel) {
  Instance instance;
  ASSERT_EQ(instance.open_mail(), BB_OK);
  instance.host.peer_fault = PeerFault::silent;
  instance.call.deadline_ns = monotonic_ns() + 20 * ns_per_ms;
  EXPECT_EQ(instance.read(), "<111>");
  instance.call.deadline_ns = 0;
  std::thread canceller([&] { instance.call.is_cancelled = true; });
  EXPECT_EQ(instance.read(), "<110>");
  canceller.join();
  EXPECT_EQ(instance.write("x"), BB_E_CANCELLED);
  instance.call.is_cancelled = false;
  instance.host.peer_fault = PeerFault::none;
  EXPECT_EQ(instance.read(), "220 mail.test\r\n");
}

TEST(KitStreamsTest, EndsTheWaitOfAPeerThatSaysNothing) {
  Instance instance;
  auto wanted = instance.request(BB_TRANSPORT_UDP, "dns", "mute.test", 53);
  wanted.wait_ms_max = 20;
  ASSERT_EQ(instance.open(wanted), BB_OK);
  EXPECT_EQ(instance.write("x"), BB_OK);
  EXPECT_EQ(instance.read(), "<300>");
  EXPECT_EQ(instance.read(), "<300>") << "a wait breaks nothing";
  instance.call.deadline_ns = monotonic_ns() + 5 * ns_per_ms;
  EXPECT_EQ(instance.read(), "<111>") << "no wait is longer than its call";
  instance.call.deadline_ns = 0;
  EXPECT_EQ(instance.host.streams.unbounded(), 0u);
  EXPECT_EQ(instance.host.unanswered(), "");

  wanted = instance.request(BB_TRANSPORT_TCP, "smtp", "mail.test", 25);
  wanted.wait_ms_max = 60'000;
  ASSERT_EQ(instance.open(wanted), BB_OK);
  instance.host.peer_fault = PeerFault::silent;
  instance.host.streams.skips_waits = true;
  EXPECT_EQ(instance.read(), "<300>");
  instance.host.peer_fault = PeerFault::none;
  EXPECT_EQ(instance.read(), "220 mail.test\r\n");
  ASSERT_EQ(instance.open_mail(), BB_OK);
  EXPECT_EQ(instance.host.streams.unbounded(), 1u);
}

TEST(KitStreamsTest, BreaksAsItIsTold) {
  const auto after = [](PeerFault fault) {
    Instance instance;
    EXPECT_EQ(instance.open_mail(), BB_OK);
    instance.read();
    instance.write("EHLO kit\r\n");
    instance.host.peer_fault = fault;
    const auto first = instance.read();
    const auto second = instance.read();
    return first.substr(0, 12) + "|" + second.substr(0, 5) + "|" + std::to_string(instance.host.fault_count());
  };
  EXPECT_EQ(after(PeerFault::none), "250 EHLO\r\n|<300>|0");
  EXPECT_EQ(after(PeerFault::reset), "<300>|<103>|1");
  EXPECT_EQ(after(PeerFault::truncated), "250 E|<300>|1");
  EXPECT_EQ(after(PeerFault::closed), "||2");
  EXPECT_EQ(after(PeerFault::drip), "2|5|2");
  EXPECT_EQ(after(PeerFault::huge_body), "bbbbbbbbbbbb|bbbbb|1");
  Instance denied;
  denied.host.peer_fault = PeerFault::denied;
  EXPECT_EQ(denied.open_mail(), BB_E_FORBIDDEN);
  denied.host.peer_fault = PeerFault::reset;
  EXPECT_EQ(denied.open_mail(), BB_E_UNAVAILABLE);
}

TEST(KitStreamsTest, SeesUseOfAStreamThatIsNotOpen) {
  Instance instance, other;
  ASSERT_EQ(instance.open_mail(), BB_OK);
  other.stream = instance.stream;
  EXPECT_EQ(other.write("x"), BB_E_STATE);
  EXPECT_THAT(other.breaches(), ElementsAre("stream-lifetime: bb_host_stream::write was given a stream that this "
                                            "instance had not opened, expected one that is open"));
  instance.table.close(instance.host.raw(), instance.stream);
  EXPECT_EQ(instance.info(), nullptr);
  EXPECT_THAT(instance.breaches(), IsEmpty()) << "to ask is allowed";
  EXPECT_EQ(instance.read(), "<103>");
  instance.table.close(instance.host.raw(), instance.stream);
  EXPECT_THAT(instance.breaches(), ElementsAre(HasSubstr("read was given a stream that had been closed"),
                                               HasSubstr("close was given a stream that is not open")));
}

TEST(KitStreamsTest, SeesUseAfterTheInstance) {
  Instance instance;
  ASSERT_EQ(instance.open_mail(), BB_OK);
  instance.host.streams.end();
  EXPECT_EQ(instance.write("x"), BB_E_STATE);
  EXPECT_EQ(instance.breaches().size(), 1u);
}

TEST(KitStreamsTest, SeesCallsFromAnotherThread) {
  Instance instance;
  ASSERT_EQ(instance.open_mail(), BB_OK);
  std::thread([&] { instance.info(); }).join();
  std::thread([&] { instance.write("x"); }).join();
  EXPECT_THAT(instance.breaches(), ElementsAre(HasSubstr("thread-serial: bb_host_stream::describe was called on a "),
                                               HasSubstr("thread-serial: bb_host_stream::write was called from a")));
  std::thread([&] { instance.table.close(instance.host.raw(), instance.stream); }).join();
  EXPECT_EQ(instance.breaches().size(), 2u) << "close is for any thread";
}

// What the C++ wrapper makes of a mail server that starts TLS.
bb_status greet_in_cxx(Instance& instance) {
  Call call(instance.call.raw());
  const Streams streams(instance.host.raw(), &instance.table);
  try {
    auto stream = streams.open(
        call, {.transport = BB_TRANSPORT_TCP, .host = "mail.test", .port = 25, .protocol = "smtp", .tls = {}});
    EXPECT_EQ(stream.read_line(call), "220 mail.test");
    stream.write(call, "EHLO kit\r\n");
    EXPECT_EQ(stream.read_line(call), "250 EHLO");
    stream.start_tls(call);
    EXPECT_EQ(stream.info().chain.size(), 2u);
    stream.write(call, "EHLO kit\r\n");
    EXPECT_EQ(stream.read_line(call), "250 over TLS");
    return BB_OK;
  } catch (const Failure& failure) {
    return failure.status;
  }
}

TEST(KitStreamsTest, TheWrapperKeepsToTheRules) {
  const auto& go_ahead = Instance::setup().streams.front().answers[1];
  Instance whole, little, attacked, injected;
  EXPECT_EQ(greet_in_cxx(whole), BB_OK);
  little.host.peer_fault = PeerFault::drip;
  EXPECT_EQ(greet_in_cxx(little), BB_OK);
  attacked.host.streams.injects_behind = {&go_ahead};
  EXPECT_EQ(greet_in_cxx(attacked), BB_E_PROTOCOL) << "it had read what came behind";
  injected.host.streams.injects_behind = {&go_ahead};
  injected.host.peer_fault = PeerFault::drip;
  EXPECT_EQ(greet_in_cxx(injected), BB_E_PROTOCOL) << "the host had it still";
  for (const auto* const instance : {&whole, &little, &attacked, &injected})
    EXPECT_THAT(instance->breaches(), IsEmpty());
}

TEST(KitStreamsTest, ReadsWhatAPeerSays) {
  const auto said = [](std::string_view text, SpeechForm form, std::string_view request) {
    const auto speech = parse_speech(text, form);
    return speech ? speak(*speech, request) : "none";
  };
  EXPECT_EQ(said("", SpeechForm::text, "a b"), "");
  EXPECT_EQ(said("{word} OK", SpeechForm::text, "A1 NOOP\r\n"), "A1 OK");
  EXPECT_EQ(said("{word}", SpeechForm::text, "QUIT\r\n"), "QUIT");
  EXPECT_EQ(speak(*parse_speech("To: {address}", SpeechForm::text), "RETR 1", "a@b.test"), "To: a@b.test");
  EXPECT_EQ(said("<{address}>", SpeechForm::text, "RETR 1"), "<>") << "none was allocated";
  EXPECT_EQ(said("{1:3}{0:1}", SpeechForm::text, "abc"), "bca");
  EXPECT_EQ(said("<{2:9}{7:8}>", SpeechForm::text, "abc"), "<c>") << "what is not there is empty";
  EXPECT_EQ(said("{310}\r\n{a} {{0:1}", SpeechForm::text, "x"), "{310}\r\n{a} {x");
  EXPECT_EQ(said("{3:1}{", SpeechForm::text, "x"), "{3:1}{");
  EXPECT_EQ(said("0aFf {0:1} 00", SpeechForm::hexadecimal, "x"), std::string("\x0a\xffx\0", 4));
  EXPECT_EQ(said("0a f", SpeechForm::hexadecimal, "x"), "none");
  EXPECT_EQ(said("0g", SpeechForm::hexadecimal, "x"), "none");
}

}  // namespace
}  // namespace bb::kit
