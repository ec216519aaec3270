// A run that was detached, or killed anywhere, and gone on with by another
// process: the same verdict, and nothing sent twice.
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include <algorithm>
#include <set>

#include "harness/evidence/run_folder.hpp"
#include "harness/evidence/run_reader.hpp"
#include "run_fixture.hpp"
#include "support/chained_events.hpp"

namespace bb::test {
namespace {

using testing::_;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

namespace fs = std::filesystem;

constexpr std::int64_t ns_per_minute = 60 * ns_per_second;

// A system that keeps what was sent to it and delivers it after a while. It
// outlives the processes of a run.
struct System {
  struct Sent {
    std::string key;
    std::int64_t at_unix_ns = 0;
    std::size_t lines = 0;  // of the event file, when it came
  };
  std::int64_t delay_ns = 3 * ns_per_second;
  bool says_when = false;           // whether its inbox says when a message came
  std::int64_t ahead_ns = 0;        // of its clock, by which it says so
  bool opens = false;               // whether its inbox opens what came
  bool numbers = false;             // subjects are "record 1", "record 2" ... in the order of sending
  std::vector<Sent> sent;           // each key once
  std::vector<std::string> asked;   // keys of every request
  std::set<std::string> signed_in;  // instances of this process
  bool is_done = false;             // what its probe does once alone
  std::function<std::size_t()> count_lines = [] { return std::size_t{0}; };

  void connect(FakeConnectors& connectors) {
    signed_in.clear();
    connectors.add_function("bb.inbox/1 allocate");
    connectors.on("bb.session/1 open", [this](const FakeCall& call) {
      signed_in.insert(call.instance.name);
      return emitted(Value::object({{"account", "alice"}}));
    });
    connectors.on("bb.session/1 close", [this](const FakeCall& call) {
      signed_in.erase(call.instance.name);
      return emitted(Value::object());
    });
    connectors.on("bb.view/1 read", [this](const FakeCall& call) {
      return signed_in.contains(call.instance.name) ? content("<p>Newman</p>", "text/html")
                                                    : refusal(BB_E_UNAUTHENTICATED, "not signed in");
    });
    connectors.on("bb.probe/1 run", [this](const FakeCall&) {
      return std::exchange(is_done, true) ? refusal(BB_E_CONFLICT, "it is done already") : emitted(Value::object());
    });
    connectors.on("bb.inbox/1 allocate", [](const FakeCall&) {
      return emitted(Value::object({{"address", "a@inbox.example"}}));
    });
    connectors.on("bb.share/1 send", [this](const FakeCall& call) {
      if (!signed_in.contains(call.instance.name)) return refusal(BB_E_UNAUTHENTICATED, "not signed in");
      const std::string key = call.operation.arguments["idempotency_key"].string_or("");
      asked.push_back(key);
      const bool is_known = std::any_of(sent.begin(), sent.end(), [&](const Sent& one) { return one.key == key; });
      if (!is_known) sent.push_back({key, call.instance.clock->now_unix_ns(), count_lines()});
      return emitted(Value::object({{"receipts", Value::array()}}));
    });
    connectors.on("bb.inbox/1 poll", [this](const FakeCall& call) {
      Value items = Value::array();
      const std::string address = call.operation.arguments["terms"]["address"].string_or("");
      if (!address.empty() && address != "a@inbox.example")
        return emitted(Value::object({{"items", std::move(items)}}));
      items.push(Value::object({{"id", "old"}, {"kind", "message"}}));
      for (const auto& one : sent) {
        const std::int64_t arrived = one.at_unix_ns + delay_ns;
        if (arrived > call.instance.clock->now_unix_ns()) continue;
        Value item = Value::object({{"id", one.key}, {"kind", "message"}});
        if (says_when) item.set("updated", format_utc(arrived + ahead_ns));
        items.push(std::move(item));
        if (!opens) continue;
        items.push(
            Value::object({{"id", one.key + ":opened"}, {"kind", "message"}, {"opened", true}, {"parent", one.key}}));
      }
      return emitted(Value::object({{"items", std::move(items)}}));
    });
    connectors.on("bb.inbox/1 read", [this](const FakeCall& call) {
      std::string subject = call.operation.arguments["item_id"].string_or("");
      for (std::size_t i = 0; i < sent.size() && numbers; ++i)
        if (sent[i].key == subject) subject = "record " + std::to_string(i + 1);
      return content("Subject: " + subject + "\r\n\r\nhello\r\n", "message/rfc822");
    });
  }
};

class ResumeTest : public RunFixture {
 protected:
  ResumeTest() {
    system.connect(connectors);
    options.program_version = "1.2.3";
  }
  std::string virtual_target() const { return std::string(target_text) + "clock: virtual\n"; }

