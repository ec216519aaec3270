#include "storage/database.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>

namespace bb::storage {
namespace {

constexpr std::size_t prepared_max = 256;
constexpr int busy_ms_max = 2'000;  // of another process that looks into the file

void run_plain(sqlite3* connection, const char* sql) {
  if (sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw DatabaseFailure(std::string("the database refuses '") + sql + "': " + sqlite3_errmsg(connection));
}

}  // namespace

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw DatabaseFailure(std::string("the database fails: ") + sqlite3_errmsg(sqlite3_db_handle(statement_)));
}

std::string Rows::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}
std::int64_t Rows::number(int column) const { return sqlite3_column_int64(statement_, column); }
bool Rows::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::optional<std::int64_t> Rows::maybe_number(int column) const {
  return is_null(column) ? std::nullopt : std::optional(number(column));
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file) {
  sqlite3* connection = nullptr;
  const auto mask = ::umask(077);  // what SQLite makes is for nobody else
  const int code = sqlite3_open_v2(file.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  ::umask(mask);
  std::unique_ptr<Database> database(new Database(connection));
  if (code != SQLITE_OK) return Error{"cannot open " + file.string() + ": " + sqlite3_errstr(code)};
  sqlite3_busy_timeout(connection, busy_ms_max);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  try {
    run_plain(connection, "PRAGMA journal_mode=WAL");
    run_plain(connection, "PRAGMA synchronous=FULL");
    run_plain(connection, "PRAGMA foreign_keys=ON");
  } catch (const DatabaseFailure& failure) {
    return Error{file.string() + ": " + failure.what()};
  }
  return database;
}

Database::~Database() {
  for (const auto& prepared : prepared_) sqlite3_finalize(prepared.statement);
  sqlite3_close(connection_);
}

sqlite3_stmt* Database::statement(std::string_view sql) {
  const auto found = std::find_if(prepared_.begin(), prepared_.end(), [&](const Prepared& p) {
    return p.sql == sql && sqlite3_stmt_busy(p.statement) == 0;
  });
  if (found != prepared_.end()) return found->statement;
  if (prepared_.size() >= prepared_max) {
    const auto idle = std::find_if(prepared_.begin(), prepared_.end(),
                                   [](const Prepared& p) { return sqlite3_stmt_busy(p.statement) == 0; });
    if (idle != prepared_.end()) {
      sqlite3_finalize(idle->statement);
      prepared_.erase(idle);
    }
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK)
    throw DatabaseFailure("the database refuses '" + std::string(sql) + "': " + sqlite3_errmsg(connection_));
  prepared_.push_back({std::string(sql), statement});
  return statement;
}

Transaction::Transaction(Database& database) : database_(database), lock_(database.mutex_) {
  run_plain(database_.connection_, "BEGIN");
}

Transaction::~Transaction() {
  if (is_open_) sqlite3_exec(database_.connection_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Rows Transaction::run(std::string_view sql, const std::vector<Argument>& arguments) {
  auto* const statement = database_.statement(sql);
  Rows rows(statement);
  int place = 0;
  for (const auto& argument : arguments) {
    ++place;
    const auto* text = argument.text_.empty() ? "" : argument.text_.data();
    const auto size = static_cast<sqlite3_uint64>(argument.text_.size());
    int code = SQLITE_OK;
    switch (argument.kind_) {
      case Argument::Kind::none:
        code = sqlite3_bind_null(statement, place);
        break;
      case Argument::Kind::number:
        code = sqlite3_bind_int64(statement, place, argument.number_);
        break;
      case Argument::Kind::text:
        code = sqlite3_bind_text64(statement, place, text, size, SQLITE_TRANSIENT, SQLITE_UTF8);
        break;
      case Argument::Kind::bytes:
        code = sqlite3_bind_blob64(statement, place, text, size, SQLITE_TRANSIENT);
        break;
    }
    if (code != SQLITE_OK) throw DatabaseFailure("the database refuses a value of '" + std::string(sql) + "'");
  }
  return rows;
}

std::int64_t Transaction::last_id() const { return sqlite3_last_insert_rowid(database_.connection_); }
int Transaction::changed() const { return sqlite3_changes(database_.connection_); }

void Transaction::commit() {
  run_plain(database_.connection_, "COMMIT");
  is_open_ = false;
}

}  // namespace bb::storage
