// portal/fhir/given_tokens.hpp - access tokens that the operator gives out by hand, to try the FHIR API without
// signing in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

#include "portal/smart/access_tokens.hpp"

namespace bb::portal::fhir {

// They never expire. Safe to read from many threads once all are there.
class GivenTokens {
 public:
  // "TOKEN ACCOUNT SCOPE...", parted by blanks: of `--fhir-token`. ACCOUNT is the patient, who allowed it too; '-':
  // none. The error says what is missing.
  [[nodiscard]] Status add(std::string_view text);
  std::optional<TokenAccess> find(std::string_view bearer) const;

 private:
  std::map<std::string, TokenAccess> by_hash_;
};

}  // namespace bb::portal::fhir
