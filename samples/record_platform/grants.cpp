#include "record_platform/grants.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

namespace bb::record_platform {

std::vector<AskedRule> asked_rules(Transaction& t, const std::string& app) {
  std::vector<AskedRule> rules;
  auto rows = t.rows("SELECT number, type, online, offline, is_optional FROM rule WHERE app = ? ORDER BY number", app);
  while (rows.next())
    rules.push_back({rows.number(0), rows.text(1), {rows.number(2), rows.number(3)}, rows.number(4) != 0});
  return rules;
}

void authorize(Transaction& t, const Authorization& given, std::int64_t now_ns) {
  const auto& [app, person, record, agreed] = given;
  t.execute("INSERT OR REPLACE INTO authorization SELECT id, ?, ?, ?, 0, has_every_type FROM application WHERE id = ?",
            person, record, now_ns, app);
  t.execute("DELETE FROM permission WHERE app = ? AND person = ? AND record = ?", app, person, record);
  for (const auto& rule : asked_rules(t, app))
    if (!rule.is_optional || std::find(agreed.begin(), agreed.end(), std::to_string(rule.number)) != agreed.end())
      t.execute("INSERT OR REPLACE INTO permission VALUES(?, ?, ?, ?, ?, ?)", app, person, record, rule.type_id,
                rule.rights.online, rule.rights.offline);
  t.execute("UPDATE application SET creation_token = NULL WHERE id = ?", app);
}

bool take_back(Transaction& t, const Authorization& given) {
  t.execute("UPDATE authorization SET is_revoked = 1 WHERE app = ? AND person = ? AND record = ?", given.app,
            given.person, given.record);
  return t.changed() > 0;
}

std::string new_user_token(Transaction& t, const std::string& app, const std::string& person, std::int64_t now_ns) {
  auto token = random_token(48);
  t.execute("DELETE FROM user_token WHERE expires < ?", now_ns);
  t.execute("INSERT INTO user_token VALUES(?, ?, ?, ?)", sha256_hex(token), app, person,
            now_ns + user_token_seconds * ns_per_second);
  return token;
}

}  // namespace bb::record_platform
