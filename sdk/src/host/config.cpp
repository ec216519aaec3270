#include "config.hpp"

#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>

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

}  // namespace

Result<Value> complete_config(const Value& schema, const Value& config) {
  if (schema.is_null()) {
    if (config.size() == 0) return Value::object();
    return Error{"this connector has nothing to configure, got " + shorten(to_json(config), 200)};
  }
  Value complete = fill_defaults(schema, config.is_null() ? Value::object() : config);
  std::string problems;
  for (const SchemaFinding& finding : validate(schema, complete))
    problems +=
        (problems.empty() ? "" : "; ") + (finding.pointer.empty() ? "" : finding.pointer + ": ") + finding.message;
  if (!problems.empty()) return Error{problems};
  return complete;
}

std::vector<std::pair<std::string, std::string>> flatten_config(const Value& config) {
  std::vector<std::pair<std::string, std::string>> pairs{{"", to_json(config)}};
  if (config.size() != 0) add_leaves(config, "", pairs);
  return pairs;
}

}  // namespace bb::host
