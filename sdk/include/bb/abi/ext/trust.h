/* bb/abi/ext/trust.h - anchors and certificates: whom a system trusts.
 *
 * What the connector keeps to is the trust of the system that it stands for, or
 * of its own configuration; the caller's certificates are judged by it. DRAFT
 * until the connectors that use it exist.
 */
#ifndef BB_ABI_EXT_TRUST_H_
#define BB_ABI_EXT_TRUST_H_

#include "bb/abi/plugin.h"

BB_EXTERN_C_BEGIN

#define BB_TRUST "bb.trust/1"

/* Filled by the plugin. */
typedef struct bb_certificate {
  uint32_t struct_size;
  uint32_t flags;
  bb_bytes der;  /* one X.509 certificate (RFC 5280), never empty */
  bb_str source; /* "dns-cert", "ldap", "bundle:https://..." */
} bb_certificate;

enum {
  /* bb_certificate::flags */
  BB_CERT_ANCHOR = 1u << 0,        /* trusted as it is, not through another */
  BB_CERT_ADDRESS_BOUND = 1u << 1, /* names the whole address */
  BB_CERT_DOMAIN_BOUND = 1u << 2   /* names its domain */
};

typedef struct bb_certificate_sink bb_certificate_sink;
struct bb_certificate_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  bb_status(BB_CALL* certificate)(bb_certificate_sink* sink, const bb_certificate* value); /* [call] */
};

typedef struct bb_trust {
  uint32_t struct_size;
  uint32_t reserved;
  /* Every certificate that is trusted as it is. None is BB_OK, too. */
  bb_status(BB_CALL* anchors)(bb_connector* c, bb_call* call, bb_certificate_sink* out);
  /* Candidates for an address or domain, in the order found, trusted or not.
   * BB_E_NOT_FOUND where there are none. */
  bb_status(BB_CALL* discover)(bb_connector* c, bb_call* call, bb_str address, bb_certificate_sink* out);
  /* BB_OK = this certificate is trusted for that use by that address or domain
   * at the time of the call (bb.host.clock/1). `use` is "sign" or "encrypt";
   * another one is BB_E_UNSUPPORTED. BB_E_UNTRUSTED_PEER with a message that
   * says why, if it has expired or is not valid yet, is revoked, names somebody
   * else, leads to no anchor, or is not for that use; BB_E_INVALID_ARGUMENT for
   * bytes that are no certificate. */
  bb_status(BB_CALL* evaluate)(bb_connector* c, bb_call* call, bb_str address, bb_bytes certificate_der, bb_str use);
  /* all [serial] */
} bb_trust;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_TRUST_H_ */
