#include "portal/cms/applications.hpp"

#include <array>

#include <bb/core/crypto.hpp>

namespace bb::portal::cms {
namespace {

struct Demo {
  std::string_view id, name, access_word;
  Terms terms;
};
constexpr std::array<Demo, 4> demos{{
    {"cms-app", "Claims reader", "13-month", {AccessType::thirteen_months, true}},
    {"cms-app-once", "Claims reader for once", "one-time", {AccessType::one_time, true}},
    {"cms-app-study", "Claims study", "research", {AccessType::research, true}},
    {"cms-app-inactive", "Former claims reader", "13-month", {AccessType::thirteen_months, false}},
}};

}  // namespace

Applications::Applications(const std::vector<SmartClient>& known, bool has_demos)
    : clients_(chosen(known, has_demos, terms_, description_)) {}

std::vector<SmartClient> Applications::chosen(const std::vector<SmartClient>& known, bool has_demos,
                                              std::map<std::string, Terms, std::less<>>& terms, Value& description) {
  std::vector<SmartClient> clients;
  for (const auto& client : known) {
    if (client.authentication == smart::ClientAuthentication::none || has_demos) continue;
    clients.push_back(client);
    description.push(Value::object({{"client_id", client.id}}));
  }
  if (!has_demos) return clients;
  for (const auto& demo : demos) {
    const auto secret = random_token(32);
    const std::vector<std::string> redirects{"http://127.0.0.1/callback", "http://localhost/callback"};
    clients.push_back({.id = std::string(demo.id),
                       .name = std::string(demo.name),
                       .redirect_uris = redirects,
                       .authentication = smart::ClientAuthentication::client_secret_basic,
                       .secret_hash = sha256_hex(secret)});
    terms.emplace(demo.id, demo.terms);
    description.push(Value::object({{"client_id", demo.id},
                                    {"client_secret", secret},
                                    {"redirect_uris", Value::strings(redirects)},
                                    {"access", demo.access_word},
                                    {"active", demo.terms.is_active}}));
  }
  return clients;
}

const Terms& Applications::terms_of(std::string_view id) const {
  static constexpr Terms usual;
  const auto found = terms_.find(id);
  return found == terms_.end() ? usual : found->second;
}

}  // namespace bb::portal::cms
