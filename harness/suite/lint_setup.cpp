// T06 connectors, T07 configuration, T08 secrets: can the connectors of this
// target be made? Looks at what is installed, at files and at the environment;
// sends nothing.
#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include <bb/host/redirect_listener.hpp>
#include "harness/suite/form.hpp"
#include "harness/suite/lint.hpp"
#include "harness/suite/lint_context.hpp"
#include "harness/suite/sign_in.hpp"

namespace bb::suite {
namespace {

std::vector<std::string> tokens_of(const std::string& pointer) {
  auto tokens = split(pointer, '/');
  tokens.erase(tokens.begin());  // before the first '/'
  for (auto& token : tokens) token = replace_all(replace_all(token, "~1", "/"), "~0", "~");
  return tokens;
}

// Where a part of a configuration stands: the name of a member that should not
// be there, else the value. As near as the file has it.
Place place_in(const YamlNode& config, const SchemaFinding& finding, Place otherwise) {
  const YamlNode* at = &config;
  const auto tokens = tokens_of(finding.pointer);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (finding.is_unknown_member && i + 1 == tokens.size()) return key_place(at, tokens[i], otherwise);
    const YamlNode* next = at->find(tokens[i]);
    if (at->is_list())
      for (std::size_t n = 0; n < at->items.size(); ++n)
        if (std::to_string(n) == tokens[i]) next = &at->items[n];
    if (next == nullptr) return otherwise;
    at = next;
    otherwise = at->place;
  }
  return otherwise;
}

// What a schema says in words of the part that a pointer names.
std::string described(const Value& schema, const std::string& pointer) {
  const Value* at = &schema;
  for (const auto& token : tokens_of(pointer)) at = &(*at)["properties"][token];
  const auto title = (*at)["title"].string_or("");
  const auto description = (*at)["description"].string_or("");
  return title + (title.empty() || description.empty() ? "" : ". ") + description;
}

class SetupLinter {
 public:
  SetupLinter(const Target& target, host::Host& host, SecretsAre secrets, std::vector<Diagnostic>& diagnostics)
      : target_(target), host_(host), secrets_(secrets), diagnostics_(diagnostics) {
    for (const auto& manifest : host.discovery().manifests)
      for (const auto& type : manifest.types) known_.push_back(type.id);
  }

  void check(const RoleUse& use) {
    const RoleBinding* role = target_.find_role(use.role);
    if (role == nullptr || !role->is_whole) return;  // T01 or the reader says so
    check_connector(*role);
    check_policy(*role);
    check_secret_names(*role, use);
    if (secrets_ == SecretsAre::not_needed || !use.is_called) return;
    check_secrets(role->secrets, fmt::format("role '{}'", role->role), role->node, role->place);
    for (const auto& id : use.people)
      if (const Person* person = target_.find_person(id); person && person->is_whole && is_new_.insert(id).second)
        check_secrets(person->secrets, fmt::format("person '{}'", id), person->node, person->place);
    for (const auto& sign_in : use.sign_ins)
      if (const Person* person = target_.find_person(sign_in.person); person && person->is_whole)
        check_sign_in(*role, *person, sign_in.method);
  }

 private:
  void error(std::string_view rule, const Place& place, const std::string& message, const std::string& note) {
    diagnostics_.push_back({Severity::error, place, fmt::format("{} [{}]", message, rule), note});
  }

