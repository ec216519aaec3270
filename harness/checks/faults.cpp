#include "harness/checks/faults.hpp"

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include "harness/checks/judge.hpp"

namespace bb::checks {
namespace {

Status edit(evidence::Message& message, const suite::Selector& selector, Edit edit, const Value& to) {
  const auto argument = selector.argument.string_or("");
  if (selector.kind == "json") return edit_json(message, argument, edit, to);
  if (selector.kind == "xpath") return edit_xpath(message, argument, edit, to);
  if (selector.kind == "mime") return edit_mime(message, argument, edit, to);
  return edit_part(message, selector, edit, to);
}

Status delay(evidence::Message& message, std::int64_t delay_ms) {
  if (message.first_byte_ms < 0 && message.total_ms < 0) return Error{"this message has no times to delay"};
  if (message.first_byte_ms >= 0) message.first_byte_ms += delay_ms;
  if (message.total_ms >= 0) message.total_ms += delay_ms;
  return {};
}

}  // namespace

std::string written(const Value& value) {
  if (const auto* text = value.string()) return *text;
  if (auto document = as_document(value)) return std::move(document->body);
  return value.is_null() ? std::string() : to_json(value);
}

Result<evidence::Message> apply_fault(const suite::Fault& fault, const evidence::Message& message,
                                      const Value& swap_from, const Value& swap_to) {
  evidence::Message changed = message;
  switch (fault.kind) {
    case suite::Fault::Kind::drop:
      BB_CHECK(edit(changed, fault.selector, Edit::drop, Value()));
      break;
    case suite::Fault::Kind::set:
      BB_CHECK(edit(changed, fault.selector, Edit::set, fault.to));
      break;
    case suite::Fault::Kind::dup:
      BB_CHECK(edit(changed, fault.selector, Edit::dup, Value()));
      break;
    case suite::Fault::Kind::swap:
      BB_CHECK(swap_people(changed, swap_from, swap_to));
      break;
    case suite::Fault::Kind::delay:
      BB_CHECK(delay(changed, fault.delay_ms));
      break;
    case suite::Fault::Kind::defect:
      return Error{fmt::format("'{}' is a switch of the sample portal, not a change of evidence", fault.defect)};
  }
  return changed;
}

}  // namespace bb::checks
