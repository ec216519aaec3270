// value_codec.hpp - a Value as bytes, for the wire to a connector's process.
//
// Not JSON: texts here are bytes as a system sent them, not always UTF-8, and
// must arrive as they were. One tag byte, then: i and d eight bytes; s a u32
// length and the bytes; a and o a u32 count and what they hold, each member of
// an o with its key (u32 length, bytes) first. Little-endian.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::host {

inline constexpr std::size_t encoded_depth_max = 300;
// A value costs far more memory than the byte that may encode it.
inline constexpr std::size_t encoded_value_count_max = 4'000'000;

std::string encode_value(const Value& value);
// Bytes from outside: bounded in depth and number, keys are unique, nothing is
// left over. Allocates no more than what came is worth.
[[nodiscard]] Result<Value> decode_value(std::string_view bytes);

}  // namespace bb::host