  void check_connector(const RoleBinding& role) {
    const Place place = value_place(role.node, "connector", role.place);
    if (role.connector.empty()) return;  // the reader says so
    if (std::find(known_.begin(), known_.end(), role.connector) == known_.end())
      return error("T06", place, fmt::format("no connector '{}' is installed", shorten(role.connector, 100)),
                   suggest(role.connector, known_, "installed") +
                       (known_.empty() ? "none is installed here; name a folder of connectors with --plugins" : ""));
    auto& type = types_[role.connector];
    if (!type) type = host_.describe(role.connector);
    if (!*type)
      return error("T06", place, fmt::format("connector '{}' cannot be used", role.connector), type->error().what);
    if ((*type)->has_own_network && !role.is_network_allowed)
      error("T06", place, fmt::format("connector '{}' opens connections of its own", role.connector),
            "'allow_network: true' beside 'connector' allows it");
    if ((*type)->wants_streams && !role.is_network_allowed && role.stream_permits.empty())
      error("T06", place, fmt::format("connector '{}' opens streams (bb.host.stream/1)", role.connector),
            "'allow_network: [{host: mail.example.org, port: 25, transport: tcp}]' beside 'connector' allows one, "
            "'allow_network: true' any");
    for (const auto& layer : (*type)->sandbox)
      if (!layer.is_in_force && is_missing_.insert(layer.name).second)
        diagnostics_.push_back(
            {Severity::warning, {}, fmt::format("connectors run without {}", layer.name), layer.note});
    check_config(role, **type);
  }

  void check_config(const RoleBinding& role, const host::TypeInfo& type) {
    const Place place = key_place(role.node, "config", role.place);
    const YamlNode* node = role.node ? role.node->find("config") : nullptr;
    const std::string see = fmt::format("see 'bluebridge connector show {}'", type.id);
    for (const auto& finding : host::check_config(type, role.config, policy_of(role))) {
      const auto words = finding.is_unknown_member ? "" : described(type.config_schema, finding.pointer);
      const auto what = finding.pointer.empty()
                            ? fmt::format("configuration of role '{}'", role.role)
                            : fmt::format("'{}' of role '{}'", finding.pointer.substr(1), role.role);
      error("T07", node && !finding.pointer.empty() ? place_in(*node, finding, place) : place,
            fmt::format("{}: {}", what, finding.message), words.empty() ? see : words);
    }
  }

  // Members of the configuration that name a secret: it is the role's, or a person's who is signed in to it.
  void check_secret_names(const RoleBinding& role, const RoleUse& use) {
    const auto found = types_.find(role.connector);
    if (found == types_.end() || !found->second || !*found->second) return;
    std::vector<std::string> names;
    for (const auto& [name, origin] : role.secrets) names.push_back(name);
    for (const auto& id : use.people)
      if (const Person* person = target_.find_person(id))
        for (const auto& [name, origin] : person->secrets) names.push_back(name);
    const YamlNode* config = role.node ? role.node->find("config") : nullptr;
    const auto* const members = (**found->second).config_schema["properties"].members();
    if (members == nullptr) return;
    for (const auto& member : *members) {
      if (member.value["format"].string_or("") != "secret-name") continue;
      const auto named = role.config[member.key].string_or("");
      if (named.empty() || std::find(names.begin(), names.end(), named) != names.end()) continue;
      const auto what = fmt::format("'{}' of role '{}'", member.key, role.role);
      // It may be the secret itself, and is not repeated then.
      if (!is_secret_name(named))
        error("T08", {role.place.source, 0, 0, 0}, what + " must be the name of a secret, and is none",
              "put the secret where 'secrets' of the role say, and its name there");
      else
        error("T08", value_place(config, member.key, role.place),
              fmt::format("{} names the secret '{}', which the role has not", what, named),
              names.empty() ? fmt::format("add it to the role: secrets: {{{}: {{file: PATH}}}}", named)
                            : suggest(named, names, "secrets here"));
    }
  }
  static bool is_secret_name(std::string_view text) {
    constexpr std::size_t name_bytes_max = 64;
    return text.size() <= name_bytes_max && std::all_of(text.begin(), text.end(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                    c == '-' || c == '.';
           });
  }

  void check_policy(const RoleBinding& role) {
    if (const auto usable = host::check_policy(policy_of(role)); !usable)
      error("T08", value_place(role.node, "ca_file", role.place), usable.error().what,
            "'ca_file' is a file of certificates in PEM");
    if (role.redirect_uri.empty()) return;
    if (const auto usable = host::RedirectListener::check(role.redirect_uri); !usable)
      error("T08", value_place(role.node, "redirect_uri", role.place), usable.error().what,
            "it is where the browser comes back to, as the system has it on file");
  }

