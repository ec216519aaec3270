#include "harness/suite/sign_in.hpp"

#include <string_view>
#include <utility>

#include <bb/abi/ext/session.h>

namespace bb::suite {
namespace {

// Whether a connector says that one signs in to it in this way. One that says
// nothing takes any.
bool takes(std::uint32_t methods, std::string_view method) {
  if (methods == 0) return true;
  constexpr std::pair<std::string_view, bb_auth_method> words[] = {
      {"none", BB_AUTH_NONE}, {"client_credentials", BB_AUTH_CLIENT_CREDENTIALS}, {"password", BB_AUTH_PASSWORD}};
  for (const auto& [word, number] : words)
    if (word == method) return (methods & (1u << static_cast<std::uint32_t>(number))) != 0;
  return true;
}

}  // namespace

std::string sign_in_method(const Person& person, const RoleBinding* role, bool has_client_secret) {
  if (const auto* method = person.facts["method"].string()) return *method;
  if (role != nullptr && !role->method.empty()) return role->method;
  if (person.secrets.contains("password")) return "password";
  return has_client_secret ? "client_credentials" : "none";
}

bool lacks_password(const Person& person, const RoleBinding* role, const std::set<std::string>& granted,
                    const std::string& named, std::uint32_t methods) {
  const bool is_chosen =
      !named.empty() || person.facts["method"].is_string() || (role != nullptr && !role->method.empty());
  const auto method = named.empty() ? sign_in_method(person, role, granted.contains("client_secret")) : named;
  const bool is_by_password =
      method == "password" || (!is_chosen && !takes(methods, method) && takes(methods, "password"));
  return is_by_password && !(method == "password" && granted.contains("password"));
}

}  // namespace bb::suite
