// bb/smart/pkce.hpp - proof that who redeems a code is who asked for it.
//
// Source: RFC 7636, 4.1, 4.2 and 4.6 (FHIR-SMART-27, -28). S256 alone: SMART forbids `plain`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bb::smart {

inline constexpr std::size_t verifier_random_bytes = 32;  // 43 characters

// Of 32 random bytes that nobody else knows.
std::string code_verifier(std::string_view random_bytes);
// 43 to 128 of A-Z a-z 0-9 - . _ ~
bool is_code_verifier(std::string_view text);
// BASE64URL(SHA256(ASCII(verifier))), without padding.
std::string code_challenge(std::string_view verifier);
// A server's look at what came: in time that does not tell how much of it is right.
bool is_verifier_of(std::string_view verifier, std::string_view challenge);

}  // namespace bb::smart
