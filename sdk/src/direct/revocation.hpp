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

// By what is at hand first, then by what can be fetched.
RevocationAnswer look_up_revocation(const Certificate& certificate, const Certificate& issuer,
                                    const TrustPolicy& policy);

}  // namespace bb::direct
