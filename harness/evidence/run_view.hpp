// harness/evidence/run_view.hpp - a whole run as reports see it.
//
// Read back from events.ndjson and blobs alone, so that every report can be
// made again from the run folder, also after a kill. A run that does not end
// with `run_done` is incomplete.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include <bb/host/recorder.hpp>
#include "harness/evidence/message.hpp"
#include "harness/evidence/outcome.hpp"

namespace bb::evidence {

struct ClaimView {
  std::string gate;     // "require", "expect" or "check"
  std::string text;     // "body text contains $patient.family_name"
  std::string outcome;  // "held", "violated", "unjudgeable"
  Level level = Level::shall;
  bool counts = true;    // false: none of the rows it speaks for decides a verdict
  std::string expected;  // for people, shortened
  std::string found;
  std::string hint;
  std::vector<std::string> verifies;
  int line = 0;            // in the suite file
  bool is_waived = false;  // violated, as a waiver said it would be
};

struct ExchangeView {
  host::HttpExchange exchange;                        // bodies are shortened to 64 KiB here
  std::string request_body_blob, response_body_blob;  // file names under blobs/, empty without
  std::int64_t number = 0;                            // of its event, from 1
};

struct RecordView {
  host::EvidenceRecord record;  // what was sent and received is shortened to 64 KiB here
  std::int64_t at_unix_ns = 0;
  std::int64_t number = 0;  // of its event, from 1
};

struct StepView {
  std::string id;
  std::string action;  // "portal.download as alice", "wait inbox.message", "attest: The page ...", "check"
  int attempt = 1;
  bool is_setup = false;  // replayed sign-in, not judged
  bool is_cleanup = false;
  std::optional<Outcome> outcome;  // as its claims or a person's answer gave it; none: it was not judged
  bool has_message = false;
  Message message;  // body shortened to 64 KiB
  std::string body_blob;
  std::vector<ClaimView> claims;
  std::vector<ExchangeView> exchanges;
  std::vector<host::LogLine> logs;
  std::vector<RecordView> records;
  std::int64_t started_unix_ns = 0;
  std::int64_t duration_ms = 0;
};

// A person's answer to an `attest` step.
struct AttestationView {
  std::string suite, test, step, question;
  bool is_answered = false;
  bool is_yes = false;
  bool counts = true;  // false: it speaks only for rows that decide nothing, and its test has others
  std::string name, role, date, evidence;
  std::string expires{};        // the last day on which it counts; empty: it does not expire
  std::string expired_by{};     // the day that it had expired by; empty: it counts. Else it attests nothing
  std::string evidence_blob{};  // of a file, under blobs/; empty: the evidence is a note, or there is none
  bool attests() const { return is_answered && is_yes && expired_by.empty(); }
};

// What a message has to be for a wait, besides its address; empty: whatever it is.
struct Wanted {
  std::string subject{};          // exactly
  std::string subject_matches{};  // RE2, found in it
  std::string from{};             // the address of its sender
  std::string in_reply_to{};      // the id of the message that it answers, with or without brackets
  bool is_anything() const { return subject.empty() && subject_matches.empty() && from.empty() && in_reply_to.empty(); }
};

// The event of a wait for a person's answer; it has no end, and `tell` is the question.
inline constexpr std::string_view person_event = "person.answer";

// A wait that a run has left open, to be gone on with later.
struct WaitView {
  std::string suite, test, step;
  std::string event;    // "inbox.message"
  std::string address;  // empty: any
  std::string until;    // civil time; empty: it has no end
  std::string tell;     // what a person has to do or to know; may be empty
  Wanted wanted{};
};

// A message that came in the run and that no wait took.
struct ArrivalView {
  struct Difference {
    std::string field;  // "address", "time", "subject", "from" or "in_reply_to"
    std::string expected, found;
  };
  std::string role, id, title, updated;  // as its inbox lists it; the last two may be empty
  WaitView nearest;                      // the wait it comes nearest to, and what differs from that
  std::vector<Difference> differs;       // empty: another message was taken
  std::string sender{};                  // empty: no wait asked who sent it, so that it was not read
};

// What a target lets fail for a while, as a run took it.
struct WaiverView {
  // What it was before the first test. Only one in force lets anything fail.
  enum class Hold {
    in_force,
    expired,       // its last day was before the run's
    other_system,  // its subject is another target or another version
    other_suite,   // of a suite that was not run
    left_out,      // its test was not in the part that was run
    unknown_test,  // the suite has no such test
    unknown_claim  // the test has no such claim
  };
  // What came of it: it was needed; it was not, or is of nothing any more; its day
  // is over; nobody can say, since its test broke or did not end; it was not of this run.
  enum class State { used, stale, expired, open, apart };

