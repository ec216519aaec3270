// harness/engine/run_record.hpp - what is written down before the first test.
//
// Enough to report, replay and mutate a run from its folder alone: the suites
// and catalogues themselves, the scope, the plan, the rows; and no secret.
#pragma once

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include <bb/host/redactor.hpp>
#include "harness/engine/inputs.hpp"
#include "harness/engine/plan.hpp"
#include "harness/engine/run.hpp"
#include "harness/evidence/event_writer.hpp"

namespace bb::engine {

class RecordedRun;

// Teaches the redactor the secret inputs and every secret of the target that can
// be read now, so that none is written down before a connector asks for it. One
// that cannot be read is told to the connector that asks.
void learn_secrets(const Plan& plan, const suite::Target& target, host::Redactor& redactor);

struct RunRecord {
  const RunInput& input;
  const RunOptions& options;
  const Plan& plan;
  const RunFacts& facts;
  const host::Redactor& redactor;  // what a target or an input says goes through it
  const std::vector<evidence::WaiverView>& waivers;
  const std::vector<evidence::ConnectorView>& connectors;  // of this process
};

// What $references of a suite meant before the first test, as it is written down:
// without `run`, and with names in place of secrets.
Value recorded_root(const ScopeRoot& scope, const host::Redactor& redactor);

// The content of run.json.
Value run_file(const RunRecord& record);

// The members of run_resumed: `process` is that of the run's processes, from 2.
Value run_resumed_event(const RunRecord& record, const RecordedRun& before, int process, std::int64_t torn_bytes);

// The members of run_started. Suite and catalogue files become blobs.
Result<Value> run_started_event(const RunRecord& record, evidence::RunFolder& folder);

}  // namespace bb::engine
