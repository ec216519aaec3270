#include "record_platform/notices.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/healthvault/notice.hpp>

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

constexpr std::int64_t changes_max = 10'000;  // of one subscription

struct Subscriber {
  std::string id, app, key, key_version, url;
  std::vector<std::string> types;
  std::int64_t created = 0;
};

std::vector<Subscriber> subscribers(Transaction& t) {
  std::vector<Subscriber> found;
  auto rows = t.rows("SELECT id, app, key, key_version, url, filters, created FROM subscription ORDER BY number");
  while (rows.next()) {
    Subscriber one{rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4), {}, rows.number(6)};
    const auto filters = parse_json(rows.text(5));
    for (std::size_t i = 0; filters && i < filters->size(); ++i)
      for (auto& type : strings_of((*filters)[i])) one.types.push_back(std::move(type));
    found.push_back(std::move(one));
  }
  return found;
}

// One for each record, with the things that changed in it, each once.
std::vector<hv::Notice> notices_for(Transaction& t, const Subscriber& subscriber) {
  std::vector<hv::Notice> found;
  auto rows = t.rows(
      "SELECT o.record, MIN(a.person), v.id, v.type FROM operation o JOIN thing v ON v.version = o.version JOIN "
      "authorization a ON"
      " a.record = o.record AND a.app = ? AND a.is_revoked = 0 WHERE o.time >= ? GROUP BY o.record, o.sequence ORDER "
      "BY o.record,"
      " o.sequence LIMIT ?",
      subscriber.app, subscriber.created, changes_max);
  while (rows.next()) {
    if (std::find(subscriber.types.begin(), subscriber.types.end(), rows.text(3)) == subscriber.types.end()) continue;
    if (found.empty() || found.back().record_id != rows.text(0))
      found.push_back({subscriber.id, rows.text(1), rows.text(0), {}});
    auto& things = found.back().thing_ids;
    if (std::find(things.begin(), things.end(), rows.text(2)) == things.end()) things.push_back(rows.text(2));
  }
  return found;
}

}  // namespace

Value notices(Transaction& t) {
  auto list = Value::array();
  for (const auto& subscriber : subscribers(t)) {
    const auto changes = notices_for(t, subscriber);
    if (changes.empty()) continue;
    const auto body = hv::write_notices(changes);
    const auto key = base64_decode(subscriber.key).value_or(subscriber.key);
    const auto code = hv::notice_code(subscriber.id, subscriber.key_version, key, body);
    list.push(Value::object({{"subscription", subscriber.id},
                             {"url", subscriber.url},
                             {"headers", Value::object({{hv::notice_code_header, hv::write_notice_code(code)}})},
                             {"body", body}}));
  }
  return list;
}

}  // namespace bb::record_platform