  // A run that leaves its wait open: what it waits for comes after 20 minutes.
  evidence::RunView run_detached(const std::string& tests) {
    options.is_detached = true;
    system.delay_ns = 20 * ns_per_minute;
    return run(load(tests, virtual_target()));
  }

  // Another process of the run: connectors of its own, the same system.
  evidence::RunView go_on(const fs::path& run, System& with, bool is_detached = false) {
    FakeConnectors fresh;
    with.connect(fresh);
    const auto view = resume(run, fresh, is_detached);
    calls_of_resume = fresh.calls();
    return view;
  }

  // Why a run is not gone on with; empty where it is.
  std::string resume_problem(const fs::path& run) {
    FakeConnectors fresh;
    system.connect(fresh);
    const auto result = try_resume(run, fresh);
    return result ? "" : result.error().what;
  }

  // The run as a kill after so many lines leaves it, the next one torn.
  fs::path killed_after(const fs::path& run, std::size_t lines, std::size_t torn_bytes) {
    const fs::path copy = folder_.path() / "killed" / run.filename();
    fs::remove_all(copy.parent_path());
    fs::create_directories(copy.parent_path());
    fs::copy(run, copy, fs::copy_options::recursive);
    const std::string events = *read_text(run / evidence::events_file_name);
    std::size_t end = 0;
    for (std::size_t i = 0; i < lines; ++i) end = events.find('\n', end) + 1;
    const std::size_t line = events.find('\n', end) - end;
    EXPECT_TRUE(write_text(copy / evidence::events_file_name, events.substr(0, end + std::min(torn_bytes, line))));
    return copy;
  }
  static std::size_t count_lines(const fs::path& run) {
    const std::string events = *read_text(run / evidence::events_file_name);
    return static_cast<std::size_t>(std::count(events.begin(), events.end(), '\n'));
  }
  static std::map<std::string, std::string> outcomes(const evidence::RunView& view) {
    std::map<std::string, std::string> outcomes;
    for (const auto& test : view.tests)
      outcomes[test.name] = std::string(evidence::to_word(test.outcome)) + " " + test.kind + " " + test.cause;
    return outcomes;
  }

