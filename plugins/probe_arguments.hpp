// plugins/probe_arguments.hpp - the arguments of a probe, as the connectors here take them.
#pragma once

#include <string_view>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/sdk/failure.hpp>

namespace bb::plugins {

// One JSON object; without text it is empty. Else throws Failure BB_E_INVALID_ARGUMENT.
inline Value parse_arguments(std::string_view text) {
  auto parsed = parse_json(text.empty() ? "{}" : text);
  if (!parsed || !parsed->is_object())
    throw Failure{BB_E_INVALID_ARGUMENT, "the arguments of a probe are one JSON object"};
  return *std::move(parsed);
}

}  // namespace bb::plugins
