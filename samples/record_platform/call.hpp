// call.hpp - one request that is being answered: who asks, for whom, about what.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/method.hpp>
#include <bb/healthvault/status_code.hpp>

#include "record_platform/defects.hpp"
#include "record_platform/rights.hpp"
#include "record_platform/set_up.hpp"
#include "record_platform/type_registry.hpp"
#include "storage/database.hpp"

namespace bb::record_platform {

using storage::Argument;
using storage::Database;
using storage::DatabaseFailure;
using storage::Rows;
using storage::Transaction;

// Thrown by whoever answers a call, caught in platform.cpp alone: the transaction is rolled
// back, so that nothing of the call is stored, and the code is the answer.
struct Refusal {
  int code;
  std::string message;
};

// Of `name` as status_code.hpp has it.
#define BB_REFUSE(name, message) \
  throw ::bb::record_platform::Refusal { ::bb::healthvault::status(name), message }

// What all calls share.
struct World {
  Defects defects;
  const TypeRegistry& types;
  std::string base_url;   // "https://127.0.0.1:8443", without a path
  std::string shell_url;  // with '/' at its end
  // The topology: the platform itself first, with its addresses.
  std::vector<SetUpInstance> instances;
  // What went wrong inside; never what a record holds.
  std::function<void(const std::string&)> log_line;
};

// Which parts of a request were right; nothing where it was not looked at.
struct Checks {
  std::optional<bool> envelope;  // the order and namespaces of its elements
  std::optional<bool> info_hash, header_code, time;
  std::optional<bool>
      fresh_secret;  // that the client proposed: long enough, and none of its sessions' before (HV-AUTH-04)
};

struct Call {
  const World& world;
  Transaction& t;
  const healthvault::Method& method;
  int version;
  std::string_view info;
  std::int64_t now_ns;
  std::string app_id = {}, app_name = {};
  std::string person_id = {}, person_name = {};
  std::string record_id = {};
  bool is_online = false;
  Checks checks = {};
  bool is_kept = false;  // what was done stays though the call is refused (stores-half)
  std::map<std::string, std::int64_t, std::less<>> rights = {};  // on types that were asked after: rights_on()

  bool has(Defect defect) const { return world.defects.is_on(defect); }
};

// The rights of the call's application, for its person, on a type of its record. Asked once a type: a call
// does not change them before it asks.
std::int64_t rights_on(Call& call, std::string_view type_id);
// The same of what was granted, both ways.
TypeRights granted_on(Call& call, std::string_view type_id);

// The type, or 19 INVALID_THING_TYPE.
const ThingType& type_of(const Call& call, std::string_view type_id);

// The info of the answer; throws Refusal. None: a method that is not served.
using Service = std::string (*)(Call&);
Service find_service(std::string_view method);

}  // namespace bb::record_platform
