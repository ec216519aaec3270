#include "portal/functions/wishes.hpp"

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/mime.hpp>

namespace bb::portal::functions {

Answer Wishes::preferences(const std::string& account) {
  return done(200, Value::object({{"notices_to", notices_to(account)}}));
}

Answer Wishes::set_preferences(const std::string& account, const std::string& notices_to) {
  Transaction t(database_);
  t.execute("INSERT OR REPLACE INTO preference VALUES(?, ?)", account, notices_to);
  t.commit();
  return done(200, Value::object({{"notices_to", notices_to}}));
}

std::string Wishes::notices_to(const std::string& account) {
  Transaction t(database_);
  auto rows = t.rows("SELECT notices_to FROM preference WHERE account = ?", account);
  return rows.next() ? rows.text(0) : "";
}

Answer Wishes::give_feedback(const std::string& account, const std::string& text) {
  if (trim(text).empty() || text.size() > 4'000) return invalid("'text' must have 1 to 4,000 bytes");
  Transaction t(database_);
  if (!defects_.is_on(Defect::feedback_lost))
    t.execute("INSERT INTO feedback(account, text, at) VALUES(?, ?, ?)", account, text, now_unix_ns());
  t.commit();
  return done(201, Value::object({{"thanks", "Thank you. The people who run this portal read what you wrote."}}));
}

Answer Wishes::feedback() {
  Transaction t(database_);
  auto list = Value::array();
  auto rows = t.rows("SELECT text, at FROM feedback ORDER BY number DESC LIMIT 500");
  while (rows.next()) list.push(Value::object({{"text", rows.text(0)}, {"at", format_utc(rows.number(1))}}));
  return done(200, Value::object({{"feedback", std::move(list)}}));
}

std::string notice_of(const Defects& defects, const std::string& url, const std::string& subject,
                      const std::string& text) {
  records::OutgoingMail mail;
  mail.from = "portal@localhost";
  mail.to = "patient@localhost";
  mail.date_unix_ns = now_unix_ns();
  mail.subject = "A message waits for you";
  mail.text = "Your care team wrote to you. To read it, sign in at " + url + "\r\n";
  if (defects.is_on(Defect::notice_tells_content)) mail.text += "\r\n" + subject + "\r\n" + text + "\r\n";
  return records::write_mime(mail);
}

}  // namespace bb::portal::functions