  System system;
  std::vector<std::string> calls_of_resume;
};

constexpr const char* send_and_wait = R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
  send:
    title: The record arrives
    verifies: R-A
    needs: sign_in
    steps:
      - {do: portal.share, with: {to: $inbox.address}}
      - wait: inbox.message
        with: {address: $inbox.address}
        within: 70m
        tell: Send ${patient.family_name} the record.
        save: {mail: body}
      - check: [{value: $send.mail, contains: hello}]
  after:
    title: What needs it
    verifies: R-B
    needs: send
    steps: [{do: portal.view, as: $patient, with: {item: "1"}, expect: [{body: text, contains: Newman}]}]
)";

TEST_F(ResumeTest, ADetachedRunWaitsAndAnotherProcessEndsIt) {
  const auto waiting = run_detached(send_and_wait);
  EXPECT_EQ(waiting.verdict.word, "waiting");
  EXPECT_EQ(waiting.verdict.exit_status, 4);
  EXPECT_TRUE(waiting.is_waiting);
  EXPECT_FALSE(waiting.is_complete);
  ASSERT_EQ(waiting.waits.size(), 1U);
  EXPECT_EQ(waiting.waits[0].address, "a@inbox.example");
  EXPECT_EQ(waiting.waits[0].tell, "Send Newman the record.");
  EXPECT_FALSE(find(waiting, "send").is_done);
  EXPECT_THAT(find(waiting, "send").cause, HasSubstr("waits for inbox.message at a@inbox.example until 20"));
  EXPECT_EQ(outcome(waiting, "sign_in"), "pass");
  EXPECT_EQ(requirement(waiting, "R-A"), "skip");

  const auto done = go_on(run_folder, system);
  EXPECT_EQ(done.verdict.word, "conformant") << done.verdict.sentence;
  EXPECT_EQ(outcomes(done)["after"], "pass  ") << find(done, "after").cause;
  EXPECT_EQ(system.asked.size(), 1U);
  EXPECT_EQ(done.processes, 2);
  EXPECT_THAT(calls_of_resume, Not(Contains("portal/alice bb.share/1 send")));
}

TEST_F(ResumeTest, AConnectorThatWasReplacedMeanwhileIsNoted) {
  connectors.set_version({"org.example", "1.0.0", "1.0", ""});
  run_detached(send_and_wait);
  FakeConnectors newer;
  newer.set_version({"org.example", "1.1.0", "1.0", ""});
  system.connect(newer);
  const auto waiting = resume(run_folder, newer, true);
  EXPECT_THAT(waiting.notes,
              Contains("the connector of role inbox changed in the middle of the run: org.example.fake of "
                       "org.example 1.0.0, ABI 1.0, then org.example.fake of org.example 1.1.0, ABI 1.0"));
  ASSERT_FALSE(waiting.connectors.empty());
  EXPECT_EQ(waiting.connectors[0].version, "1.1.0");
  const auto notes = waiting.notes.size();
  EXPECT_EQ(resume(run_folder, newer).notes.size(), notes) << "it is the same again";
}

TEST_F(ResumeTest, ADetachedRunIsLeftWaitingAsOftenAsOneLikes) {
  run_detached(send_and_wait);
  const auto again = go_on(run_folder, system, true);
  EXPECT_EQ(again.verdict.exit_status, 4);
  ASSERT_EQ(again.waits.size(), 1U);
  const auto done = go_on(run_folder, system);
  EXPECT_EQ(done.verdict.exit_status, 0) << done.verdict.sentence;
  EXPECT_EQ(done.processes, 3);
}

// The same where those that need each other also take turns.
std::string locked_send_and_wait() {
  std::string locked = send_and_wait;
  for (const std::string title : {"title: Sign in\n", "title: The record arrives\n"})
    locked.insert(locked.find(title) + title.size(), "    locks: [mailbox]\n");
  return locked;
}

TEST_F(ResumeTest, ATestUnderWayMayShareALockWithOneThatItNeeds) {
  ASSERT_EQ(run_detached(locked_send_and_wait()).verdict.exit_status, 4);
  const auto done = go_on(run_folder, system);
  EXPECT_EQ(done.verdict.word, "conformant") << done.verdict.sentence;
  EXPECT_THAT(outcomes(done), Each(Pair(_, "pass  ")));
}

TEST_F(ResumeTest, AnotherInputOptionOrPersonThanTheEvidenceSaysIsRefused) {
  run_detached(send_and_wait);
  const auto target_file = folder_.path() / "target.yaml";
  const auto problem_with = [&](const std::string& was, const std::string& is) {
    std::string text = virtual_target();
    EXPECT_NE(text.find(was), std::string::npos);
    text.replace(text.find(was), was.size(), is);
    EXPECT_TRUE(write_text(target_file, text));
    return resume_problem(run_folder);
  };
  const std::string end = "clock: virtual\n";
  EXPECT_THAT(problem_with("Newman", "Oldman"),
              HasSubstr(R"(the target: 'people[0].family_name' is "Oldman", and was "Newman" when the run began)"));
  EXPECT_THAT(problem_with("account: carol", "account: ruth"), HasSubstr("'people[2].account'"));
  EXPECT_THAT(problem_with("version: \"1.0\"", "version: \"1.1\""), HasSubstr("the target: 'version'"));
  EXPECT_THAT(problem_with(end, end + "inputs: {word: bye}\n"),
              HasSubstr(R"(suite 'demo': 'word' is "bye", and was "hello")"));
  EXPECT_THAT(problem_with(end, end + "options: {transport: rest}\n"), HasSubstr("suite 'demo': 'options.transport'"));
  EXPECT_THAT(system.asked, testing::SizeIs(1));
  // The same system at another place.
  const std::string role = "portal: {connector: org.example.fake";
  EXPECT_EQ(problem_with(role, role + ", config: {url: https://elsewhere.example}"), "");
}

// As no run writes it: `send` was begun and holds what `sign_in`, which it needs
// and which was not begun, has to have.
TEST_F(ResumeTest, ARunWhoseTestsCannotGoOnHasNoEnd) {
  run_detached(locked_send_and_wait());
  auto lines = split(*read_text(run_folder / evidence::events_file_name), '\n');
  std::erase(lines, "");
  lines.pop_back();  // run_detached, which counts the tests
  const std::string begun = R"("type":"test_started","suite":"demo","test":"send")";
  for (auto& line : lines)
    for (const std::string type : {"test_started", "test_done"})
      if (const std::string mark = R"("type":")" + type + R"(","suite":"demo","test":"sign_in")";
          line.find(mark) != std::string::npos)
        line.replace(line.find(mark), mark.size(), begun);
  ASSERT_TRUE(write_text(run_folder / evidence::events_file_name, rechained(join(lines, "\n") + "\n")));
  const auto problem = resume_problem(run_folder);
  EXPECT_THAT(problem, HasSubstr("test 'sign_in' of suite 'demo' could not go on although nothing is waited for"));
  EXPECT_EQ(read_text(run_folder / evidence::events_file_name)->find("run_done"), std::string::npos);
}

TEST_F(ResumeTest, AFailureIsStrongerThanAWait) {
  const auto view = run_detached(std::string(send_and_wait) + R"(
  bad:
    title: It fails
    verifies: R-B
    steps: [{do: portal.view, with: {item: "1"}, expect: [{body: text, contains: nowhere}]}]
)");
  EXPECT_EQ(view.verdict.word, "not conformant");
  EXPECT_EQ(view.verdict.exit_status, 1);
  EXPECT_THAT(view.verdict.sentence, HasSubstr("other tests wait"));
}

TEST_F(ResumeTest, AMessageThatCameWhileOthersRanIsTakenBeforeDetaching) {
  options.is_detached = true;
  const auto view = run(load(R"(
  wait:
    title: It comes later
    steps:
      - {do: portal.sign_in, as: $patient}
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, with: {address: $inbox.address}, within: 70m}
  other:
    title: Another waits in vain
    steps:
      - {wait: inbox.message, with: {address: b@inbox.example}, within: 10s, expect: [{result: timeout}]}
)",
                             virtual_target()));
  EXPECT_EQ(outcome(view, "wait"), "pass") << find(view, "wait").cause;
}

