// bb/healthvault/connect.hpp - the code that binds a patient and a record, and the answer
// that opens it.
//
// Source: the catalogue's rows HV-CONN-01 to -04.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bb::healthvault {

inline constexpr std::size_t identity_code_characters = 20;
inline constexpr int wrong_answers_max = 3;                                       // HV-CONN-03
inline constexpr std::int64_t connect_request_lifetime_s = 4 * 7 * 24 * 60 * 60;  // HV-CONN-04

// 20 random characters, of those that are not taken for others: "JKYZQNMNVHRXZGNRGZNH".
std::string new_identity_code();
// As a person types it: without blanks and dashes, in upper case. Empty where it is none.
std::string read_identity_code(std::string_view text);

// HV-CONN-02: compared without case but with white space. ASCII and, beyond it, byte by byte.
bool is_same_answer(std::string_view given, std::string_view expected);

}  // namespace bb::healthvault
