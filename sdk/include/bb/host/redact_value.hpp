// bb/host/redact_value.hpp - a value without the secrets of a run.
#pragma once

#include <bb/core/value.hpp>
#include <bb/host/redactor.hpp>

namespace bb::host {

// Every text in it, at any depth, passed through Redactor::redact(); keys of
// members stay. [any thread]
Value redacted(const Redactor& redactor, Value value);

}  // namespace bb::host
