// harness/doctor/addresses.hpp - the addresses that a target names, and what
// answers there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/host/host.hpp>
#include <bb/host/peer_look.hpp>
#include "harness/suite/model.hpp"

namespace bb::doctor {

struct Address {
  host::PeerAddress peer;
  std::string url{};  // of HTTP; empty: another protocol
  std::vector<std::string> roles{};
  Place place{};             // where it first stands
  std::string text() const;  // "portal.example:443"
};

// Adds those of a role's configuration: texts that the schema of its connector gives the format `url`, maps with `host`
// and `port`, and the streams that the role allows by name and port. What was added before is not added again.
void add_addresses(const suite::RoleBinding& role, const host::TypeInfo& type, std::vector<Address>& addresses);

struct LookedAt {
  Address address;
  host::PeerLook look{};
  // Of HTTP whose peer is trusted: its clock, nothing where it has no Date.
  std::optional<Result<std::optional<host::PeerClock>>> clock{};
};

// All at the same time, each for at most `ms_max`.
std::vector<LookedAt> look_at(std::vector<Address> addresses, std::int64_t ms_max,
                              const host::Cancellation* cancellation);

}  // namespace bb::doctor
