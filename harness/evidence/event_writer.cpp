#include "harness/evidence/event_writer.hpp"

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/evidence/event_values.hpp"

namespace bb::evidence {
namespace {

constexpr std::size_t held_bytes_max = 64 * 1024;

}  // namespace

EventWriter::EventWriter(RunFolder& folder, host::Clock& clock, const StreamEnd& before)
    : folder_(folder),
      clock_(clock),
      started_ns_(monotonic_ns()),
      us_before_(before.us),
      next_number_(before.number + 1) {
  if (before.number == 0 || !before.chain.empty()) chain_.emplace(before.chain);
}

EventWriter::~EventWriter() { static_cast<void>(flush()); }

Status EventWriter::write(std::string_view type, const Value& members, Durability durability) {
  // The long part is made outside the lock; number and time inside it, so that
  // both grow from line to line.
  const std::string object = to_json(members);
  const std::string_view rest = std::string_view(object).substr(1);  // after "{"
  const std::lock_guard lock(mutex_);
  const std::string line =
      fmt::format(R"({{"n":{},"at":"{}","us":{},"type":"{}"{}{})", next_number_++, format_utc(clock_.now_unix_ns()),
                  us_before_ + (monotonic_ns() - started_ns_) / 1000, type, rest == "}" ? "" : ",", rest);
  lines_ += chain_ ? chain_->close(line) : line;
  lines_ += '\n';
  if (durability == Durability::held && lines_.size() < held_bytes_max) return {};
  return write_out(durability);
}

Status EventWriter::flush() {
  const std::lock_guard lock(mutex_);
  return write_out(Durability::written);
}

Status EventWriter::write_out(Durability durability) {
  Status status = folder_.append(lines_, durability);
  lines_.clear();
  if (!status && !failure_) failure_ = status.error();
  return status;
}

Status EventWriter::remember(Status status) {
  const std::lock_guard lock(mutex_);
  if (!status && !failure_) failure_ = status.error();
  return status;
}

Value EventWriter::body_value(std::string_view body) {
  if (body.empty()) return {};
  if (body.size() < inline_body_bytes_max && is_utf8(body)) return Value::object({{"text", body}});
  auto name = folder_.put_blob(body);
  if (!name) {
    static_cast<void>(remember(std::move(name).error()));
    return {};
  }
  return Value::object({{"blob", *name}, {"bytes", body.size()}});
}

Result<std::string> EventWriter::keep_file(std::string_view bytes) {
  auto name = folder_.put_blob(bytes);
  if (!name) static_cast<void>(remember(name.error()));
  return name;
}

void EventWriter::set_body(Value& event, std::string_view key, std::string_view body) {
  if (Value value = body_value(body); !value.is_null()) event.set(key, std::move(value));
}

Value EventWriter::message_value(const Message& message) {
  Value value = Value::object({{"message", message.to_value()}});
  set_body(value, "body", message.body);
  return value;
}

void EventWriter::exchange(const host::HttpExchange& exchange) {
  Value value = exchange_to_value(exchange);
  set_body(value, "request_body", exchange.request_body);
  set_body(value, "response_body", exchange.response_body);
  static_cast<void>(write("exchange", value));
}

void EventWriter::log(const host::LogLine& line) { static_cast<void>(write("log", log_to_value(line))); }

void EventWriter::evidence(const host::EvidenceRecord& record) {
  Value value = record_to_value(record);
  set_body(value, "sent", record.sent);
  set_body(value, "received", record.received);
  static_cast<void>(write("evidence", value));
}

void EventWriter::notice(const host::Notice& notice) { static_cast<void>(write("notice", notice_to_value(notice))); }

std::optional<Error> EventWriter::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace bb::evidence
