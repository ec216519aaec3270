// bb/core/time.hpp - civil time as nanoseconds since 1970 UTC, and durations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bb {

inline constexpr std::int64_t ns_per_ms = 1'000'000;
inline constexpr std::int64_t ns_per_second = 1'000'000'000;

std::int64_t now_unix_ns();   // real civil time
std::int64_t monotonic_ns();  // real monotonic time

// "2026-11-21T22:25:48.123Z" (always UTC, milliseconds).
std::string format_utc(std::int64_t unix_ns);
// "2026-11-21".
std::string format_date(std::int64_t unix_ns);
// RFC 3339 date-time with offset, or a date alone (its first instant, UTC).
std::optional<std::int64_t> parse_time(std::string_view text);
// "30s", "250ms", "70m", "2h", "1d" as in suite files; nullopt otherwise or
// when it does not fit.
std::optional<std::int64_t> parse_duration_ms(std::string_view text);
// "1.2 s", "340 ms", "3 min 20 s": for people.
std::string format_duration(std::int64_t ms);

}  // namespace bb
