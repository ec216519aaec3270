// bb/healthvault/date_time.hpp - the times that messages carry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bb::healthvault {

// An xs:dateTime as nanoseconds since 1970 UTC. One without a zone, as the published
// answers have them, is taken as UTC.
std::optional<std::int64_t> date_time_ns(std::string_view text);

// "2014-01-31T12:00:00.123Z".
std::string date_time(std::int64_t unix_ns);
// As date_time(), with `number` (modulo 10,000) in the four digits behind the milliseconds, so that two requests of
// one millisecond differ: a platform takes the same bytes for the same request. Seven digits are what the published
// .NET client can read.
std::string numbered_date_time(std::int64_t unix_ns, std::uint64_t number);

}  // namespace bb::healthvault
