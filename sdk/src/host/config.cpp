#include "config.hpp"

#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include "http/url.hpp"

namespace bb::host {
namespace {

// RFC 6901: '~' is written "~0" and '/' "~1" inside a reference token.
std::string pointer_token(std::string_view key) { return replace_all(replace_all(key, "~", "~0"), "/", "~1"); }

void add_leaves(const Value& value, const std::string& pointer,
                std::vector<std::pair<std::string, std::string>>& pairs) {
  if (value.size() == 0) {
    pairs.emplace_back(pointer, to_json(value));
    return;
  }
  if (const auto* const items = value.items())
    for (std::size_t index = 0; index < items->size(); ++index)
      add_leaves((*items)[index], pointer + "/" + std::to_string(index), pairs);
  if (const auto* const members = value.members())
    for (const auto& [key, member] : *members) add_leaves(member, pointer + "/" + pointer_token(key), pairs);
}

Value with_defaults(const TypeInfo& type, const Value& config) {
  Value given = config.is_null() ? Value::object() : config;
  return type.config_schema.is_null() ? given : fill_defaults(type.config_schema, std::move(given));
}

// In a schema, what the connector calls through the host.
constexpr std::string_view address_format = "url";

std::string address_problem(const std::string& text, const HttpPolicy& policy) {
  const auto url = parse_url(text);
  if (!url) return url.error().what;
  // Paths are put behind it. What a query says may be a secret: it is not repeated.
  if (const auto end = text.find_first_of("?#"); end != std::string::npos)
    return "'" + shorten(text.substr(0, end), 200) + "' is followed by a " +
           (text[end] == '?' ? "query ('?')" : "fragment ('#')") + "; expected an address without";
  if (url->is_tls || policy.is_cleartext_allowed) return {};
  return "'" + shorten(text, 200) +
         "' is an address without TLS; expected https://, or 'allow_cleartext: true' for tests on one machine";
}

}  // namespace

std::vector<SchemaFinding> check_config(const TypeInfo& type, const Value& config, const HttpPolicy& policy) {
  if (type.config_schema.is_null()) {
    if (config.size() == 0) return {};
    return {{"", "this connector has nothing to configure, got " + shorten(to_json(config), 200)}};
  }
  const auto check_format = [&](std::string_view format, const std::string& text) {
    return format == address_format ? address_problem(text, policy) : std::string();
  };
  return validate(type.config_schema, with_defaults(type, config), check_format);
}

Result<Value> complete_config(const TypeInfo& type, const Value& config, const HttpPolicy& policy) {
  std::string problems;
  for (const SchemaFinding& finding : check_config(type, config, policy))
    problems +=
        (problems.empty() ? "" : "; ") + (finding.pointer.empty() ? "" : finding.pointer + ": ") + finding.message;
  if (!problems.empty()) return Error{problems};
  return with_defaults(type, config);
}

std::vector<std::pair<std::string, std::string>> flatten_config(const Value& config) {
  std::vector<std::pair<std::string, std::string>> pairs{{"", to_json(config)}};
  if (config.size() != 0) add_leaves(config, "", pairs);
  return pairs;
}

}  // namespace bb::host
