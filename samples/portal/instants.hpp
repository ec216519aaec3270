// portal/instants.hpp - the span of time that a partial date means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bb::portal {

// Nanoseconds since 1970; both ends belong to it.
struct Instants {
  std::int64_t first_ns, last_ns;
};

// The first and last instant that a date in ISO 8601 may mean, "2012", "2012-08", "2012-08-06" or with a time; what
// has no offset is taken for UTC. None: it is no date.
std::optional<Instants> instants_of(const std::string& date);

}  // namespace bb::portal
