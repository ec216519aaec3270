// thing_service.hpp - methods that read, write and describe things.
#pragma once

#include <bb/healthvault/thing_methods.hpp>

#include "record_platform/call.hpp"

namespace bb::record_platform {

inline constexpr std::int64_t full_things_max = 240;                 // of a group, without max-full
inline constexpr std::size_t groups_max = 20;                        // else 53
inline constexpr std::size_t filters_max = 20;                       // of a group; else 15
inline constexpr std::size_t xpath_bytes_max = 1'000;                // else 15
inline constexpr std::size_t response_bytes_max = 32 * 1024 * 1024;  // else 71
inline constexpr std::size_t things_named_max = 10'000;              // by id or key in a group; else 124
inline constexpr std::size_t things_written_max = 1'000;             // else 124

healthvault::GetThings::Answer get_things(Call& call, const healthvault::GetThings::Request& request);
healthvault::KeysAnswer put_things(Call& call, const healthvault::ThingsRequest& request);
healthvault::KeysAnswer overwrite_things(Call& call, const healthvault::ThingsRequest& request);
healthvault::Nothing remove_things(Call& call, const healthvault::RemoveThings::Request& request);
healthvault::GetThingType::Answer get_thing_type(Call& call, const healthvault::GetThingType::Request& request);

// A thing that the platform itself puts into a record, of a package: without looking at rights.
healthvault::ThingKey store_thing(Call& call, const healthvault::Thing& thing);

}  // namespace bb::record_platform
