#include "portal/fhir/ids.hpp"

#include <bb/core/crypto.hpp>

namespace bb::portal::fhir {

std::string id_of(std::string_view seed) {
  constexpr std::size_t digits = 32;
  return sha256_hex(seed).substr(0, digits);
}

std::string patient_id_of(std::string_view account) {
  // Accounts are of letters, digits, '-', '.' and '_' (people.hpp), the last of which no id may have.
  return account.find('_') == std::string_view::npos ? std::string(account) : id_of(account);
}

}  // namespace bb::portal::fhir
