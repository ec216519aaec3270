// revocation.hpp - whether an authority took a certificate back.
//
// Sources: RFC 5280, 5 and 6.3 (lists); RFC 6960 (OCSP).
#pragma once

#include <bb/direct/trust.hpp>

namespace bb::direct {

enum class RevocationState { good, revoked, unknown };
struct RevocationAnswer {
  RevocationState state = RevocationState::unknown;
  std::string why;  // where and when, or why it is not known
};

// Of what a certificate names for one kind (lists, responders, issuers), those that are asked: the first 3. Who
// nobody trusts yet says where we connect to.
std::vector<std::string> asked_urls(std::vector<std::string> named);

// By what is at hand first, then by what can be fetched.
RevocationAnswer look_up_revocation(const Certificate& certificate, const Certificate& issuer,
                                    const TrustPolicy& policy);

}  // namespace bb::direct
