// The debug layer: every rule that it watches, by a plugin that breaks it, and
// silence about one that does not. In process, and in processes of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <set>
#include <thread>

#include <bb/core/abi_rules.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/host/people.hpp>
#include "host/host_fixture.hpp"
#include "host/scripted_server.hpp"
#include "plugin_call.hpp"
#include "support/temporary_folder.hpp"
#include "watch/watch.hpp"
#include "watch/watched_call.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace fs = std::filesystem;

using Rules = std::set<std::string>;

Rules rules_of(const std::vector<host::Notice>& notices) {
  Rules rules;
  for (const auto& notice : notices) rules.insert(notice.rule);
  return rules;
}

std::string text_of(const std::vector<host::Notice>& notices) {
  std::string text;
  for (const auto& notice : notices) text += notice.rule + ' ' + notice.what + '\n';
  return text;
}

// --- the kit's mutants ---

struct Mutant {
  std::string name;
  Rules rules;
  std::string what;  // in one of the notices
};
void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.name; }

// Whoever is asked says yes, while there is somebody.
class Agreeing final : public host::People {
 public:
  std::optional<host::PersonAnswer> ask(const host::Question&) override {
    if (!is_there) return std::nullopt;
    return host::PersonAnswer{
        .name = "Ada", .at_unix_ns = 1, .is_declined = false, .text = "yes", .file = {}, .media_type = {}};
  }
  std::string how_to_answer(const host::Question&) const override { return "wait"; }

  std::atomic<bool> is_there{true};
};

// One of the kit's mutants in a folder of its own, checked or not.
struct Plugin {
  TemporaryFolder folder;
  KeepingRecorder recorder;
  host::Redactor redactor;
  std::unique_ptr<host::Clock> clock = host::make_real_clock();
  Agreeing people;
  std::unique_ptr<host::Host> host;
  std::unique_ptr<host::Connector> connector;
  std::uint64_t next_call = 1;

  Plugin(const std::string& name, bool is_checked) {
    const fs::path built = BB_MUTANT_FOLDER;
    const std::string manifest_name = name + ".bbplugin.yaml";
    std::string manifest = *read_text(built / manifest_name);
    // The host holds the manifest against the library before anything else.
    if (name == "HIDDEN_CAPABILITY") manifest = replace_all(manifest, ", bb.probe/1", "");
    EXPECT_TRUE(write_text(folder.path() / manifest_name, manifest));
    fs::copy_file(built / (name + ".so"), folder.path() / (name + ".so"));
    ::setenv("BB_TEST_PASSWORD", "open sesame", 1);
    host = std::make_unique<host::Host>(host::Host::Options{{folder.path()}, "test", connector_host(), is_checked});
    host::InstanceOptions options;
    options.type_id = "org.example.mutant";
    options.name = "portal/alice";
    options.config = Value::object({{"name", "kit"}});
    options.secrets["password"].environment = "BB_TEST_PASSWORD";
    options.clock = clock.get();
    options.recorder = &recorder;
    options.redactor = &redactor;
    options.people = &people;
    auto made = host->create(options);
    EXPECT_TRUE(made) << made.error().what;
    if (made) connector = *std::move(made);
  }

