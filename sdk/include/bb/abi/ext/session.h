/* bb/abi/ext/session.h - sign in, stay signed in, sign out.
 *
 * ABI 1.0. A session belongs to its instance, and an instance to one role and one
 * person. Two people are two instances. Renewal is the connector's business:
 * once per expiry, however many calls wait for it.
 */
#ifndef BB_ABI_EXT_SESSION_H_
#define BB_ABI_EXT_SESSION_H_

#include "bb/abi/plugin.h"

BB_EXTERN_C_BEGIN

#define BB_SESSION "bb.session/1"

typedef int32_t bb_auth_method;
enum {
  BB_AUTH_NONE = 0,
  BB_AUTH_CLIENT_CREDENTIALS = 1,
  BB_AUTH_USER_REDIRECT = 2, /* a person visits a URL and comes back */
  BB_AUTH_MUTUAL_TLS = 3,
  BB_AUTH_SIGNED_REQUEST = 4, /* per-request signature, platform keys */
  BB_AUTH_PASSWORD = 5
};

/* Who signs in, and how. Secrets are names for bb_host_secret, never values;
 * an empty name means that there is none. */
typedef struct bb_auth_request {
  uint32_t struct_size;
  bb_auth_method method;
  bb_str account; /* login name; a client id is configuration */
  bb_str secret_password;
  bb_str secret_client;        /* client secret */
  bb_str secret_refresh_token; /* read first, stored anew when rotated */
  bb_str secret_private_key;   /* with its certificate for MUTUAL_TLS */
  bb_str redirect_uri;
  bb_str scopes;        /* space separated; empty = the connector's own */
  bb_str patient;       /* whose record, as the remote names them */
  bb_str acting_for;    /* person the account is proxy for; empty = self */
  bb_str state;         /* unguessable, made by the host; goes out as is */
  const bb_pair* extra; /* protocol-specific */
  uint64_t extra_count;
} bb_auth_request;

/* Emitted by open() when a person has to act; open() then returns
 * BB_E_PENDING and resume() finishes with what came back. */
typedef struct bb_challenge {
  uint32_t struct_size;
  bb_auth_method method;
  bb_str url;
  bb_str resume_state; /* the connector's own; handed back to resume().
                        * Secrets in it are names, as everywhere */
  int64_t expires_unix_ns;
} bb_challenge;

typedef struct bb_session_info {
  uint32_t struct_size;
  bb_auth_method method;
  bb_str subject;          /* who is signed in, as the remote names them */
  bb_str patient;          /* whose record the session opens; empty = unknown */
  bb_str acting_for;       /* empty = no proxy */
  bb_str scopes;           /* granted, space separated */
  int64_t expires_unix_ns; /* 0 = unknown */
} bb_session_info;

typedef struct bb_session_sink bb_session_sink;
struct bb_session_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  void(BB_CALL* challenge)(bb_session_sink* sink, const bb_challenge* value); /* [call] */
  void(BB_CALL* info)(bb_session_sink* sink, const bb_session_info* value);   /* [call] */
};

typedef struct bb_session {
  uint32_t struct_size;
  uint32_t methods; /* bit (1u << bb_auth_method) per supported method */
  /* Emits one info and returns BB_OK, or one challenge and BB_E_PENDING. A
   * method outside `methods` is BB_E_UNSUPPORTED; BB_E_STATE while open;
   * BB_E_UNAUTHENTICATED when the system does not accept who signs in. */
  bb_status(BB_CALL* open)(bb_connector* c, bb_call* call, const bb_auth_request* request, bb_session_sink* out);
  /* `request` is the one given to open(); `response` is the whole URL the
   * person came back to. A state that is not request->state is
   * BB_E_INVALID_ARGUMENT. Emits one info. */
  bb_status(BB_CALL* resume)(bb_connector* c, bb_call* call, const bb_auth_request* request, bb_str resume_state,
                             bb_str response, bb_session_sink* out);
  /* Emits one info. BB_E_UNAUTHENTICATED when nobody is signed in. */
  bb_status(BB_CALL* describe)(bb_connector* c, bb_call* call, bb_session_sink* out);
  /* Idempotent. Revokes what can be revoked; the session is over whatever it
   * returns. */
  bb_status(BB_CALL* close)(bb_connector* c, bb_call* call);
  /* all [serial] */
} bb_session;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_SESSION_H_ */
