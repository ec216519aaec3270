// bb/host/redactor.hpp - takes secrets out of everything that is recorded.
//
// Secrets are learnt (values that the secret service gave out or stored, and
// credentials seen on the wire: Authorization, Cookie, Set-Cookie, tokens in
// JSON answers) and from then on replaced wherever they occur, plain,
// percent-encoded, JSON-escaped or in base64, by "[secret NAME]". Header fields that carry
// credentials are replaced whole. Values under 4 bytes are not searched for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bb::host {

class Redactor {
 public:
  Redactor();
  ~Redactor();
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;

  // All [any thread].
  void learn(std::string_view name, std::string_view secret);
  std::string redact(std::string_view bytes) const;
  // The same for a sentence, in which somebody may have shortened what he
  // quotes: also a beginning of a secret before "..." is replaced.
  std::string redact_sentence(std::string_view text) const;
  // The value of a header field: whole for credential fields (which also
  // teaches the credential), else as redact().
  std::string redact_header(std::string_view name, std::string_view value);
  // Learns what a credential field holds; other fields teach nothing.
  void learn_header(std::string_view name, std::string_view value);
  // Learns access_token, refresh_token, id_token ... of a JSON body; of the XML of a personal
  // health record platform auth-token, shared-secret and their like.
  void learn_tokens(std::string_view message);
  // Learns what a person's browser brought back from a sign-in: every value in the query and the fragment of
  // `address`, but those that say how it went (target, error, error_description, error_uri, instanceid, scope, iss,
  // expires_in, token_type).
  void learn_return(std::string_view address);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bb::host
