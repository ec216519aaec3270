#include "portal/functions/state.hpp"

#include <array>

namespace bb::portal::functions {
namespace {

// Times are nanoseconds since 1970 UTC; `local` is a clinic's wall clock, "2031-07-15T09:00".
constexpr auto tables = std::to_array<const char*>({
    "CREATE TABLE request(account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, id TEXT NOT NULL,"
    " PRIMARY KEY(account, key)) WITHOUT ROWID",
    "CREATE TABLE conversation(id TEXT PRIMARY KEY, patient TEXT NOT NULL, subject TEXT NOT NULL, recipient TEXT NOT"
    " NULL) WITHOUT ROWID",
    "CREATE TABLE message(number INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, account TEXT NOT NULL,"
    " name TEXT NOT NULL, role TEXT NOT NULL, on_behalf_of TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL)",
    "CREATE INDEX message_of ON message(conversation, number)",
    "CREATE TABLE attachment(message INTEGER NOT NULL, number INTEGER NOT NULL, filename TEXT NOT NULL, media_type TEXT"
    " NOT NULL, data BLOB NOT NULL, PRIMARY KEY(message, number)) WITHOUT ROWID",
    "CREATE TABLE has_read(conversation TEXT NOT NULL, account TEXT NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY(conversation, account)) WITHOUT ROWID",
    "CREATE TABLE prescription(patient TEXT NOT NULL, id TEXT NOT NULL, medicine TEXT NOT NULL, status TEXT NOT NULL,"
    " refills_left INTEGER NOT NULL, last_filled TEXT NOT NULL, quantity TEXT NOT NULL, days_supply INTEGER NOT NULL,"
    " pharmacy TEXT NOT NULL, PRIMARY KEY(patient, id)) WITHOUT ROWID",
    "CREATE TABLE refill(id TEXT PRIMARY KEY, patient TEXT NOT NULL, prescription TEXT NOT NULL, kind TEXT NOT NULL,"
    " status TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE slot(id TEXT PRIMARY KEY, local TEXT NOT NULL, offset_minutes INTEGER NOT NULL, zone TEXT NOT NULL,"
    " clinic TEXT NOT NULL, place TEXT NOT NULL, phone TEXT NOT NULL, is_past INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE appointment(id TEXT PRIMARY KEY, patient TEXT NOT NULL, slot TEXT NOT NULL, status TEXT NOT NULL,"
    " reason TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE entry(id TEXT PRIMARY KEY, patient TEXT NOT NULL, json TEXT NOT NULL, data BLOB, at INTEGER NOT NULL,"
    " is_deleted INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE entry_change(entry TEXT NOT NULL, number INTEGER NOT NULL, change TEXT NOT NULL, by TEXT NOT NULL,"
    " at INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY(entry, number)) WITHOUT ROWID",
    "CREATE TABLE assignment(patient TEXT NOT NULL, material TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY(patient, material)) WITHOUT ROWID",
    "CREATE TABLE preference(account TEXT PRIMARY KEY, notices_to TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE feedback(number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, text TEXT NOT NULL,"
    " at INTEGER NOT NULL)",
});

struct SeedPrescription {
  const char *id, *medicine, *status;
  int refills_left;
  const char *last_filled, *quantity;
  int days_supply;
};
constexpr auto prescriptions = std::to_array<SeedPrescription>({
    {"rx-1", "Lisinopril 10 MG Oral Tablet", "active", 11, "2026-02-03", "30 tablets", 30},
    {"rx-2", "Atorvastatin 20 MG Oral Tablet", "active", 0, "2026-01-20", "90 tablets", 90},
    {"rx-3", "Ibuprofen 800 MG Oral Tablet", "discontinued", 2, "2025-06-11", "20 tablets", 10},
});
constexpr const char* pharmacy = "Main Street Pharmacy, 12 Main Street, +1 617 555 0142";

// On both sides of each change between standard and daylight-saving time, wherever the year is now.
struct SeedSlot {
  const char *id, *local;
  int offset_minutes;  // of America/New_York on that day
  bool is_past;
};
constexpr auto slots = std::to_array<SeedSlot>({
    {"slot-past", "2025-05-06T10:30", -240, true},
    {"slot-winter-9", "2031-01-15T09:00", -300, false},
    {"slot-winter-10", "2031-01-15T10:00", -300, false},
    {"slot-summer-9", "2031-07-15T09:00", -240, false},
    {"slot-summer-10", "2031-07-15T10:00", -240, false},
    {"slot-autumn-9", "2031-11-19T09:00", -300, false},
});

void seed(Transaction& t, const std::vector<std::string>& patients) {
  for (const auto& slot : slots)
    t.execute(
        "INSERT INTO slot VALUES(?, ?, ?, 'America/New_York', 'Community Health Family Medicine',"
        " '1002 Healthcare Drive, Portland, Maine', '+1 207 555 0133', ?)",
        slot.id, slot.local, slot.offset_minutes, slot.is_past);
  for (const auto& patient : patients) {
    for (const auto& one : prescriptions)
      t.execute("INSERT INTO prescription VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", patient, one.id, one.medicine, one.status,
                one.refills_left, one.last_filled, one.quantity, one.days_supply, pharmacy);
    t.execute("INSERT INTO appointment VALUES(?, ?, 'slot-past', 'fulfilled', 'Yearly examination', ?, 0)",
              "past-" + patient, patient, patient);
  }
}

}  // namespace

Result<std::unique_ptr<storage::Database>> make_state(const std::filesystem::path& file,
                                                      const std::vector<std::string>& patients) {
  BB_TRY(auto database, storage::Database::open(file));
  try {
    Transaction t(*database);
    for (const auto* table : tables) t.execute(table);
    seed(t, patients);
    t.commit();
  } catch (const storage::DatabaseFailure& failure) {
    return Error{file.string() + ": " + failure.what()};
  }
  return database;
}

std::optional<Repeated> find_key(Transaction& t, const std::string& account, const std::string& key,
                                 const std::string& fingerprint) {
  auto rows = t.rows("SELECT id, fingerprint FROM request WHERE account = ? AND key = ?", account, key);
  if (!rows.next()) return std::nullopt;
  return Repeated{rows.text(0), rows.text(1) == fingerprint};
}

void keep_key(Transaction& t, const std::string& account, const std::string& key, const std::string& fingerprint,
              const std::string& id) {
  t.execute("INSERT INTO request VALUES(?, ?, ?, ?)", account, key, fingerprint, id);
}

}  // namespace bb::portal::functions
