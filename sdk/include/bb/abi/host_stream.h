/* bb/abi/host_stream.h - bb.host.stream/1: TCP, UDP and TLS connections.
 *
 * DRAFT until the connectors that use it exist: the id stays, the shape may
 * change. For protocols that are not HTTP (SMTP, IMAP, DNS, LDAP). The host
 * resolves and connects, where the manifest's network grant and the target's
 * policy allow it, and records every byte; over TLS the connector sees and the
 * record holds plain text. Longer: docs/reference/connector-sdk.md.
 */
#ifndef BB_ABI_HOST_STREAM_H_
#define BB_ABI_HOST_STREAM_H_

#include "bb/abi/plugin.h"

BB_EXTERN_C_BEGIN

#define BB_HOST_STREAM "bb.host.stream/1"

typedef int32_t bb_transport;
enum {
  BB_TRANSPORT_UNKNOWN = 0,
  BB_TRANSPORT_TCP = 1,
  BB_TRANSPORT_UDP = 2, /* one datagram per read and per write */
  BB_TRANSPORT_TLS = 3
};

typedef struct bb_stream bb_stream; /* defined by the host, opaque */

typedef struct bb_stream_request {
  uint32_t struct_size;
  uint32_t flags;
  bb_transport transport;
  uint32_t port;
  bb_str host;               /* name or address; empty with "dns" = the resolver */
  bb_str protocol;           /* "smtp", "imap", "dns", "ldap": grant and evidence */
  bb_str server_name;        /* for SNI and name check; empty = host */
  bb_str alpn;               /* space separated, may be empty */
  bb_str client_certificate; /* name of a secret, or empty */
  /* The longest of each wait of the stream: to connect, for a handshake, and of
   * a read for bytes; 0 = none but the call's deadline, which bounds it anyway. */
  uint32_t wait_ms_max;
  uint32_t reserved;
} bb_stream_request;

enum {
  /* bb_stream_request::flags */

  /* The plugin wants a descriptor. No host serves this yet:
   * BB_E_UNSUPPORTED. */
  BB_STREAM_DESCRIPTOR = 1u << 0,
  /* Connect whatever certificate the peer shows; the plugin judges it by
   * bb_stream_info. */
  BB_STREAM_ANY_CERTIFICATE = 1u << 1
};

typedef struct bb_stream_info {
  uint32_t struct_size;
  bb_transport transport;
  bb_str peer;        /* address and port in use, "192.0.2.1:25" */
  bb_str tls_version; /* "TLSv1.3"; empty without TLS */
  bb_str cipher;
  bb_str alpn;           /* what the peer chose; empty = nothing */
  const bb_bytes* chain; /* the peer's certificates as sent, DER, leaf first */
  uint64_t chain_count;
  int64_t descriptor; /* -1 = use read and write */
  bb_status verified; /* BB_OK (also without TLS) or BB_E_UNTRUSTED_PEER */
  uint32_t reserved;
} bb_stream_info;

typedef struct bb_host_stream {
  uint32_t struct_size;
  uint32_t reserved;
  /* The stream belongs to the instance and lives until close or destroy.
   * BB_E_FORBIDDEN outside grant or policy, BB_E_UNTRUSTED_PEER for a bad
   * certificate, BB_E_UNAVAILABLE when nobody accepts, or nobody in time
   * (`wait_ms_max`), BB_E_DEADLINE and BB_E_CANCELLED as for the call. [call] */
  bb_status(BB_CALL* open)(const bb_host* host, bb_call* call, const bb_stream_request* request, bb_stream** out);
  /* Valid until start_tls or close; NULL for a stream that is not open. [call] */
  const bb_stream_info*(BB_CALL* describe)(const bb_host* host, bb_stream* stream);
  /* Waits for bytes and gives what is there, at most `capacity`. *got == 0
   * with BB_OK means that the peer closed (UDP: an empty datagram). A datagram
   * over `capacity` is BB_E_TOO_LARGE and lost. A connection that broke is
   * BB_E_UNAVAILABLE, a stream that is closed or broke before BB_E_STATE.
   * Where the stream's `wait_ms_max` ends first it is BB_E_UNAVAILABLE too; after
   * that, BB_E_DEADLINE and BB_E_CANCELLED nothing is lost, and the stream may be
   * read again. [call] */
  bb_status(BB_CALL* read)(const bb_host* host, bb_call* call, bb_stream* stream, void* buffer, uint64_t capacity,
                           uint64_t* got);
  /* All of it; how much went out before a failure is not known. [call] */
  bb_status(BB_CALL* write)(const bb_host* host, bb_call* call, bb_stream* stream, bb_bytes chunk);
  /* TCP to TLS after the peer's go-ahead; takes flags, server_name, alpn and
   * client_certificate of `request`; the wait is open's. Bytes that came before the handshake and
   * were not read give BB_E_PROTOCOL: an attacker put them there. Whoever has
   * read past the go-ahead must refuse the same way. After a failure the
   * stream is of no more use. [call] */
  bb_status(BB_CALL* start_tls)(const bb_host* host, bb_call* call, bb_stream* stream,
                                const bb_stream_request* request);
  /* NULL is ignored. Not while another function of this stream runs. [any] */
  void(BB_CALL* close)(const bb_host* host, bb_stream* stream);
} bb_host_stream;

BB_EXTERN_C_END
#endif /* BB_ABI_HOST_STREAM_H_ */