  std::string test, subject;  // as written
  Outcome outcome = Outcome::fail;
  std::string claim, reason, link;
  std::string expires;  // the last day on which it holds
  int line = 0;         // in the waivers file
  Hold hold = Hold::in_force;
  std::set<std::string> tests{};  // "suite/test" of the plan
  std::string step{};             // of these tests; empty: any
  State state = State::open;
  std::string why{};  // of the state, one sentence
};

// What a test that ended says of a waiver that names it.
struct WaiverUse {
  enum class Kind {
    used,       // the claim was violated and waived
    held,       // it was judged and not violated
    otherwise,  // it was violated and came to another outcome than the waiver says
    not_judged
  };
  std::size_t waiver = 0;  // in RunView::waivers
  Kind kind = Kind::not_judged;
};

struct TestView {
  std::string suite;
  std::string name;  // "download[ccda-2.1]", with its groups before it
  std::string title;
  std::string hint;
  std::vector<std::string> tags, verifies, needs;
  Level level = Level::shall;
  bool is_done = false;     // false: the run ended before it, or waits
  bool is_waiting = false;  // it waits, or comes after one that does
  Outcome outcome = Outcome::skip;
  std::string kind;   // for error: connector_lost connector_stuck connector_broken validator_unavailable config harness
  std::string cause;  // one sentence; for skip names what was not met
  int line = 0;
  // False when all it verifies is outside the rule date, historic or proposed:
  // then it is reported and does not decide the verdict.
  bool counts = true;
  // Requirements it verifies, itself or by a claim, each with the number of
  // claims that speak for it.
  struct Row {
    std::string id;
    int claims = 0;
  };
  std::vector<Row> rows;
  std::vector<WaiverUse> waivers;  // that name it, once it ended
  std::vector<StepView> steps;
  std::int64_t started_unix_ns = 0;
  std::int64_t duration_ms = 0;
};

struct RequirementView {
  std::string id, level, text, source, status, check, untested, applies;
  std::string at, from, until;        // the days it is in force, inclusive and exclusive; empty: open
  std::vector<std::string> rests_on;  // rows that prove it where no test verifies it
  std::string judged_by;              // the command that judges it where no suite does
  // Worst outcome of the tests and claims that verify it, or else of the rows it rests
  // on; `tested` false when none did.
  bool is_tested = false;
  bool counts = true;  // false: historic, proposed, house rows in a certification, or outside the rule date
  Outcome outcome = Outcome::skip;
  std::vector<std::string> tests;  // names of the tests that verify it, as "suite/test"
  int left_out = 0;                // tests that verify it and are not in this part
};

// What was chosen of an option of a suite, and where.
struct OptionView {
  std::string name, title;
  std::string value;  // as text; nothing that is a secret of the run
  std::string from;   // "command line", "target" or "default"
};

struct SuiteView {
  std::string id, version, title, file, sha256;
  std::vector<OptionView> options;  // in the suite's order; none in runs of versions that did not record them
};

// Which connector plays a role, and the plugin it came from; that is not in runs of earlier versions.
struct ConnectorView {
  std::string role, connector;
  std::string plugin, version, abi;  // as the manifest says: "org.example.portal", "1.2.0", "1.0"
  std::string sha256;                // of its library, where the manifest pins it
  bool operator==(const ConnectorView&) const = default;
};
// "org.example.portal.rest of org.example.portal 1.2.0, ABI 1.0"; the connector alone where no more is known.
std::string to_text(const ConnectorView& connector);

struct RunView {
  std::filesystem::path folder;
  std::string id, program_version, target, target_title, target_version, environment, rule_date;
  Value profile = Value::object();        // of the target
  std::string target_sha256;              // of its file
  Value inputs = Value::object();         // of the command line, without secrets
  std::vector<ConnectorView> connectors;  // by role; of the last process
  std::vector<std::string> notes;         // "in process", "seeded 7", "clock: virtual"
  std::vector<std::string> problems;      // what could not be taken as it stands, damage and what is forgiven
  std::vector<SuiteView> suites;
  std::int64_t started_unix_ns = 0;
  std::int64_t finished_unix_ns = 0;
  bool is_complete = false;
  // It was detached (run_detached is its last event): `waits` is what for.
  bool is_waiting = false;
  std::vector<WaitView> waits;
  std::vector<ArrivalView> arrivals;
  int processes = 1;  // that had a part in it: one more for each `resume`
  // The folder is not as the run wrote it: lines or blobs are missing or were
  // changed, or contradict each other. Then it proves nothing, and the verdict
  // is inconclusive whatever the events say.
  bool is_damaged = false;
  std::optional<Part> part;                   // none: all tests of the suites are in the plan
  std::vector<TestView> tests;                // plan order
  std::vector<RequirementView> requirements;  // catalogue order
  std::vector<AttestationView> attestations;
  std::vector<WaiverView> waivers;  // in the file's order
  bool are_connectors_checked = false;
  bool is_masked = false;             // pseudonyms stand for who the patients are
  std::vector<host::Notice> notices;  // rules of the contract that were seen broken; in the order seen
  Counts counts;                      // of tests
  Verdict verdict;
};

// Bodies in a view are cut to this; the whole is in the blob.
inline constexpr std::size_t view_body_bytes_max = 64 * 1024;

Standing standing_of(const RunView& run);

// What decides the verdict: tests that count; of a run that waits, those that
// are done. A person's "no" or silence counts
// against a SHALL test only; elsewhere it is a warning.
Counts counts_for_verdict(const std::vector<TestView>& tests, Standing standing);

// What a whole run came to. Nothing is conformant by silence: where tests verify
// requirements, one that counts was judged, or the verdict is inconclusive.
// `waivers` have their states.
Verdict verdict_of(const std::vector<TestView>& tests, Standing standing, const std::optional<Part>& part,
                   const std::vector<WaiverView>& waivers = {});

// Reads a run folder. An error when there is no readable run in it.
[[nodiscard]] Result<RunView> read_run(const std::filesystem::path& folder);

}  // namespace bb::evidence