TEST_F(ResumeTest, WithoutDetachNothingIsLeftOpen) {
  system.delay_ns = 20 * ns_per_minute;
  EXPECT_EQ(run(load(send_and_wait, virtual_target())).verdict.exit_status, 0);
}

// The 70-minute case: killed in the middle of the wait, in virtual time.
class SeventyMinutes : public ResumeTest {
 protected:
  evidence::RunView killed_in_the_middle(std::int64_t arrives_after_ns) {
    system.delay_ns = arrives_after_ns;
    const auto whole = run(load(send_and_wait, virtual_target()));
    uninterrupted = outcomes(whole);
    // Half-way between the wait's begin and its end.
    const auto lines = split(*read_text(run_folder / evidence::events_file_name), '\n');
    const auto began = std::find_if(lines.begin(), lines.end(), [](const auto& line) {
      return line.find(R"("type":"wait_started")") != std::string::npos;
    });
    const auto at = static_cast<std::size_t>(began - lines.begin());
    const auto killed = killed_after(run_folder, at + (lines.size() - at) / 2, 17);
    return go_on(killed, system, false);
  }
  std::map<std::string, std::string> uninterrupted;
};

TEST_F(SeventyMinutes, AMessageAtMinute69Passes) {
  const auto view = killed_in_the_middle(69 * ns_per_minute);
  EXPECT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
  EXPECT_EQ(outcomes(view), uninterrupted);
  EXPECT_EQ(system.asked.size(), 1U);
  EXPECT_GT(view.finished_unix_ns - view.started_unix_ns, 69 * ns_per_minute);
  EXPECT_LT(view.finished_unix_ns - view.started_unix_ns, 70 * ns_per_minute);
}

TEST_F(SeventyMinutes, AMessageAtMinute71IsATimeout) {
  const auto view = killed_in_the_middle(71 * ns_per_minute);
  EXPECT_EQ(outcome(view, "send"), "fail");
  EXPECT_EQ(find(view, "send").steps.back().message.result, "timeout");
  EXPECT_THAT(find(view, "send").cause, HasSubstr("no new message for a@inbox.example within 1 h 10 min"));
  EXPECT_EQ(outcomes(view), uninterrupted);
  const auto minutes = (view.finished_unix_ns - view.started_unix_ns) / ns_per_minute;
  EXPECT_EQ(minutes, 70);
}

