// harness/report/statement.hpp - what an organisation publishes after a run.
//
// A pure function of a run and of what the programme promises. The verdict rests
// on what was measured alone: answers of people stand apart and raise nothing,
// historic and proposed rows stand apart and decide nothing. It is no
// certification and says so. docs/reference/statement.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/evidence/run_view.hpp"
#include "harness/report/commitments.hpp"

namespace bb::report {

// What the target's profile does not say, or says otherwise.
struct StatementOptions {
  std::string organisation;
  std::string conducted_by;  // "self-test", or the third party's name
  std::string cite_until;    // "2027-11-23"; empty: one year after the run
};

// Format "bluebridge-statement/1", conformance/schemas/statement.schema.json. The
// error says why there is none: the events cannot be read, or a day is none.
[[nodiscard]] Result<Value> statement_of(const evidence::RunView& run, const Commitments& commitments,
                                         const StatementOptions& options);

// The bytes that are signed: the JSON of RFC 8785 (members sorted, no blanks),
// which any tool can make again.
std::string canonical_statement(const Value& statement);

// One page that needs nothing but itself and no script, with the SHA-256 of the
// canonical bytes: for a patient's advocate first, for an engineer below.
std::string statement_page(const Value& statement);

}  // namespace bb::report
