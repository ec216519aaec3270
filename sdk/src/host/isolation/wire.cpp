#include "wire.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace bb::host {
namespace {

std::string text(const Value& value, std::string_view name) { return value[name].string_or(""); }

template <class Number>
Number number(const Value& value) {
  const std::int64_t given = value.integer_or(0);
  const bool fits = given >= std::int64_t{std::numeric_limits<Number>::min()} &&
                    given <= std::int64_t{std::numeric_limits<Number>::max()};
  return fits ? static_cast<Number>(given) : Number{0};
}

Value type_value(const TypeDescription& type) {
  Value value = Value::object({{"id", type.id},
                               {"name", type.name},
                               {"vendor", type.vendor},
                               {"version", type.version},
                               {"url", type.url},
                               {"interfaces", Value::strings(type.interfaces)},
                               {"flags", type.flags}});
  if (type.config_schema) value.set("config_schema", *type.config_schema);
  return value;
}

TypeDescription type_from(const Value& value) {
  TypeDescription type;
  type.id = text(value, "id");
  type.name = text(value, "name");
  type.vendor = text(value, "vendor");
  type.version = text(value, "version");
  type.url = text(value, "url");
  type.flags = number<std::uint32_t>(value["flags"]);
  if (const auto* const items = value["interfaces"].items())
    for (const Value& item : *items) type.interfaces.push_back(item.string_or(""));
  if (const std::string* const schema = value["config_schema"].string()) type.config_schema = *schema;
  return type;
}

}  // namespace

Value attributes_value(const std::vector<Attribute>& attributes) {
  Value list = Value::array();
  for (const auto& [name, value] : attributes) {
    list.push(name);
    list.push(value);
  }
  return list;
}

std::vector<Attribute> attributes_from(const Value& value) {
  std::vector<Attribute> attributes;
  for (std::size_t index = 0; index + 1 < value.size(); index += 2)
    attributes.push_back({value[index].string_or(""), value[index + 1].string_or("")});
  return attributes;
}

Value description_value(const PluginDescription& plugin) {
  Value types = Value::array();
  for (const TypeDescription& type : plugin.types) types.push(type_value(type));
  return Value::object({{"id", plugin.id},
                        {"version", plugin.version},
                        {"abi_minor", plugin.abi_minor},
                        {"min_host_minor", plugin.min_host_minor},
                        {"types", std::move(types)}});
}

PluginDescription description_from(const Value& value) {
  PluginDescription plugin;
  plugin.id = text(value, "id");
  plugin.version = text(value, "version");
  plugin.abi_minor = number<std::uint32_t>(value["abi_minor"]);
  plugin.min_host_minor = number<std::uint32_t>(value["min_host_minor"]);
  if (const auto* const types = value["types"].items())
    for (const Value& type : *types) plugin.types.push_back(type_from(type));
  return plugin;
}

Value layers_value(const std::vector<SandboxLayer>& layers) {
  Value list = Value::array();
  for (const SandboxLayer& layer : layers)
    list.push(Value::object({{"name", layer.name}, {"is_in_force", layer.is_in_force}, {"note", layer.note}}));
  return list;
}

std::vector<SandboxLayer> layers_from(const Value& value) {
  std::vector<SandboxLayer> layers;
  if (const auto* const items = value.items())
    for (const Value& item : *items)
      layers.push_back({text(item, "name"), item["is_in_force"].boolean_or(false), text(item, "note")});
  return layers;
}

Value said_value(const PluginCall& call) {
  Value refusals = Value::array();
  for (const auto& refusal : call.refusals)
    refusals.push(Value::object(
        {{"status", refusal.status}, {"blame", static_cast<int>(refusal.blame)}, {"message", refusal.message}}));
  return Value::object({{"domain", call.error.domain},
                        {"domain_code", call.error.domain_code},
                        {"message", call.error.message},
                        {"remote_detail", call.error.remote_detail},
                        {"retry_after_ms", call.error.retry_after_ms},
                        {"breach", call.first_breach},
                        {"refusals", std::move(refusals)}});
}

void merge_said(const Value& said, PluginCall& call) {
  call.error.domain = text(said, "domain");
  call.error.domain_code = said["domain_code"].integer_or(0);
  call.error.message = text(said, "message");
  call.error.remote_detail = text(said, "remote_detail");
  call.error.retry_after_ms = said["retry_after_ms"].integer_or(0);
  call.first_breach = text(said, "breach");
  const auto* const refusals = said["refusals"].items();
  if (!refusals) return;
  for (const Value& refusal : *refusals) {
    const auto blame = std::clamp<std::int64_t>(refusal["blame"].integer_or(1), 0, 2);
    call.refuse(number<bb_status>(refusal["status"]), static_cast<Blame>(blame), text(refusal, "message"));
  }
}

Value seen_value(const Seen& seen, std::uint64_t frame_call) {
  return Value::object({{"service", notices_service},
                        {"function", "tell"},
                        {"call", seen.call_id == 0 ? 0 : frame_call},
                        {"rule", seen.rule},
                        {"what", seen.what},
                        {"is_host", seen.is_host}});
}

Value result_value(const RawResult& result) {
  return Value::object({{"status", result.status},
                        {"emitted", result.emitted},
                        {"item", result.item},
                        {"attributes", attributes_value(result.attributes)},
                        {"has_content", result.has_content}});
}

RawResult result_from(Value value) {
  RawResult result;
  result.status = number<bb_status>(value["status"]);
  if (Value* const emitted = value.find("emitted")) result.emitted = std::move(*emitted);
  if (Value* const item = value.find("item")) result.item = std::move(*item);
  result.attributes = attributes_from(value["attributes"]);
  result.has_content = value["has_content"].boolean_or(false);
  return result;
}

}  // namespace bb::host