constexpr const char* everything = R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
  bad:
    title: It fails and cleans up
    verifies: R-B
    steps:
      - {do: portal.view, with: {item: "1"}, expect: [{result: refused}]}
      - {do: portal.download, expect: [{body: text, contains: nowhere}]}
    cleanup: [{do: portal.sign_out}]
  send:
    title: Two records arrive
    verifies: R-A
    needs: sign_in
    locks: [mailbox]
    steps:
      - {do: portal.view, as: $patient, with: {item: "1"}, save: {page: body}}
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, id: first, with: {address: $inbox.address}, within: 9s, save: {mail: body}}
      - {do: portal.share, id: again, with: {to: $inbox.address}}
      - {wait: inbox.message, id: second, with: {address: $inbox.address}, within: 9s}
      - check:
          - {value: $send.mail, contains: hello}
          - {value: $send.page, contains: Newman}
      - {attest: Is it legible?}
  out:
    title: Signed out is signed out
    needs: send
    verifies: R-S
    steps:
      - {do: portal.sign_out, as: $patient}
      - {do: portal.view, as: $patient, with: {item: "1"}, expect: [{result: refused}]}
      - {do: portal.sign_in, as: $patient, id: anew}
      - {do: portal.view, as: $patient, id: anew_view, with: {item: "1"}, expect: [{body: text, contains: Newman}]}
)";

TEST_F(ResumeTest, KilledAfterAnyEventItComesToTheSameVerdictAndSendsNothingTwice) {
  fs::path current;
  system.count_lines = [&] {
    for (const auto& entry : fs::directory_iterator(folder_.path() / "runs")) current = entry.path();
    return count_lines(current);
  };
  const auto whole = run(load(everything, virtual_target()));
  const auto expected = outcomes(whole);
  ASSERT_EQ(outcome(whole, "send"), "not attested") << find(whole, "send").cause;
  ASSERT_EQ(outcome(whole, "bad"), "fail");
  ASSERT_EQ(system.sent.size(), 2U);
  const std::size_t lines = count_lines(run_folder);
  ASSERT_GT(lines, 40U);
  int asked_again = 0;
  for (std::size_t kept = 1; kept < lines; ++kept) {
    for (const bool has_arrived : {true, false}) {
      // What the system had got when so much was written: of a sending whose end
      // is not recorded, nobody knows.
      System then;
      bool is_open = false;
      for (const auto& one : system.sent) {
        is_open |= one.lines == kept;
        if (one.lines < kept || (one.lines == kept && has_arrived)) then.sent.push_back(one);
      }
      if (!is_open && !has_arrived) continue;
      const auto killed = killed_after(run_folder, kept, kept % 3 * 20);
      const auto view = go_on(killed, then);
      SCOPED_TRACE(testing::Message() << "after line " << kept << (has_arrived ? "" : ", not sent"));
      EXPECT_EQ(outcomes(view), expected);
      EXPECT_EQ(view.verdict.word, whole.verdict.word);
      EXPECT_EQ(then.sent.size(), 2U) << "sent twice, or not at all";
      asked_again += is_open;
      // Only what was sent and not answered is asked for once more.
      const std::set<std::string> keys(then.asked.begin(), then.asked.end());
      EXPECT_EQ(keys.size(), then.asked.size());
      if (HasFailure()) return;
    }
  }
  EXPECT_EQ(asked_again, 4);
}

// What a system does once alone, and was asked for by a process that was killed, is no failure of the system.
TEST_F(ResumeTest, KilledAfterAnyEventWhatIsDoneOnceAloneFailsNobody) {
  const auto whole = run(load(R"(
  once: {title: It is done, verifies: R-A, steps: [{do: portal.probe, with: {name: answer}, expect: [{result: ok}]}]}
)",
                              virtual_target()));
  ASSERT_EQ(outcome(whole, "once"), "pass") << find(whole, "once").cause;
  const std::size_t lines = count_lines(run_folder);
  const auto folder = run_folder;
  int skipped = 0;
  for (std::size_t kept = 1; kept < lines; ++kept) {
    SCOPED_TRACE(testing::Message() << "after line " << kept);
    const auto killed = killed_after(folder, kept, 0);
    const bool is_asked = read_text(killed / evidence::events_file_name)->find("call_started") != std::string::npos;
    System then;
    then.is_done = is_asked;
    const auto view = go_on(killed, then);
    if (outcome(view, "once") == "pass") continue;
    ++skipped;
    EXPECT_EQ(outcome(view, "once"), "skip");
    EXPECT_THAT(find(view, "once").cause, HasSubstr("the system may have done it the first time (result ok: expected"));
    EXPECT_EQ(view.verdict.exit_status, 3);
  }
  EXPECT_GT(skipped, 0);
}

