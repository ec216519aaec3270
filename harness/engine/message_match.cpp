#include "harness/engine/message_match.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/entity.hpp>
#include <bb/records/mime.hpp>

#include "harness/checks/expression.hpp"

namespace bb::engine {
namespace {

// "Ann <ann@a.example>" and "ann@a.example"; a comma in a quoted name parts nothing that
// has an address.
std::string address_of(std::string_view from) {
  const auto open = from.rfind('<');
  const auto close = from.rfind('>');
  if (open != std::string_view::npos && close != std::string_view::npos && open < close)
    from = from.substr(open + 1, close - open - 1);
  return std::string(trim(from));
}

void add_ids(std::vector<std::string>& ids, std::string_view field) {
  for (const auto& line : split(field, '\n'))
    for (const auto& word : split(replace_all(line, "\t", " "), ' '))
      if (const auto id = direct::without_brackets(word); !id.empty()) ids.emplace_back(id);
}

bool is_report(const records::MimePart& part) {
  return iequals(part.content_type, "message/disposition-notification") ||
         iequals(part.content_type, "message/delivery-status");
}

void add_reported(std::vector<std::string>& ids, const records::MimePart& report) {
  constexpr std::string_view field = "original-message-id:";
  for (const auto& line : split(report.body, '\n'))
    if (to_lower(line).starts_with(field)) add_ids(ids, trim(std::string_view(line).substr(field.size())));
}

bool is_found(const std::string& pattern, const std::string& text) {
  return validate(Value::object({{"pattern", pattern}}), Value(text)).empty();
}

std::string shown(const std::string& text) { return text.empty() ? "none" : "'" + text + "'"; }

Result<std::string> text_of(const Value& value, std::string_view name) {
  const auto* text = value.string();
  if (text && !text->empty()) return *text;
  return Error{fmt::format("'{}' of the wait is {}, expected a text that is not empty", name,
                           value.is_null() ? "nothing" : to_json(value))};
}

}  // namespace

MessageFields fields_of(std::string_view message) {
  MessageFields fields{"", "", std::vector<std::string>()};
  const auto mail = records::read_mime(message);
  if (!mail) return fields;
  for (const auto& [name, value] : mail->headers) {
    if (name == "subject") fields.subject = to_utf8_lossy(value);
    if (name == "from") fields.sender = to_utf8_lossy(address_of(value));
    if (name == "in-reply-to" || name == "references") add_ids(*fields.answers, value);
  }
  for (const auto& part : mail->parts)
    if (is_report(part)) add_reported(*fields.answers, part);
  return fields;
}

Result<evidence::Wanted> wanted_by(const suite::Step& step, const checks::Scope& scope) {
  evidence::Wanted wanted;
  const auto take = [&](const char* name, std::string& into) -> Status {
    if (step.with.find(name) == nullptr) return {};
    BB_TRY(const auto value, scope.resolve(step.with[name]));
    BB_TRY(into, text_of(value, name));
    return {};
  };
  if (const Value* pattern = step.with["subject"].find("matches")) {
    BB_TRY(const auto value, checks::resolve_operand(suite::Matcher::matches, *pattern, scope));
    BB_TRY(wanted.subject_matches, text_of(value, "subject: {matches}"));
    if (const auto wrong = check_schema(Value::object({{"pattern", wanted.subject_matches}})); !wrong.empty())
      return Error{fmt::format("'subject: {{matches}}' of the wait: {}", wrong[0].message)};
  } else {
    BB_CHECK(take("subject", wanted.subject));
  }
  BB_CHECK(take("from", wanted.from));
  BB_CHECK(take("in_reply_to", wanted.in_reply_to));
  return wanted;
}

bool needs_reading(const evidence::Wanted& wanted, const MessageFields& known) {
  const bool asks_subject = !wanted.subject.empty() || !wanted.subject_matches.empty();
  return (asks_subject && !known.subject) || (!wanted.from.empty() && !known.sender) ||
         (!wanted.in_reply_to.empty() && !known.answers);
}

std::vector<evidence::ArrivalView::Difference> differences(const evidence::Wanted& wanted, const MessageFields& known) {
  std::vector<evidence::ArrivalView::Difference> found;
  if (known.subject && !wanted.subject.empty() && *known.subject != wanted.subject)
    found.push_back({"subject", shown(wanted.subject), shown(*known.subject)});
  if (known.subject && !wanted.subject_matches.empty() && !is_found(wanted.subject_matches, *known.subject))
    found.push_back({"subject", "matches " + shown(wanted.subject_matches), shown(*known.subject)});
  if (known.sender && !wanted.from.empty() && !iequals(*known.sender, address_of(wanted.from)))
    found.push_back({"from", wanted.from, known.sender->empty() ? "none" : *known.sender});
  if (known.answers && !wanted.in_reply_to.empty()) {
    const auto& ids = *known.answers;
    if (std::find(ids.begin(), ids.end(), direct::without_brackets(wanted.in_reply_to)) == ids.end())
      found.push_back({"in_reply_to", wanted.in_reply_to, ids.empty() ? "none" : join(ids, " ")});
  }
  return found;
}

}  // namespace bb::engine
