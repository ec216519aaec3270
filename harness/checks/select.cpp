#include <bb/core/json.hpp>
#include <bb/core/json_path.hpp>
#include "harness/checks/judge.hpp"
#include "harness/checks/subjects.hpp"

namespace bb::checks {
namespace {

Result<std::vector<Value>> values_of(Extracted extracted) {
  if (const auto* trouble = std::get_if<Trouble>(&extracted)) return Error{trouble->found};
  return std::get<Subject>(std::move(extracted)).values;
}

// What a query for one node selects stays whole: a list is one value.
Result<std::vector<Value>> select_json(const std::string& path, const std::string& body) {
  BB_TRY(const auto query, JsonPath::parse(path));
  BB_TRY(const auto content, parse_json(body));
  BB_TRY(const auto nodes, query.find(content));
  std::vector<Value> values;
  for (const Value* node : nodes) values.push_back(*node);
  return values;
}

// "session", "receipts", "items" ...: a member of a result without content.
Result<std::vector<Value>> select_member(const std::string& name, const evidence::Message& message) {
  BB_TRY(const auto body, parse_json(message.body));
  const Value* member = body.find(name);
  return member ? std::vector<Value>{*member} : std::vector<Value>{};
}

std::vector<Value> select_body(const std::string& form, const evidence::Message& message) {
  if (message.body.empty()) return {};
  auto document = content_of(message);
  if (form == "text") return {Value(readable_text(document))};
  return {make_document(std::move(document))};
}

}  // namespace

Result<std::vector<Value>> select(const suite::Selector& selector, const evidence::Message& message) {
  const auto argument = selector.argument.string_or("");
  const auto& kind = selector.kind;
  if (kind == "body") return select_body(argument, message);
  if (kind == "json") return select_json(argument, message.body);
  if (kind == "xpath") return values_of(xpath_subject(argument, content_of(message)));
  if (kind == "mime") return values_of(mime_subject(argument, content_of(message)));
  if (kind == "item") return message.item.is_null() ? std::vector<Value>{} : std::vector<Value>{message.item};
  if (kind == "result" || kind == "status" || kind == "header" || kind == "media_type" || kind == "filename")
    return values_of(message_subject(kind, selector.argument, message));
  return select_member(kind, message);
}

}  // namespace bb::checks
