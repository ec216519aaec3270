#include "portal/functions/entries.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal::functions {
namespace {

// Limits of what is plausible for a living person, as a warning at entry: a house rule, wide on purpose.
struct Reading {
  std::string_view kind, unit, title;
  double least, most;
};
constexpr auto readings = std::to_array<Reading>({
    {"blood-pressure", "mm[Hg]", "Blood pressure", 30, 300},
    {"body-weight", "kg", "Body weight", 1, 400},
    {"body-weight", "[lb_av]", "Body weight", 2, 880},
    {"heart-rate", "/min", "Heart rate", 20, 300},
    {"glucose", "mg/dL", "Glucose", 10, 1000},
    {"body-temperature", "Cel", "Body temperature", 30, 45},
});

// "126/82" is two numbers, "70" one. Signs, exponents, "nan" and "inf" are none.
std::optional<std::vector<double>> numbers_of(std::string_view value) {
  constexpr std::size_t value_bytes_max = 20;
  if (value.size() > value_bytes_max || value.find_first_not_of("0123456789./") != value.npos) return std::nullopt;
  std::vector<double> numbers;
  for (const auto& part : split(value, '/')) {
    double number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc{} || end != part.data() + part.size()) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

Answer read_reading(const Value& given, Value& entry) {
  const auto kind = given["kind"].string_or(""), unit = given["unit"].string_or("");
  const auto value = given["value"].string_or("");
  const auto found = std::find_if(readings.begin(), readings.end(),
                                  [&](const Reading& one) { return one.kind == kind && one.unit == unit; });
  if (found == readings.end())
    return invalid("'" + shorten(kind, 40) + "' in '" + shorten(unit, 20) + "' cannot be entered here");
  const auto numbers = numbers_of(value);
  if (!numbers || numbers->size() != (kind == "blood-pressure" ? 2U : 1U))
    return invalid("'value' must be a number, of a blood pressure two like 126/82, got '" + shorten(value, 40) + "'");
  const auto taken_at = given["taken_at"].string_or(format_utc(now_unix_ns()));
  if (!parse_time(taken_at)) return invalid("'taken_at' must be a date or an RFC 3339 time");
  if (given["note"].string_or("").size() > 500) return invalid("'note' has more than 500 bytes");
  entry.set("kind", kind);
  entry.set("title", found->title);
  entry.set("value", value);
  entry.set("unit", unit);
  entry.set("taken_at", taken_at);
  entry.set("note", given["note"].string_or(""));
  auto warnings = Value::array();
  for (const auto number : *numbers)
    if (number < found->least || number > found->most)
      warnings.push("Please check: " + value + " " + unit + " is unusual for " + to_lower(found->title) + ".");
  entry.set("warnings", std::move(warnings));
  return done(200, {});
}

Answer read_document(const Value& given, Value& entry, std::string& data) {
  const auto title = given["title"].string_or(""), media_type = given["media_type"].string_or("");
  const auto content = base64_decode(given["content"].string_or(""));
  if (!is_one_line(title)) return invalid("'title' must be one line of 1 to 200 bytes");
  if (media_type != "text/plain" && media_type != "application/pdf" && media_type != "application/xml")
    return invalid("'media_type' must be text/plain, application/pdf or application/xml");
  if (!content || content->empty()) return invalid("'content' must be base64 of the document");
  if (content->size() > document_bytes_max) return invalid("the document is larger than 32 KiB");
  entry.set("kind", "document");
  entry.set("title", title);
  entry.set("media_type", media_type);
  entry.set("size", content->size());
  data = *content;
  return done(200, {});
}

Value parsed(const std::string& json) {
  auto value = parse_json(json);
  return value ? *std::move(value) : Value::object();
}

}  // namespace

void Entries::keep_change(Transaction& t, const std::string& id, std::string_view change, const Actor& actor,
                          const Value& entry) const {
  if (defects_.is_on(Defect::entry_history_lost) && change != "entered") return;
  t.execute("INSERT INTO entry_change SELECT ?, COUNT(*) + 1, ?, ?, ?, ? FROM entry_change WHERE entry = ?", id, change,
            actor.name, now_unix_ns(), to_json(entry), id);
}

Value Entries::shown(Value entry) const {
  if (defects_.is_on(Defect::entry_unmarked)) {
    entry.erase("source");
    entry.erase("author");
  }
  return entry;
}

Answer Entries::add(const std::string& patient, const Value& given, const Actor& actor) {
  const auto id = "entry-" + to_hex(random_bytes(12));  // FHIR's ids know no '_'
  auto entry = Value::object({{"id", id}, {"source", "Self-Entered"}, {"author", to_value(actor)}});
  const auto now = now_unix_ns();
  entry.set("entered_at", format_utc(now));
  std::string data;
  const bool is_document = given["kind"].string_or("") == "document";
  if (auto wrong = is_document ? read_document(given, entry, data) : read_reading(given, entry); !wrong.is_done())
    return wrong;
  if (defects_.is_on(Defect::entry_unit_changed) && entry["unit"].string_or("") == "[lb_av]") entry.set("unit", "kg");
  if (defects_.is_on(Defect::entry_value_corrected) && entry["warnings"].size() > 0) {
    entry.set("value", "120/80");
    entry.set("warnings", Value::array());
  }
  if (defects_.is_on(Defect::entry_without_warning)) entry.set("warnings", Value::array());
  Transaction t(database_);
  auto count = t.rows("SELECT COUNT(*) FROM entry WHERE patient = ? AND is_deleted = 0", patient);
  if (count.next() && count.number(0) >= entry_count_max)
    return refuse(409, "conflict", "500 entries are kept: delete one first");
  if (!defects_.is_on(Defect::entry_lost))
    t.execute("INSERT INTO entry VALUES(?, ?, ?, ?, ?, 0)", id, patient, to_json(entry), storage::Argument::bytes(data),
              now);
  keep_change(t, id, "entered", actor, entry);
  t.commit();
  return done(201, shown(std::move(entry)));
}

Answer Entries::list(const std::string& patient) {
  Transaction t(database_);
  auto list = Value::array();
  auto rows = t.rows("SELECT json FROM entry WHERE patient = ? AND is_deleted = 0 ORDER BY at", patient);
  while (rows.next()) list.push(shown(parsed(rows.text(0))));
  return done(200, Value::object({{"entries", std::move(list)}}));
}

Answer Entries::find(const std::string& patient, const std::string& id) {
  Transaction t(database_);
  auto rows = t.rows("SELECT json FROM entry WHERE patient = ? AND id = ? AND is_deleted = 0", patient, id);
  return rows.next() ? done(200, shown(parsed(rows.text(0)))) : none_such("entry");
}

Answer Entries::document(const std::string& patient, const std::string& id) {
  Transaction t(database_);
  auto rows = t.rows("SELECT json, data FROM entry WHERE patient = ? AND id = ? AND is_deleted = 0", patient, id);
  if (!rows.next()) return none_such("document");
  const auto entry = parsed(rows.text(0));
  if (entry["kind"].string_or("") != "document") return none_such("document");
  return done(200, Value::object({{"media_type", entry["media_type"]}, {"data", rows.text(1)}}));
}

Answer Entries::change(const std::string& patient, const std::string& id, std::string_view what, const Actor& actor,
                       const std::function<Answer(Value& entry)>& edit) {
  Transaction t(database_);
  auto rows = t.rows("SELECT json FROM entry WHERE patient = ? AND id = ? AND is_deleted = 0", patient, id);
  if (!rows.next()) return none_such("entry");
  auto entry = parsed(rows.text(0));
  if (auto wrong = edit(entry); !wrong.is_done()) return wrong;
  t.execute("UPDATE entry SET json = ?, is_deleted = ? WHERE id = ?", to_json(entry), what == "deleted", id);
  keep_change(t, id, what, actor, entry);
  t.commit();
  return done(200, shown(std::move(entry)));
}

Answer Entries::correct(const std::string& patient, const std::string& id, const Value& given, const Actor& actor) {
  return change(patient, id, "corrected", actor, [&](Value& entry) {
    if (entry["kind"].string_or("") == "document") return invalid("a document is not corrected: delete it");
    auto wrong = read_reading(given, entry);
    entry.set("author", to_value(actor));
    entry.set("entered_at", format_utc(now_unix_ns()));
    return wrong;
  });
}

Answer Entries::remove(const std::string& patient, const std::string& id, const Actor& actor) {
  return change(patient, id, "deleted", actor, [](Value&) { return done(200, {}); });
}

Answer Entries::history(const std::string& patient, const std::string& id) {
  Transaction t(database_);
  if (!t.rows("SELECT 1 FROM entry WHERE patient = ? AND id = ?", patient, id).next()) return none_such("entry");
  auto list = Value::array();
  auto rows = t.rows("SELECT change, by, at, json FROM entry_change WHERE entry = ? ORDER BY number", id);
  while (rows.next())
    list.push(Value::object({{"change", rows.text(0)},
                             {"by", rows.text(1)},
                             {"at", format_utc(rows.number(2))},
                             {"entry", parsed(rows.text(3))}}));
  return done(200, Value::object({{"changes", std::move(list)}}));
}

Answer Entries::link(const std::string& patient, const std::string& id, const std::string& note, const Actor& actor) {
  if (trim(note).empty() || note.size() > 500) return invalid("'note' must have 1 to 500 bytes");
  return change(patient, id, "linked", actor, [&](Value& entry) {
    if (!defects_.is_on(Defect::document_link_lost))
      entry.set("linked", Value::object({{"note", note}, {"by", to_value(actor)}, {"at", format_utc(now_unix_ns())}}));
    return done(200, {});
  });
}

}  // namespace bb::portal::functions