// A wait reads messages that are not for it: they stay there for who waits for them.
TEST_F(ResumeTest, KilledAfterAnyEventAWaitByItsSubjectTakesTheSameMessage) {
  system.numbers = true;
  const auto whole = run(load(R"(
  send:
    title: Two records arrive
    steps:
      - {do: portal.sign_in, as: $patient}
      - {do: portal.share, with: {to: $inbox.address}}
      - {do: portal.share, id: again, with: {to: $inbox.address}}
      - {wait: inbox.message, id: second, with: {address: $inbox.address, subject: record 2}, within: 9s}
      - {wait: inbox.message, id: first, with: {address: $inbox.address, subject: {matches: "d 1$"}}, within: 9s}
)",
                              virtual_target()));
  ASSERT_EQ(outcome(whole, "send"), "pass") << find(whole, "send").cause;
  ASSERT_THAT(find(whole, "send").steps.back().message.body, HasSubstr("Subject: record 1"));
  const std::size_t lines = count_lines(run_folder);
  std::size_t first = 1;  // after what was sent: before, it comes a second time
  for (std::size_t kept = 1, sends = 0; kept < lines && sends < 2; first = ++kept)
    sends += split(*read_text(run_folder / evidence::events_file_name), '\n')[kept - 1].find(R"("function":"send")") !=
             std::string::npos;
  for (std::size_t kept = first + 1; kept < lines; ++kept) {
    SCOPED_TRACE(testing::Message() << "after line " << kept);
    System then = system;
    const auto view = go_on(killed_after(run_folder, kept, kept % 3 * 20), then);
    EXPECT_EQ(outcomes(view), outcomes(whole));
    EXPECT_THAT(view.arrivals, IsEmpty());
    if (HasFailure()) return;
  }
}

TEST_F(ResumeTest, AMessageThatComesAfterItsWaitIsToldWithTheTimeThatDiffers) {
  system.delay_ns = 4 * ns_per_second;
  const auto view = run(load(R"(
  early:
    title: Its message comes too late
    steps:
      - {do: portal.sign_in, as: $patient}
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, with: {address: $inbox.address}, within: 1s, expect: [{result: timeout}]}
      - {wait: inbox.message, id: elsewhere, with: {address: b@inbox.example}, within: 5s, expect: [{result: timeout}]}
)",
                             virtual_target()));
  ASSERT_EQ(outcome(view, "early"), "pass") << find(view, "early").cause;
  ASSERT_EQ(view.arrivals.size(), 1U);  // and not the one that was there before
  EXPECT_EQ(view.arrivals[0].id, system.sent.at(0).key);
  EXPECT_EQ(view.arrivals[0].nearest.step, "message");
  ASSERT_EQ(view.arrivals[0].differs.size(), 1U);
  EXPECT_EQ(view.arrivals[0].differs[0].field, "time");
  EXPECT_THAT(view.arrivals[0].differs[0].found, HasSubstr(" after the wait ended"));
}

TEST_F(ResumeTest, AMessageForAnotherAddressIsToldWithTheAddressThatDiffers) {
  system.delay_ns = ns_per_second;
  const auto view = run(load(R"(
  wrong:
    title: It goes elsewhere
    steps:
      - {do: portal.sign_in, as: $patient}
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, with: {address: b@inbox.example}, within: 9s}
)",
                             virtual_target()));
  EXPECT_EQ(outcome(view, "wrong"), "fail");
  ASSERT_EQ(view.arrivals.size(), 1U);
  ASSERT_GE(view.arrivals[0].differs.size(), 1U);
  EXPECT_EQ(view.arrivals[0].differs[0].field, "address");
  EXPECT_EQ(view.arrivals[0].differs[0].expected, "b@inbox.example");
}

