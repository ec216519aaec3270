// bb/smart/jws.hpp - signed JSON: what clients prove themselves with, and who signed in.
//
// Source: RFC 7515 (compact form), RFC 7517, RFC 7519, and of RFC 8725 what a verifier must look at:
// algorithms are the verifier's choice, `none` and `crit` are refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/signature_keys.hpp>
#include <bb/core/value.hpp>

namespace bb::smart {

inline constexpr std::size_t jws_bytes_max = 65'536;
inline constexpr std::size_t key_set_bytes_max = 1'048'576;

struct Jws {
  std::string algorithm = {};  // `alg`
  std::string key_id = {};     // `kid`; may be empty
  Value header = {};
  Value claims = {};
  std::string signing_input = {};
  std::string signature = {};  // raw
};

// "<header>.<claims>.<signature>", header and claims JSON objects. Nothing is verified. The error
// says what is broken and nothing of what was read.
[[nodiscard]] Result<Jws> read_jws(std::string_view compact);

// What is signed, and the whole with the raw signature of it.
std::string signing_input(const Value& header, const Value& claims);
std::string compact_jws(std::string_view signing_input, std::string_view raw_signature);

// A key as its owner publishes it.
struct PublishedKey {
  VerifyingKey key;
  std::string id = {};         // `kid`
  std::string algorithm = {};  // `alg`
  std::string use = {};        // `use`: "sig"
};

// Keys of kinds that are unknown here, and such for encryption, are left out, as RFC 7517, 5, has it; the error is
// of what is no set, and of a known kind's key that is broken.
[[nodiscard]] Result<std::vector<PublishedKey>> read_key_set(std::string_view json);

// {"keys": [...]}, each with `kid`, `alg` and `use`.
std::string write_key_set(const std::vector<PublishedKey>& keys);

// By the key that its `kid` names; where it names none, by any that fits. The error is of an
// algorithm that is not among the allowed ones, of `crit`, of no such key, of a signature that is wrong.
[[nodiscard]] Status verify(const Jws& jws, const std::vector<PublishedKey>& keys,
                            std::span<const std::string_view> allowed_algorithms);

// What the claims of a token must be. Times are of the verifier's clock.
struct ClaimRules {
  std::string issuer = {};    // `iss`, exactly; empty: any
  std::string audience = {};  // among `aud`
  std::int64_t now_unix_ns = 0;
  std::int64_t leeway_s = 60;                       // of clocks that differ
  std::optional<std::int64_t> lifetime_s_max = {};  // `exp` ahead of now, at most, beside the leeway
};
// `exp` is needed, `nbf` and `iat` hold where they are there. The error names the claim.
[[nodiscard]] Status check_claims(const Value& claims, const ClaimRules& rules);

}  // namespace bb::smart
