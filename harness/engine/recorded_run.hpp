// harness/engine/recorded_run.hpp - how far a run came, read from its folder, so
// that another process can go on with it.
//
// What was judged stays judged; what its steps saved is derived again from the
// recorded messages. docs/reference/events.md, "Going on with a run".
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/engine/inputs.hpp"
#include "harness/engine/people.hpp"
#include "harness/engine/replay.hpp"
#include "harness/engine/run.hpp"
#include "harness/evidence/event_writer.hpp"
#include "harness/evidence/run_view.hpp"

namespace bb::engine {

// One attempt at a step, as far as it came.
struct RecordedStep {
  std::string id;
  int attempt = 1;
  bool is_setup = false;
  bool is_cleanup = false;
  bool is_asked = false;                     // a call of it was begun
  std::optional<evidence::Outcome> outcome;  // none: not judged
  std::string kind, cause;                   // of the judgement
  std::vector<std::string> saved;            // names
  // Of a wait: none where it has not begun.
  std::optional<std::int64_t> wait_began_ns, wait_until_ns;
  evidence::WaitView wait;
  std::string read_last, taken;  // ids of messages: the last it read, and the one it took
  // Of what makes something leave the system.
  std::string idempotency_key;      // empty: nothing was asked for
  bool is_answered = false;         // and how that ended is known
  bool is_session_changed = false;  // it signed in or out
};

struct RecordedTest {
  bool is_begun = false;
  bool is_done = false;
  std::vector<RecordedStep> steps;
  evidence::TestView view;  // as reports see it; of what is done without its steps
  const RecordedStep* last(const std::string& id, bool is_cleanup) const;
  bool has_sent() const;
  // Whether the system was asked for a step whose answer was not judged.
  bool is_left_unjudged(const std::string& id) const;
};

// A sign-in or sign-out that was answered `ok`, in the order they ended.
struct RecordedSignIn {
  std::size_t node = 0;
  std::string step;
  bool is_cleanup = false;
};

// Set-up that makes what lies in an inbox invisible to the waits of a test, and
// what looks at an inbox before anything was sent (events.md, "Going on with a run").
inline constexpr std::string_view old_mail_step = "old_mail";
inline constexpr std::string_view baseline_step = "baseline";

class RecordedRun {
 public:
  // The error says why nobody can go on with it: it cannot be read, or is
  // damaged.
  static Result<RecordedRun> open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return view_.folder; }
  bool is_done() const { return view_.is_complete; }
  // Pseudonyms stand for its people, so that nobody can go on with it.
  bool is_masked() const { return view_.is_masked; }
  std::size_t open_test_count() const;
  // Tests of a run that is done are to be done again: those that ended as `which` says, and those that were skipped
  // since they need one of them. What they had come to is forgotten, and so is what people answered to connectors.
  struct Redo {
    bool skipped = false;  // skip, not attested, cancel
    bool failed = false;   // fail, error
  };
  void begin_redo(Redo which);
  // "--skipped --failed", empty where nothing is done again; and the tests, plan order.
  const std::string& redo_words() const { return redo_words_; }
  const std::vector<std::size_t>& redone() const { return redone_; }
  // How often tests were done again, this time too.
  int rounds() const { return rounds_; }
  const std::string& target_id() const { return view_.target; }
  const std::vector<suite::Suite>& suites() const { return replay_.plan().suites; }
  // What the run was told at its start that this process needs too; its own
  // part (jobs, cancellation ...) is left as it is in `options`.
  void restore_options(RunOptions& options) const;
  // Empty where there was none. Read again: the folder holds no secret.
  std::filesystem::path target_file() const;
  std::filesystem::path answers_file() const;
  std::string target_sha256() const;
  // Inputs that the folder does not hold, since they are secret.
  std::vector<std::string> secret_inputs() const;

  RunFacts facts() const;
  int processes() const { return view_.processes; }
  const evidence::StreamEnd& end() const { return end_; }
  std::int64_t last_unix_ns() const { return last_unix_ns_; }
  std::uint64_t last_call() const { return last_call_; }
  // By role.
  // As the run took them when it began; what the target waives by now is of another run.
  const std::vector<evidence::WaiverView>& waivers() const { return view_.waivers; }
  const std::map<std::string, std::string>& addresses() const { return addresses_; }
  const std::map<std::string, std::set<std::string>>& seen() const { return seen_; }
  // What lay in an inbox, by role, before anything was sent.
  const std::map<std::string, std::set<std::string>>& before() const { return before_; }
  const std::vector<RecordedSignIn>& sign_ins() const { return sign_ins_; }
  // What people answered to connectors.
  const GivenAnswers& given_answers() const { return given_answers_; }
  // An error where `plan` is not the plan of the run, or where its inputs, options,
  // people or target are not what the evidence says, naming the first that differs.
  // The roles of the target may differ: the same system may have moved.
  Status match(const Plan& plan, const suite::Target& target) const;
  const RecordedTest& test(std::size_t node) const { return tests_[node]; }
  Result<evidence::Message> message(std::size_t node, const std::string& step) const {
    return replay_.message(node, step);
  }

 private:
  explicit RecordedRun(evidence::RunView view) : view_(std::move(view)) {}
  const Value& settings() const { return started_["settings"]; }
  void take(const Value& event);
  void take_call_started(const Value& event, std::size_t test);
  void take_call_done(const Value& event);
  void take_message(RecordedStep& step);
  void take_answer(const Value& event);
  void take_redo(const Value& redo);
  void forget(std::size_t node);
  void take_step(std::string_view type, const Value& event, std::size_t node);
  void see_listed(std::set<std::string>& seen, const Value& body) const;

  struct Call {
    std::size_t test = 0, step = 0;
    std::string role, interface, function;
  };

  Replay replay_;
  evidence::RunView view_;
  Value started_;  // run_started, without plan and requirements
  evidence::StreamEnd end_;
  std::int64_t last_unix_ns_ = 0;
  std::uint64_t last_call_ = 0;
  std::map<std::string, std::string> addresses_;
  std::map<std::string, std::set<std::string>> seen_, before_;
  std::vector<RecordedSignIn> sign_ins_;
  GivenAnswers given_answers_;
  std::string redo_words_;
  std::vector<std::size_t> redone_;
  int rounds_ = 0;
  std::map<std::pair<std::string, std::string>, std::size_t> names_;  // suite, test
  std::vector<RecordedTest> tests_;                                   // plan order
  std::map<std::uint64_t, Call> calls_;
};

}  // namespace bb::engine
