// secret_keys.hpp - what bb.host.secret/1 does with a key, by OpenSSL.
//
// Algorithms are JOSE names (RFC 7518, RFC 8037) and CMS; the keys are PEM, for
// `mac` the bytes of the secret. SHA-1 (RS1, HS1) is served where it was granted alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/abi/base.h>

namespace bb::host {

struct KeyResult {
  bb_status status = BB_OK;
  std::string bytes;
  std::string problem;  // when status is not BB_OK
};

// Weak algorithms that a plugin is granted: "RS1", "HS1".
using AlgorithmGrants = std::vector<std::string>;

KeyResult mac_with_key(std::string_view key, std::string_view algorithm, std::string_view message,
                       const AlgorithmGrants& granted = {});

enum class Signed { message, digest };
KeyResult sign_with_key(std::string_view pem, std::string_view algorithm, std::string_view input, Signed what,
                        const AlgorithmGrants& granted = {});

// Every failure to decrypt is the same BB_E_CORRUPT.
KeyResult decrypt_with_key(std::string_view pem, std::string_view algorithm, std::string_view ciphertext);

}  // namespace bb::host
