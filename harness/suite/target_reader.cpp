#include <algorithm>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/form.hpp"
#include "harness/suite/reader.hpp"

namespace bb::suite {
namespace {

constexpr std::string_view format = "bluebridge-target/1";

// As the verb `sign_in` has them (conformance/schemas/verbs.yaml).
const Words sign_in_methods = {"none",       "client_credentials", "user_redirect",
                               "mutual_tls", "signed_request",     "password"};
const Words person_roles = {"patient", "caregiver", "proxy", "revoked", "stranger", "staff"};

constexpr std::int64_t max_in_flight_max = 256;
constexpr double requests_per_second_min = 0.01;
constexpr double requests_per_second_max = 10'000;

using Secrets = std::map<std::string, host::SecretOrigin>;

// Whether a text is a URL with a user-information part (RFC 3986, section 3.2.1).
bool has_user_info(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const std::string_view authority = text.substr(scheme_end + 3);
  return authority.substr(0, authority.find_first_of("/?#")).find('@') != std::string_view::npos;
}

class TargetReader {
 public:
  TargetReader(Target& target, Form& form) : target_(target), form_(form) {}

  void read(const YamlNode& root) {
    const auto mistake_count = form_.mistake_count();
    form_.expect_map(root, "a target",
                     {"format", "target", "title", "about", "version", "environment", "clock", "profile", "roles",
                      "patients", "options", "inputs", "waivers"});
    const bool has_unknown_keys = form_.mistake_count() != mistake_count;
    if (const auto* node = form_.require(root, "target", "a target")) read_id(*node);
    std::string about;
    form_.take(root, "about", about);
    form_.take(root, "title", target_.title);
    form_.take(root, "version", target_.version);
    form_.take_word(root, "environment", {"test", "production"}, target_.environment);
    form_.take_word(root, "clock", {"real", "virtual"}, target_.clock);
    take_map(root, "profile", target_.profile);
    take_map(root, "options", target_.options);
    take_map(root, "inputs", target_.inputs);
    if (const auto* node = form_.require(root, "roles", "a target")) read_roles(*node);
    if (const auto* node = root.find("patients")) read_people(*node);
    if (const auto* node = root.find("waivers")) read_waivers_file(*node);
    // A section that is not there may be the one whose key is not known.
    for (const auto* key : {"roles", "patients", "options", "inputs", "profile"})
      if (const auto* node = root.find(key); node ? !node->is_map() : has_unknown_keys) target_.unread.emplace(key);
  }

 private:
  void read_id(const YamlNode& node) {
    const auto id = form_.text(node, "'target'");
    if (!id) return;
    target_.id = *id;
    const bool is_good = std::all_of(id->begin(), id->end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
    if (!is_good)
      form_.error(node.place, fmt::format("'target' takes a short name, got '{}'", shorten(*id, 60)),
                  "lower-case letters, digits, '-', '_' and '.', for example acme-portal");
  }

  void take_map(const YamlNode& root, std::string_view key, Value& into) {
    const auto* node = root.find(key);
    if (!node || !form_.expect_map(*node, fmt::format("'{}'", key))) return;
    check_addresses(*node);
    into = to_value(*node);
  }

  // Whatever stands in a target is recorded, but for what is under 'secrets'.
  void check_addresses(const YamlNode& node) {
    if (node.is_scalar() && has_user_info(node.text))
      form_.error(node.place, "an address must not hold a user's name or password before its '@'",
                  "leave them out; a password is a secret: secrets: {password: {env: NAME}}");
    for (const auto& item : node.items) check_addresses(item);
    for (const auto& member : node.members) check_addresses(member.value);
  }

  void read_waivers_file(const YamlNode& node) {
    const auto name = form_.text(node, "'waivers'");
    if (!name) return;
    const auto file = beside_target(*name);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored))
      return form_.error(node.place, fmt::format("there is no file '{}'", shorten(file.string(), 120)),
                         "'waivers' names a file of format bluebridge-waivers/1, relative to the target's folder");
    auto loaded = read_waivers(file);
    if (loaded.value) target_.waivers = *std::move(loaded.value);
    for (auto& diagnostic : loaded.diagnostics) form_.diagnostics().push_back(std::move(diagnostic));
  }

  std::filesystem::path beside_target(const std::string& name) const {
    return (target_.file.parent_path() / name).lexically_normal();
  }

  Secrets read_secrets(const YamlNode& node) {
    Secrets out;
    if (!form_.expect_map(node, "'secrets'")) return out;
    for (const auto& member : node.members) {
      const std::string what = fmt::format("secret '{}'", shorten(member.key, 60));
      if (member.value.is_scalar()) {
        // The value may be the secret itself: it is not repeated.
        form_.error(member.key_place, what + " must not stand in the file",
                    "name where it comes from: {env: NAME} or {file: PATH}");
        continue;
      }
      if (!form_.expect_map(member.value, what, {"env", "file"})) continue;
      host::SecretOrigin origin;
      std::string path;
      form_.take(member.value, "env", origin.environment);
      form_.take(member.value, "file", path);
      if (!path.empty()) origin.file = beside_target(path);
      if (origin.environment.empty() == path.empty())
        form_.error(member.key_place, what + " takes one origin, 'env' or 'file'");
      out.emplace(member.key, std::move(origin));
    }
    return out;
  }

