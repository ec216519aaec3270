// thing_rows.hpp - a version of a thing as the database has it.
#pragma once

#include <bb/healthvault/thing.hpp>

#include "storage/database.hpp"

namespace bb::record_platform {

using storage::Argument;
using storage::Rows;
using storage::Transaction;

// What read_thing() reads, for SELECT.
inline constexpr std::string_view thing_columns =
    "version, id, record, type, is_deleted, flags, private_to, effective, created, created_app, created_person,"
    " created_online, updated, updated_app, updated_person, updated_online, action, data, other, other_type,"
    " other_encoding, tags, signature, client_id, sequence, is_current";

// The same without what may be large.
inline constexpr std::string_view thing_columns_bare =
    "version, id, record, type, is_deleted, flags, private_to, effective, created, created_app, created_person,"
    " created_online, updated, updated_app, updated_person, updated_online, action, NULL, NULL, NULL, NULL, NULL, NULL,"
    " client_id, sequence, is_current";

struct ThingRow {
  std::string version, id, record, type;
  bool is_deleted = false;
  std::int64_t flags = 0;
  std::string private_to;
  std::int64_t effective = 0;
  std::int64_t created = 0;
  std::string created_app, created_person;
  bool created_online = false;
  std::int64_t updated = 0;
  std::string updated_app, updated_person;
  bool updated_online = false;
  std::string action;  // "Created", "Updated", "Deleted"
  std::string data;
  std::optional<healthvault::DataOther> other;
  std::optional<std::string> tags;
  std::string signature;
  std::optional<std::string> client_id;
  std::int64_t sequence = 0;
  bool is_current = true;
};

ThingRow read_thing(const Rows& rows);
// As the current version; the one before is so no more. The sequence is the record's next.
void write_thing(Transaction& t, ThingRow& row);

}  // namespace bb::record_platform
