#include "record_platform/tables.hpp"

#include <array>

#include "record_platform/grants.hpp"

namespace bb::record_platform {
namespace {

constexpr int tables_version = 1;  // of PRAGMA user_version

// Times are nanoseconds since 1970 UTC. Tokens are kept as their SHA-256.
constexpr auto tables = std::to_array<const char*>({
    "CREATE TABLE person(id TEXT PRIMARY KEY, account TEXT UNIQUE, name TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE record(id TEXT PRIMARY KEY, name TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,"
    " bytes_max INTEGER NOT NULL, bytes INTEGER NOT NULL DEFAULT 0, opt_in INTEGER, operations INTEGER NOT NULL "
    "DEFAULT 0) WITHOUT ROWID",
    "CREATE TABLE holder(person TEXT NOT NULL, record TEXT NOT NULL, is_self INTEGER NOT NULL, is_custodian INTEGER NOT"
    " NULL, PRIMARY KEY(person, record)) WITHOUT ROWID",
    // `secret`: of a device's application, raw (HV-AUTH-05). One with a parent waits for its consent.
    "CREATE TABLE application(id TEXT PRIMARY KEY, name TEXT NOT NULL, return_url TEXT NOT NULL, secret BLOB, "
    "creation_token"
    " TEXT, has_every_type INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE certificate(app TEXT NOT NULL, pem TEXT NOT NULL)",
    "CREATE TABLE rule(app TEXT NOT NULL, number INTEGER NOT NULL, type TEXT NOT NULL, online INTEGER NOT NULL, "
    "offline INTEGER"
    " NOT NULL, is_optional INTEGER NOT NULL, PRIMARY KEY(app, number)) WITHOUT ROWID",
    "CREATE TABLE authorization(app TEXT NOT NULL, person TEXT NOT NULL, record TEXT NOT NULL, created INTEGER NOT "
    "NULL,"
    " is_revoked INTEGER NOT NULL DEFAULT 0, has_every_type INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(app, person, "
    "record))"
    " WITHOUT ROWID",
    "CREATE TABLE permission(app TEXT NOT NULL, person TEXT NOT NULL, record TEXT NOT NULL, type TEXT NOT NULL, online "
    "INTEGER"
    " NOT NULL, offline INTEGER NOT NULL, PRIMARY KEY(app, person, record, type)) WITHOUT ROWID",
    "CREATE TABLE session(token TEXT PRIMARY KEY, app TEXT NOT NULL, secret BLOB NOT NULL, expires INTEGER NOT NULL, "
    "number"
    " INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE user_token(token TEXT PRIMARY KEY, app TEXT NOT NULL, person TEXT NOT NULL, expires INTEGER NOT NULL)"
    " WITHOUT ROWID",
    // Every version of every thing. `private_to`: who alone sees one that is personal (HV-GET-12).
    "CREATE TABLE thing(version TEXT PRIMARY KEY, id TEXT NOT NULL, record TEXT NOT NULL, is_current INTEGER NOT NULL, "
    "sequence"
    " INTEGER NOT NULL, type TEXT NOT NULL, is_deleted INTEGER NOT NULL, flags INTEGER NOT NULL, private_to TEXT, "
    "effective"
    " INTEGER NOT NULL, created INTEGER NOT NULL, created_app TEXT NOT NULL, created_person TEXT NOT NULL, "
    "created_online INTEGER NOT NULL,"
    " updated INTEGER NOT NULL, updated_app TEXT NOT NULL, updated_person TEXT NOT NULL, updated_online INTEGER NOT "
    "NULL, action TEXT"
    " NOT NULL, data BLOB NOT NULL, other BLOB, other_type TEXT, other_encoding TEXT, tags TEXT, signature BLOB, "
    "client_id TEXT) WITHOUT ROWID",
    "CREATE UNIQUE INDEX thing_current ON thing(id) WHERE is_current = 1",
    "CREATE INDEX thing_of_record ON thing(record, is_current, effective)",
    "CREATE INDEX thing_of_client ON thing(record, client_id) WHERE client_id IS NOT NULL",
    "CREATE TABLE operation(record TEXT NOT NULL, sequence INTEGER NOT NULL, operation TEXT NOT NULL, version TEXT NOT "
    "NULL, time"
    " INTEGER NOT NULL, PRIMARY KEY(record, sequence)) WITHOUT ROWID",
    // Bytes that were brought; `token` opens them for writing, and is gone when they are committed.
    "CREATE TABLE blob(number INTEGER PRIMARY KEY, token TEXT, app TEXT NOT NULL, record TEXT, expires INTEGER NOT "
    "NULL, bytes"
    " INTEGER NOT NULL DEFAULT 0, is_complete INTEGER NOT NULL DEFAULT 0, is_committed INTEGER NOT NULL DEFAULT 0, "
    "is_short"
    " INTEGER NOT NULL DEFAULT 0)",
    "CREATE INDEX blob_token ON blob(token)",
    "CREATE TABLE chunk(blob INTEGER NOT NULL, first INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(blob, first))",
    "CREATE TABLE thing_blob(version TEXT NOT NULL, name TEXT NOT NULL, content_type TEXT NOT NULL, hash TEXT, blob "
    "INTEGER NOT NULL,"
    " PRIMARY KEY(version, name)) WITHOUT ROWID",
    "CREATE TABLE blob_reading(token TEXT PRIMARY KEY, blob INTEGER NOT NULL, content_type TEXT NOT NULL, expires "
    "INTEGER NOT NULL)"
    " WITHOUT ROWID",
    // Requests and packages that wait for a person with a code. `package`: a thing, as JSON of its parts.
    "CREATE TABLE connect(code TEXT PRIMARY KEY, app TEXT NOT NULL, external_id TEXT, friendly_name TEXT, question "
    "TEXT, answer"
    " TEXT, is_package INTEGER NOT NULL, package BLOB, created INTEGER NOT NULL, wrong_answers INTEGER NOT NULL "
    "DEFAULT 0, person TEXT, record"
    " TEXT, authorized INTEGER) WITHOUT ROWID",
    "CREATE TABLE alternate_id(app TEXT NOT NULL, id TEXT NOT NULL, person TEXT NOT NULL, record TEXT NOT NULL, "
    "PRIMARY KEY(app, id))"
    " WITHOUT ROWID",
    "CREATE TABLE setting(app TEXT NOT NULL, person TEXT NOT NULL, xml TEXT NOT NULL, PRIMARY KEY(app, person)) "
    "WITHOUT ROWID",
    "CREATE TABLE subscription(id TEXT PRIMARY KEY, app TEXT NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, "
    "key_version TEXT"
    " NOT NULL, url TEXT NOT NULL, filters TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE intent(record TEXT NOT NULL, version TEXT NOT NULL, action TEXT NOT NULL, time INTEGER NOT NULL)",
    "CREATE TABLE answered(request TEXT PRIMARY KEY, expires INTEGER NOT NULL, answer BLOB NOT NULL) WITHOUT ROWID",
});

void put_in_application(Transaction& t, const SetUpApplication& application) {
  t.execute("INSERT OR IGNORE INTO application(id, name, return_url, has_every_type) VALUES(?, ?, ?, ?)",
            application.id, application.name, application.return_url, application.rules.empty());
  t.execute("UPDATE application SET name = ?, return_url = ?, has_every_type = ? WHERE id = ?", application.name,
            application.return_url, application.rules.empty(), application.id);
  t.execute("DELETE FROM certificate WHERE app = ?", application.id);
  t.execute("INSERT INTO certificate VALUES(?, ?)", application.id, application.certificate_pem);
  t.execute("DELETE FROM rule WHERE app = ?", application.id);
  int number = 0;
  for (const auto& rule : application.rules)
    t.execute("INSERT INTO rule VALUES(?, ?, ?, ?, ?, ?)", application.id, ++number, rule.type_id, rule.rights.online,
              rule.rights.offline, rule.is_optional);
}

// Once: what was taken back since stays taken back.
void grant(Transaction& t, const Authorization& given, std::int64_t now_ns) {
  if (t.rows("SELECT 1 FROM authorization WHERE app = ? AND person = ? AND record = ?", given.app, given.person,
             given.record)
          .next())
    return;
  authorize(t, given, now_ns);
}

// Of a grant in a set-up: the optional ones too.
std::vector<std::string> numbers_of(const std::vector<Rule>& rules) {
  std::vector<std::string> numbers;
  for (std::size_t number = 1; number <= rules.size(); ++number) numbers.push_back(std::to_string(number));
  return numbers;
}

template <class List, class Key>
std::string id_of(const List& list, Key key, const std::string& wanted) {
  for (const auto& item : list)
    if (item.*key == wanted) return item.id;
  return {};
}

}  // namespace

Status make_tables(Database& database) {
  try {
    Transaction t(database);
    auto version = t.rows("PRAGMA user_version");
    version.next();
    const auto found = version.number(0);
    if (found == tables_version) return {};
    if (found != 0)
      return Error{"the database is of version " + std::to_string(found) + ", expected " +
                   std::to_string(tables_version) + ": start with another folder"};
    for (const auto* table : tables) t.execute(table);
    t.execute("PRAGMA user_version = 1");
    t.commit();
  } catch (const DatabaseFailure& failure) {
    return Error{failure.what()};
  }
  return {};
}

Status put_in(Database& database, const SetUp& set_up, std::int64_t now_ns) {
  try {
    Transaction t(database);
    for (const auto& person : set_up.people)
      t.execute("INSERT OR REPLACE INTO person VALUES(?, ?, ?)", person.id, person.account, person.name);
    for (const auto& record : set_up.records) {
      const auto bytes_max = record.bytes_max > 0 ? record.bytes_max : record_bytes_max;
      t.execute("INSERT OR IGNORE INTO record(id, name, created, updated, bytes_max) VALUES(?, ?, ?, ?, ?)", record.id,
                record.name, now_ns, now_ns, bytes_max);
      t.execute("UPDATE record SET name = ?, bytes_max = ?, opt_in = ? WHERE id = ?", record.name, bytes_max,
                record.meaningful_use_opt_in, record.id);
      t.execute("DELETE FROM holder WHERE record = ?", record.id);
      for (const auto& holder : record.holders)
        t.execute("INSERT INTO holder VALUES(?, ?, ?, ?)", id_of(set_up.people, &SetUpPerson::account, holder.account),
                  record.id, holder.is_self, holder.is_custodian);
    }
    for (const auto& application : set_up.applications) {
      put_in_application(t, application);
      for (const auto& given : application.grants)
        grant(t,
              {application.id, id_of(set_up.people, &SetUpPerson::account, given.account),
               id_of(set_up.records, &SetUpRecord::key, given.record), numbers_of(application.rules)},
              now_ns);
    }
    t.commit();
  } catch (const DatabaseFailure& failure) {
    return Error{failure.what()};
  }
  return {};
}

}  // namespace bb::record_platform
