#include "record_platform/thing_rows.hpp"

namespace bb::record_platform {
namespace {

// "Create" of the audit's "Created", as RecordOperation has it.
std::string operation_of(const std::string& action) { return action.substr(0, action.size() - 1); }

}  // namespace

ThingRow read_thing(const Rows& rows) {
  ThingRow row;
  int column = 0;
  for (auto* text : {&row.version, &row.id, &row.record, &row.type}) *text = rows.text(column++);
  row.is_deleted = rows.number(column++) != 0;
  row.flags = rows.number(column++);
  row.private_to = rows.text(column++);
  row.effective = rows.number(column++);
  row.created = rows.number(column++);
  row.created_app = rows.text(column++);
  row.created_person = rows.text(column++);
  row.created_online = rows.number(column++) != 0;
  row.updated = rows.number(column++);
  row.updated_app = rows.text(column++);
  row.updated_person = rows.text(column++);
  row.updated_online = rows.number(column++) != 0;
  row.action = rows.text(column++);
  row.data = rows.text(column++);
  if (!rows.is_null(column))
    row.other = healthvault::DataOther{rows.text(column), rows.text(column + 1), rows.text(column + 2)};
  column += 3;
  if (!rows.is_null(column)) row.tags = rows.text(column);
  ++column;
  row.signature = rows.text(column++);
  if (!rows.is_null(column)) row.client_id = rows.text(column);
  ++column;
  row.sequence = rows.number(column++);
  row.is_current = rows.number(column++) != 0;
  return row;
}

void write_thing(Transaction& t, ThingRow& row) {
  auto next = t.rows(
      "UPDATE record SET operations = operations + 1, updated = ?, bytes = bytes + ? WHERE id = ? RETURNING"
      " operations",
      row.updated, static_cast<std::int64_t>(row.data.size()), row.record);
  if (next.next()) row.sequence = next.number(0);
  while (next.next()) {
  }
  t.execute("UPDATE thing SET is_current = 0 WHERE id = ? AND is_current = 1", row.id);
  const auto other = row.other ? std::optional(row.other->text) : std::nullopt;
  const auto other_type = row.other ? std::optional(row.other->content_type) : std::nullopt;
  const auto other_encoding = row.other ? std::optional(row.other->content_encoding) : std::nullopt;
  t.run(
       "INSERT INTO thing(version, id, record, is_current, sequence, type, is_deleted, flags, private_to, effective, "
       "created,"
       " created_app, created_person, created_online, updated, updated_app, updated_person, updated_online, action, "
       "data, other,"
       " other_type, other_encoding, tags, signature, client_id) VALUES(?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
       "?, ?, ?,"
       " ?, ?, ?, ?, ?, ?, ?, ?)",
       {row.version,
        row.id,
        row.record,
        row.sequence,
        row.type,
        row.is_deleted,
        row.flags,
        row.private_to.empty() ? Argument(std::nullopt) : Argument(row.private_to),
        row.effective,
        row.created,
        row.created_app,
        row.created_person,
        row.created_online,
        row.updated,
        row.updated_app,
        row.updated_person,
        row.updated_online,
        row.action,
        Argument::bytes(row.data),
        Argument(other),
        Argument(other_type),
        Argument(other_encoding),
        Argument(row.tags),
        Argument::bytes(row.signature),
        Argument(row.client_id)})
      .next();
  t.execute("INSERT INTO operation VALUES(?, ?, ?, ?, ?)", row.record, row.sequence, operation_of(row.action),
            row.version, row.updated);
}

}  // namespace bb::record_platform
