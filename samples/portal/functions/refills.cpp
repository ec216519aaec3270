#include "portal/functions/refills.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal::functions {
namespace {

constexpr const char* prescription_columns =
    "SELECT id, medicine, status, refills_left, last_filled, quantity, days_supply, pharmacy FROM prescription WHERE"
    " patient = ?";
constexpr const char* refill_columns =
    "SELECT id, prescription, kind, status, reason, at FROM refill WHERE (patient = ? OR ?)";

// What a patient can ask for.
std::string offer_of(const std::string& status, std::int64_t refills_left) {
  if (status != "active") return "none";
  return refills_left > 0 ? "refill" : "renewal";
}

Value prescription_value(const storage::Rows& rows, const Defects& defects) {
  auto value = Value::object({{"id", rows.text(0)},
                              {"medicine", rows.text(1)},
                              {"status", rows.text(2)},
                              {"offers", offer_of(rows.text(2), rows.number(3))},
                              {"refills_left", rows.number(3)},
                              {"last_filled", rows.text(4)},
                              {"quantity", rows.text(5)},
                              {"days_supply", rows.number(6)},
                              {"pharmacy", rows.text(7)}});
  if (defects.is_on(Defect::prescription_without_refills_left)) value.erase("refills_left");
  if (defects.is_on(Defect::prescription_without_pharmacy)) value.erase("pharmacy");
  return value;
}

Value refill_value(const storage::Rows& rows, const Defects& defects) {
  auto value = Value::object({{"id", rows.text(0)},
                              {"prescription", rows.text(1)},
                              {"kind", rows.text(2)},
                              {"status", rows.text(3)},
                              {"at", format_utc(rows.number(5))}});
  if (defects.is_on(Defect::refill_status_stays)) value.set("status", "received");
  if (!rows.text(4).empty() && !defects.is_on(Defect::refill_hides_reason)) value.set("reason", rows.text(4));
  return value;
}

}  // namespace

Answer Refills::prescriptions(const std::string& patient) {
  Transaction t(database_);
  auto list = Value::array();
  auto rows = t.rows(std::string(prescription_columns) + " ORDER BY id", patient);
  while (rows.next()) list.push(prescription_value(rows, defects_));
  return done(200, Value::object({{"prescriptions", std::move(list)}}));
}

Answer Refills::prescription(const std::string& patient, const std::string& id) {
  Transaction t(database_);
  auto rows = t.rows(std::string(prescription_columns) + " AND id = ?", patient, id);
  return rows.next() ? done(200, prescription_value(rows, defects_)) : none_such("prescription");
}

Answer Refills::request(const std::string& patient, const std::string& prescription, const std::string& kind,
                        const Actor& actor, const std::string& key) {
  const auto fingerprint = sha256_hex("refill\n" + patient + "\n" + prescription + "\n" + kind);
  if (kind != "refill" && kind != "renewal") return invalid("'kind' must be refill or renewal");
  Transaction t(database_);
  const auto before = find_key(t, actor.account, key, fingerprint);
  if (before && !before->is_same) return refuse(409, "conflict", "this Idempotency-Key was used for another request");
  const bool is_repeated = before && !defects_.is_on(Defect::refill_ordered_twice);
  if (is_repeated) return done(201, described(t, patient, before->id));

  auto rows =
      t.rows("SELECT status, refills_left FROM prescription WHERE patient = ? AND id = ?", patient, prescription);
  if (!rows.next()) return none_such("prescription");
  const auto status = rows.text(0);
  const auto left = rows.number(1);
  const bool is_active = status == "active" || defects_.is_on(Defect::refill_of_discontinued);
  if (!is_active) return invalid("this medicine was discontinued: ask the care team about it");
  if (kind == "refill" && defects_.is_on(Defect::refill_not_possible)) return invalid("call the pharmacy for refills");
  if (kind == "refill" && left == 0 && !defects_.is_on(Defect::refill_without_refills_left))
    return invalid("no refills are left: ask for a renewal, which is a new prescription");
  if (kind == "renewal" && left > 0) return invalid("refills are left: ask for a refill");

  const auto id = "refill-" + random_token(12);
  t.execute("INSERT INTO refill VALUES(?, ?, ?, ?, 'received', '', ?, ?)", id, patient, prescription, kind,
            actor.account, now_unix_ns());
  if (kind == "refill" && left > 0)
    t.execute("UPDATE prescription SET refills_left = refills_left - 1 WHERE patient = ? AND id = ?", patient,
              prescription);
  if (!before) keep_key(t, actor.account, key, fingerprint, id);
  auto value = described(t, patient, id);
  t.commit();
  return done(201, std::move(value));
}

Value Refills::described(Transaction& t, const std::string& patient, const std::string& id) {
  auto rows =
      t.rows(std::string(refill_columns) + " AND id = ?", patient, defects_.is_on(Defect::functions_reach_others), id);
  return rows.next() ? refill_value(rows, defects_) : Value();
}

Answer Refills::list(const std::string& patient) {
  Transaction t(database_);
  auto list = Value::array();
  auto rows = t.rows(std::string(refill_columns) + " ORDER BY at DESC LIMIT 500", patient, false);
  while (rows.next()) list.push(refill_value(rows, defects_));
  return done(200, Value::object({{"refills", std::move(list)}}));
}

Answer Refills::status(const std::string& patient, const std::string& id) {
  Transaction t(database_);
  auto value = described(t, patient, id);
  return value.is_null() ? none_such("request") : done(200, std::move(value));
}

Answer Refills::decide(const std::string& patient, const std::string& id, const std::string& status,
                       const std::string& reason) {
  if (status != "sent" && status != "ready" && status != "refused")
    return invalid("'status' must be sent, ready or refused");
  if (status == "refused" && trim(reason).empty())
    return invalid("a refusal needs a 'reason', which the patient reads");
  Transaction t(database_);
  auto rows = t.rows("SELECT status, kind, prescription FROM refill WHERE patient = ? AND id = ?", patient, id);
  if (!rows.next()) return none_such("request");
  const auto now = rows.text(0);
  if (now == "ready" || now == "refused") return refuse(409, "conflict", "this request is " + now + " already");
  t.execute("UPDATE refill SET status = ?, reason = ? WHERE id = ?", status, reason, id);
  if (status == "refused" && rows.text(1) == "refill")  // it was not used up
    t.execute("UPDATE prescription SET refills_left = refills_left + 1 WHERE patient = ? AND id = ?", patient,
              rows.text(2));
  auto value = described(t, patient, id);
  t.commit();
  return done(200, std::move(value));
}

}  // namespace bb::portal::functions