  void check_secrets(const std::map<std::string, host::SecretOrigin>& secrets, const std::string& whose,
                     const YamlNode* node, const Place& otherwise) {
    const YamlNode* list = node ? node->find("secrets") : nullptr;
    for (const auto& [name, origin] : secrets) {
      const auto there = host::check_origin(origin);
      if (there) continue;
      const std::string key = origin.environment.empty() ? "file" : "env";
      error("T08", value_place(list ? list->find(name) : nullptr, key, key_place(list, name, otherwise)),
            fmt::format("secret '{}' of {} is not there: {}", name, whose, there.error().what),
            key == "env" ? fmt::format("set it before the run: export {}=...", origin.environment)
                         : "name a file that holds the secret alone; a path is relative to the folder of the target");
    }
  }

  // Whoever signs in by password has one. A person without any secret that we
  // know would be signed in by a method that their connector may not have.
  void check_sign_in(const RoleBinding& role, const Person& person, const std::string& named) {
    std::set<std::string> granted;
    for (const auto* secrets : {&person.secrets, &role.secrets})
      for (const auto& [name, origin] : *secrets) granted.insert(name);
    if (!lacks_password(person, &role, granted, named, methods_of(role))) return;
    if (!lacks_password_.insert(person.id).second) return;
    std::vector<std::string> given;
    for (const auto& [name, origin] : person.secrets) given.push_back(name);
    const auto near = nearest("password", given);
    const YamlNode* list = person.node ? person.node->find("secrets") : nullptr;
    error(
        "T08", near ? key_place(list, *near, person.place) : key_place(person.node, "secrets", person.place),
        fmt::format("person '{}' signs in to role '{}' by password and has no secret 'password'", person.id, role.role),
        near ? fmt::format("'{}' is another secret; did you mean 'password'?", *near)
             : "add it to the person: secrets: {password: {env: NAME}}");
  }

  // Only an instance says it; making one sends nothing (BB-R019).
  std::uint32_t methods_of(const RoleBinding& role) {
    const auto [found, is_first] = methods_.try_emplace(role.role, 0);
    if (is_first) found->second = asked_methods(role);
    return found->second;
  }

  std::uint32_t asked_methods(const RoleBinding& role) {
    struct Nowhere final : host::Recorder {
      void exchange(const host::HttpExchange&) override {}
      void log(const host::LogLine&) override {}
      void evidence(const host::EvidenceRecord&) override {}
    } nowhere;
    const auto clock = host::make_real_clock();
    host::Redactor redactor;
    host::InstanceOptions options;
    options.type_id = role.connector;
    options.name = role.role;
    options.config = role.config;
    options.secrets = role.secrets;
    options.http = policy_of(role);
    options.is_network_allowed = role.is_network_allowed;
    options.stream_permits = role.stream_permits;
    options.clock = clock.get();
    options.recorder = &nowhere;
    options.redactor = &redactor;
    const auto connector = host_.create(options);
    return connector ? (*connector)->session_methods() : 0;
  }

  static host::HttpPolicy policy_of(const RoleBinding& role) {
    host::HttpPolicy policy;
    policy.ca_file = role.ca_file;
    policy.is_cleartext_allowed = role.is_cleartext_allowed;
    return policy;
  }

  const Target& target_;
  host::Host& host_;
  const SecretsAre secrets_;
  std::vector<Diagnostic>& diagnostics_;
  std::vector<std::string> known_;
  std::map<std::string, std::optional<Result<host::TypeInfo>>> types_;
  std::set<std::string> is_new_;                  // people looked at
  std::set<std::string> is_missing_;              // layers of the sandbox
  std::map<std::string, std::uint32_t> methods_;  // of roles, bits of bb_session::methods
  std::set<std::string> lacks_password_;          // people told of
};

}  // namespace

std::vector<Diagnostic> lint_setup(const Target& target, const std::vector<RoleUse>& uses, host::Host& host,
                                   SecretsAre secrets) {
  std::vector<Diagnostic> diagnostics;
  SetupLinter linter(target, host, secrets, diagnostics);
  for (const auto& use : uses) linter.check(use);
  return diagnostics;
}

}  // namespace bb::suite
