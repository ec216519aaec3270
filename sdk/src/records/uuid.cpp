#include "uuid.hpp"

#include <fmt/format.h>
#include <bb/core/crypto.hpp>

namespace bb::records {

std::string uuid_of(std::string_view text) {
  auto hex = sha256_hex(text);
  hex[12] = '8';  // version
  hex[16] = 'a';  // variant
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20, 12));
}

std::string identity_of(const Record& record) {
  if (!record.document_id.empty()) return record.document_id;
  return record.patient.name.full() + "\n" + record.patient.birth_date + "\n" + record.created + "\n" +
         record.document_title;
}

}  // namespace bb::records
