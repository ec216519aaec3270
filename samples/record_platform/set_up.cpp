#include "record_platform/set_up.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/diagnostic.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>
#include <bb/healthvault/ids.hpp>

#include "record_platform/thing_types.hpp"

namespace bb::record_platform {
namespace {

std::string guid_of(std::string bytes) {
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const auto hex = to_hex(std::string_view(bytes).substr(0, 16));
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

class SetUpReader {
 public:
  SetUpReader(const YamlNode& root, std::filesystem::path folder) : root_(root), folder_(std::move(folder)) {}

  SetUp read() {
    check_keys(root_, {"people", "records", "applications", "types", "instance", "other_instances"});
    if (const auto* instance = root_.find("instance")) set_up_.instance = read_instance(*instance, "1");
    each(root_, "other_instances",
         [&](const auto& member) { set_up_.others.push_back(read_instance(member.value, member.key)); });
    each(root_, "types", [&](const auto& member) { set_up_.types.push_back(read_type(member)); });
    each(root_, "people", [&](const auto& member) { set_up_.people.push_back(read_person(member)); });
    each(root_, "records", [&](const auto& member) { set_up_.records.push_back(read_record(member)); });
    each(root_, "applications", [&](const auto& member) { set_up_.applications.push_back(read_application(member)); });
    for (const auto& [name, is_empty] :
         {std::pair{"people", set_up_.people.empty()}, std::pair{"records", set_up_.records.empty()},
          std::pair{"applications", set_up_.applications.empty()}})
      if (is_empty)
        mistake(root_.place, fmt::format("there are no '{}'", name), "see docs/reference/record-platform.md");
    return std::move(set_up_);
  }
  std::vector<Diagnostic> diagnostics;

 private:
  void mistake(const Place& place, std::string message, std::string note = {}) {
    diagnostics.push_back({Severity::error, place, std::move(message), std::move(note)});
  }

  void check_keys(const YamlNode& node, const std::vector<std::string>& known) {
    if (!node.is_map()) return mistake(node.place, "this must be a map", "keys: " + join(known, ", "));
    for (const auto& member : node.members)
      if (std::find(known.begin(), known.end(), member.key) == known.end()) {
        const auto near = nearest(member.key, known);
        mistake(member.key_place, "unknown key '" + member.key + "'",
                near ? "did you mean '" + *near + "'?" : "keys: " + join(known, ", "));
      }
  }

  template <class Read>
  void each(const YamlNode& node, std::string_view key, Read read) {
    const auto* list = node.find(key);
    if (list == nullptr) return;
    if (!list->is_map()) return mistake(list->place, fmt::format("'{}' must be a map", key));
    for (const auto& member : list->members) read(member);
  }

  std::string text_of(const YamlNode& node, std::string_view key, std::string fallback = {}) {
    const auto* value = node.find(key);
    if (value == nullptr) return fallback;
    if (!value->is_scalar()) mistake(value->place, fmt::format("'{}' must be text", key));
    return value->text;
  }

  std::optional<bool> flag_of(const YamlNode& node, std::string_view key) {
    const auto* value = node.find(key);
    if (value == nullptr) return std::nullopt;
    const auto read = to_value(*value);
    if (read.boolean() == nullptr) mistake(value->place, fmt::format("'{}' must be true or false", key));
    return read.boolean_or(false);
  }

  std::string id_of(std::string_view kind, const YamlMember& member) {
    const auto id = to_lower(text_of(member.value, "id", derived_guid(kind, member.key)));
    if (!healthvault::is_guid(id)) mistake(member.value.find("id")->place, "'" + id + "' is no GUID");
    return id;
  }

  SetUpType read_type(const YamlMember& member) {
    check_keys(member.value, {"name", "element", "immutable", "undeletable", "uncreatable"});
    if (!healthvault::is_guid(member.key)) mistake(member.key_place, "the key of a type must be its GUID");
    return {to_lower(member.key),
            text_of(member.value, "name", member.key),
            text_of(member.value, "element"),
            flag_of(member.value, "immutable").value_or(false),
            flag_of(member.value, "undeletable").value_or(false),
            flag_of(member.value, "uncreatable").value_or(false)};
  }

  SetUpInstance read_instance(const YamlNode& node, const std::string& id) {
    check_keys(node, {"id", "name", "platform_url", "shell_url", "countries"});
    SetUpInstance instance{.id = text_of(node, "id", id),
                           .name = text_of(node, "name", id),
                           .platform_url = text_of(node, "platform_url"),
                           .shell_url = text_of(node, "shell_url")};
    if (const auto* countries = node.find("countries"))
      for (const auto& item : countries->items) instance.countries.push_back(item.text);
    return instance;
  }

  SetUpPerson read_person(const YamlMember& member) {
    check_keys(member.value, {"id", "name"});
    return {member.key, id_of("person", member), text_of(member.value, "name", member.key)};
  }

  SetUpRecord read_record(const YamlMember& member) {
    check_keys(member.value, {"id", "name", "holders", "meaningful_use_opt_in", "bytes_max"});
    SetUpRecord record{.key = member.key,
                       .id = id_of("record", member),
                       .name = text_of(member.value, "name", member.key),
                       .holders = {},
                       .meaningful_use_opt_in = flag_of(member.value, "meaningful_use_opt_in")};
    if (const auto* bytes = member.value.find("bytes_max")) {
      record.bytes_max = to_value(*bytes).integer_or(0);
      if (record.bytes_max < 1) mistake(bytes->place, "'bytes_max' must be a number above 0");
    }
    each(member.value, "holders", [&](const YamlMember& holder) {
      if (!has_person(holder.key)) mistake(holder.key_place, "there is no person '" + holder.key + "'");
      const auto& as = holder.value.text;
      if (as != "self" && as != "custodian" && as != "viewer")
        mistake(holder.value.place, "a holder is 'self', 'custodian' or 'viewer', got '" + shorten(as, 40) + "'");
      record.holders.push_back({holder.key, as == "self", as != "viewer"});
    });
    return record;
  }

  SetUpApplication read_application(const YamlMember& member) {
    check_keys(member.value, {"id", "name", "certificate", "return_url", "types", "granted_by"});
    SetUpApplication application{.key = member.key,
                                 .id = id_of("application", member),
                                 .name = text_of(member.value, "name", member.key),
                                 .return_url = text_of(member.value, "return_url")};
    if (const auto file = text_of(member.value, "certificate"); !file.empty()) {
      auto pem = read_text(folder_ / file);
      if (pem)
        application.certificate_pem = *std::move(pem);
      else
        mistake(member.value.find("certificate")->place, pem.error().what);
    }
    each(member.value, "types", [&](const YamlMember& rule) { application.rules.push_back(read_rule(rule)); });
    if (const auto* grants = member.value.find("granted_by")) {
      if (!grants->is_list()) mistake(grants->place, "'granted_by' must be a list", "for example '[alice@alice]'");
      for (const auto& item : grants->items) {
        const auto at = item.text.find('@');
        const Grant grant{item.text.substr(0, at), at == std::string::npos ? item.text : item.text.substr(at + 1)};
        if (!has_person(grant.account) || !has_record(grant.record))
          mistake(item.place, "'" + item.text + "' is not PERSON@RECORD of this file");
        application.grants.push_back(grant);
      }
    }
    return application;
  }

  Rule read_rule(const YamlMember& member) {
    check_keys(member.value, {"online", "offline", "optional"});
    Rule rule{.type_id = type_of(member),
              .rights = {rights_of(member.value, "online"), rights_of(member.value, "offline")},
              .is_optional = flag_of(member.value, "optional").value_or(false)};
    return rule;
  }

  // A GUID, or the element of a published type.
  std::string type_of(const YamlMember& member) {
    if (healthvault::is_guid(member.key)) return to_lower(member.key);
    std::vector<std::string> found;
    for (const auto& type : thing_types())
      if (type.element == member.key) found.emplace_back(type.id);
    if (found.size() == 1) return found.front();
    mistake(member.key_place, fmt::format("'{}' names {}", member.key, found.empty() ? "no type" : "several types"),
            found.empty() ? "give its GUID" : "give the GUID of one: " + join(found, ", "));
    return {};
  }

  std::int64_t rights_of(const YamlNode& node, std::string_view key) {
    const auto* value = node.find(key);
    if (value == nullptr) return 0;
    std::int64_t rights = 0;
    std::vector<YamlNode> alone;
    if (value->is_scalar()) alone.push_back(*value);
    for (const auto& item : value->is_scalar() ? alone : value->items) {
      const auto* const found = std::find_if(right_names.begin(), right_names.end(),
                                             [&](const RightName& right) { return right.word == item.text; });
      if (found == right_names.end())
        mistake(item.place, "unknown right '" + shorten(item.text, 40) + "'", "all, create, read, update, delete");
      else
        rights |= found->rights;
    }
    return rights;
  }

  bool has_person(std::string_view account) const {
    return std::any_of(set_up_.people.begin(), set_up_.people.end(),
                       [&](const auto& p) { return p.account == account; });
  }
  bool has_record(std::string_view key) const {
    return std::any_of(set_up_.records.begin(), set_up_.records.end(), [&](const auto& r) { return r.key == key; });
  }

  const YamlNode& root_;
  std::filesystem::path folder_;
  SetUp set_up_;
};

}  // namespace

Result<SetUp> read_set_up(const std::filesystem::path& file) {
  BB_TRY(auto text, read_text(file, yaml_bytes_max));
  const auto source = std::make_shared<const Source>(Source{file.string(), std::move(text)});
  auto yaml = parse_yaml(source);
  if (!yaml.is_good()) return Error{render(std::move(yaml.diagnostics))};
  SetUpReader reader(*yaml.root, file.parent_path());
  auto set_up = reader.read();
  if (has_errors(reader.diagnostics)) return Error{render(reader.diagnostics)};
  return set_up;
}

SetUp sample_set_up() {
  struct Sample {
    const char* account;
    const char* name;
  };
  constexpr std::array<Sample, 5> samples{{{"alice", "Alice Newman"},
                                           {"bruno", "Bruno Little"},
                                           {"zoe", "Zoë Ångström-Nuñez"},
                                           {"dmitri", "Dmitri Volkov"},
                                           {"carol", "Carol Newman"}}};
  SetUp set_up;
  SetUpApplication application{
      .key = "sample", .id = derived_guid("application", "sample"), .name = "BlueBridge sample connector"};
  for (const auto& [account, name] : samples) {
    set_up.people.push_back({account, derived_guid("person", account), name});
    if (std::string_view(account) == "carol") continue;
    set_up.records.push_back(
        {.key = account, .id = derived_guid("record", account), .name = name, .holders = {{account, true}}});
    application.grants.push_back({account, account});
  }
  set_up.records.front().holders.push_back({.account = "carol", .is_self = false});
  application.grants.push_back({"carol", "alice"});
  set_up.applications.push_back(std::move(application));
  return set_up;
}

std::string derived_guid(std::string_view kind, std::string_view key) {
  return guid_of(RepeatableBytes(std::string(kind) + ":" + std::string(key)).next(16));
}

std::string new_guid() { return guid_of(random_bytes(16)); }

}  // namespace bb::record_platform