TEST_F(ResumeTest, WhereAllWasTakenNothingIsLeftOver) {
  EXPECT_THAT(run(load(send_and_wait, virtual_target())).arrivals, IsEmpty());
}

TEST_F(ResumeTest, NumbersAndTimesGoOn) {
  run_detached(send_and_wait);
  go_on(run_folder, system);
  std::int64_t number = 0, us = 0;
  std::string at;
  evidence::StreamProblems problems;
  EXPECT_TRUE(evidence::read_events(run_folder, problems, [&](const Value& event, std::size_t) -> Status {
    EXPECT_EQ(event["n"], Value(++number));
    EXPECT_GE(event["us"].integer_or(-1), us);
    us = event["us"].integer_or(0);
    EXPECT_GE(event["at"].string_or(""), at);
    at = event["at"].string_or("");
    return {};
  }));
  EXPECT_THAT(problems.damage, IsEmpty());
}

TEST_F(ResumeTest, OneProcessAtATime) {
  run_detached(send_and_wait);
  const auto first = evidence::RunFolder::open(run_folder);
  ASSERT_TRUE(first);
  const auto second = evidence::RunFolder::open(run_folder);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().what, HasSubstr("another process is writing to this run"));
}

TEST_F(ResumeTest, ADamagedRunIsNotGoneOnWith) {
  run_detached(send_and_wait);
  auto lines = split(*read_text(run_folder / evidence::events_file_name), '\n');
  lines.erase(lines.begin() + 3);
  ASSERT_TRUE(write_text(run_folder / evidence::events_file_name, join(lines, "\n")));
  const auto before = engine::RecordedRun::open(run_folder);
  ASSERT_FALSE(before);
  EXPECT_THAT(before.error().what, HasSubstr("the evidence is damaged"));
}

TEST_F(ResumeTest, ADetachedRunIsDamagedByALineBehindItAndByAnotherVerdict) {
  run_detached(send_and_wait);
  const auto file = run_folder / evidence::events_file_name;
  const std::string events = *read_text(file);
  const auto is_damaged_with = [&](const std::string& text) {
    EXPECT_TRUE(write_text(file, rechained(text)));
    return evidence::read_run(run_folder)->is_damaged;
  };
  EXPECT_FALSE(is_damaged_with(events));
  const auto number = std::to_string(std::count(events.begin(), events.end(), '\n') + 1);
  EXPECT_TRUE(is_damaged_with(events + R"({"n":)" + number +
                              R"(,"at":"2026-11-21T00:00:00.000Z","us":9,"type":"address_allocated"})" + "\n"));
  std::string praised = events;
  const std::string_view honest = R"("verdict":"waiting","exit_status":4)";
  praised.replace(praised.find(honest), honest.size(), R"("verdict":"conformant","exit_status":0)");
  EXPECT_TRUE(is_damaged_with(praised));
}

TEST_F(ResumeTest, AMessageThatCameTooLateWhileNobodyLookedIsNotTaken) {
  options.is_detached = true;
  system.says_when = true;
  for (const bool is_late : {false, true}) {
    system.sent.clear();
    system.delay_ns = (is_late ? 71 : 69) * ns_per_minute;
    run(load(send_and_wait, virtual_target()));
    // The next look is at minute 80.
    std::string events = *read_text(run_folder / evidence::events_file_name);
    const auto at = events.rfind(R"("at":")") + 6;
    const auto then = *parse_time(events.substr(at, events.find('"', at) - at));
    events.replace(at, events.find('"', at) - at, format_utc(then + 80 * ns_per_minute));
    ASSERT_TRUE(write_text(run_folder / evidence::events_file_name, rechained(events)));
    const auto view = go_on(run_folder, system);
    EXPECT_EQ(outcome(view, "send"), is_late ? "fail" : "pass") << find(view, "send").cause;
  }
}

TEST_F(ResumeTest, AMessageThatCameInTimeIsTakenWhereTheClockOfItsInboxIsAhead) {
  system.says_when = true;
  system.ahead_ns = 60 * ns_per_minute;
  system.delay_ns = 20 * ns_per_minute;
  const auto view = run(load(send_and_wait, virtual_target()));
  EXPECT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
}

