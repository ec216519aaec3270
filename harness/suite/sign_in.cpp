#include "harness/suite/sign_in.hpp"

namespace bb::suite {

std::string sign_in_method(const Person& person, bool has_client_secret) {
  if (const auto* method = person.facts["method"].string()) return *method;
  if (person.secrets.contains("password")) return "password";
  return has_client_secret ? "client_credentials" : "none";
}

}  // namespace bb::suite
