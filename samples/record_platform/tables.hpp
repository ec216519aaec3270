// tables.hpp - the database's tables, and what the set-up puts into them.
#pragma once

#include "record_platform/set_up.hpp"
#include "storage/database.hpp"

namespace bb::record_platform {

using storage::Database;
using storage::DatabaseFailure;
using storage::Transaction;

// Makes the tables where they are not. The error is of a file of another version.
[[nodiscard]] Status make_tables(Database& database);

// Adds who and what is not there yet. What was granted once and taken back stays taken
// back; an application's certificates are those of the set-up.
[[nodiscard]] Status put_in(Database& database, const SetUp& set_up, std::int64_t now_ns);

}  // namespace bb::record_platform
