// config.hpp - an instance's configuration as the ABI wants it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include <bb/host/host.hpp>

namespace bb::host {

// The configuration checked by check_config(), defaults filled in. The error
// names every place that is wrong.
[[nodiscard]] Result<Value> complete_config(const TypeInfo& type, const Value& config, const HttpPolicy& policy);

// JSON Pointer and JSON text: first the whole under "", then every leaf (a
// scalar, an empty array or an empty object) in document order.
std::vector<std::pair<std::string, std::string>> flatten_config(const Value& config);

}  // namespace bb::host
