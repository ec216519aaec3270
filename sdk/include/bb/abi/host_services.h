/* bb/abi/host_services.h - interfaces that a host may offer to plugins.
 *
 * ABI 1.0: log, clock, cancel, secret, HTTP, evidence and random. Each may be
 * absent (get_interface gives NULL); a plugin then goes without it or refuses in
 * create with a sentence that names the id. The manifest's `grants:` lists what a
 * plugin asks for. Services that are not frozen yet have headers of their own,
 * host_*.h.
 */
#ifndef BB_ABI_HOST_SERVICES_H_
#define BB_ABI_HOST_SERVICES_H_

#include "bb/abi/plugin.h"

BB_EXTERN_C_BEGIN

/* --- Log --------------------------------------------------------------- */
#define BB_HOST_LOG "bb.host.log/1"
typedef struct bb_host_log {
  uint32_t struct_size;
  bb_log_level min_level; /* snapshot; a plugin may skip formatting below it */
  /* call may be NULL: the line then belongs to none. Fields are copied; a
   * secret among them is taken out. Never fails. Must not re-enter the plugin.
   * [any] */
  void(BB_CALL* write)(const bb_host* host, const bb_call* call, bb_log_level level, bb_str message,
                       const bb_pair* fields, uint64_t field_count);
} bb_host_log;

/* --- Clock ------------------------------------------------------------- */
/* Plugins take time from here only. Civil time and sleep may be virtual (the
 * target says so); the monotonic clock is real, and deadlines are on it. */
#define BB_HOST_CLOCK "bb.host.clock/1"
typedef struct bb_host_clock {
  uint32_t struct_size;
  uint32_t reserved;
  /* Nanoseconds of civil time since 1970-01-01T00:00:00Z. [any] */
  int64_t(BB_CALL* now_unix_ns)(const bb_host* host);
  /* Nanoseconds since some moment; never goes back. [any] */
  int64_t(BB_CALL* monotonic_ns)(const bb_host* host);
  /* Sleeps in civil time; 0 or less returns at once. Returns BB_E_CANCELLED or BB_E_DEADLINE early when
   * the call is cancelled or its deadline passes. [call] */
  bb_status(BB_CALL* sleep_ns)(const bb_host* host, bb_call* call, int64_t duration_ns);
} bb_host_clock;

/* --- Cancel ------------------------------------------------------------ */
/* For plugins that block on sockets of their own. */
#define BB_HOST_CANCEL "bb.host.cancel/1"
typedef struct bb_host_cancel {
  uint32_t struct_size;
  uint32_t reserved;
  /* A descriptor (POSIX) or event handle (Windows) that becomes ready when
   * the call is cancelled; -1 if there is none. Wait on it, never read or
   * close it. Valid until the call ends. [call] */
  int64_t(BB_CALL* wait_handle)(const bb_host* host, const bb_call* call);
} bb_host_cancel;

/* --- Random ------------------------------------------------------------ */
/* Nonces, boundaries, message ids, PKCE verifiers come from here. In a run the
 * bytes are the kernel's; under a seed (tests, evidence comparison) they are a
 * generator's, one stream per instance, so that they repeat. A seeded run says
 * so in its record. Long-lived keys are made outside. */
#define BB_HOST_RANDOM "bb.host.random/1"
typedef struct bb_host_random {
  uint32_t struct_size;
  uint32_t reserved;
  /* Fills all of buffer or returns BB_E_HOST_FAULT. [any] */
  bb_status(BB_CALL* fill)(const bb_host* host, void* buffer, uint64_t size);
} bb_host_random;

/* --- Secrets ----------------------------------------------------------- */
/* A secret is named in the configuration or in bb_auth_request and used here.
 * Names outside the instance's grant give BB_E_FORBIDDEN, unknown ones
 * BB_E_NOT_FOUND, an algorithm that the key or the host cannot serve
 * BB_E_UNSUPPORTED.
 *
 * Algorithms are JOSE names; keys stay with the host:
 *   sign, sign_message  RS256 RS384 RS512 PS256 PS384 PS512
 *                       ES256 ES384 ES512; EdDSA (sign_message only);
 *                       RS1 (SHA-1, for old peers, only where granted)
 *   mac                 HS256 HS384 HS512; HS1 (SHA-1, as RS1)
 *   decrypt             RSA1_5 RSA-OAEP RSA-OAEP-256: one RSA block;
 *                       CMS (not a JOSE name): DER EnvelopedData or
 *                       AuthEnvelopedData in, its content out
 * Output: RS* and PS* the plain signature, as long as the modulus; ES* the JWS
 * raw form R || S, each padded to the size of the curve; EdDSA the raw
 * signature; HS* the full MAC. X.509 and CMS want ES* as DER: the plugin
 * converts. */
