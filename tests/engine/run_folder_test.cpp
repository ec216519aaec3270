#include "harness/evidence/run_folder.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/evidence/event_writer.hpp"
#include "harness/evidence/run_reader.hpp"
#include "run_fixture.hpp"
#include "support/chained_events.hpp"

namespace bb::test {
namespace {

namespace fs = std::filesystem;
using evidence::RunFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RunFolderTest : public RunFixture {
 protected:
  fs::path events() const { return run_folder / "events.ndjson"; }
  std::string text() const { return *read_text(events()); }
  void append(const std::string& bytes) const { std::ofstream(events(), std::ios::app | std::ios::binary) << bytes; }
  evidence::RunView read() const {
    auto view = evidence::read_run(run_folder);
    EXPECT_TRUE(view) << (view ? "" : view.error().what);
    return view ? *std::move(view) : evidence::RunView{};
  }
};

constexpr const char* one_test = R"(
  get:
    title: It downloads
    verifies: R-A
    steps: [{do: portal.download, with: {format: blue-button-text}}]
)";

unsigned mode(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777u;
}

TEST_F(RunFolderTest, IsPrivateAndHasNoAwkwardCharacters) {
  connectors.on("bb.download/1 fetch", [](const FakeCall&) { return content(std::string(5000, 'x')); });
  run(one_test);
  EXPECT_EQ(mode(run_folder), 0700u);
  EXPECT_EQ(mode(run_folder / "blobs"), 0700u);
  EXPECT_EQ(mode(events()), 0600u);
  EXPECT_EQ(mode(run_folder / "run.json"), 0600u);
  for (const auto& entry : fs::recursive_directory_iterator(run_folder.parent_path()))
    EXPECT_EQ(entry.path().filename().string().find_first_of(":[]"), std::string::npos) << entry.path();
}

TEST_F(RunFolderTest, TwoRunsOfOneSecondHaveTwoFolders) {
  const auto first = RunFolder::create(folder_.path(), 0);
  const auto second = RunFolder::create(folder_.path(), 0);
  ASSERT_TRUE(first && second);
  EXPECT_NE((*first)->path(), (*second)->path());
  EXPECT_THAT((*first)->path().filename().string(), testing::StartsWith("19700101T000000Z-"));
}

TEST_F(RunFolderTest, AFolderThatCannotBeMadeIsAnError) {
  EXPECT_TRUE(write_text(folder_.path() / "file", "in the way"));
  const auto folder = RunFolder::create(folder_.path() / "file", 0);
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error().what, HasSubstr("file"));
}

