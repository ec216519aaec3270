// harness/checks/faults.hpp - faults by the part of a message they change.
#pragma once

#include <string>

#include <bb/core/result.hpp>
#include "harness/evidence/message.hpp"
#include "harness/suite/model.hpp"

namespace bb::checks {

enum class Edit { drop, set, dup };

Status edit_json(evidence::Message& message, const std::string& path, Edit edit, const Value& to);
Status edit_xpath(evidence::Message& message, const std::string& xpath, Edit edit, const Value& to);
Status edit_mime(evidence::Message& message, const std::string& part, Edit edit, const Value& to);
// result status header media_type filename body text item, and members of a result
// without content ("items", "session").
Status edit_part(evidence::Message& message, const suite::Selector& selector, Edit edit, const Value& to);

// Every fact of `from` becomes that of `to` under the same key; see
// apply_fault().
Status swap_people(evidence::Message& message, const Value& from, const Value& to);

// A value as the text that is written in its place.
std::string written(const Value& value);

}  // namespace bb::checks
