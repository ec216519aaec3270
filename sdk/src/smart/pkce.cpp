#include <bb/smart/pkce.hpp>

#include <algorithm>

#include <bb/core/crypto.hpp>

namespace bb::smart {

std::string code_verifier(std::string_view random_bytes) { return base64url_encode(random_bytes); }

bool is_code_verifier(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
  };
  return text.size() >= 43 && text.size() <= 128 && std::all_of(text.begin(), text.end(), is_allowed);
}

std::string code_challenge(std::string_view verifier) { return base64url_encode(sha256(verifier)); }

bool is_verifier_of(std::string_view verifier, std::string_view challenge) {
  return is_code_verifier(verifier) && equal_constant_time(code_challenge(verifier), challenge);
}

}  // namespace bb::smart
