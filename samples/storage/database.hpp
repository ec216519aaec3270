// database.hpp - one SQLite file, by transactions alone. The only part here that knows SQLite.
//
// A commit is on the disk when it returns (WAL with synchronous=FULL): what was
// acknowledged outlives kill -9.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace bb::storage {

// The disk is full, the file is damaged: nothing that a caller of ours could mend. One
// barrier of each program answers it; the transaction is rolled back on the way there.
struct DatabaseFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a statement's '?' stands for.
class Argument {
 public:
  Argument(std::string_view text) : kind_(Kind::text), text_(text) {}         // NOLINT(google-explicit-constructor)
  Argument(const std::string& text) : Argument(std::string_view(text)) {}     // NOLINT(google-explicit-constructor)
  Argument(const char* text) : Argument(std::string_view(text)) {}            // NOLINT(google-explicit-constructor)
  Argument(std::int64_t number) : kind_(Kind::number), number_(number) {}     // NOLINT(google-explicit-constructor)
  Argument(int number) : Argument(static_cast<std::int64_t>(number)) {}       // NOLINT(google-explicit-constructor)
  Argument(bool flag) : Argument(static_cast<std::int64_t>(flag ? 1 : 0)) {}  // NOLINT(google-explicit-constructor)
  Argument(std::nullopt_t) {}                                                 // NOLINT(google-explicit-constructor)
  template <class T>
  Argument(const std::optional<T>& maybe) {  // NOLINT(google-explicit-constructor)
    if (maybe) *this = Argument(*maybe);
  }
  // Bytes of any kind, which `text` must outlive.
  static Argument bytes(std::string_view bytes) {
    Argument argument(bytes);
    argument.kind_ = Kind::bytes;
    return argument;
  }

 private:
  friend class Transaction;
  enum class Kind { none, number, text, bytes };
  Kind kind_ = Kind::none;
  std::int64_t number_ = 0;
  std::string_view text_;
};

// The rows of a statement, one after the other. Ends before its transaction.
class Rows {
 public:
  explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
  Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  // Goes to the next row, also to the first; false behind the last.
  bool next();
  // Columns count from 0. NULL is an empty text, 0, nothing.
  std::string text(int column) const;
  std::int64_t number(int column) const;
  bool is_null(int column) const;
  std::optional<std::int64_t> maybe_number(int column) const;

 private:
  sqlite3_stmt* statement_;
};

class Database {
 public:
  // Opens the file, or makes it with mode 0600. The error names it.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

 private:
  friend class Transaction;
  explicit Database(sqlite3* connection) : connection_(connection) {}
  sqlite3_stmt* statement(std::string_view sql);

  std::mutex mutex_;
  sqlite3* connection_;
  struct Prepared {
    std::string sql;
    sqlite3_stmt* statement;
  };
  std::vector<Prepared> prepared_;  // kept: the same few are asked again and again
};

// Everything that is read and written goes through one of these; there is one at a time.
// Without commit() it leaves no trace.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  template <class... Arguments>
  Rows rows(std::string_view sql, const Arguments&... arguments) {
    return run(sql, {Argument(arguments)...});
  }
  template <class... Arguments>
  void execute(std::string_view sql, const Arguments&... arguments) {
    auto rows = run(sql, {Argument(arguments)...});
    while (rows.next()) {
    }
  }
  // For statements that are put together while running.
  Rows run(std::string_view sql, const std::vector<Argument>& arguments);
  std::int64_t last_id() const;
  // Rows that the last statement changed.
  int changed() const;
  void commit();

 private:
  Database& database_;
  std::unique_lock<std::mutex> lock_;
  bool is_open_ = true;
};

}  // namespace bb::storage
