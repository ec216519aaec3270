#include "portal/cms/ids.hpp"

#include <bb/core/crypto.hpp>

namespace bb::portal::cms {
namespace {

// So many decimal digits that a seed decides.
std::string digits_of(std::string_view seed, std::size_t count) {
  std::string digits;
  for (const char byte : sha256(seed)) {
    if (digits.size() == count) break;
    digits += static_cast<char>('0' + static_cast<unsigned char>(byte) % 10);
  }
  return digits;
}

}  // namespace

std::string patient_id_of(std::string_view account) {
  return "-2014" + digits_of("cms-patient\n" + std::string(account), 10);
}

std::string claim_id_of(std::string_view eob_type, std::string_view seed) {
  return std::string(eob_type) + "--1" + digits_of("cms-claim\n" + std::string(seed), 10);
}

std::string mbi_of(std::string_view account) {
  const auto digits = digits_of("cms-mbi\n" + std::string(account), 4);
  return std::string("1S") + digits[0] + digits[1] + "E" + digits[2] + digits[3] + "AA00";
}

}  // namespace bb::portal::cms
