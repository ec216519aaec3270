// grants.hpp - what a person lets an application do, from the shell or a suite.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record_platform/rights.hpp"
#include "storage/database.hpp"

namespace bb::record_platform {

using storage::Transaction;

inline constexpr std::int64_t user_token_seconds = 4 * 60 * 60;
inline constexpr std::int64_t record_bytes_max = std::int64_t{4} * 1024 * 1024 * 1024;

// What an application asks for, of one type. One without any asks for everything.
struct AskedRule {
  std::int64_t number = 0;
  std::string type_id;
  TypeRights rights;
  bool is_optional = false;
};
std::vector<AskedRule> asked_rules(Transaction& t, const std::string& app);

// Whom, for whom and what.
struct Authorization {
  std::string app, person, record;
  std::vector<std::string> optional_rules = {};  // the numbers of those that were agreed to
};
// In the place of what was authorised before. An application that waited for a person is one now.
void authorize(Transaction& t, const Authorization& given, std::int64_t now_ns);
// False: it was not authorised.
bool take_back(Transaction& t, const Authorization& given);

// For calls while the person is there.
std::string new_user_token(Transaction& t, const std::string& app, const std::string& person, std::int64_t now_ns);

}  // namespace bb::record_platform
