// bb/direct/trust.hpp - whether a certificate may be used for an address: its
// names, times, key, uses, its path to an anchor, and revocation.
//
// Sources: Applicability Statement for Secure Health Transport 1.2, sections 1.4
// and 4; RFC 5280, 6. Every fault is told, not the first alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/certificate.hpp>

namespace bb::direct {

enum class Fault {
  wrong_name,  // it is bound to another address or domain
  not_yet_valid,
  expired,
  no_validity,     // a time that is none
  weak_key,        // below what Direct asks for, or of a kind it does not know
  weak_signature,  // signed by its issuer with MD5 or SHA-1
  wrong_use,       // its key usage does not allow the use
  is_authority,    // CA:TRUE
  no_path,         // no path leads to an anchor
  broken_path,     // a path does, and something of it is wrong
  revoked,
  revocation_unknown,  // there is no current list, and the policy asks for one
};
std::string_view word_of(Fault fault);  // "wrong_name"

struct FaultFound {
  Fault fault = Fault::no_path;
  std::string why;  // both values: "valid until 2010-12-03, used on 2026-11-21"
};

// Gets what certificates point to. Not for secrets.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  // By HTTP GET, or POST with `body` where there is one; what came.
  virtual Result<std::string> fetch(const std::string& url, std::string_view body, std::string_view body_type) = 0;
};

enum class Revocation { ignored, checked_where_possible, required };

struct TrustPolicy {
  std::vector<Certificate> anchors;
  std::int64_t at = 0;  // seconds since 1970: the time to judge by
  int rsa_bits_min = 2048;
  bool takes_ec = true;  // P-256 and P-384, of version 1.3
  Revocation revocation = Revocation::checked_where_possible;
  Fetcher* fetcher = nullptr;             // of lists, answers and issuers; none: nothing is fetched
  std::vector<std::string> lists = {};    // CRLs at hand, DER or PEM
  std::vector<std::string> answers = {};  // OCSP responses at hand, DER
};

struct TrustVerdict {
  std::vector<FaultFound> faults;  // none: trusted
  std::vector<Certificate> path;   // from the certificate to its anchor, as far as it leads
  std::vector<std::string> notes;  // what could not be looked at: "no revocation list: ..."
  bool is_trusted() const { return faults.empty(); }
  bool has(Fault fault) const;
};

// Whether bytes are a revocation list, DER or PEM (RFC 5280, 5).
bool is_revocation_list(std::string_view bytes);

// `others` may stand between it and the anchors. Fetched are at most 5 issuers, and of the addresses that a
// certificate names for issuers, lists and responders the first 3 each; revocation is looked up where a path leads to
// an anchor and nothing else of it is wrong.
TrustVerdict judge(const Certificate& certificate, const Address& address, KeyUse use,
                   const std::vector<Certificate>& others, const TrustPolicy& policy);
// The same of one that signs for no address: its times, key, path and revocation.
TrustVerdict judge_path(const Certificate& certificate, const std::vector<Certificate>& others,
                        const TrustPolicy& policy);

}  // namespace bb::direct