TEST_F(ResumeTest, AWaitForAnyAddressDoesNotTakeOldMailAfterwards) {
  run_detached(R"(
  send:
    title: Something arrives
    steps:
      - {do: portal.sign_in, as: $patient}
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, within: 70m}
)");
  const auto view = go_on(run_folder, system);
  ASSERT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
  EXPECT_THAT(find(view, "send").steps.back().message.body, HasSubstr("Subject: " + system.sent.at(0).key));
}

// What lay in the inbox for others when the first test looked is no message of
// that test, and stays there for who waits for it.
TEST_F(ResumeTest, WhatLayThereForOthersMayBeTakenBeforeAndAfter) {
  const std::string tests = R"(
  first:
    title: Nothing arrives
    steps:
      - {do: portal.sign_in, as: $patient}
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, with: {address: b@inbox.example}, within: 10m, expect: [{result: timeout}]}
  second:
    title: Something is there
    needs: first
    steps:
      - {wait: inbox.message, within: 10m}
)";
  for (const bool is_detached : {false, true}) {
    options.is_detached = is_detached;
    auto view = run(load(tests, virtual_target()));
    if (is_detached) view = go_on(run_folder, system);
    ASSERT_EQ(outcome(view, "second"), "pass") << find(view, "second").cause;
    EXPECT_THAT(find(view, "second").steps.back().message.body, HasSubstr("Subject: old"));
  }
}

TEST_F(ResumeTest, AMessageThatWasReadOpenedIsNotToldAsLeftOver) {
  options.is_detached = true;
  system.opens = true;
  system.delay_ns = ns_per_second;
  run(load(R"(
  send:
    title: Something arrives, and nothing else
    steps:
      - {do: portal.sign_in, as: $patient}
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, with: {address: $inbox.address, form: opened}, within: 1m}
      - {wait: inbox.message, id: more, with: {address: b@inbox.example}, within: 9m, expect: [{result: timeout}]}
)",
           virtual_target()));
  const auto view = go_on(run_folder, system);
  ASSERT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
  EXPECT_THAT(view.arrivals, IsEmpty());
}

TEST_F(ResumeTest, AWaitWhoseSessionIsMadeAgainKeepsItsMessage) {
  run_detached(R"(
  send:
    title: Something arrives
    steps:
      - {do: portal.sign_in, as: $patient}
      - {do: inbox.sign_in, id: inbox_sign_in}
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, with: {address: $inbox.address}, within: 70m, save: {mail: body}}
)");
  const auto view = go_on(run_folder, system);
  const auto& test = find(view, "send");
  ASSERT_EQ(outcome(view, "send"), "pass") << test.cause;
  ASSERT_GE(test.steps.size(), 2U);
  EXPECT_EQ(test.steps[test.steps.size() - 2].id, "sign_in_again");
  EXPECT_FALSE(test.steps[test.steps.size() - 2].message.body.starts_with("Subject"));
  EXPECT_EQ(test.steps.back().id, "message");
  EXPECT_EQ(test.steps.back().attempt, 2);
  EXPECT_THAT(test.steps.back().message.body, HasSubstr("Subject: " + system.sent.at(0).key));
}

TEST_F(ResumeTest, AWaitThatWasLeftOpenOutlivesTheProcessOfItsConnector) {
  options.is_detached = true;
  connectors.on("bb.download/1 fetch", [this](const FakeCall&) {
    connectors.lose_processes();
    return content("text");
  });
  const auto view = run(load(R"(
  send:
    title: Its message comes later
    steps:
      - {do: portal.sign_in, as: $patient}
      - {do: inbox.sign_in, id: inbox_sign_in}
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, with: {address: $inbox.address}, within: 70m}
  other:
    title: A process ends, and another waits in vain
    steps:
      - {do: portal.download}
      - {wait: inbox.message, with: {address: b@inbox.example}, within: 1s, expect: [{result: timeout}]}
)",
                             virtual_target()));
  const auto& test = find(view, "send");
  ASSERT_EQ(outcome(view, "send"), "pass") << test.cause;
  std::vector<std::string> steps;
  for (const auto& step : test.steps) steps.push_back(step.id + " " + std::to_string(step.attempt));
  ASSERT_GE(steps.size(), 3U);
  EXPECT_THAT(std::vector(steps.end() - 3, steps.end()), ElementsAre("message 1", "sign_in_again 1", "message 2"));
  EXPECT_THAT(test.steps.back().message.body, HasSubstr("Subject: " + system.sent.at(0).key));
}

}  // namespace
}  // namespace bb::test
