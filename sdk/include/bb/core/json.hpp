// bb/core/json.hpp - JSON text to Value and back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb {

inline constexpr std::size_t json_depth_max = 256;

// Strict JSON (RFC 8259). Duplicate keys and a depth over json_depth_max are
// errors. The error says line and column and what was expected. Integers that
// do not fit 64 bits become numbers.
[[nodiscard]] Result<Value> parse_json(std::string_view text);

// Compact text on one line. Invalid UTF-8 becomes U+FFFD.
std::string to_json(const Value& value);

// Readable text, two spaces an indent.
std::string to_json_pretty(const Value& value);

}  // namespace bb