  // true, false, or the streams that are allowed.
  void read_network(const YamlNode& node, RoleBinding& role) {
    if (node.is_scalar()) {
      role.is_network_allowed = form_.flag(node, "'allow_network'").value_or(false);
      return;
    }
    if (!node.is_list() || node.items.empty())
      return form_.error(node.place, "'allow_network' must be true, false or a list of streams",
                         "for example: [{host: mail.example.org, port: 25, transport: tcp}]");
    for (const YamlNode& item : node.items) {
      if (!form_.expect_map(item, "a stream", {"host", "port", "transport"})) continue;
      host::StreamPermit permit;
      form_.take(item, "host", permit.host);
      if (const auto* port = item.find("port"))
        permit.port = static_cast<int>(form_.integer(*port, "'port'", 1, 65'535).value_or(0));
      form_.take_word(item, "transport", {"tcp", "udp", "tls"}, permit.transport);
      role.stream_permits.push_back(std::move(permit));
    }
  }

  void read_roles(const YamlNode& node) {
    if (!form_.expect_map(node, "'roles'")) return;
    for (const auto& member : node.members) {
      const auto mistake_count = form_.mistake_count();
      form_.expect_id(member, "a role");
      const std::string what = fmt::format("role '{}'", shorten(member.key, 60));
      if (!form_.expect_map(member.value, what,
                            {"connector", "config", "secrets", "ca_file", "method", "redirect_uri", "allow_cleartext",
                             "allow_network", "max_in_flight", "requests_per_second"}) &&
          !member.value.is_map())
        continue;
      RoleBinding role;
      role.node = &member.value;
      role.place = member.key_place;
      role.role = member.key;
      form_.take(member.value, "connector", role.connector);
      if (!member.value.find("connector"))
        form_.error(member.key_place, what + " lacks 'connector'", "a type id, see 'bluebridge connector list'");
      take_map(member.value, "config", role.config);
      if (const auto* secrets = member.value.find("secrets")) role.secrets = read_secrets(*secrets);
      form_.take(member.value, "method", role.method);
      if (const auto* method = member.value.find("method")) form_.word(*method, "'method' of " + what, sign_in_methods);
      form_.take(member.value, "redirect_uri", role.redirect_uri);
      std::string ca_file;
      form_.take(member.value, "ca_file", ca_file);
      if (!ca_file.empty()) role.ca_file = beside_target(ca_file);
      form_.take(member.value, "allow_cleartext", role.is_cleartext_allowed);
      if (const auto* network = member.value.find("allow_network")) read_network(*network, role);
      if (const auto* most = member.value.find("max_in_flight"))
        if (const auto count = form_.integer(*most, "'max_in_flight'", 1, max_in_flight_max))
          role.max_in_flight = static_cast<int>(*count);
      if (const auto* rate = member.value.find("requests_per_second"))
        role.requests_per_second =
            form_.number(*rate, "'requests_per_second'", requests_per_second_min, requests_per_second_max).value_or(0);
      role.is_whole = form_.mistake_count() == mistake_count;
      target_.roles.push_back(std::move(role));
    }
  }

  void read_people(const YamlNode& node) {
    if (!form_.expect_map(node, "'patients'")) return;
    for (const auto& member : node.members) {
      const auto mistake_count = form_.mistake_count();
      form_.expect_id(member, "a person");
      if (!form_.expect_map(member.value, fmt::format("person '{}'", shorten(member.key, 60)))) continue;
      Person person;
      person.node = &member.value;
      person.place = member.key_place;
      person.id = member.key;
      person.account = member.key;
      form_.take(member.value, "account", person.account);
      for (const auto& fact : member.value.members) {
        if (fact.key == "secrets")
          person.secrets = read_secrets(fact.value);
        else if (fact.key != "account")
          read_fact(fact, person);
      }
      person.is_whole = form_.mistake_count() == mistake_count;
      target_.people.push_back(std::move(person));
    }
  }

  void read_fact(const YamlMember& fact, Person& person) {
    // A misspelt 'secrets' or 'account' would else become a fact, and a
    // password part of the evidence.
    if (const auto near = nearest(fact.key, {"secrets", "account", "password"}))
      form_.error(fact.key_place, fmt::format("'{}' cannot be a fact of person '{}'", fact.key, person.id),
                  *near == "password" ? "a password is a secret: secrets: {password: {env: NAME}}"
                                      : fmt::format("did you mean '{}'?", *near));
    // Any other word than "patient" takes somebody out of $target.people.
    if (fact.key == "role") form_.word(fact.value, fmt::format("'role' of person '{}'", person.id), person_roles);
    if (fact.key == "method")
      form_.word(fact.value, fmt::format("'method' of person '{}'", person.id), sign_in_methods);
    check_addresses(fact.value);
    person.facts.set(fact.key, to_value(fact.value));
  }

  Target& target_;
  Form& form_;
};

}  // namespace

Loaded<Target> read_target(const std::filesystem::path& file) {
  Loaded<Target> out;
  const auto opened = open_yaml_file(file, out.diagnostics);
  const bool is_yaml_good = !has_errors(out.diagnostics);
  Form form(out.diagnostics);
  if (!opened || !form.expect_format(*opened->tree, format, opened->beginning())) return out;
  Target& target = out.value.emplace();
  target.source = opened->source;
  target.tree = opened->tree;
  target.file = file;
  TargetReader(target, form).read(*target.tree);
  if (!is_yaml_good) target.unread = {"roles", "patients", "options", "inputs", "profile"};
  return out;
}

}  // namespace bb::suite
