#include <bb/healthvault/connect.hpp>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::healthvault {
namespace {

// Upper-case letters and digits without those that are taken for each other (0 O, 1 I L, 2 Z,
// 5 S, 8 B, U beside V). The form is the platform's own: the length alone is documented.
constexpr std::string_view code_alphabet = "ACDEFGHJKMNPQRTVWXY34679";

}  // namespace

std::string new_identity_code() {
  // Bytes beyond the last whole multiple of the alphabet are left out, so that no character is likelier.
  constexpr auto limit = 256 - 256 % code_alphabet.size();
  std::string code;
  while (code.size() < identity_code_characters)
    for (const char byte : random_bytes(identity_code_characters)) {
      const auto value = static_cast<unsigned char>(byte);
      if (value < limit && code.size() < identity_code_characters) code += code_alphabet[value % code_alphabet.size()];
    }
  return code;
}

std::string read_identity_code(std::string_view text) {
  std::string code;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    const bool is_lower = c >= 'a' && c <= 'z';
    if (!is_lower && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) return {};
    code += is_lower ? static_cast<char>(c - 'a' + 'A') : c;
    if (code.size() > identity_code_characters) return {};
  }
  return code.size() == identity_code_characters ? code : std::string{};
}

bool is_same_answer(std::string_view given, std::string_view expected) {
  return equal_constant_time(to_lower(given), to_lower(expected));
}

}  // namespace bb::healthvault