#define BB_HOST_SECRET "bb.host.secret/1"
typedef struct bb_host_secret {
  uint32_t struct_size;
  uint32_t reserved;
  /* The bytes are wiped by the host when the sink call returns. [call] */
  bb_status(BB_CALL* read)(const bb_host* host, bb_call* call, bb_str name, bb_sink* out);
  /* Keeps a value that the remote gave (refresh token, session key) under a
   * granted name: in the run's secret store, which is memory, or in the
   * operator's store where the configuration says so; never in the run
   * folder. Replaces what was there. [call] */
  bb_status(BB_CALL* store)(const bb_host* host, bb_call* call, bb_str name, bb_bytes value);
  /* Signs a digest of the algorithm's own hash; other lengths give
   * BB_E_INVALID_ARGUMENT. [call] */
  bb_status(BB_CALL* sign)(const bb_host* host, bb_call* call, bb_str key_name, bb_str algorithm, bb_bytes digest,
                           bb_sink* out);
  /* Signs a whole message; the host hashes. [call] */
  bb_status(BB_CALL* sign_message)(const bb_host* host, bb_call* call, bb_str key_name, bb_str algorithm,
                                   bb_bytes message, bb_sink* out);
  /* Authenticates a whole message with a key that both sides have. [call] */
  bb_status(BB_CALL* mac)(const bb_host* host, bb_call* call, bb_str key_name, bb_str algorithm, bb_bytes message,
                          bb_sink* out);
  /* A failure to decrypt is BB_E_CORRUPT without a reason, so that it is no
   * oracle. CMS is streamed: bytes written before a failure are not to be
   * used. [call] */
  bb_status(BB_CALL* decrypt)(const bb_host* host, bb_call* call, bb_str key_name, bb_str algorithm,
                              bb_source* ciphertext, bb_sink* out);
} bb_host_secret;

/* --- HTTP -------------------------------------------------------------- */
/* The host performs the exchange: one place for TLS policy, proxies,
 * cancellation, recording and replay. The only network a sandboxed plugin has.
 * Redirects are answers like any other: the host follows none. */
#define BB_HOST_HTTP "bb.host.http/1"
typedef struct bb_http_request {
  uint32_t struct_size;
  uint32_t flags;
  bb_str method;
  bb_str url;
  const bb_pair* headers;
  uint64_t header_count;
  bb_source* body;           /* may be NULL */
  bb_str client_certificate; /* name of a secret, or empty */
} bb_http_request;

enum {
  /* bb_http_request::flags */

  /* This exchange answers the call: the host puts its ":status" and header
   * fields into the attributes of the call's message (bb_content_sink::head).
   * The last marked exchange of a call counts. Leave it off on token
   * requests, polls and other helpers. */
  BB_HTTP_ANSWER = 1u << 0
};

typedef struct bb_http_response_sink bb_http_response_sink;
struct bb_http_response_sink { /* filled by the plugin, called by the host */
  uint32_t struct_size;
  uint32_t reserved;
  void* plugin_data;
  /* Once, before body(); names in lower case, fields as received. [call] */
  bb_status(BB_CALL* head)(bb_http_response_sink* sink, int32_t status, const bb_pair* headers, uint64_t header_count);
  /* Any number of times, in order. What is not BB_OK ends the exchange, and
   * perform() returns it. [call] */
  bb_status(BB_CALL* body)(bb_http_response_sink* sink, bb_bytes chunk);
};

typedef struct bb_host_http {
  uint32_t struct_size;
  uint32_t reserved;
  /* BB_OK means an HTTP response arrived, whatever its status. No answer
   * before the call's deadline is BB_E_DEADLINE; no connection, or one that
   * broke, is BB_E_UNAVAILABLE; a peer that is not who it says is
   * BB_E_UNTRUSTED_PEER, an answer that is no HTTP BB_E_PROTOCOL; an address
   * outside grant or policy is BB_E_FORBIDDEN, a request or an answer over the
   * host's limits BB_E_TOO_LARGE. [call] */
  bb_status(BB_CALL* perform)(const bb_host* host, bb_call* call, const bb_http_request* request,
                              bb_http_response_sink* response);
} bb_host_http;

/* --- Evidence ---------------------------------------------------------- */
/* For exchanges the host cannot see (SMTP, DNS, LDAP on own sockets, S/MIME
 * steps). What goes through bb.host.http is recorded by the host itself. */
#define BB_HOST_EVIDENCE "bb.host.evidence/1"
typedef struct bb_evidence {
  uint32_t struct_size;
  uint32_t flags;
  bb_str protocol; /* "smtp", "dns", "ldap", "x509", "smime" */
  bb_str step;     /* "rcpt-to", "cert-lookup" */
  bb_str peer;
  bb_bytes sent;
  bb_bytes received;
  const bb_pair* attributes;
  uint64_t attribute_count;
} bb_evidence;

enum {
  /* bb_evidence::flags */
  BB_EVIDENCE_SENSITIVE = 1u << 0, /* store hashed or encrypted */
  /* Sent on a socket of the plugin's own, and the peer has not answered when
   * the call's deadline passed. Goes before returning BB_E_DEADLINE. */
  BB_EVIDENCE_UNANSWERED = 1u << 1
};

typedef struct bb_host_evidence {
  uint32_t struct_size;
  uint32_t reserved;
  /* Copies; never fails. [call] */
  void(BB_CALL* record)(const bb_host* host, bb_call* call, const bb_evidence* evidence);
} bb_host_evidence;

BB_EXTERN_C_END
#endif /* BB_ABI_HOST_SERVICES_H_ */
