#include "portal/fhir/given_tokens.hpp"

#include <limits>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::portal::fhir {

Status GivenTokens::add(std::string_view text) {
  const auto words = split(collapse_whitespace(text), ' ');
  if (words.size() < 3)
    return Error{"--fhir-token must be 'TOKEN ACCOUNT SCOPE...', got " + counted(words.size(), "word")};
  TokenAccess access;
  access.token_id = access.client_id = "given-by-hand";
  if (words[1] != "-") access.subject = access.patient = words[1];
  access.expires_unix_ns = std::numeric_limits<std::int64_t>::max();
  for (auto word = words.begin() + 2; word != words.end(); ++word) {
    auto scope = smart::read_scope(*word);
    if (!scope) return Error{"--fhir-token: " + scope.error().what};
    access.scopes.push_back(*std::move(scope));
  }
  by_hash_.insert_or_assign(sha256_hex(words[0]), std::move(access));
  return {};
}

std::optional<TokenAccess> GivenTokens::find(std::string_view bearer) const {
  const auto found = by_hash_.find(sha256_hex(bearer));
  return found == by_hash_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace bb::portal::fhir
