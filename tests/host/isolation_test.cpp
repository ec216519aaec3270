// Connectors that do harm, each in its process: what the call comes to, that
// the host goes on with a fresh one, and that no process is left.
#include <dirent.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <future>
#include <optional>
#include <thread>

#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/time.hpp>
#include "host/host_fixture.hpp"
#include "isolation/deaths.hpp"
#include "isolation/idle_limit.hpp"
#include "isolation/watcher.hpp"
#include "isolation/working_folder.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  char state = 0;
};

std::vector<Process> processes() {
  std::vector<Process> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");
    std::string line;
    if (!std::getline(file, line)) continue;
    Process process;
    process.pid = std::atoi(line.c_str());
    const auto name_end = line.rfind(')');
    if (process.pid > 0 && name_end != std::string::npos &&
        std::sscanf(line.c_str() + name_end + 1, " %c %d %d", &process.state, &process.parent, &process.group) == 3)
      found.push_back(process);
  }
  return found;
}

// Processes of this one: ours, and those in the groups of ours.
std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const Process& process : processes())
    if (process.parent == ::getpid()) found.push_back(process.pid);
  return found;
}

std::ptrdiff_t members(pid_t group) {
  const auto all = processes();
  return std::count_if(all.begin(), all.end(),
                       [&](const Process& process) { return process.group == group && process.state != 'Z'; });
}
bool has_member(pid_t group) { return members(group) > 0; }

// Whether a process ends, which the kernel says.
bool ends_process(pid_t pid) {
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) return true;  // gone already
  pollfd entry{descriptor, POLLIN, 0};
  const int count = ::poll(&entry, 1, 10'000);
  ::close(descriptor);
  return count == 1;
}

// Whether every process of a group ends; what was killed is gone a moment later.
bool ends(pid_t group) {
  for (const Process& process : processes())
    if (process.group == group && process.state != 'Z' && !ends_process(process.pid)) return false;
  return !has_member(group);
}

