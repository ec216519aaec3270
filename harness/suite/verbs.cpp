#include "harness/suite/verbs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <bb/core/json_schema.hpp>
#include <bb/core/yaml.hpp>

namespace bb::suite {
namespace {

template <class List>
auto* find_named(const List& list, const std::string& name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
  return found == list.end() ? nullptr : &*found;
}

Status check_arguments(const Value& schema, const std::string& where) {
  const auto findings = check_schema(schema);
  if (findings.empty()) return {};
  return Error{fmt::format("{}: arguments{}: {}", where, findings[0].pointer, findings[0].message)};
}

Result<Value> read_table(const std::filesystem::path& file, std::string_view format) {
  BB_TRY(auto table, read_yaml(file));
  if (table["format"].string_or("") == format) return table;
  return Error{fmt::format("{}: got format '{}', expected '{}'", file.string(), table["format"].string_or(""), format)};
}

// A registry: `entries`, a map of ids.
Result<Value> read_registry(const std::filesystem::path& folder, std::string_view name) {
  const auto file = folder / "registry" / fmt::format("{}.yaml", name);
  BB_TRY(const auto table, read_table(file, "bluebridge-registry/1"));
  if (table[name].is_object()) return table[name];
  return Error{fmt::format("{}: lacks the map '{}'", file.string(), name)};
}

std::vector<std::string> keys_of(const Value& map) {
  std::vector<std::string> out;
  for (const auto& member : *map.members()) out.push_back(member.key);
  return out;
}

}  // namespace

const Verb* Vocabulary::find_verb(const std::string& name) const { return find_named(verbs, name); }
const WaitEvent* Vocabulary::find_event(const std::string& name) const { return find_named(events, name); }
const StandardProbe* Vocabulary::find_probe(const std::string& name) const { return find_named(probes, name); }

Result<Vocabulary> read_vocabulary(const std::filesystem::path& conformance) {
  Vocabulary out;
  const auto file = conformance / "schemas" / "verbs.yaml";
  BB_TRY(const auto table, read_table(file, "bluebridge-verbs/1"));
  if (!table["verbs"].is_object() || !table["events"].is_object())
    return Error{file.string() + ": lacks the maps 'verbs' and 'events'"};
  for (const auto& [name, verb] : *table["verbs"].members()) {
    BB_CHECK(check_arguments(verb["arguments"], fmt::format("{}: verb '{}'", file.string(), name)));
    out.verbs.push_back({name, verb["capability"].string_or(""), verb["title"].string_or(""), verb["arguments"],
                         strings_of(verb["gives"]), strings_of(verb["functions"]), strings_of(verb["one_of"]),
                         verb["also"].string_or("")});
  }
  for (const auto& [name, event] : *table["events"].members()) {
    BB_CHECK(check_arguments(event["arguments"], fmt::format("{}: event '{}'", file.string(), name)));
    out.events.push_back({name, event["capability"].string_or(""), event["title"].string_or(""), event["arguments"],
                          strings_of(event["gives"])});
  }
  BB_TRY(const auto probes, read_registry(conformance, "probes"));
  for (const auto& [name, probe] : *probes.members()) {
    BB_CHECK(check_arguments(probe["arguments"], fmt::format("probe '{}'", name)));
    out.probes.push_back({name, probe["title"].string_or(""), probe["arguments"]});
  }
  BB_TRY(const auto formats, read_registry(conformance, "formats"));
  BB_TRY(const auto kinds, read_registry(conformance, "kinds"));
  BB_TRY(const auto defects, read_registry(conformance, "defects"));
  out.formats = keys_of(formats);
  out.kinds = keys_of(kinds);
  out.defects = keys_of(defects);
  return out;
}

}  // namespace bb::suite
