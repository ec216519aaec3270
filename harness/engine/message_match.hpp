// harness/engine/message_match.hpp - whether a message is the one that a wait is for.
//
// Besides its address a wait may name the subject, the sender and the message that is
// answered. Where the connector opened a message the fields are those inside.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/checks/scope.hpp"
#include "harness/evidence/run_view.hpp"
#include "harness/suite/model.hpp"

namespace bb::engine {

// What is known of a message: what is none nobody looked at.
struct MessageFields {
  std::optional<std::string> subject;               // decoded; empty: it has none
  std::optional<std::string> sender;                // the address of From; empty: it has none
  std::optional<std::vector<std::string>> answers;  // ids of messages, without brackets
};

// All of a message (RFC 5322). It answers what In-Reply-To and References name, and a
// notification or delivery report what its Original-Message-ID names (RFC 8098, 3.2.5).
MessageFields fields_of(std::string_view message);

// What the step of a wait asks for. The error: what a reference stands for is no text,
// or an empty one, which would be met by every message.
Result<evidence::Wanted> wanted_by(const suite::Step& step, const checks::Scope& scope);

// Whether `known` lacks a field that is asked for.
bool needs_reading(const evidence::Wanted& wanted, const MessageFields& known);

// In what the message differs from what is asked for, as far as it is known.
std::vector<evidence::ArrivalView::Difference> differences(const evidence::Wanted& wanted, const MessageFields& known);

}  // namespace bb::engine