template <class Condition>
bool within(std::int64_t ms, const Condition& condition) {
  const std::int64_t end = monotonic_ns() + ms * ns_per_ms;
  while (!condition()) {
    if (monotonic_ns() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

host::Host::Options isolated_options() {
  return {{std::filesystem::path(fixture_folder()) / "hostile"}, "test", BB_CONNECTOR_HOST};
}

struct IsolationTest : testing::Test {
  KeepingRecorder recorder;
  host::Redactor redactor;
  std::unique_ptr<host::Clock> clock = host::make_real_clock();
  host::InstanceOptions options;
  host::Host host{isolated_options()};
  std::unique_ptr<host::Connector> connector;
  std::vector<pid_t> groups;

  IsolationTest() {
    options.type_id = "org.example.hostile";
    options.name = "portal/alice";
    options.clock = clock.get();
    options.recorder = &recorder;
    options.redactor = &redactor;
  }

  host::Connector& instance() {
    if (!connector || connector->is_lost()) {
      auto made = host.create(options);
      EXPECT_TRUE(made) << made.error().what;
      if (made) connector = *std::move(made);
      const auto pids = children();
      groups.insert(groups.end(), pids.begin(), pids.end());
    }
    return *connector;
  }

  host::Reply read(const std::string& item, const host::CallOptions& call = {}) {
    return instance().invoke({"bb.view/1", "read", Value::object({{"item_id", item}})}, call);
  }

  // The run goes on, in the same process or a fresh one.
  void expect_to_go_on() { EXPECT_EQ(read("good").body, "went on"); }

  void TearDown() override {
    connector.reset();
    EXPECT_THAT(children(), IsEmpty());
    for (const pid_t group : groups) EXPECT_TRUE(ends(group)) << group;
  }

  void expect_lost(const host::Reply& reply, const std::string& message) {
    EXPECT_EQ(host::status_name(reply.status), "BB_E_CONNECTOR_LOST");
    EXPECT_EQ(host::result_word(reply), "connector_lost");
    EXPECT_FALSE(host::is_judged(host::result_word(reply)));
    EXPECT_EQ(reply.error.message, message);
    EXPECT_TRUE(connector->is_lost());
    ASSERT_EQ(recorder.records.size(), 1u);
    EXPECT_EQ(recorder.records[0].protocol, "process");
    EXPECT_EQ(recorder.records[0].attributes[0], (host::Attribute{"end", message}));
    EXPECT_EQ(recorder.records[0].attributes[1].name, "frames");
    EXPECT_THAT(recorder.records[0].attributes[1].value, HasSubstr("> invoke "));
    EXPECT_EQ(host::result_word(read_again()), "connector_lost");
    expect_to_go_on();
  }
  // On the lost one, without a fresh one.
  host::Reply read_again() {
    return connector->invoke({"bb.view/1", "read", Value::object({{"item_id", "good"}})}, {});
  }
};

TEST_F(IsolationTest, ASegmentationFaultIsALostConnector) {
  expect_lost(read("segfault"), "plugin process ended by signal 11 (SIGSEGV)");
}

TEST_F(IsolationTest, AnAbortIsALostConnectorAndItsLastWordsAreKept) {
  redactor.learn("password", "hunter22");
  expect_lost(read("abort"), "plugin process ended by signal 6 (SIGABRT)");
  EXPECT_EQ(recorder.records[0].received, "hello from stderr, password [secret password]\n");
}

TEST_F(IsolationTest, AnExitIsALostConnector) { expect_lost(read("exit"), "plugin process exited with status 3"); }

TEST_F(IsolationTest, AHangIsAStuckConnectorTwoSecondsAfterItsDeadline) {
  const host::Reply reply = read("hang", within_ms(100));
  EXPECT_EQ(host::result_word(reply), "connector_stuck");
  EXPECT_EQ(reply.error.message, "plugin process was killed: it did not end within 2 s after its deadline");
  EXPECT_GE(reply.total_ms, 2'100);
  EXPECT_LT(reply.total_ms, 10'000);
  ASSERT_EQ(recorder.records.size(), 1u);
  EXPECT_EQ(recorder.records[0].step, "stuck");
  expect_to_go_on();
}

TEST_F(IsolationTest, AHangThatIsCancelledIsCancelled) {
  instance();
  host::Cancellation cancellation;
  std::thread person([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancellation.cancel();
  });
  host::CallOptions call;
  call.cancellation = &cancellation;
  const host::Reply reply = read("hang", call);
  person.join();
  EXPECT_EQ(host::result_word(reply), "cancelled");
  EXPECT_LT(reply.total_ms, 10'000);
  EXPECT_TRUE(connector->is_lost());
  expect_to_go_on();
}

TEST_F(IsolationTest, AProcessThatIsStoppedIsFoundWithoutADeadline) {
  host::CallOptions call;
  call.timeout_ms = 0;
  const host::Reply reply = read("stop", call);
  EXPECT_EQ(host::result_word(reply), "connector_stuck");
  EXPECT_EQ(reply.error.message, "plugin process was killed: it did not answer within 5 s");
  expect_to_go_on();
}

TEST_F(IsolationTest, ItForksNothing) {
  EXPECT_EQ(read("fork").body, "went on");
  EXPECT_EQ(members(groups[0]), 1);
}

TEST_F(IsolationTest, AFloodOnStandardOutputIsCutAndStopsNothing) {
  const host::Reply reply = read("flood", within_ms(60'000));
  EXPECT_EQ(reply.body, "went on");
  expect_to_go_on();
  connector.reset();
  ASSERT_FALSE(recorder.lines.empty());
  EXPECT_EQ(recorder.lines.back().message, "(it printed over 1048576 bytes; the rest is left out)");
  std::size_t kept = 0;
  for (const auto& line : recorder.lines) kept += line.message.size();
  EXPECT_LE(kept, 1'100'000u);
}

TEST_F(IsolationTest, WhatItPrintsBecomesLogLines) {
  redactor.learn("password", "hunter22");
  EXPECT_EQ(read("print").body, "went on");
  connector.reset();
  ASSERT_EQ(recorder.lines.size(), 2u);
  std::sort(recorder.lines.begin(), recorder.lines.end(),
            [](const host::LogLine& a, const host::LogLine& b) { return a.message < b.message; });
  EXPECT_EQ(recorder.lines[0].message, "hello from stderr, password [secret password]");
  EXPECT_EQ(recorder.lines[0].level, BB_LOG_WARNING);
  EXPECT_THAT(recorder.lines[0].fields, ElementsAre(host::Attribute{"stream", "stderr"}));
  EXPECT_EQ(recorder.lines[1].message, "hello from stdout");
  EXPECT_EQ(recorder.lines[1].level, BB_LOG_INFO);
}

TEST_F(IsolationTest, OfASecretWhereAPrintedLineIsCutNothingStays) {
  redactor.learn("password", "hunter22");
  EXPECT_EQ(read("print a long line").body, "went on");
  connector.reset();
  ASSERT_EQ(recorder.lines.size(), 1u);
  EXPECT_EQ(recorder.lines[0].message, std::string(4090, 'x') + "[se...");
}

TEST_F(IsolationTest, GarbageOnTheSocketEndsItAndNobodyElse) {
  expect_lost(read("garbage"),
              "plugin process was killed, it broke the protocol with its host: a frame of 4294967295 bytes, at most "
              "65520 are allowed");
}

TEST_F(IsolationTest, AServiceThatWasNotGrantedIsNotServed) {
  expect_lost(read("not granted"),
              "plugin process was killed, it broke the protocol with its host: a call of 'bb.host.secret/1', which its "
              "manifest does not ask for");
}

TEST_F(IsolationTest, AClosedSocketIsALostConnector) {
  const host::Reply reply = read("close");
  EXPECT_EQ(host::result_word(reply), "connector_lost");
  EXPECT_THAT(reply.error.message, HasSubstr("plugin process "));
  expect_to_go_on();
}

TEST_F(IsolationTest, ALeakIsItsOwn) {
  EXPECT_EQ(read("leak").body, "went on");
  expect_to_go_on();
}

TEST_F(IsolationTest, AnExceptionThroughCIsABrokenContract) {
  const host::Reply reply = read("throw");
  EXPECT_EQ(host::result_word(reply), "internal");
  EXPECT_EQ(reply.error.message, "connector broke its contract: it let a C++ exception out: out of C");
  EXPECT_FALSE(connector->is_lost());
  expect_to_go_on();
}

TEST_F(IsolationTest, ThreadsThatItLeavesBehindEndWithIt) {
  EXPECT_EQ(read("threads").body, "went on");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // between calls they call the host
  expect_to_go_on();
}

TEST_F(IsolationTest, OneThatFloodsItsHostBetweenCallsIsEndedWithoutAnotherCall) {
  for (const char* const misdeed : {"flood later", "endless message later"}) {
    EXPECT_EQ(read(misdeed).body, "went on");
    EXPECT_TRUE(ends(groups.back())) << misdeed;
    const host::Reply reply = read_again();
    EXPECT_EQ(host::result_word(reply), "connector_lost");
    EXPECT_EQ(reply.error.message,
              "nothing was called: plugin process was killed, it broke the protocol with its host: more than 5000 "
              "messages or 1048576 "
              "bytes within a second, outside of any call");
    expect_to_go_on();
  }
}

// A process that is none of ours, called by what it is to do.
host::Host host_of_fake(const TemporaryFolder& folder, const std::string& deed) {
  host::Host::Options options = isolated_options();
  options.connector_host = folder.path() / deed;
  std::filesystem::create_symlink(BB_FAKE_CHILD, options.connector_host);
  return host::Host(options);
}

TEST_F(IsolationTest, OneThatFloodsItsHostWhileItIsSentToIsEnded) {
  const TemporaryFolder folder;
  for (const char* const deed : {"many", "large"}) {
    host::Host fake = host_of_fake(folder, deed);
    auto made = fake.create(options);
    ASSERT_TRUE(made) << made.error().what;
    const host::Reply reply = (*made)->invoke(
        {"bb.view/1", "read", Value::object({{"item_id", std::string(8 * 1024 * 1024, 'x')}})}, within_ms(20'000));
    EXPECT_EQ(host::result_word(reply), "connector_lost");
    EXPECT_EQ(reply.error.message,
              "nothing was called: plugin process was killed, it broke the protocol with its host: more than 65536 "
              "messages or 33554432 "
              "bytes that nobody had asked for, all at once");
    EXPECT_LT(reply.total_ms, 10'000);
  }
}

TEST(IdleLimitTest, IsMetOnlyByWhatCameWithinASecond) {
  using host::IdleLimit;
  IdleLimit messages, bytes;
  EXPECT_TRUE(messages.count(IdleLimit::message_count_max, 0, 5 * ns_per_second));
  EXPECT_TRUE(messages.count(IdleLimit::message_count_max, 0, 6 * ns_per_second));
  EXPECT_FALSE(messages.count(1, 0, 7 * ns_per_second - 1));
  EXPECT_TRUE(bytes.count(0, IdleLimit::bytes_max, 5 * ns_per_second));
  EXPECT_FALSE(bytes.count(0, 1, 5 * ns_per_second));
}

TEST(WatcherTest, AnActionThatTakesLongKeepsNobodyFromBeingRemoved) {
  std::array<int, 2> slow{}, other{};
  ASSERT_EQ(::pipe2(slow.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(other.data(), O_CLOEXEC), 0);
  host::Watcher watcher;
  std::promise<void> began, may_end;
  bool has_ended = false;
  watcher.add(slow[0], [&] {
    began.set_value();
    may_end.get_future().wait();
    has_ended = true;
    return false;
  });
  watcher.add(other[0], [] { return true; });
  ASSERT_EQ(::write(slow[1], "x", 1), 1);
  began.get_future().wait();
  watcher.remove(other[0]);  // would wait for ever
  may_end.set_value();
  watcher.remove(slow[0]);
  EXPECT_TRUE(has_ended) << "its own action had to end first";
  for (const int descriptor : {slow[0], slow[1], other[0], other[1]}) ::close(descriptor);
}

TEST_F(IsolationTest, LocaleSignalsAndFolderAreItsOwn) {
  const std::string locale = ::setlocale(LC_ALL, nullptr);
  const auto folder = std::filesystem::current_path();
  EXPECT_EQ(read("settings").body, "went on");
  EXPECT_EQ(std::string(::setlocale(LC_ALL, nullptr)), locale);
  EXPECT_EQ(std::filesystem::current_path(), folder);
  struct sigaction action {};
  ::sigaction(SIGTERM, nullptr, &action);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
  expect_to_go_on();
}

TEST_F(IsolationTest, ACrashBetweenCallsIsFoundByTheNext) {
  EXPECT_EQ(read("crash later").body, "went on");
  EXPECT_TRUE(within(5'000, [&] { return host::result_word(read_again()) == "connector_lost"; }));
  expect_to_go_on();
}

// What is sent, by either capability; `key` "hang" makes it hang, else it crashes.
std::vector<host::Operation> sends(const std::string& key) {
  const Value to(Value::Array{Value::object({{"scheme", "direct"}, {"address", "a@b"}})});
  return {{"bb.share/1", "send", Value::object({{"idempotency_key", key}, {"destinations", to}, {"format_id", "f"}})},
          {"bb.transmit/1", "send", Value::object({{"idempotency_key", key}, {"destinations", to}})}};
}

TEST_F(IsolationTest, ACrashWhileSendingLeavesItUnknownWhetherItWasSent) {
  for (const host::Operation& send : sends("k")) {
    const host::Reply reply = instance().invoke(send, {});
    EXPECT_EQ(host::result_word(reply), "connector_lost");
    EXPECT_EQ(reply.ran, host::Ran::unknown);
    EXPECT_EQ(reply.error.message, "plugin process ended by signal 11 (SIGSEGV); whether it was sent is not known");
  }
}

TEST_F(IsolationTest, ASendThatIsKilledAfterACancelMayHaveBeenSent) {
  for (const host::Operation& send : sends("hang")) {
    instance();
    host::Cancellation cancellation;
    std::thread person([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      cancellation.cancel();
    });
    host::CallOptions call;
    call.cancellation = &cancellation;
    const host::Reply reply = connector->invoke(send, call);
    person.join();
    EXPECT_EQ(host::result_word(reply), "cancelled");
    EXPECT_EQ(reply.ran, host::Ran::unknown);
    EXPECT_THAT(reply.error.message, HasSubstr("; whether it was sent is not known"));
  }
}

TEST_F(IsolationTest, ASendToAProcessThatHadEndedNeverRan) {
  const auto send = sends("k");
  for (std::size_t index = 0; index < send.size(); ++index) {
    read("crash later");
    EXPECT_TRUE(ends(groups.back()));
    for (int count = 0; count < 2; ++count) {
      const host::Reply reply = connector->invoke(send[index], {});
      EXPECT_EQ(host::result_word(reply), "connector_lost");
      EXPECT_EQ(reply.ran, host::Ran::never);
      EXPECT_EQ(reply.error.message, "nothing was called: plugin process ended by signal 11 (SIGSEGV)");
    }
  }
  EXPECT_EQ(read("good").ran, host::Ran::whole);
}

TEST_F(IsolationTest, ACrashInCreateIsAnError) {
  options.config = Value::object({{"create", "segfault"}});
  const auto made = host.create(options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().what,
            "connector 'portal/alice' (org.example.hostile) could not be made: BB_E_CONNECTOR_LOST: plugin process "
            "ended by signal 11 (SIGSEGV)");
}

TEST_F(IsolationTest, ACancelEndsTheStartOfAConnector) {
  const TemporaryFolder folder;
  host::Host fake = host_of_fake(folder, "silent");
  // How long it took after the cancel, which comes so long after the beginning.
  const auto cancel_create = [&](host::Host& cancelled, std::chrono::milliseconds after, std::string& why) {
    host::Cancellation cancellation;
    options.cancellation = &cancellation;
    std::int64_t cancelled_ns = 0;
    std::thread person([&] {
      std::this_thread::sleep_for(after);
      cancelled_ns = monotonic_ns();
      cancellation.cancel();
    });
    const auto made = cancelled.create(options);
    const std::int64_t ended_ns = monotonic_ns();
    person.join();
    why = made ? "it was made" : made.error().what;
    return (ended_ns - cancelled_ns) / ns_per_ms;
  };
  std::string why;
  EXPECT_LT(cancel_create(fake, std::chrono::milliseconds(100), why), 1'000);
  EXPECT_THAT(why, testing::EndsWith(" was not loaded: cancelled"));
  // Loaded by then also by a sanitizer on a busy machine.
  const std::chrono::milliseconds loaded(2000);
  options.config = Value::object({{"create", "obey"}});
  EXPECT_LT(cancel_create(host, loaded, why), 1'000);
  EXPECT_THAT(why, HasSubstr("could not be made: BB_E_CANCELLED"));
  options.config = Value::object({{"create", "hang"}});
  EXPECT_LT(cancel_create(host, loaded, why), 4'000);
  EXPECT_THAT(why, HasSubstr("could not be made: BB_E_CANCELLED: plugin process was killed: it did not end within 2 s "
                             "after it was cancelled"));
}

TEST_F(IsolationTest, AProgramThatIsNoConnectorHostIsAnError) {
  host::Host::Options wrong = isolated_options();
  wrong.connector_host = "/nonexistent/bluebridge-connector-host";
  EXPECT_EQ(host::Host(wrong).create(options).error().what,
            "cannot start /nonexistent/bluebridge-connector-host: No such file or directory");
  wrong.connector_host = "/bin/true";
  EXPECT_THAT(host::Host(wrong).describe("org.example.hostile").error().what,
              HasSubstr("could not be loaded: plugin process exited with status 0"));
}

TEST_F(IsolationTest, ItSeesNothingOfWhereItRuns) {
  ::setenv("BB_TEST_CANARY", "canary", 1);
  const std::string seen = read("surroundings").body;
  EXPECT_THAT(seen, AllOf(HasSubstr("LANG=C.UTF-8\n"), HasSubstr("TZ=UTC\n"), HasSubstr("stdin 0\n"),
                          HasSubstr("group 1\n"), HasSubstr("cwd /tmp/bb-connector-")));
  // Its own: the call's cancel handle, whose number is another when the one of
  // the call before was not closed yet. Nothing of ours.
  EXPECT_THAT(seen, AllOf(Not(HasSubstr("canary")), Not(HasSubstr("PATH="))));
  std::size_t descriptors = 0;
  for (auto at = seen.find("descriptor "); at != std::string::npos; at = seen.find("descriptor ", at + 1))
    ++descriptors;
  EXPECT_EQ(descriptors, 1u) << seen;
}

TEST_F(IsolationTest, LargeContentArrivesWhole) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{65'520}, std::size_t{65'521}, std::size_t{33'000'001}})
    EXPECT_EQ(read("bytes " + std::to_string(size), within_ms(60'000)).body.size(), size);
}

// The temporary folder of a test of its own; given back at the end.
class OwnTemporaryFolder {
 public:
  OwnTemporaryFolder() {
    if (const char* const before = ::getenv("TMPDIR")) before_ = before;
    ::setenv("TMPDIR", folder_.path().c_str(), 1);
  }
  ~OwnTemporaryFolder() {
    if (before_)
      ::setenv("TMPDIR", before_->c_str(), 1);
    else
      ::unsetenv("TMPDIR");
  }
  OwnTemporaryFolder(const OwnTemporaryFolder&) = delete;
  OwnTemporaryFolder& operator=(const OwnTemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  std::optional<std::string> before_;
};

TEST_F(IsolationTest, AFolderThatAKilledHostLeftIsClearedAwayAndNoOther) {
  const OwnTemporaryFolder temporary;
  const auto left = temporary.path() / "bb-connector-abcdef";
  const auto used = temporary.path() / "bb-connector-ghijkl";
  const auto others = temporary.path() / "bb-connector-of-others";
  const auto outside = temporary.path() / "outside";
  for (const auto& folder : {left, used, others, outside}) {
    std::filesystem::create_directory(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    std::ofstream(folder / "file") << "x";
  }
  std::filesystem::create_directory_symlink(outside, temporary.path() / "bb-connector-symlnk");
  const int lock = ::open(used.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);  // as a host that lives does
  host::clear_left_folders();
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_TRUE(std::filesystem::exists(used / "file"));
  EXPECT_TRUE(std::filesystem::exists(others / "file"));
  EXPECT_TRUE(std::filesystem::exists(outside / "file"));
  ::close(lock);
}

TEST_F(IsolationTest, TheFolderOfALivingConnectorIsNotClearedAway) {
  const OwnTemporaryFolder temporary;
  const std::string seen = read("surroundings").body;
  const auto begin = seen.find("cwd ") + 4;
  const std::filesystem::path folder = seen.substr(begin, seen.find('\n', begin) - begin);
  EXPECT_EQ(folder.parent_path(), temporary.path());
  host::clear_left_folders();
  EXPECT_TRUE(std::filesystem::exists(folder));
  connector.reset();
  EXPECT_FALSE(std::filesystem::exists(folder));
}

// Run by the next test, in a process that is then killed.
TEST_F(IsolationTest, DISABLED_WaitToBeKilled) {
  instance();
  std::printf("group %d\n", static_cast<int>(groups.at(0)));
  std::fflush(stdout);
  read("hang", within_ms(60'000));
}

TEST(KilledHostTest, NoProcessIsLeftAfterTheHostWasKilledAndNoFolderForLong) {
  const OwnTemporaryFolder temporary;
  auto host = ChildProcess::start(
      {.program = "/proc/self/exe",
       .arguments = {"--gtest_filter=IsolationTest.DISABLED_WaitToBeKilled", "--gtest_also_run_disabled_tests"},
       .environment = {{"GTEST_TOTAL_SHARDS", "1"}, {"GTEST_SHARD_INDEX", "0"}},  // the whole of its one test
       .is_stderr_captured = false});
  ASSERT_TRUE(host) << host.error().what;
  int group = 0;
  for (auto line = host->read_line(10'000); line; line = host->read_line(10'000))
    if (std::sscanf(line->c_str(), "group %d", &group) == 1) break;
  ASSERT_GT(group, 0);
  EXPECT_TRUE(has_member(group));
  ::kill(host->pid(), SIGKILL);
  EXPECT_TRUE(ends(group));
  EXPECT_FALSE(std::filesystem::is_empty(temporary.path()));
  EXPECT_TRUE(ends_process(host->pid()));  // with its last thread it loses the lock
  host::clear_left_folders();
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

TEST_F(IsolationTest, TheLastFramesAreToldWithoutWhatTheyHeld) {
  read("segfault");
  const std::string frames = recorder.records[0].attributes[1].value;
  EXPECT_THAT(frames, testing::MatchesRegex("< sandbox [0-9]+ bytes call 0, < hello [0-9]+ bytes call 0, "
                                            "> create [0-9]+ bytes call 2, < created [0-9]+ bytes call 2, "
                                            "> invoke [0-9]+ bytes call 4"));
  EXPECT_THAT(frames, Not(HasSubstr("segfault")));
}

TEST_F(IsolationTest, TheThirdDeathWithinAMinutePutsThePluginIntoQuarantine) {
  EXPECT_EQ(host.quarantine(options.type_id), "");
  for (int death = 1; death <= 3; ++death) read("segfault");
  const std::string reason =
      "plugin org.example.hostile 1.0.0 is in quarantine for the rest of this run: 3 of its processes ended within 60 "
      "s, "
      "the last: plugin process ended by signal 11 (SIGSEGV)";
  EXPECT_EQ(host.quarantine(options.type_id), reason);
  const auto made = host.create(options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().what, "connector 'portal/alice' (org.example.hostile) was not started: " + reason);
  EXPECT_EQ(recorder.records.back().step, "quarantine");
  EXPECT_EQ(recorder.records.back().attributes[0], (host::Attribute{"reason", reason}));
  // Another host begins anew.
  host::Host other{isolated_options()};
  EXPECT_TRUE(other.create(options));
}

TEST_F(IsolationTest, AfterADeathTheNextProcessWaits) {
  read("segfault");
  const std::int64_t before_ns = monotonic_ns();
  expect_to_go_on();
  EXPECT_GE(monotonic_ns() - before_ns, 90 * ns_per_ms);
  read("segfault");
  host::Cancellation cancellation;
  cancellation.cancel();
  options.cancellation = &cancellation;
  EXPECT_THAT(host.create(options).error().what, HasSubstr("cancelled while plugin org.example.hostile 1.0.0 was"));
}

constexpr std::int64_t second_ns = ns_per_second;

TEST(DeathsTest, PausesGrowAndAQuietMinuteForgetsThem) {
  host::Deaths deaths;
  EXPECT_EQ(deaths.start_ns("a 1"), 0);
  EXPECT_FALSE(deaths.note("a 1", "first", 1'000 * second_ns));
  EXPECT_EQ(deaths.start_ns("a 1"), 1'000 * second_ns + second_ns / 10);
  EXPECT_FALSE(deaths.note("a 1", "second", 1'040 * second_ns));
  EXPECT_EQ(deaths.start_ns("a 1"), 1'041 * second_ns);
  EXPECT_FALSE(deaths.note("a 1", "third", 1'080 * second_ns));
  EXPECT_EQ(deaths.start_ns("a 1"), 1'090 * second_ns);
  EXPECT_FALSE(deaths.note("a 1", "fourth", 1'120 * second_ns));
  EXPECT_EQ(deaths.start_ns("a 1"), 1'130 * second_ns);
  EXPECT_FALSE(deaths.note("a 1", "fifth", 1'180 * second_ns));
  EXPECT_EQ(deaths.start_ns("a 1"), 1'180 * second_ns + second_ns / 10);
  EXPECT_EQ(deaths.quarantine("a 1"), "");
}

TEST(DeathsTest, ThreeWithinAMinuteAreTheEndOfThatVersionAlone) {
  host::Deaths deaths;
  EXPECT_FALSE(deaths.note("a 1", "first", 100 * second_ns));
  EXPECT_FALSE(deaths.note("b 1", "other", 101 * second_ns));
  EXPECT_FALSE(deaths.note("a 1", "second", 130 * second_ns));
  EXPECT_FALSE(deaths.note("a 1", "third", 160 * second_ns)) << "the first was a whole minute before";
  EXPECT_TRUE(deaths.note("a 1", "fourth", 160 * second_ns + 1));
  EXPECT_FALSE(deaths.note("a 1", "fifth", 161 * second_ns)) << "it is there already";
  EXPECT_THAT(deaths.quarantine("a 1"), HasSubstr("the last: fourth"));
  EXPECT_EQ(deaths.quarantine("a 2"), "");
  EXPECT_EQ(deaths.quarantine("b 1"), "");
}

// Loading OpenSSL and setting it up took as long as all else of a start.
TEST(ConnectorHostTest, StartsWithoutTheLibrariesThatOnlyItsHostNeeds) {
  const auto program = read_text(BB_CONNECTOR_HOST);
  ASSERT_TRUE(program) << program.error().what;
  const auto needs = [&](const char* library) { return program->find(library) != std::string::npos; };
  EXPECT_TRUE(needs("libstdc++.so."));
  for (const char* const library : {"libcrypto.so.", "libssl.so.", "libyaml-0.so.", "libcpp-httplib.so."})
    EXPECT_FALSE(needs(library)) << library;
}

}  // namespace
}  // namespace bb::test
