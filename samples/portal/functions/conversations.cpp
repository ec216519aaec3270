#include "portal/functions/conversations.hpp"

#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal::functions {
namespace {

struct Recipient {
  std::string_view id, name;
};
constexpr auto all_recipients = std::to_array<Recipient>({
    {"care-team", "Your care team"},
    {"pharmacy", "Pharmacy desk"},
});

// A type that may be attached, and how its files begin.
struct AllowedType {
  std::string_view media_type, first_bytes;
};
constexpr auto allowed_types = std::to_array<AllowedType>({
    {"text/plain", ""},
    {"application/pdf", "%PDF-"},
    {"image/png", "\x89PNG\r\n"},
    {"image/jpeg", "\xff\xd8\xff"},
});

// What every virus scanner is to find (EICAR's test file, eicar.org); all that this sample's check knows.
bool is_infected(std::string_view data) { return data.find("EICAR-STANDARD-ANTIVIRUS-TEST-FILE") != data.npos; }

bool is_allowed(const Outgoing::Attachment& attachment) {
  return std::any_of(allowed_types.begin(), allowed_types.end(), [&](const AllowedType& type) {
    return type.media_type == attachment.media_type && attachment.data.starts_with(type.first_bytes) &&
           (type.media_type != "text/plain" || is_utf8(attachment.data));
  });
}

std::string fingerprint_of(const std::string& patient, const std::string& id, const Outgoing& message) {
  std::string all =
      "message\n" + patient + "\n" + id + "\n" + message.subject + "\n" + message.recipient + "\n" + message.text;
  for (const auto& one : message.attachments) all += "\n" + one.filename + "\n" + one.media_type + "\n" + one.data;
  return sha256_hex(all);
}

Value attachments_of(Transaction& t, std::int64_t message) {
  auto list = Value::array();
  auto rows = t.rows(
      "SELECT number, filename, media_type, length(data) FROM attachment WHERE message = ?"
      " ORDER BY number",
      message);
  while (rows.next())
    list.push(Value::object({{"id", std::to_string(rows.number(0))},
                             {"filename", rows.text(1)},
                             {"media_type", rows.text(2)},
                             {"size", rows.number(3)}}));
  return list;
}

}  // namespace

Value Conversations::recipients() {
  auto list = Value::array();
  for (const auto& one : all_recipients) list.push(Value::object({{"id", one.id}, {"name", one.name}}));
  return list;
}

std::string Conversations::at(std::int64_t unix_ns) const {
  auto text = format_utc(unix_ns);
  if (defects_.is_on(Defect::message_time_without_zone)) text = text.substr(0, 19);
  return text;
}

Answer Conversations::list(const std::string& patient, const Actor& reader) {
  Transaction t(database_);
  auto items = Value::array();
  auto rows = t.rows(
      "SELECT c.id, c.subject, MAX(m.at), COUNT(*), SUM(m.account <> ? AND m.number > COALESCE(r.number, 0))"
      " FROM conversation c JOIN message m ON m.conversation = c.id"
      " LEFT JOIN has_read r ON r.conversation = c.id AND r.account = ?"
      " WHERE c.patient = ? GROUP BY c.id ORDER BY MAX(m.number) DESC LIMIT 500",
      reader.account, reader.account, patient);
  while (rows.next())
    items.push(Value::object({{"id", rows.text(0)},
                              {"subject", rows.text(1)},
                              {"updated", format_utc(rows.number(2))},
                              {"message_count", rows.number(3)},
                              {"unread_count", rows.number(4)}}));
  return done(200, Value::object({{"notice", emergency_notice}, {"items", std::move(items)}}));
}

Answer Conversations::read(const std::string& patient, const std::string& id, const Actor& reader) {
  Transaction t(database_);
  auto found = t.rows("SELECT subject, recipient FROM conversation WHERE id = ? AND (patient = ? OR ?)", id, patient,
                      defects_.is_on(Defect::functions_reach_others));
  if (!found.next()) return none_such("conversation");
  std::int64_t read_until = 0;
  auto mark = t.rows("SELECT number FROM has_read WHERE conversation = ? AND account = ?", id, reader.account);
  if (mark.next()) read_until = mark.number(0);
  auto messages = Value::array();
  std::int64_t last = 0;
  const auto* const sql = defects_.is_on(Defect::thread_out_of_order)
                              ? "SELECT number, account, name, role, on_behalf_of, text, at FROM message WHERE"
                                " conversation = ? ORDER BY length(text), number DESC"
                              : "SELECT number, account, name, role, on_behalf_of, text, at FROM message WHERE"
                                " conversation = ? ORDER BY number";
  auto rows = t.rows(sql, id);
  while (rows.next()) {
    const auto number = rows.number(0);
    last = std::max(last, number);
    auto author = to_value(Actor{rows.text(1), rows.text(2), rows.text(3), rows.text(4)});
    if (defects_.is_on(Defect::message_without_author) && rows.text(3) == "staff")
      author = Value::object({{"name", "Your care team"}, {"role", "staff"}});
    if (defects_.is_on(Defect::proxy_message_unmarked)) author.erase("on_behalf_of");
    messages.push(Value::object({{"id", std::to_string(number)},
                                 {"at", at(rows.number(6))},
                                 {"author", std::move(author)},
                                 {"text", rows.text(5)},
                                 {"is_read", rows.text(1) == reader.account || number <= read_until},
                                 {"attachments", attachments_of(t, number)}}));
  }
  auto value = Value::object(
      {{"id", id}, {"subject", found.text(0)}, {"recipient", found.text(1)}, {"messages", std::move(messages)}});
  if (!defects_.is_on(Defect::read_state_lost))
    t.execute("INSERT OR REPLACE INTO has_read VALUES(?, ?, ?)", id, reader.account, last);
  t.commit();
  return done(200, std::move(value));
}