  host::Reply call(const std::string& capability, const std::string& function, std::string_view arguments = "{}") {
    return connector->invoke({"bb." + capability + "/1", function, *parse_json(arguments)},
                             {.call_id = next_call++, .timeout_ms = 10'000});
  }
};

// Everything that a run may do with one, what succeeds and what does not.
void use(Plugin& plugin) {
  plugin.call("session", "open", R"({"method":"client_credentials","secret_password":"password"})");
  plugin.call("session", "close");
  plugin.call("session", "open", R"({"method":"user_redirect","state":"s"})");
  plugin.call("session", "describe");
  plugin.call("session", "open", R"({"method":"password","account":"alice","secret_password":"password"})");
  plugin.call("session", "describe");
  plugin.call("view", "list");
  plugin.call("view", "list", R"({"kind":"kit-unknown-kind"})");
  plugin.call("view", "list", R"({"limit":2})");
  plugin.call("view", "read", R"({"item_id":"1"})");
  plugin.call("view", "read", R"({"item_id":"KITCANARY"})");
  plugin.call("download", "formats");
  plugin.call("download", "fetch", R"({"format_id":"blue-button-text"})");
  constexpr const char* sent =
      R"({"idempotency_key":"k","destinations":[{"scheme":"https","address":"https://a.test"},)"
      R"({"scheme":"https","address":"https://b.test"}]})";
  plugin.call("share", "send", sent);
  plugin.call("share", "track", R"({"message_id":"message-k"})");
  plugin.call("transmit", "send",
              R"({"idempotency_key":"t","destinations":[{"scheme":"direct","address":"b"}],"attachments":)"
              R"([{"filename":"a","media_type":"text/plain","content":"some text"}]})");
  plugin.call("inbox", "poll");
  plugin.call("inbox", "read", R"({"item_id":"m1"})");
  plugin.call("inbox", "allocate", R"({"tag":"one"})");
  plugin.call("inbox", "allocate", R"({"tag":"one"})");
  plugin.call("inbox", "acknowledge", R"({"item_id":"m1","disposition":"processed"})");
  plugin.call("activity", "list");
  plugin.call("activity", "read", R"({"item_id":"e1"})");
  plugin.call("probe", "list");
  plugin.call("probe", "run", R"({"name":"org.example.mutant.ping","arguments":{}})");
  plugin.call("session", "close");
}

class WatchedMutantTest : public testing::TestWithParam<Mutant> {};

TEST_P(WatchedMutantTest, ItsRuleIsToldAndNoOther) {
  Plugin plugin(GetParam().name, true);
  ASSERT_TRUE(plugin.connector);
  use(plugin);
  const auto notices = plugin.recorder.notices();
  EXPECT_EQ(rules_of(notices), GetParam().rules) << text_of(notices);
  EXPECT_THAT(text_of(notices), HasSubstr(GetParam().what));
  EXPECT_THAT(text_of(notices), Not(HasSubstr("KITCANARY")));
  for (const auto& notice : notices) {
    EXPECT_EQ(notice.instance, "portal/alice");
    EXPECT_EQ(severity_of(notice), "plugin misbehaving");
    EXPECT_EQ(notice.header, place_of(*find_abi_rule(notice.rule)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, WatchedMutantTest,
    testing::Values(Mutant{"CONNECTS_IN_CREATE", {"BB-R019"}, "create: an HTTP exchange was begun"},
                    Mutant{"TABLE_PER_CALL", {"BB-R021"}, "another pointer for bb.view/1"},
                    Mutant{"ALWAYS_VIEW", {"BB-R022"}, "a table for bb.view/10"},
                    Mutant{"TWO_HEADS", {"BB-R025"}, "view.read: head() came again"},
                    Mutant{"DECLARED_SIZE", {"BB-R025"}, "view.read: head() declared 8 bytes, 7 were written"},
                    Mutant{"ODD_STATUS", {"BB-R028"}, "view.list: the call gave -1, which is no status"},
                    Mutant{"HOST_STATUS", {"BB-R029"}, "view.list: the call gave BB_E_CONNECTOR_LOST"},
                    Mutant{"SILENT_FAILURE", {"BB-R030"}, "view.read: the call gave BB_E_NOT_FOUND without a message"},
                    Mutant{"PLAIN_ATTRIBUTE", {"BB-R035"}, "view.read: attribute 1 has no dot in its name"},
                    Mutant{"FORGETS_RECEIPT", {"BB-R042"}, "share.send: the call gave 1 receipts for 2 destinations"},
                    Mutant{"OPENED_ORPHAN", {"BB-R044"}, "inbox.poll: an item that was opened names no parent"},
                    Mutant{"FRESH_ADDRESS", {"BB-R045"}, "inbox.allocate: another address"},
                    Mutant{"ANY_METHOD", {"BB-R048"}, "session.open: the call gave BB_OK for a method"},
                    Mutant{"TWO_CHALLENGES", {"BB-R049"}, "session.open: challenge() came again"},
                    Mutant{"FOREIGN_THREAD", {"BB-R056"}, "view.list: bb_call::progress was called on a thread"},
                    Mutant{"BAD_TITLE", {"BB-R064"}, "view.list: bb_item::title is not UTF-8"},
                    Mutant{"HIDDEN_CAPABILITY", {"BB-R066"}, "bb.probe/1 is offered and not in"},
                    Mutant{"NULL_READ", {"BB-R067"}, "the table of bb.view/1 has no view.read"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(WatchTest, AQuestionThatNobodyHasAnsweredIsNoMissingChallenge) {
  Plugin plugin("GOOD", true);
  ASSERT_TRUE(plugin.connector);
  plugin.people.is_there = false;
  const auto reply =
      plugin.call("session", "open", R"({"method":"password","account":"alice","secret_password":"password"})");
  EXPECT_EQ(reply.status, BB_E_PENDING);
  EXPECT_THAT(plugin.recorder.notices(), IsEmpty()) << text_of(plugin.recorder.notices());
}

TEST(WatchTest, OfAGoodPluginNothingIsTold) {
  Plugin plugin("GOOD", true);
  ASSERT_TRUE(plugin.connector);
  use(plugin);
  EXPECT_THAT(text_of(plugin.recorder.notices()), IsEmpty());
}

TEST(WatchTest, NothingIsTouchedWhereConnectorsAreNotChecked) {
  Plugin plugin("SILENT_FAILURE", false);
  ASSERT_TRUE(plugin.connector);
  use(plugin);
  EXPECT_THAT(plugin.recorder.notices(), IsEmpty());
}

TEST(WatchTest, ARuleIsToldTwentyTimesAtMost) {
  Plugin plugin("SILENT_FAILURE", true);
  ASSERT_TRUE(plugin.connector);
  for (int i = 0; i < 30; ++i) plugin.call("view", "list");
  const auto notices = plugin.recorder.notices();
  ASSERT_EQ(notices.size(), 20u);
  for (std::size_t i = 0; i < notices.size(); ++i) {
    EXPECT_EQ(notices[i].call_id, i + 1);
    EXPECT_EQ(notices[i].is_last, i + 1 == notices.size());
  }
}

TEST(WatchTest, RepliesAreThoseOfARunThatIsNotChecked) {
  Plugin checked("GOOD", true), other("GOOD", false);
  for (Plugin* const plugin : {&checked, &other})
    plugin->call("session", "open", R"({"method":"password","account":"alice","secret_password":"password"})");
  for (const auto& [capability, function, arguments] : {std::tuple("view", "list", R"({"limit":2})"),
                                                        {"view", "read", R"({"item_id":"2"})"},
                                                        {"view", "read", R"({"item_id":"ghost"})"},
                                                        {"inbox", "poll", "{}"},
                                                        {"probe", "list", "{}"}}) {
    const auto one = checked.call(capability, function, arguments);
    const auto two = other.call(capability, function, arguments);
    EXPECT_EQ(one.status, two.status);
    EXPECT_EQ(one.body, two.body);
    EXPECT_EQ(one.attributes, two.attributes);
    EXPECT_EQ(one.error.message, two.error.message);
  }
}

TEST(WatchTest, TheDocumentNamesTheRulesThatAreWatched) {
  const fs::path source = BB_SOURCE_DIR;
  Rules watched, documented;
  for (const auto& file : fs::directory_iterator(source / "sdk/src/host/watch")) {
    const std::string text = *read_text(file.path());
    if (file.path().extension() != ".cpp") continue;
    for (auto at = text.find("\"BB-R"); at != std::string::npos; at = text.find("\"BB-R", at + 1))
      watched.insert(text.substr(at + 1, 7));
  }
  for (const std::string& line : split(*read_text(source / "docs/abi/rules.md"), '\n'))
    if (line.starts_with("| BB-R") && line.find("debug layer") != std::string::npos)
      documented.insert(line.substr(2, 7));
  EXPECT_EQ(watched, documented);
}

// --- the scripted connector: what needs a peer, a cancel or a late thread ---

// Cancels when it is asked for the time.
class CancellingClock final : public host::Clock {
 public:
  explicit CancellingClock(host::Clock& real) : real_(real) {}
  std::int64_t now_unix_ns() override {
    if (cancellation) cancellation->cancel();
    return real_.now_unix_ns();
  }
  host::Slept sleep_ns(std::int64_t duration_ns, const host::Cancellation* given, std::int64_t deadline_ns) override {
    return real_.sleep_ns(duration_ns, given, deadline_ns);
  }
  host::Cancellation* cancellation = nullptr;

 private:
  host::Clock& real_;
};

struct WatchedTest : testing::Test, Scripted {
  CancellingClock cancelling{*clock};

  WatchedTest() : Scripted("scripted", true) { options.clock = &cancelling; }
  ~WatchedTest() override { connector.reset(); }  // before its clock

  std::string text() const { return text_of(recorder.notices()); }
  // Cancels the call once it has begun.
  host::Reply cancelled(Value arguments) {
    host::Cancellation cancellation;
    cancelling.cancellation = &cancellation;
    const host::Reply reply = probe("misuse", std::move(arguments), {.call_id = 7, .cancellation = &cancellation});
    cancelling.cancellation = nullptr;
    return reply;
  }
};

TEST_F(WatchedTest, AConnectorThatGoesOnAfterStop) {
  EXPECT_EQ(cancelled(Value::object({{"how", "goes-on"}})).status, BB_E_CANCELLED);
  EXPECT_EQ(text(), "BB-R023 probe.run: bb_content_sink::write was called after the sink had said BB_E_CANCELLED\n");
  EXPECT_EQ(recorder.notices().at(0).call_id, 7u);
}

TEST_F(WatchedTest, AConnectorThatReturnsAnotherStatusThanTheSink) {
  probe("breach", Value::object({{"how", "small-item"}}));
  EXPECT_THAT(text(), HasSubstr("BB-R023 probe.run: the sink said BB_E_INVALID_ARGUMENT, and the call gave BB_OK"));
  EXPECT_THAT(text(), HasSubstr("BB-R064 probe.run: bb_item has a struct_size that is too small"));
}

TEST_F(WatchedTest, WriteBeforeHeadAndNoHead) {
  probe("breach", Value::object({{"how", "write-first"}}));
  EXPECT_THAT(text(), HasSubstr("BB-R025 probe.run: write() came before head()"));
  probe("breach", Value::object({{"how", "no-head"}}));
  EXPECT_THAT(text(), HasSubstr("BB-R025 probe.run: the call gave BB_OK without head()"));
}

TEST_F(WatchedTest, AnExceptionThatComesOut) {
  const host::Reply reply = probe("breach", Value::object({{"how", "throw"}}));
  EXPECT_EQ(host::result_word(reply), "internal");
  EXPECT_EQ(text(), "BB-R062 probe.run: an exception came out\n");
}

TEST_F(WatchedTest, AnExchangeThatIsBegunAfterTheCancel) {
  cancelled(Value::object({{"how", "starts"}}));
  EXPECT_EQ(text(), "BB-R033 probe.run: an HTTP exchange was begun after the call was cancelled\n");
}

TEST_F(WatchedTest, ACallThatEndsLongAfterItsCancel) {
  cancelled(Value::object({{"how", "sleeps"}, {"ms", 1100}}));
  EXPECT_THAT(text(), HasSubstr("BB-R033 probe.run: the call ended 1"));
  EXPECT_THAT(text(), HasSubstr("ms after it was cancelled"));
}

TEST_F(WatchedTest, ADeadlineThatTheHostSaidAndTheCallDidNot) {
  ScriptedServer silent([](Peer& peer) { peer.wait_for_end(); });
  probe("http", Value::object({{"url", silent.url()}, {"ignore", true}}), within_ms(100));
  EXPECT_THAT(text(), HasSubstr("BB-R032 probe.run: the host said BB_E_DEADLINE, and the call gave BB_OK"));
}

TEST_F(WatchedTest, AnAnswerThatIsNotMarked) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send(plain_answer("hello"));
  });
  const host::Reply reply = probe("http", Value::object({{"url", server.url()}, {"answer", false}}));
  EXPECT_EQ(reply.status, BB_OK) << reply.error.message;
  EXPECT_EQ(text(),
            "BB-R035 probe.run: of 1 HTTP exchanges none was marked BB_HTTP_ANSWER, expected the one that "
            "answers\n");
}

TEST_F(WatchedTest, CallbacksAfterTheCallAreToldAndRefused) {
  EXPECT_EQ(probe("misuse", Value::object({{"how", "later"}})).body, "soon");
  const std::int64_t until_ns = monotonic_ns() + 5 * ns_per_second;
  while (recorder.notices().size() < 3 && monotonic_ns() < until_ns)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(text(),
            "BB-R056 probe.run: bb_call::progress was called after its call had ended\n"
            "BB-R024 probe.run: bb_call::is_cancelled was called after its call had ended\n"
            "BB-R056 probe.run: bb_content_sink::head was called after its call had ended\n");
  for (const auto& notice : recorder.notices()) EXPECT_EQ(notice.call_id, 0u);
}

TEST_F(WatchedTest, ServicesWorkAsWithoutAWatch) {
  EXPECT_EQ(probe("services").body,
            "bb.host.log/1 bb.host.clock/1 bb.host.cancel/1 bb.host.secret/1 bb.host.http/1 bb.host.evidence/1 "
            "bb.host.person/1");
  EXPECT_EQ(probe("handle").body, "none");
  EXPECT_EQ(probe("log", Value::object({{"message", "hello"}})).body, "logged");
  EXPECT_EQ(probe("evidence", Value::object({{"sent", "MAIL"}})).body, "recorded");
  EXPECT_EQ(probe("sleep", Value::object({{"ms", 1}})).status, BB_OK);
  ASSERT_EQ(recorder.lines.size(), 1u);
  EXPECT_EQ(recorder.lines[0].message, "hello");
  ASSERT_EQ(recorder.records.size(), 1u);
  EXPECT_EQ(text(), "");
}

// --- the layer itself: the host's side, and times that nobody waits for ---

struct Seeing {
  std::vector<host::Seen> seen;
  std::mutex mutex;
  host::Tell tell() {
    return [this](const host::Seen& one) {
      const std::scoped_lock lock(mutex);
      seen.push_back(one);
    };
  }
};

const void* no_service(const bb_host*, const char*) { return nullptr; }
const bb_connector_type* no_type(std::uint32_t) { return nullptr; }
const void* no_table(bb_connector*, const char*) { return nullptr; }

// A watch of nothing in particular.
struct Bare : Seeing {
  bb_host host{sizeof(bb_host), BB_ABI_MINOR, nullptr, "test", "1", no_service};
  bb_plugin plugin{sizeof(bb_plugin), 0, 0, 0, "p", "1", nullptr, nullptr, no_type, nullptr, nullptr, no_table};
  bb_connector_type type{};
  host::Watch watch{plugin, &type, host, tell()};
};

TEST(WatchLayerTest, CallsThatOverlapAreTheHosts) {
  Bare bare;
  host::PluginCall one(1, 0, nullptr), two(2, 0, nullptr);
  const auto first = bare.watch.begin(one.abi, "view.list");
  const auto second = bare.watch.begin(two.abi, "view.read");
  ASSERT_EQ(bare.seen.size(), 1u);
  EXPECT_EQ(bare.seen[0].rule, "BB-R057");
  EXPECT_TRUE(bare.seen[0].is_host);
  EXPECT_THAT(bare.seen[0].what, HasSubstr("view.read: was called while another call of the instance ran"));
  first->end(BB_OK);
  second->end(BB_OK);
  bare.watch.begin(one.abi, "view.list")->end(BB_OK);
  EXPECT_EQ(bare.seen.size(), 1u);
}

bb_status odd_item(bb_item_sink*, const bb_item*) { return 7; }

TEST(WatchLayerTest, AStatusOfTheHostThatIsNoneIsTheHosts) {
  Bare bare;
  host::PluginCall call(1, 0, nullptr);
  const auto watched = bare.watch.begin(call.abi, "view.list");
  bb_item_sink sink{sizeof(bb_item_sink), 0, nullptr, odd_item, nullptr};
  bb_item item{};
  item.struct_size = sizeof item;
  item.id = {"1", 1};
  bb_item_sink* const given = watched->wrap(&sink);
  given->item(given, &item);
  watched->end(7);
  ASSERT_EQ(bare.seen.size(), 3u);
  EXPECT_EQ(bare.seen[0].rule, "BB-R028");
  EXPECT_TRUE(bare.seen[0].is_host);
  host::Notice notice;
  notice.is_host = true;
  EXPECT_EQ(severity_of(notice), "host misbehaving");
}

// A host with a person and streams who do nothing; `status_of_host` is what they say.
bb_status status_of_host = BB_OK;
bb_status ask_nobody(const bb_host*, bb_call*, const bb_question*, bb_answer_sink*) { return status_of_host; }
bb_status open_nothing(const bb_host*, bb_call*, const bb_stream_request*, bb_stream**) { return status_of_host; }
bb_status read_nothing(const bb_host*, bb_call*, bb_stream*, void*, std::uint64_t, std::uint64_t*) {
  return status_of_host;
}
bb_status write_nothing(const bb_host*, bb_call*, bb_stream*, bb_bytes) { return status_of_host; }
bb_status start_no_tls(const bb_host*, bb_call*, bb_stream*, const bb_stream_request*) { return status_of_host; }
const void* draft_service(const bb_host*, const char* id) {
  static const bb_host_person person{sizeof(bb_host_person), 0, ask_nobody};
  static const bb_host_stream stream{sizeof(bb_host_stream), 0,      open_nothing, nullptr, read_nothing, write_nothing,
                                     start_no_tls,           nullptr};
  if (std::string_view(id) == BB_HOST_PERSON) return &person;
  return std::string_view(id) == BB_HOST_STREAM ? &stream : nullptr;
}

const bb_host* given_host = nullptr;
bb_status open_in_create(const bb_host* host, bb_call* call, const bb_create_args*, bb_connector**) {
  given_host = host;
  bb_stream_request request{};
  request.struct_size = sizeof request;
  bb_stream* stream = nullptr;
  static_cast<const bb_host_stream*>(host->get_interface(host, BB_HOST_STREAM))->open(host, call, &request, &stream);
  return BB_OK;
}

struct BareWithDrafts : Seeing {
  BareWithDrafts() {
    status_of_host = BB_OK;
    watch.create(call.abi, args, &connector);
  }
  template <class Table>
  const Table& service(const char* id) {
    return *static_cast<const Table*>(watch.service(id));
  }
  std::string told() {
    std::string text;
    for (const host::Seen& one : seen) text += std::string(one.rule) + " " + one.what + "\n";
    seen.clear();
    return text;
  }
  bb_host host{sizeof(bb_host), BB_ABI_MINOR, nullptr, "test", "1", draft_service};
  bb_connector_type type{};
  bb_plugin plugin{sizeof(bb_plugin), 0, 0, 0, "p", "1", nullptr, nullptr, no_type, open_in_create, nullptr, no_table};
  host::Watch watch{plugin, &type, host, tell()};
  host::Cancellation cancellation;
  host::PluginCall call{1, 0, &cancellation};
  bb_create_args args{};
  bb_connector* connector = nullptr;
};

TEST(WatchLayerTest, PeopleAndStreamsAreWatchedAsTheOtherServicesAre) {
  BareWithDrafts bare;
  EXPECT_EQ(bare.told(), "BB-R019 create: a stream was opened\n");
  const auto& person = bare.service<bb_host_person>(BB_HOST_PERSON);
  const auto& streams = bare.service<bb_host_stream>(BB_HOST_STREAM);
  const auto watched = bare.watch.begin(bare.call.abi, "view.list");
  bb_call* const call = watched->abi();
  bb_question question{};
  bb_stream_request request{};
  bb_stream* stream = nullptr;
  std::uint64_t got = 0;
  person.ask(given_host, call, &question, nullptr);
  streams.open(given_host, call, &request, &stream);
  streams.start_tls(given_host, call, stream, &request);
  EXPECT_EQ(bare.told(),
            "BB-R064 view.list: bb_question has a struct_size that is too small\n"
            "BB-R064 view.list: bb_stream_request has a struct_size that is too small\n"
            "BB-R064 view.list: bb_stream_request has a struct_size that is too small\n");
  question.struct_size = sizeof question;
  request.struct_size = sizeof request;
  question.title = request.host = {"\xff", 1};
  person.ask(given_host, call, &question, nullptr);
  streams.open(given_host, call, &request, &stream);
  EXPECT_EQ(bare.told(),
            "BB-R064 view.list: bb_question::title is not UTF-8\n"
            "BB-R064 view.list: bb_stream_request::host is not UTF-8\n");
  question.title = request.host = {};
  std::thread([&] { streams.read(given_host, call, stream, nullptr, 0, &got); }).join();
  EXPECT_EQ(bare.told(), "BB-R056 view.list: bb_host_stream::read was called on a thread that does not run the call\n");
  status_of_host = 7;
  streams.write(given_host, call, stream, {nullptr, 0});
  EXPECT_EQ(bare.told(), "BB-R028 view.list: the host's bb_host_stream::write gave 7\n");
  status_of_host = BB_OK;
  bare.cancellation.cancel();
  call->is_cancelled(call);
  person.ask(given_host, call, &question, nullptr);
  streams.open(given_host, call, &request, &stream);
  EXPECT_EQ(bare.told(),
            "BB-R033 view.list: a person was asked after the call was cancelled\n"
            "BB-R033 view.list: a stream was opened after the call was cancelled\n");
  watched->end(BB_E_CANCELLED);
  EXPECT_EQ(person.ask(given_host, call, &question, nullptr), BB_E_STATE);
  EXPECT_EQ(bare.told(), "BB-R056 view.list: bb_host_person::ask was called after its call had ended\n");
}

bb_status stop_certificates(bb_certificate_sink*, const bb_certificate*) { return BB_E_CANCELLED; }

TEST(WatchLayerTest, CertificatesAreWatchedAsOtherEmissionsAre) {
  Bare bare;
  host::PluginCall call(1, 0, nullptr);
  const auto watched = bare.watch.begin(call.abi, "trust.anchors");
  bb_certificate_sink sink{sizeof(bb_certificate_sink), 0, nullptr, stop_certificates};
  bb_certificate_sink* const given = watched->wrap(&sink);
  bb_certificate certificate{};
  given->certificate(given, &certificate);
  certificate.struct_size = sizeof certificate;
  given->certificate(given, &certificate);
  watched->end(BB_E_CANCELLED);
  std::string text;
  for (const host::Seen& one : bare.seen) text += std::string(one.rule) + " " + one.what + "\n";
  EXPECT_EQ(text,
            "BB-R064 trust.anchors: bb_certificate has a struct_size that is too small\n"
            "BB-R023 trust.anchors: bb_certificate_sink::certificate was called after the sink had said "
            "BB_E_CANCELLED\n"
            "BB-R064 trust.anchors: bb_certificate::der is empty\n");
  EXPECT_THAT(host::WatchedTables::interfaces(), testing::Contains(BB_TRUST));
}

TEST(WatchLayerTest, ACallThatEndsLongAfterItsDeadline) {
  Bare bare;
  host::PluginCall call(1, monotonic_ns() - 2 * ns_per_second, nullptr);
  bare.watch.begin(call.abi, "view.list")->end(BB_OK);
  ASSERT_EQ(bare.seen.size(), 1u);
  EXPECT_EQ(bare.seen[0].rule, "BB-R032");
  EXPECT_THAT(bare.seen[0].what, HasSubstr("view.list: the call ended 2"));
}

}  // namespace
}  // namespace bb::test
