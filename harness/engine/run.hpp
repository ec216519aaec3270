// harness/engine/run.hpp - runs suites against a target and records everything.
//
// Actions talk to the outside and only record; claims judge what was recorded.
// The run folder is complete at every moment: a run that is killed can still
// be read and reported.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bb/host/host.hpp>
#include "harness/checks/validator.hpp"
#include "harness/evidence/outcome.hpp"
#include "harness/evidence/run_folder.hpp"
#include "harness/evidence/run_view.hpp"
#include "harness/suite/model.hpp"
#include "harness/suite/reader.hpp"
#include "harness/suite/verbs.hpp"

namespace bb::engine {

class Asker;
class Browser;
class ConnectorSource;

struct RunOptions {
  std::filesystem::path out;         // folder for runs; the run makes its own inside
  std::vector<std::string> filters;  // globs on "suite/test", empty = all
  std::vector<std::string> tags;     // any of them; empty = all
  int jobs = 1;
  std::map<std::string, std::string> inputs;   // --input
  std::map<std::string, std::string> options;  // --option
  std::string rule_date;                       // "2026-11-21"; empty = today
  std::optional<std::uint64_t> seed;
  int max_failures = 0;  // 0 = no limit
  // A wait that finds nothing at once is left open for a later process.
  bool is_detached = false;
  std::string program_version;
  std::vector<std::string> notes;       // printed with the verdict: "in process"
  bool are_connectors_checked = false;  // the host was told to; written down
  // The run is to be masked at its end (harness/bundle/mask_run.hpp): it is written apart until then.
  bool is_to_be_masked = false;
  const host::Cancellation* cancellation = nullptr;  // Ctrl-C
  Browser* browser = nullptr;                        // for sign-ins by redirect; null: they stay pending
  // Asks what no file answers; null: it stays unanswered. With it a cancelled run is left as it stands, to be gone on
  // with: no test ends as cancelled, since a person was in the middle of it.
  Asker* asker = nullptr;
  // Told of each test that ended, in the order they end, one at a time; for the
  // console. The view has steps, messages and claims; exchanges, logs and
  // records are in the run folder only.
  std::function<void(const evidence::TestView&)> on_test_done;
};

// Everything a run needs, loaded and linted without errors.
struct RunInput {
  std::vector<suite::Suite> suites;
  suite::Target target;
  suite::Answers answers;
  suite::Vocabulary vocabulary;
  std::shared_ptr<const checks::Validator> validator = nullptr;  // for `valid`; none: it cannot be judged
};

// What would be run: names of test instances in plan order, with what they
// need; or why the plan cannot be made (a cycle, an unknown need).
struct PlannedTest {
  std::string suite, name, title;
  std::vector<std::string> needs;
  std::vector<std::string> calls;  // "portal.download as alice"
};
Result<std::vector<PlannedTest>> plan(const RunInput& input, const RunOptions& options);

class RecordedRun;

struct RunResult {
  std::filesystem::path folder;  // that has the events: of a run that is to be masked its part `unmasked`
  evidence::Verdict verdict;
};
// An error means nothing was run (exit status 2).
Result<RunResult> run(const RunInput& input, const RunOptions& options, host::Host& host);
// The same with connectors from elsewhere.
Result<RunResult> run(const RunInput& input, const RunOptions& options, ConnectorSource& source);

// Goes on with a run that waits or was killed: in its folder, which is open
// already, so that no other process has it. `input` holds the suites of the run,
// and `options` what RecordedRun::restore_options() filled in.
Result<RunResult> resume(const RunInput& input, const RunOptions& options, evidence::RunFolder& folder,
                         const RecordedRun& before, ConnectorSource& source);
Result<RunResult> resume(const RunInput& input, const RunOptions& options, evidence::RunFolder& folder,
                         const RecordedRun& before, host::Host& host);

}  // namespace bb::engine
