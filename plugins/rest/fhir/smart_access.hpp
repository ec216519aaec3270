// plugins/rest/fhir/smart_access.hpp - how the connector is let in: discovery, the browser's way,
// refresh tokens, backend services, and the end of a session.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <bb/sdk/connector.hpp>
#include <bb/smart/client_authentication.hpp>
#include <bb/smart/configuration.hpp>
#include <bb/smart/registration.hpp>
#include <bb/smart/token.hpp>

#include "fhir/fhir_line.hpp"

namespace bb::rest {

// Secrets by the names that bb_auth_request has for them.
struct SecretNames {
  std::string client;
  std::string private_key;
  std::string refresh_token;
};

struct Granted {
  smart::TokenResponse token;
  std::string subject;               // of the id token, else the patient
  std::int64_t expires_unix_ns = 0;  // 0: not known
  std::int64_t renew_unix_ns = 0;    // from then on a new one is asked for; 0: not known
};

// How a probe says who asks. What is left out of an assertion is as it should be.
struct ClientClaim {
  enum class Proof { own, none, wrong };  // wrong: another secret, or a signature that is not the key's
  Proof proof = Proof::own;
  std::optional<std::string> assertion_audience = {};
  std::optional<std::string> assertion_id = {};
  std::optional<std::int64_t> assertion_age_s = {};
};

// What an OAuth endpoint answered, where that is not what was asked for: in the words of its error, which never
// repeats what was sent.
Failure failure_of_oauth(const HttpResponse& response, std::string_view doing);

// [any thread]: but whoever changes the session is alone with authorization_url(), redeem(), refresh() and
// client_credentials().
class SmartAccess {
 public:
  explicit SmartAccess(const Context& context);

  // Of a server that is no FHIR server's: its endpoints, instead of discovery. It is told no audience.
  void know(smart::Configuration configuration);
  // The application as it has registered itself, instead of as the configuration has it.
  void become(smart::RegisteredClient client, smart::ClientAuthentication authentication);

  // Where to send the person; what came back is for redeem(). `state` is the host's.
  std::string authorization_url(Call& call, const FhirLine& line, std::string_view redirect_uri,
                                std::string_view scopes, std::string_view state, std::string_view launch);
  // BB_E_INVALID_ARGUMENT for a return that is not that of `state`, BB_E_CONSENT_REQUIRED where the person did not
  // consent, BB_E_STATE where this instance did not send anybody.
  Granted redeem(Call& call, const FhirLine& line, std::string_view returned, std::string_view redirect_uri,
                 std::string_view state, const SecretNames& secrets);
  // The first half of redeem(): the code stays here, for probes (brought()).
  void accept_return(Call& call, const FhirLine& line, std::string_view returned, std::string_view state);
  // Of the person who came back last: "code", "code_verifier", "code_challenge", "redirect_uri". Empty: there is none.
  std::string brought(std::string_view name) const;
  // By a refresh token that is kept, which is stored anew where the server gives another.
  Granted refresh(Call& call, const FhirLine& line, std::string_view refresh_token, std::string_view narrower_scope,
                  const SecretNames& secrets);
  // Stores a refresh token that came, where the target keeps one.
  void keep(Call& call, const SecretBytes& refresh_token, const SecretNames& secrets) const;
  // SMART Backend Services (FHIR-BULK-01).
  Granted client_credentials(Call& call, const FhirLine& line, std::string_view scopes, const SecretNames& secrets);
  // What can be revoked; a server without a revocation endpoint keeps what it gave.
  void revoke(Call& call, const FhirLine& line, std::string_view token, std::string_view type_hint,
              const SecretNames& secrets);

  // A form to "token", "revocation" or "introspection".
  HttpResponse probe_endpoint(Call& call, const FhirLine& line, std::string_view endpoint, FormFields fields,
                              const ClientClaim& client, const SecretNames& secrets);

  const smart::Configuration& configuration(Call& call, const FhirLine& line);
  const std::string& client_id() const { return client_id_; }
  smart::ClientAuthentication authentication() const { return authentication_; }
  // What the token endpoint answered last to who signed in; empty: nothing yet. It holds tokens.
  std::string_view token_answer() const { return token_answer_.bytes(); }
  std::string read_secret(Call& call, std::string_view name) const { return secret_.read(call, name); }

 private:
  Granted ask(Call& call, const FhirLine& line, FormFields fields, const SecretNames& secrets, std::string_view doing);
  Granted grant_of(Call& call, const FhirLine& line, smart::TokenResponse token, std::string_view nonce);
  // Adds to the form what proves the client; gives the value of Authorization, where it is proven so.
  std::string authenticate(Call& call, const FhirLine& line, FormFields& fields, const SecretNames& secrets,
                           const ClientClaim& client = {});
  std::string endpoint(Call& call, const FhirLine& line, std::string smart::Configuration::*member,
                       std::string_view name);

  std::string needed(const std::string& name, std::string_view what) const;
  std::string client_secret(Call& call, const SecretNames& secrets) const;

  std::string client_id_;
  SecretBytes registered_secret_;
  bool has_audience_ = true;
  smart::ClientAuthentication authentication_;
  std::string algorithm_, key_id_;
  std::timed_mutex configuration_mutex_;
  std::optional<smart::Configuration> configuration_;  // stays as it is once it is there
  smart::Configuration told_;                          // by the connector's own configuration, before discovery
  std::string verifier_;                               // of the person who is away
  std::string state_;
  std::string nonce_;
  std::string redirect_uri_;
  // Of the person who came back.
  SecretBytes code_;
  std::string code_verifier_;
  SecretBytes token_answer_;
  Secret secret_;
  Random random_;
  Clock clock_;
};

}  // namespace bb::rest
