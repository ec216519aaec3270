#include "harness/evidence/event_values.hpp"

#include <bb/core/time.hpp>
#include "harness/evidence/waivers.hpp"

namespace bb::evidence {
namespace {

void set_text(Value& value, std::string_view key, const std::string& text) {
  if (!text.empty()) value.set(key, text);
}

void set_strings(Value& value, std::string_view key, const std::vector<std::string>& items) {
  if (!items.empty()) value.set(key, Value::strings(items));
}

int small_integer(const Value& value) { return static_cast<int>(value.integer_or(0)); }

std::uint64_t call_of(const Value& value) { return static_cast<std::uint64_t>(value["call"].integer_or(0)); }

constexpr std::string_view log_levels[] = {"debug", "info", "warning", "error"};

bb_log_level log_level_from(std::string_view word) {
  for (bb_log_level level = BB_LOG_DEBUG; level <= BB_LOG_ERROR; ++level)
    if (log_levels[static_cast<std::size_t>(level)] == word) return level;
  return BB_LOG_INFO;
}

std::string_view log_level_word(bb_log_level level) {
  // A level that a newer connector knows and we do not is read as the strongest.
  const bool is_known = level >= BB_LOG_DEBUG && level <= BB_LOG_ERROR;
  return log_levels[static_cast<std::size_t>(is_known ? level : BB_LOG_ERROR)];
}

}  // namespace

Value attributes_to_value(const std::vector<host::Attribute>& attributes) {
  Value list = Value::array();
  for (const auto& attribute : attributes) list.push(Value(Value::Array{attribute.name, attribute.value}));
  return list;
}

std::vector<host::Attribute> attributes_from_value(const Value& value) {
  std::vector<host::Attribute> attributes;
  for (std::size_t i = 0; i < value.size(); ++i)
    attributes.push_back({value[i][std::size_t{0}].string_or(""), value[i][std::size_t{1}].string_or("")});
  return attributes;
}

Value exchange_to_value(const host::HttpExchange& exchange) {
  Value value = Value::object();
  value.set("call", exchange.call_id);
  value.set("instance", exchange.instance);
  value.set("method", exchange.method);
  value.set("url", exchange.url);
  value.set("request_headers", attributes_to_value(exchange.request_headers));
  value.set("status", exchange.status);
  value.set("response_headers", attributes_to_value(exchange.response_headers));
  set_text(value, "error", exchange.error);
  set_text(value, "tls", exchange.tls);
  value.set("is_answer", exchange.is_answer);
  value.set("started", format_utc(exchange.started_unix_ns));
  value.set("first_byte_ms", exchange.first_byte_ms);
  value.set("total_ms", exchange.total_ms);
  return value;
}

host::HttpExchange exchange_from_value(const Value& value) {
  host::HttpExchange exchange;
  exchange.call_id = call_of(value);
  exchange.instance = value["instance"].string_or("");
  exchange.method = value["method"].string_or("");
  exchange.url = value["url"].string_or("");
  exchange.request_headers = attributes_from_value(value["request_headers"]);
  exchange.status = small_integer(value["status"]);
  exchange.response_headers = attributes_from_value(value["response_headers"]);
  exchange.error = value["error"].string_or("");
  exchange.tls = value["tls"].string_or("");
  exchange.is_answer = value["is_answer"].boolean_or(false);
  exchange.started_unix_ns = parse_time(value["started"].string_or("")).value_or(0);
  exchange.first_byte_ms = value["first_byte_ms"].integer_or(-1);
  exchange.total_ms = value["total_ms"].integer_or(0);
  return exchange;
}

Value log_to_value(const host::LogLine& line) {
  Value value = Value::object();
  value.set("call", line.call_id);
  value.set("instance", line.instance);
  value.set("level", log_level_word(line.level));
  value.set("message", line.message);
  if (!line.fields.empty()) value.set("fields", attributes_to_value(line.fields));
  return value;
}

host::LogLine log_from_value(const Value& value) {
  return {value["instance"].string_or(""), call_of(value), log_level_from(value["level"].string_or("info")),
          value["message"].string_or(""), attributes_from_value(value["fields"])};
}

Value notice_to_value(const host::Notice& notice) {
  Value value = Value::object({{"call", notice.call_id},
                               {"instance", notice.instance},
                               {"severity", severity_of(notice)},
                               {"rule", notice.rule},
                               {"header", notice.header},
                               {"what", notice.what}});
  if (notice.is_last) value.set("is_last", true);
  return value;
}

host::Notice notice_from_value(const Value& value) {
  host::Notice notice;
  notice.instance = value["instance"].string_or("");
  notice.call_id = call_of(value);
  notice.rule = value["rule"].string_or("");
  notice.header = value["header"].string_or("");
  notice.is_host = true;
  notice.is_host = value["severity"].string_or("") == severity_of(notice);
  notice.what = value["what"].string_or("");
  notice.is_last = value["is_last"].boolean_or(false);
  return notice;
}

Value record_to_value(const host::EvidenceRecord& record) {
  Value value = Value::object();
  value.set("call", record.call_id);
  value.set("instance", record.instance);
  value.set("protocol", record.protocol);
  value.set("step", record.step);
  set_text(value, "peer", record.peer);
  if (!record.attributes.empty()) value.set("attributes", attributes_to_value(record.attributes));
  value.set("is_sensitive", record.is_sensitive);
  return value;
}

host::EvidenceRecord record_from_value(const Value& value) {
  host::EvidenceRecord record;
  record.call_id = call_of(value);
  record.instance = value["instance"].string_or("");
  record.protocol = value["protocol"].string_or("");
  record.step = value["step"].string_or("");
  record.peer = value["peer"].string_or("");
  record.attributes = attributes_from_value(value["attributes"]);
  record.is_sensitive = value["is_sensitive"].boolean_or(false);
  return record;
}

Value claim_to_value(const ClaimView& claim) {
  Value value = Value::object();
  value.set("gate", claim.gate);
  value.set("text", claim.text);
  value.set("outcome", claim.outcome);
  value.set("level", to_word(claim.level));
  if (!claim.counts) value.set("counts", false);
  set_text(value, "expected", claim.expected);
  set_text(value, "found", claim.found);
  set_text(value, "hint", claim.hint);
  set_strings(value, "verifies", claim.verifies);
  if (claim.line > 0) value.set("line", claim.line);
  if (claim.is_waived) value.set("waived", true);
  return value;
}

ClaimView claim_from_value(const Value& value) {
  ClaimView claim;
  claim.gate = value["gate"].string_or("");
  claim.text = value["text"].string_or("");
  claim.outcome = value["outcome"].string_or("");
  claim.level = level_from(value["level"].string_or("")).value_or(Level::shall);
  claim.counts = value["counts"].boolean_or(true);
  claim.expected = value["expected"].string_or("");
  claim.found = value["found"].string_or("");
  claim.hint = value["hint"].string_or("");
  claim.verifies = strings_of(value["verifies"]);
  claim.line = small_integer(value["line"]);
  claim.is_waived = value["waived"].boolean_or(false);
  return claim;
}

Value attestation_to_value(const AttestationView& attestation) {
  Value value = Value::object();
  value.set("suite", attestation.suite);
  value.set("test", attestation.test);
  value.set("step", attestation.step);
  value.set("question", attestation.question);
  value.set("is_answered", attestation.is_answered);
  value.set("is_yes", attestation.is_yes);
  if (!attestation.counts) value.set("counts", false);
  set_text(value, "name", attestation.name);
  set_text(value, "role", attestation.role);
  set_text(value, "date", attestation.date);
  set_text(value, "evidence", attestation.evidence);
  set_text(value, "evidence_blob", attestation.evidence_blob);
  set_text(value, "expires", attestation.expires);
  set_text(value, "expired_by", attestation.expired_by);
  return value;
}

AttestationView attestation_from_value(const Value& value) {
  AttestationView attestation;
  attestation.suite = value["suite"].string_or("");
  attestation.test = value["test"].string_or("");
  attestation.step = value["step"].string_or("");
  attestation.question = value["question"].string_or("");
  attestation.is_answered = value["is_answered"].boolean_or(false);
  attestation.is_yes = value["is_yes"].boolean_or(false);
  attestation.counts = value["counts"].boolean_or(true);
  attestation.name = value["name"].string_or("");
  attestation.role = value["role"].string_or("");
  attestation.date = value["date"].string_or("");
  attestation.evidence = value["evidence"].string_or("");
  attestation.evidence_blob = value["evidence_blob"].string_or("");
  attestation.expires = value["expires"].string_or("");
  attestation.expired_by = value["expired_by"].string_or("");
  return attestation;
}

Value wait_to_value(const WaitView& wait) {
  Value value = Value::object({{"suite", wait.suite},
                               {"test", wait.test},
                               {"step", wait.step},
                               {"event", wait.event},
                               {"address", wait.address},
                               {"until", wait.until}});
  set_text(value, "tell", wait.tell);
  set_text(value, "subject", wait.wanted.subject);
  set_text(value, "subject_matches", wait.wanted.subject_matches);
  set_text(value, "from", wait.wanted.from);
  set_text(value, "in_reply_to", wait.wanted.in_reply_to);
  return value;
}

WaitView wait_from_value(const Value& value) {
  const auto text = [&](std::string_view key) { return value[key].string_or(""); };
  return {text("suite"),   text("test"),
          text("step"),    text("event"),
          text("address"), text("until"),
          text("tell"),    {text("subject"), text("subject_matches"), text("from"), text("in_reply_to")}};
}

Value arrival_to_value(const ArrivalView& arrival) {
  Value value = Value::object({{"role", arrival.role}, {"id", arrival.id}});
  set_text(value, "title", arrival.title);
  set_text(value, "updated", arrival.updated);
  set_text(value, "sender", arrival.sender);
  value.set("nearest", wait_to_value(arrival.nearest));
  Value differs = Value::array();
  for (const auto& one : arrival.differs)
    differs.push(Value::object({{"field", one.field}, {"expected", one.expected}, {"found", one.found}}));
  value.set("differs", std::move(differs));
  return value;
}

ArrivalView arrival_from_value(const Value& value) {
  ArrivalView arrival;
  arrival.role = value["role"].string_or("");
  arrival.id = value["id"].string_or("");
  arrival.title = value["title"].string_or("");
  arrival.updated = value["updated"].string_or("");
  arrival.sender = value["sender"].string_or("");
  arrival.nearest = wait_from_value(value["nearest"]);
  const Value& differs = value["differs"];
  for (std::size_t i = 0; i < differs.size(); ++i)
    arrival.differs.push_back(
        {differs[i]["field"].string_or(""), differs[i]["expected"].string_or(""), differs[i]["found"].string_or("")});
  return arrival;
}

Value connector_to_value(const ConnectorView& connector) {
  Value value = Value::object({{"role", connector.role}, {"connector", connector.connector}});
  set_text(value, "plugin", connector.plugin);
  set_text(value, "version", connector.version);
  set_text(value, "abi", connector.abi);
  set_text(value, "sha256", connector.sha256);
  return value;
}

ConnectorView connector_from_value(const Value& value) {
  return {value["role"].string_or(""),    value["connector"].string_or(""), value["plugin"].string_or(""),
          value["version"].string_or(""), value["abi"].string_or(""),       value["sha256"].string_or("")};
}

Value option_to_value(const OptionView& option) {
  Value value = Value::object({{"name", option.name}});
  set_text(value, "title", option.title);
  value.set("value", option.value);
  value.set("from", option.from);
  return value;
}

OptionView option_from_value(const Value& value) {
  return {value["name"].string_or(""), value["title"].string_or(""), value["value"].string_or(""),
          value["from"].string_or("")};
}

Value waiver_to_value(const WaiverView& waiver) {
  Value value = Value::object({{"test", waiver.test},
                               {"subject", waiver.subject},
                               {"outcome", to_word(waiver.outcome)},
                               {"claim", waiver.claim},
                               {"reason", waiver.reason}});
  set_text(value, "link", waiver.link);
  value.set("expires", waiver.expires);
  value.set("line", waiver.line);
  value.set("hold", to_word(waiver.hold));
  value.set("tests", Value::strings({waiver.tests.begin(), waiver.tests.end()}));
  set_text(value, "step", waiver.step);
  return value;
}

WaiverView waiver_from_value(const Value& value) {
  WaiverView waiver;
  waiver.test = value["test"].string_or("");
  waiver.subject = value["subject"].string_or("");
  waiver.outcome = outcome_from(value["outcome"].string_or("")).value_or(Outcome::fail);
  waiver.claim = value["claim"].string_or("");
  waiver.reason = value["reason"].string_or("");
  waiver.link = value["link"].string_or("");
  waiver.expires = value["expires"].string_or("");
  waiver.line = small_integer(value["line"]);
  waiver.hold = hold_from(value["hold"].string_or("")).value_or(WaiverView::Hold::other_suite);
  for (auto& test : strings_of(value["tests"])) waiver.tests.insert(std::move(test));
  waiver.step = value["step"].string_or("");
  return waiver;
}

Value planned_to_value(const TestView& test) {
  Value value = Value::object();
  value.set("suite", test.suite);
  value.set("test", test.name);
  set_text(value, "title", test.title);
  set_text(value, "hint", test.hint);
  set_strings(value, "tags", test.tags);
  set_strings(value, "verifies", test.verifies);
  set_strings(value, "needs", test.needs);
  value.set("level", to_word(test.level));
  value.set("counts", test.counts);
  Value rows = Value::array();
  for (const auto& row : test.rows) rows.push(Value::object({{"id", row.id}, {"claims", row.claims}}));
  value.set("rows", std::move(rows));
  if (test.line > 0) value.set("line", test.line);
  return value;
}

TestView planned_from_value(const Value& value) {
  TestView test;
  test.suite = value["suite"].string_or("");
  test.name = value["test"].string_or("");
  test.title = value["title"].string_or("");
  test.hint = value["hint"].string_or("");
  test.tags = strings_of(value["tags"]);
  test.verifies = strings_of(value["verifies"]);
  test.needs = strings_of(value["needs"]);
  test.level = level_from(value["level"].string_or("")).value_or(Level::shall);
  test.counts = value["counts"].boolean_or(true);
  test.line = small_integer(value["line"]);
  const Value& rows = value["rows"];
  for (std::size_t i = 0; i < rows.size(); ++i)
    test.rows.push_back({rows[i]["id"].string_or(""), small_integer(rows[i]["claims"])});
  return test;
}

Value counts_to_value(const Counts& counts) {
  return Value::object({{"fail", counts.fail},
                        {"error", counts.error},
                        {"cancel", counts.cancel},
                        {"not_attested", counts.not_attested},
                        {"skip", counts.skip},
                        {"attested", counts.attested},
                        {"waived", counts.waived},
                        {"warn", counts.warn},
                        {"pass", counts.pass},
                        {"omit", counts.omit}});
}

}  // namespace bb::evidence
