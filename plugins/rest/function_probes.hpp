// plugins/rest/function_probes.hpp - probes of a portal's functions that no capability has: what the care team does,
// a patient's own entries, material, wishes, and pages. Names and arguments: conformance/registry/probes.yaml.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bb/core/value.hpp>
#include <bb/sdk/connector.hpp>

#include "api_client.hpp"

namespace bb::rest {

void list_function_probes(Probes& out);

// What the probe of this name sends for this patient; nothing: it is none of these.
std::optional<ApiRequest> function_probe_request(std::string_view name, const Value& given, const std::string& patient);

}  // namespace bb::rest
