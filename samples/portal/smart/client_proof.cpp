#include "portal/smart/client_proof.hpp"

#include <array>
#include <string_view>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/smart/oauth_answers.hpp"

namespace bb::portal {
namespace {

constexpr std::string_view assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::array<std::string_view, 2> algorithms{"RS384", "ES384"};  // FHIR-SMART-41
constexpr std::int64_t leeway_s = 60;

// The same for an id that is unknown and for a secret that is wrong.
const Error not_proven{"the application is unknown, or did not prove itself"};

struct Credentials {
  std::string id, secret;
};

// RFC 6749, 2.3.1: both are encoded as forms are, then joined, then base64.
std::optional<Credentials> read_basic(std::string_view authorization) {
  constexpr std::string_view scheme = "Basic ";
  if (!iequals(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
  const auto pair = base64_decode(trim(authorization.substr(scheme.size())));
  const auto colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return Credentials{};
  const auto id = percent_decode(replace_all(pair->substr(0, colon), "+", " "));
  const auto secret = percent_decode(replace_all(pair->substr(colon + 1), "+", " "));
  return id && secret ? Credentials{*id, *secret} : Credentials{};
}

}  // namespace

std::optional<web::HttpResponse> ClientProof::prove(const web::HttpRequest& request, const FormFields& form,
                                                    ClientPtr& into) {
  const auto basic = read_basic(request.header("authorization"));
  const auto* secret = find_field(form, "client_secret");
  const bool has_assertion = find_field(form, "client_assertion") != nullptr;
  const auto id = std::string(field_of(form, "client_id"));
  if (int(basic.has_value()) + int(secret != nullptr) + int(has_assertion) > 1)
    return oauth_refusal("invalid_request", "an application proves itself in one way alone");
  auto proven = has_assertion       ? by_assertion(form)
                : basic             ? by_secret(basic->id, basic->secret)
                : secret != nullptr ? by_secret(id, *secret)
                                    : by_secret(id, "");
  if (!proven) {
    auto refusal = oauth_refusal("invalid_client", proven.error().what);
    if (basic) refusal.with("WWW-Authenticate", "Basic realm=\"token\"");
    return refusal;
  }
  if (!id.empty() && id != (*proven)->id)
    return oauth_refusal("invalid_request", "client_id is another than that of the application that proved itself");
  into = *std::move(proven);
  return std::nullopt;
}

Result<ClientPtr> ClientProof::by_secret(const std::string& id, const std::string& secret) const {
  auto client = clients_.find(id);
  if (!client) return not_proven;
  using smart::ClientAuthentication;
  if (client->authentication == ClientAuthentication::none) {
    // A secret that a public client sends is none; some send an empty one.
    if (secret.empty()) return client;
    return not_proven;
  }
  if (!client->has_secret()) return not_proven;
  if (equal_constant_time(sha256_hex(secret), client->secret_hash) ||
      defects_.is_on(Defect::smart_ignores_client_secret))
    return client;
  return not_proven;
}

Result<ClientPtr> ClientProof::by_assertion(const FormFields& form) {
  if (field_of(form, "client_assertion_type") != assertion_type)
    return Error{"client_assertion_type must be " + std::string(assertion_type)};
  const auto jws = smart::read_jws(field_of(form, "client_assertion"));
  if (!jws) return Error{"client_assertion: " + jws.error().what};
  const auto id = jws->claims["iss"].string_or("");
  auto client = clients_.find(id);
  if (!client || client->keys.empty()) return not_proven;
  if (jws->key_id.empty()) return Error{"client_assertion: the header has no kid"};
  if (const auto verified = smart::verify(*jws, client->keys, algorithms); !verified)
    return Error{"client_assertion: " + verified.error().what};
  if (jws->claims["sub"].string_or("") != id) return Error{"client_assertion: sub must be as iss"};

  const auto now_ns = clock_();
  smart::ClaimRules rules{.issuer = id,
                          .audience = token_url_,
                          .now_unix_ns = now_ns,
                          .leeway_s = leeway_s,
                          .lifetime_s_max = smart::assertion_lifetime_s_max};
  if (defects_.is_on(Defect::smart_accepts_expired_assertion)) {
    const auto expires_s = jws->claims["exp"].integer_or(0);
    if (expires_s < now_ns / ns_per_second) rules.now_unix_ns = (expires_s - 1) * ns_per_second;
  }
  if (const auto checked = smart::check_claims(jws->claims, rules); !checked)
    return Error{"client_assertion: " + checked.error().what};
  const auto jti = jws->claims["jti"].string_or("");
  if (jti.empty()) return Error{"client_assertion: it has no jti"};
  const auto kept_until_ns = now_ns + (smart::assertion_lifetime_s_max + 2 * leeway_s) * ns_per_second;
  if (!is_new(id, jti, kept_until_ns) && !defects_.is_on(Defect::smart_accepts_replayed_assertion))
    return Error{"client_assertion: its jti was used before"};
  return client;
}

bool ClientProof::is_new(const std::string& client_id, const std::string& jti, std::int64_t expires_ns) {
  const std::lock_guard lock(mutex_);
  const auto now_ns = clock_();
  const auto key = sha256_hex(client_id + "\n" + jti);
  // Where they are too many, none can be told from a repetition.
  if (assertions_.find(key, now_ns) != nullptr || assertions_.is_full(now_ns)) return false;
  assertions_.put(key, true, expires_ns, now_ns);
  return true;
}

}  // namespace bb::portal