Answer Conversations::check(const Outgoing& message) const {
  if (trim(message.text).empty()) return invalid("'text' is empty: write what the care team should read");
  if (message.text.size() > message_bytes_max) return invalid("'text' has more than 8,000 bytes");
  if (message.attachments.size() > attachment_count_max) return invalid("at most 3 files may be attached");
  for (const auto& one : message.attachments) {
    if (!is_one_line(one.filename) || one.filename.find_first_of("/\\") != std::string::npos)
      return invalid("'filename' must be a name of 1 to 200 bytes, without a folder");
    if (!is_allowed(one) && !defects_.is_on(Defect::attachment_of_any_type))
      return invalid("'" + shorten(one.filename, 60) + "' is no plain text, PDF, PNG or JPEG");
    if (one.data.size() > attachment_bytes_max && !defects_.is_on(Defect::attachment_of_any_size))
      return invalid("'" + shorten(one.filename, 60) + "' is larger than 32 KiB");
    if (is_infected(one.data) && !defects_.is_on(Defect::attachment_with_virus))
      return invalid("'" + shorten(one.filename, 60) + "' was refused by the virus check");
  }
  return done(200, {});
}

Answer Conversations::post(const std::string& patient, const std::string& id, const Actor& author,
                           const Outgoing& message) {
  if (auto wrong = check(message); !wrong.is_done()) return wrong;
  auto subject = message.subject;
  auto answer = keep(patient, id, author, message, subject);
  const bool is_news = answer.is_done() && answer.value["id"].string_or("0") != "0" && author.role == "staff";
  if (is_news) announce_(patient, subject, message.text);
  return answer;
}

Answer Conversations::keep(const std::string& patient, const std::string& id, const Actor& author,
                           const Outgoing& message, std::string& subject) {
  const auto fingerprint = fingerprint_of(patient, id, message);
  Transaction t(database_);
  if (const auto before = find_key(t, author.account, message.key, fingerprint)) {
    if (!before->is_same) return refuse(409, "conflict", "this Idempotency-Key was used for another request");
    const auto slash = before->id.find('/');
    return done(201,
                Value::object({{"conversation", before->id.substr(0, slash)}, {"id", before->id.substr(slash + 1)}}));
  }
  auto conversation = id;
  if (id.empty()) {
    const bool is_known = std::any_of(all_recipients.begin(), all_recipients.end(),
                                      [&](const Recipient& one) { return one.id == message.recipient; });
    if (!is_known) return invalid("'to' must be one of the recipients, got '" + shorten(message.recipient, 40) + "'");
    if (!is_one_line(subject)) return invalid("'subject' must be one line of 1 to 200 bytes");
    conversation = "c-" + random_token(12);
    t.execute("INSERT INTO conversation VALUES(?, ?, ?, ?)", conversation, patient, subject, message.recipient);
  } else {
    auto rows = t.rows("SELECT subject FROM conversation WHERE id = ? AND (patient = ? OR ?)", id, patient,
                       defects_.is_on(Defect::functions_reach_others));
    if (!rows.next()) return none_such("conversation");
    subject = rows.text(0);
  }
  auto name = author.name, account = author.account;
  if (defects_.is_on(Defect::message_forged_author) && !message.claimed_author.empty())
    name = account = message.claimed_author;
  const bool is_lost = (defects_.is_on(Defect::message_lost) && author.role != "staff" && !id.empty()) ||
                       (defects_.is_on(Defect::answer_lost) && author.role == "staff");
  if (is_lost) return done(201, Value::object({{"conversation", conversation}, {"id", "0"}}));
  t.execute(
      "INSERT INTO message(conversation, account, name, role, on_behalf_of, text, at) VALUES(?, ?, ?, ?, ?, ?, ?)",
      conversation, account, name, author.role, author.on_behalf_of, message.text, now_unix_ns());
  const auto number = t.last_id();
  int place = 0;
  for (const auto& one : message.attachments)
    t.execute("INSERT INTO attachment VALUES(?, ?, ?, ?, ?)", number, ++place, one.filename, one.media_type,
              storage::Argument::bytes(one.data));
  keep_key(t, author.account, message.key, fingerprint, conversation + "/" + std::to_string(number));
  t.commit();
  return done(201, Value::object({{"conversation", conversation}, {"id", std::to_string(number)}}));
}

Answer Conversations::attachment(const std::string& patient, const std::string& id, std::int64_t message,
                                 std::int64_t number) {
  Transaction t(database_);
  auto rows = t.rows(
      "SELECT a.filename, a.media_type, a.data FROM attachment a JOIN message m ON m.number = a.message JOIN"
      " conversation c ON c.id = m.conversation WHERE c.patient = ? AND c.id = ? AND a.message = ? AND a.number = ?",
      patient, id, message, number);
  if (!rows.next()) return none_such("attachment");
  return done(200, Value::object({{"filename", rows.text(0)}, {"media_type", rows.text(1)}, {"data", rows.text(2)}}));
}

}  // namespace bb::portal::functions
