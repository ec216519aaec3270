#include "harness/doctor/addresses.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <string_view>
#include <thread>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/suite/lint_context.hpp"

namespace bb::doctor {
namespace {

// They say who somebody is; nobody calls them.
constexpr std::array<std::string_view, 2> names_in_form_of_addresses{"client_uri", "redirect_uri"};

// They are asked over UDP, where nobody takes a connection.
constexpr std::array<std::string_view, 1> names_of_udp_servers{"resolver"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Value& schema_of(const Value& schema, const Value& whole) {
  const auto reference = schema["$ref"].string_or("");
  constexpr std::string_view definitions = "#/$defs/";
  return reference.starts_with(definitions) ? whole["$defs"][reference.substr(definitions.size())] : schema;
}

class Finder {
 public:
  Finder(const suite::RoleBinding& role, const host::TypeInfo& type, std::vector<Address>& addresses)
      : role_(role), whole_(type.config_schema), addresses_(addresses) {}

  void find() {
    look_into(role_.config, whole_, role_.node != nullptr ? role_.node->find("config") : nullptr);
    for (const auto& permit : role_.stream_permits)
      if (permit.port != 0 && !permit.host.empty() && !permit.host.starts_with('*') && permit.transport != "udp")
        add({.peer = peer(permit.host, permit.port, permit.transport == "tls"),
             .place = suite::key_place(role_.node, "allow_network", role_.place)});
  }

 private:
  host::PeerAddress peer(const std::string& host, std::int64_t port, bool is_tls) const {
    return {.host = host, .port = static_cast<int>(port), .is_tls = is_tls, .ca_file = role_.ca_file};
  }

  void look_into(const Value& config, const Value& written, const YamlNode* node) {
    const auto& schema = schema_of(written, whole_);
    if (const auto* members = config.members()) {
      find_server(config, schema, node);
      for (const auto& member : *members) {
        const auto* child = node != nullptr ? node->find(member.key) : nullptr;
        const auto* own = schema["properties"].find(member.key);
        const auto& of_member = own != nullptr ? *own : schema["additionalProperties"];
        if (const auto* text = member.value.string())
          find_url(member.key, *text, of_member, suite::value_place(node, member.key, role_.place));
        else if (!is_among(names_of_udp_servers, member.key))
          look_into(member.value, of_member, child);
      }
    }
    if (const auto* items = config.items())
      for (std::size_t i = 0; i < items->size(); ++i)
        look_into((*items)[i], schema["items"], node != nullptr && i < node->items.size() ? &node->items[i] : nullptr);
  }

  void find_url(const std::string& key, const std::string& text, const Value& schema, const Place& place) {
    if (schema_of(schema, whole_)["format"].string_or("") != "url") return;
    if (is_among(names_in_form_of_addresses, key)) return;
    auto peer = host::peer_of(text);
    if (!peer) return;  // T07 says so
    peer->ca_file = role_.ca_file;
    add({.peer = *std::move(peer), .url = text, .place = place});
  }

  void find_server(const Value& config, const Value& schema, const YamlNode* node) {
    const auto of = [&](std::string_view name) -> const Value& {
      return schema_of(schema["properties"][name], whole_);
    };
    const auto host = config["host"].string_or("");
    const auto port = config["port"].integer_or(of("port")["default"].integer_or(0));
    if (host.empty() || port < 1 || port > 65'535) return;
    const auto protection = config["protection"].string_or(of("protection")["default"].string_or(""));
    // Who has a name in a certificate and no other choice speaks TLS.
    const bool is_tls = protection == "tls" || (of("protection").is_null() && !of("server_name").is_null());
    Address address{.peer = peer(host, port, is_tls), .place = suite::value_place(node, "host", role_.place)};
    address.peer.begins_with_words = protection == "starttls";
    address.peer.certificate_name = config["server_name"].string_or("");
    add(std::move(address));
  }

  void add(Address address) {
    auto known = std::find_if(addresses_.begin(), addresses_.end(),
                              [&](const Address& one) { return one.peer == address.peer; });
    if (known == addresses_.end()) known = addresses_.insert(addresses_.end(), std::move(address));
    if (known->url.empty()) known->url = address.url;
    if (std::find(known->roles.begin(), known->roles.end(), role_.role) == known->roles.end())
      known->roles.push_back(role_.role);
  }

  const suite::RoleBinding& role_;
  const Value& whole_;
  std::vector<Address>& addresses_;
};

bool is_trusted(const Address& address, const host::PeerLook& look) {
  if (!address.peer.is_tls && !address.peer.begins_with_words) return true;
  const auto now = now_unix_ns();
  return look.problem.empty() && look.is_name_right && look.distrust.empty() &&
         std::all_of(look.chain.begin(), look.chain.end(), [&](const host::PeerCertificate& one) {
           return one.not_before_unix_ns <= now && now <= one.not_after_unix_ns;
         });
}

void look_at_one(LookedAt& one, std::int64_t ms_max, const host::Cancellation* cancellation) {
  one.look = host::look_at_peer(one.address.peer, ms_max, cancellation);
  if (one.look.is_connected && !one.address.url.empty() && is_trusted(one.address, one.look))
    one.clock = host::ask_clock(one.address.url, one.address.peer.ca_file, ms_max, cancellation);
}

}  // namespace

std::string Address::text() const {
  const bool is_ipv6 = peer.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + peer.host + "]" : peer.host) + ":" + std::to_string(peer.port);
}

void add_addresses(const suite::RoleBinding& role, const host::TypeInfo& type, std::vector<Address>& addresses) {
  Finder(role, type, addresses).find();
}

std::vector<LookedAt> look_at(std::vector<Address> addresses, std::int64_t ms_max,
                              const host::Cancellation* cancellation) {
  constexpr std::size_t threads_max = 16;
  std::vector<LookedAt> looked;
  for (auto& address : addresses) looked.push_back({std::move(address)});
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < std::min(threads_max, looked.size()); ++i)
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < looked.size(); at = next++) look_at_one(looked[at], ms_max, cancellation);
    });
  threads.clear();
  return looked;
}

}  // namespace bb::doctor
