#include <bb/smart/client_authentication.hpp>

#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/jws.hpp>

namespace bb::smart {
namespace {

constexpr std::array<std::pair<ClientAuthentication, std::string_view>, 4> words{
    {{ClientAuthentication::none, "none"},
     {ClientAuthentication::client_secret_basic, "client_secret_basic"},
     {ClientAuthentication::client_secret_post, "client_secret_post"},
     {ClientAuthentication::private_key_jwt, "private_key_jwt"}}};

}  // namespace

std::string_view word_of(ClientAuthentication method) {
  return std::find_if(words.begin(), words.end(), [&](const auto& one) { return one.first == method; })->second;
}

std::optional<ClientAuthentication> client_authentication(std::string_view word) {
  const auto* const found =
      std::find_if(words.begin(), words.end(), [&](const auto& one) { return one.second == word; });
  if (found == words.end()) return std::nullopt;
  return found->first;
}

std::string basic_credentials(std::string_view client_id, std::string_view secret) {
  return "Basic " + base64_encode(percent_encode(client_id) + ':' + percent_encode(secret));
}

std::string signing_input_of(const Assertion& assertion) {
  auto header = Value::object({{"alg", assertion.algorithm}, {"kid", assertion.key_id}, {"typ", "JWT"}});
  if (!assertion.key_set_url.empty()) header.set("jku", assertion.key_set_url);
  const auto now_s = assertion.now_unix_ns / ns_per_second;
  return signing_input(header, Value::object({{"iss", assertion.client_id},
                                              {"sub", assertion.client_id},
                                              {"aud", assertion.token_url},
                                              {"iat", now_s},
                                              {"exp", now_s + assertion.lifetime_s},
                                              {"jti", assertion.id}}));
}

FormFields assertion_fields(std::string_view compact_assertion) {
  return {{"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
          {"client_assertion", std::string(compact_assertion)}};
}

}  // namespace bb::smart
