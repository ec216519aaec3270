// harness/evidence/event_values.hpp - the parts of events as JSON values and back.
//
// Bodies are not here: the writer puts them beside, inline or as a blob.
// Shapes: docs/reference/events.md.
#pragma once

#include <string>
#include <vector>

#include <bb/core/value.hpp>
#include <bb/host/recorder.hpp>
#include "harness/evidence/run_view.hpp"

namespace bb::evidence {

// [["content-type", "text/html"], ...]: repeated names stay repeated.
Value attributes_to_value(const std::vector<host::Attribute>& attributes);
std::vector<host::Attribute> attributes_from_value(const Value& value);

Value exchange_to_value(const host::HttpExchange& exchange);
host::HttpExchange exchange_from_value(const Value& value);

Value log_to_value(const host::LogLine& line);
host::LogLine log_from_value(const Value& value);

Value record_to_value(const host::EvidenceRecord& record);
host::EvidenceRecord record_from_value(const Value& value);

Value notice_to_value(const host::Notice& notice);
host::Notice notice_from_value(const Value& value);

Value claim_to_value(const ClaimView& claim);
ClaimView claim_from_value(const Value& value);

Value attestation_to_value(const AttestationView& attestation);
AttestationView attestation_from_value(const Value& value);

// An element of `waits` in run_detached, and what a wait_started says.
Value wait_to_value(const WaitView& wait);
WaitView wait_from_value(const Value& value);

Value arrival_to_value(const ArrivalView& arrival);
ArrivalView arrival_from_value(const Value& value);

// An element of `options` of a suite in run_started, and in report.json.
Value connector_to_value(const ConnectorView& connector);
ConnectorView connector_from_value(const Value& value);
Value option_to_value(const OptionView& option);
OptionView option_from_value(const Value& value);

// An element of `waivers` in run_started: what was known before the first test.
Value waiver_to_value(const WaiverView& waiver);
WaiverView waiver_from_value(const Value& value);

// What is known of a test before it runs: an element of `plan` in run_started.
Value planned_to_value(const TestView& test);
TestView planned_from_value(const Value& value);

Value counts_to_value(const Counts& counts);

}  // namespace bb::evidence