TEST_F(RunFolderTest, ABlobIsNamedByItsHashAndKeptOnce) {
  const auto folder = RunFolder::create(folder_.path(), 0);
  ASSERT_TRUE(folder);
  const auto name = (*folder)->put_blob("abc");
  // FIPS 180-4, the example "abc".
  EXPECT_EQ(*name, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(*(*folder)->put_blob("abc"), *name);
  EXPECT_EQ(*evidence::read_blob((*folder)->path(), *name), "abc");
  EXPECT_TRUE(write_text((*folder)->path() / "blobs" / *name, "abd"));
  EXPECT_THAT(evidence::read_blob((*folder)->path(), *name).error().what, HasSubstr("was changed"));
}

TEST_F(RunFolderTest, ANameThatIsNoHashIsNeverOpened) {
  EXPECT_FALSE(evidence::is_blob_name("../run.json"));
  EXPECT_FALSE(evidence::is_blob_name(std::string(63, 'a')));
  EXPECT_FALSE(evidence::is_blob_name(std::string(64, 'A')));
  EXPECT_TRUE(evidence::is_blob_name(std::string(64, 'a')));
  EXPECT_FALSE(evidence::read_blob(folder_.path(), "../run.json"));
}

TEST_F(RunFolderTest, BodiesFromFourKibibytesOnAndBinaryOnesAreBlobs) {
  const auto folder = RunFolder::create(folder_.path(), 0);
  ASSERT_TRUE(folder);
  const auto clock = host::make_real_clock();
  evidence::EventWriter writer(**folder, *clock);
  const auto is_blob = [&](const std::string& body) { return writer.body_value(body)["blob"].is_string(); };
  EXPECT_TRUE(writer.body_value("").is_null());
  EXPECT_FALSE(is_blob(std::string(4095, 'x')));
  EXPECT_TRUE(is_blob(std::string(4096, 'x')));
  EXPECT_TRUE(is_blob("\xff"));
}

TEST_F(RunFolderTest, HeldEventsGoOutInTheirOrderWithTheNextThatIsNot) {
  const auto folder = RunFolder::create(folder_.path(), 0);
  ASSERT_TRUE(folder);
  const auto clock = host::make_real_clock();
  const auto lines = [&] { return split(*read_text((*folder)->path() / "events.ndjson"), '\n').size() - 1; };
  {
    evidence::EventWriter writer(**folder, *clock);
    EXPECT_TRUE(writer.write("a", Value::object(), evidence::Durability::held));
    EXPECT_TRUE(writer.write("b", Value::object(), evidence::Durability::held));
    EXPECT_EQ(lines(), 0U);
    EXPECT_TRUE(writer.write("c", Value::object()));
    EXPECT_EQ(lines(), 3U);
    EXPECT_TRUE(writer.write("d", Value::object(), evidence::Durability::held));
    EXPECT_TRUE(writer.flush());
    EXPECT_EQ(lines(), 4U);
    EXPECT_TRUE(writer.write("e", Value::object(), evidence::Durability::held));
    EXPECT_TRUE(writer.write("f", Value::object({{"long", std::string(70'000, 'x')}}), evidence::Durability::held));
    EXPECT_EQ(lines(), 6U) << "what is held is bounded";
    EXPECT_TRUE(writer.write("g", Value::object(), evidence::Durability::held));
  }
  EXPECT_EQ(lines(), 7U) << "the writer's end holds nothing back";
  std::string types;
  for (const auto& line : split(*read_text((*folder)->path() / "events.ndjson"), '\n'))
    if (!line.empty()) types += (*parse_json(line))["type"].string_or("?");
  EXPECT_EQ(types, "abcdefg");
}

TEST_F(RunFolderTest, ATornLastLineIsForgiven) {
  run(one_test);
  const std::string whole = text();
  // Every cut inside the last line but its very end leaves a readable run that
  // is not complete.
  const auto last = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t cut = last + 1; cut < whole.size(); cut += 7) {
    EXPECT_TRUE(write_text(events(), whole.substr(0, cut)));
    const auto view = read();
    EXPECT_FALSE(view.is_complete);
    EXPECT_THAT(view.problems, ElementsAre(HasSubstr("torn after")));
    EXPECT_EQ(view.counts.pass, 1);
    EXPECT_EQ(view.verdict.word, "inconclusive");
  }
  EXPECT_TRUE(write_text(events(), whole.substr(0, last)));
  EXPECT_FALSE(read().is_complete);
  EXPECT_THAT(read().problems, IsEmpty());
}

// Also a run that nobody may go on with, or that is done, is opened to be looked at.
TEST_F(RunFolderTest, ATornLastLineIsCutByTheFirstAppendAndNotBefore) {
  run(one_test);
  const std::string whole = text();
  append(R"({"n":99,"at":"2026)");
  const std::string torn = text();
  {
    const auto opened = RunFolder::open(run_folder);
    ASSERT_TRUE(opened);
    EXPECT_EQ((*opened)->torn_bytes(), static_cast<std::int64_t>(torn.size() - whole.size()));
    EXPECT_EQ(text(), torn);
    ASSERT_TRUE((*opened)->append("", evidence::Durability::written));
    EXPECT_EQ(text(), torn);
  }
  const auto opened = RunFolder::open(run_folder);
  ASSERT_TRUE(opened);
  ASSERT_TRUE((*opened)->append("one\n", evidence::Durability::written));
  ASSERT_TRUE((*opened)->append("two\n", evidence::Durability::written));
  EXPECT_EQ(text(), whole + "one\ntwo\n");
}

TEST_F(RunFolderTest, UnknownEventsAreToldAndIgnored) {
  run(one_test);
  // A newer program may write them anywhere before the end.
  auto lines = split(text(), '\n');
  const std::string number = std::to_string(lines.size() - 1);
  const std::string last = lines.at(lines.size() - 2);
  lines[lines.size() - 2] = "{\"n\":" + number + ",\"type\":\"from_the_future\"}";
  lines.back() = replace_all(last, "{\"n\":" + number + ",", "{\"n\":" + std::to_string(lines.size()) + ",");
  EXPECT_TRUE(write_text(events(), rechained(join(lines, "\n") + "\n")));
  const auto view = read();
  EXPECT_TRUE(view.is_complete);
  EXPECT_FALSE(view.is_damaged);
  EXPECT_THAT(view.problems, ElementsAre("1 event of unknown type 'from_the_future', ignored"));
  EXPECT_EQ(view.verdict.word, "conformant");
}

TEST_F(RunFolderTest, AMissingBlobIsToldAndTheRestIsRead) {
  connectors.on("bb.download/1 fetch", [](const FakeCall&) { return content(std::string(5000, 'x')); });
  const auto before = run(one_test);
  const auto& step = find(before, "get").steps.at(0);
  ASSERT_FALSE(step.body_blob.empty());
  EXPECT_THAT(step.message.body, SizeIs(5000));
  fs::remove(run_folder / "blobs" / step.body_blob);
  const auto after = read();
  EXPECT_THAT(after.problems, ElementsAre("blob " + step.body_blob + " is missing"));
  EXPECT_EQ(after.verdict.word, "inconclusive");
  EXPECT_EQ(outcome(after, "get"), "pass");
}

TEST_F(RunFolderTest, BodiesOfAViewAreCut) {
  for (const std::size_t size : {evidence::view_body_bytes_max, evidence::view_body_bytes_max + 1}) {
    connectors.on("bb.download/1 fetch", [size](const FakeCall&) { return content(std::string(size, 'x')); });
    EXPECT_THAT(find(run(one_test), "get").steps.at(0).message.body, SizeIs(evidence::view_body_bytes_max));
  }
}

TEST_F(RunFolderTest, AFolderWithoutARunIsAnError) {
  EXPECT_THAT(evidence::read_run(folder_.path()).error().what, HasSubstr("no readable run here"));
  run(one_test);
  EXPECT_TRUE(write_text(events(), ""));
  EXPECT_THAT(evidence::read_run(run_folder).error().what, HasSubstr("no run_started event"));
  EXPECT_TRUE(write_text(events(), "{\"type\":\"run_started\",\"format\":\"bluebridge-events/2\"}\n"));
  EXPECT_THAT(evidence::read_run(run_folder).error().what,
              HasSubstr("'bluebridge-events/2', this program reads 'bluebridge-events/1'"));
}

TEST_F(RunFolderTest, ExchangesLogsAndRecordsJoinTheirStep) {
  connectors.on("bb.download/1 fetch", [](const FakeCall& call) {
    host::HttpExchange exchange;
    exchange.call_id = call.options.call_id;
    exchange.instance = call.instance.name;
    exchange.method = "GET";
    exchange.url = "https://portal.example/file";
    exchange.request_headers = {{"accept", "a"}, {"accept", "b"}};
    exchange.status = 200;
    exchange.response_body = std::string(70'000, 'y');
    exchange.tls = "TLSv1.3";
    exchange.is_answer = true;
    exchange.total_ms = 12;
    call.instance.recorder->exchange(exchange);
    call.instance.recorder->log({call.instance.name, call.options.call_id, BB_LOG_WARNING, "slow", {{"ms", "12"}}});
    call.instance.recorder->log({call.instance.name, 0, BB_LOG_INFO, "outside any call", {}});
    host::EvidenceRecord record;
    record.call_id = call.options.call_id;
    record.protocol = "smtp";
    record.sent = "EHLO";
    record.received = "250 ok";
    call.instance.recorder->evidence(record);
    call.instance.recorder->notice({call.instance.name, call.options.call_id, "BB-R030", "bb/abi/base.h:150", false,
                                    "download.fetch: without a message", true});
    call.instance.recorder->notice({call.instance.name, 0, "BB-R057", "bb/abi/plugin.h:51", true, "overlaps", false});
    return content("x");
  });
  options.are_connectors_checked = true;
  const auto view = run(one_test);
  EXPECT_TRUE(view.are_connectors_checked);
  ASSERT_THAT(view.notices, SizeIs(2));
  EXPECT_EQ(view.notices[0].rule, "BB-R030");
  EXPECT_EQ(view.notices[0].header, "bb/abi/base.h:150");
  EXPECT_EQ(view.notices[0].what, "download.fetch: without a message");
  EXPECT_FALSE(view.notices[0].is_host);
  EXPECT_TRUE(view.notices[0].is_last);
  EXPECT_TRUE(view.notices[1].is_host);
  EXPECT_FALSE(view.notices[1].is_last);
  EXPECT_EQ(view.notices[1].call_id, 0u);
  const auto& step = find(view, "get").steps.at(0);
  ASSERT_THAT(step.exchanges, SizeIs(1));
  const auto& exchange = step.exchanges[0];
  EXPECT_EQ(exchange.exchange.url, "https://portal.example/file");
  EXPECT_THAT(exchange.exchange.request_headers, SizeIs(2));
  EXPECT_THAT(exchange.exchange.response_body, SizeIs(evidence::view_body_bytes_max));
  EXPECT_THAT(*evidence::read_blob(run_folder, exchange.response_body_blob), SizeIs(70'000));
  EXPECT_TRUE(exchange.exchange.is_answer);
  ASSERT_THAT(step.logs, SizeIs(1));
  EXPECT_EQ(step.logs[0].level, BB_LOG_WARNING);
  EXPECT_EQ(step.logs[0].fields[0].value, "12");
  ASSERT_THAT(step.records, SizeIs(1));
  EXPECT_EQ(step.records[0].record.received, "250 ok");
  EXPECT_GT(step.records[0].number, exchange.number);
  EXPECT_GT(exchange.number, 1);
  EXPECT_GE(step.records[0].at_unix_ns, view.started_unix_ns);
}

TEST_F(RunFolderTest, TheKeyOfASendIsWrittenBeforeItIsSent) {
  std::string before;
  connectors.on("bb.share/1 send", [&](const FakeCall& call) {
    for (const auto& entry : fs::directory_iterator(options.out)) before = *read_text(entry.path() / "events.ndjson");
    EXPECT_THAT(before, HasSubstr("\"idempotency_key\":\"" +
                                  call.operation.arguments["idempotency_key"].string_or("?") + "\""));
    return emitted(Value::object({{"receipts", Value::array()}}));
  });
  run("  send: {title: It is sent, steps: [{do: portal.share, with: {to: \"https://there.example/in\"}}]}\n");
  EXPECT_FALSE(before.empty());
}

// No file may grow while this lives: writing fails as on a full disk.
class FullDisk {
 public:
  FullDisk() : handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const struct rlimit none { 0, before_.rlim_max };
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  struct rlimit before_ {};
  void (*handler_)(int);
};

TEST_F(RunFolderTest, WhenEvidenceCannotBeKeptNothingMoreIsSent) {
  const auto input = load(R"(
  send:
    title: It is sent
    steps:
      - do: portal.formats
      - {do: portal.share, with: {to: "https://there.example/in"}}
)");
  options.out = folder_.path() / "runs";
  std::optional<FullDisk> full;
  connectors.on("bb.download/1 formats", [&](const FakeCall&) {
    full.emplace();
    return emitted(Value::object());
  });
  std::string cause;
  options.on_test_done = [&](const evidence::TestView& test) { cause = test.kind + ": " + test.cause; };
  const auto result = engine::run(input, options, connectors);
  full.reset();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->verdict.word, "inconclusive");
  EXPECT_THAT(cause, HasSubstr("harness: evidence could not be kept"));
  EXPECT_EQ(connectors.count("portal bb.share/1 send"), 0);
}

TEST_F(RunFolderTest, AKilledRunStillReads) {
  // Goal: kill -9 in the middle of a run loses at most the line being written.
  const auto input = load(R"(
  first: {title: The first ends, steps: [{do: portal.formats}]}
  second: {title: The second hangs, needs: first, steps: [{do: portal.list}]}
  third: {title: The third never starts, needs: second, steps: [{do: portal.formats}]}
)");
  options.out = folder_.path() / "runs";
  const fs::path mark = folder_.path() / "hangs";
  connectors.on("bb.view/1 list", [&](const FakeCall&) {
    EXPECT_TRUE(write_text(mark, "yes"));
    std::this_thread::sleep_for(std::chrono::minutes(10));
    return emitted(Value::object());
  });
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    static_cast<void>(engine::run(input, options, connectors));
    ::_exit(0);
  }
  for (int i = 0; i < 1000 && !fs::exists(mark); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));

  for (const auto& entry : fs::directory_iterator(options.out)) run_folder = entry.path();
  const auto view = read();
  EXPECT_FALSE(view.is_complete);
  EXPECT_EQ(view.verdict.word, "inconclusive");
  EXPECT_EQ(outcome(view, "first"), "pass");
  EXPECT_FALSE(find(view, "second").is_done);
  EXPECT_EQ(find(view, "second").cause, "the run ended while it was running");
  EXPECT_THAT(find(view, "second").steps, SizeIs(1));
  EXPECT_EQ(find(view, "third").cause, "the run ended before it");
}

TEST_F(RunFolderTest, EveryEventIsAsTheSchemaSays) {
  // The independent judge is Debian's python3-jsonschema.
  connectors.add_function("bb.inbox/1 allocate");
  connectors.on("bb.inbox/1 allocate", [](const FakeCall&) {
    return emitted(Value::object({{"address", "https://inbox.example/1"}}));
  });
  connectors.on("bb.inbox/1 read", [](const FakeCall& call) {
    const bool is_it = call.operation.arguments["item_id"].string_or("") == "m";
    return content(is_it ? "Subject: x\r\nFrom: a@b.example\r\nIn-Reply-To: <1@c.example>\r\n\r\n"
                         : "Subject: t\r\nFrom: d@e.example\r\n\r\n",
                   "message/rfc822");
  });
  bool has_arrived = false;
  connectors.on("bb.inbox/1 poll", [&](const FakeCall&) {
    Value items = Value::array();
    if (has_arrived) items.push(Value::object({{"id", "left over"}, {"kind", "message"}, {"title", "t"}}));
    if (has_arrived) items.push(Value::object({{"id", "m"}, {"kind", "message"}}));
    return emitted(Value::object({{"items", std::move(items)}}));
  });
  connectors.on("bb.download/1 fetch", [](const FakeCall& call) {
    host::HttpExchange exchange;
    exchange.call_id = call.options.call_id;
    exchange.request_body = "q";
    exchange.response_body = std::string(5000, 'z');
    exchange.error = "cut";
    exchange.tls = "TLSv1.3";
    call.instance.recorder->exchange(exchange);
    call.instance.recorder->log({"portal", call.options.call_id, BB_LOG_ERROR, "m", {{"a", "b"}}});
    call.instance.recorder->evidence(
        {"portal", call.options.call_id, "smtp", "mail", "p", "s", "r", {{"a", "b"}}, true});
    call.instance.recorder->notice({"portal", 0, "BB-R030", "bb/abi/base.h:150", false, "w", true});
    return refusal(BB_E_FORBIDDEN);
  });
  options.seed = 3;
  options.are_connectors_checked = true;
  options.is_detached = true;
  auto input = load(std::string(one_test) + R"(
  send:
    title: It arrives
    hint: Look at the mail server.
    tags: slow
    needs: warns
    steps:
      - {do: portal.share, with: {to: $inbox.address}, retry: {times: 1, every: 1ms, only: transport}}
      - wait: inbox.message
        with: {address: $inbox.address, subject: {matches: x}, from: a@b.example, in_reply_to: 1@c.example}
        within: 5m
        tell: Wait.
        save: {mail: body}
    cleanup: [{do: portal.sign_out}]
  warns: {title: It warns, verifies: R-S, steps: [{check: [{value: $word, is: other, hint: Why.}]}]}
  asks: {title: It asks, steps: [{attest: "Is it so?"}]}
  each: {title: It repeats, each: {person: $target.people}, steps: [{do: portal.activity, as: $each.person}]}
  skips: {title: It is skipped, needs: get, steps: [{do: portal.formats}]}
)");
  input.answers.answers.push_back({"demo/asks", true, "Dr. Who", "tester", "2026-11-01", "saw it", {}, {}});
  EXPECT_TRUE(run(input).is_waiting);
  has_arrived = true;
  const auto view = resume(run_folder, connectors);
  EXPECT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
  ASSERT_THAT(view.arrivals, SizeIs(1));
  EXPECT_EQ(view.arrivals[0].sender, "d@e.example");
  EXPECT_THAT(view.arrivals[0].differs, SizeIs(3));
  ChildProcess::Options program;
  program.program = "/usr/bin/python3";
  program.arguments = {BB_SOURCE_DIR "/tests/engine/validate_events.py",
                       BB_SOURCE_DIR "/conformance/schemas/events.schema.json", events().string()};
  program.is_stderr_captured = true;
  const auto result = run_command(program, 60'000);
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->status, 0) << result->out << result->err;
}

}  // namespace
}  // namespace bb::test
