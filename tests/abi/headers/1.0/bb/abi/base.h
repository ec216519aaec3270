/* bb/abi/base.h - types shared by every part of the plugin ABI.
 *
 * ABI 1.0. C99 to C17 and C++11 to C++20 on 64-bit platforms; includes only
 * <stddef.h> and <stdint.h>. Nothing about the host is known to a plugin except
 * what is declared here and under bb/abi/. Within major version 1 nothing here
 * is moved, removed or given another meaning (docs/abi/versioning.md). How to
 * use it: docs/reference/connector-sdk.md.
 *
 * Conventions, stated once and not repeated per function:
 *   - Text is UTF-8. A bb_str is a pointer and a byte count, not NUL
 *     terminated; {NULL, 0} and {p, 0} both mean "empty".
 *   - A pointer passed into a function is borrowed: valid until that function
 *     returns. Who wants to keep the bytes copies them.
 *   - A pointer returned by a getter (descriptor, interface) is owned by the
 *     side that returned it and lives until that side's deinit or destroy.
 *   - Neither side ever frees memory that the other side allocated.
 *   - No C++ exception, longjmp or signal-driven unwind crosses a call.
 *   - Each function carries its thread tag in brackets; see "Threads" below.
 *   - A pointer parameter is not NULL, and neither is a function of a struct,
 *     unless it says that it may be.
 *   - An out parameter, and what was emitted into a sink, counts with BB_OK
 *     alone, unless the function says otherwise.
 *
 * When a function may be called:
 *   - Of bb_plugin: init first, but for bb_plugin_v1 and type_at; deinit last.
 *   - Of a connector: between its create and its destroy.
 *   - Of a host service: with the bb_host that gave it, between init and deinit
 *     or between create and destroy.
 *   - Of a sink or a source: until the function it was given to has returned.
 *
 * What a function may return, beside what it names itself: 1xx for arguments
 * that break its contract, BB_E_STATE at the wrong moment, BB_E_CANCELLED and
 * BB_E_DEADLINE when the call ends so, BB_E_OUT_OF_MEMORY, BB_E_INTERNAL, and
 * unchanged what a sink, a source or a host service returned to it. A connector
 * that asks a system also returns what that came to, 2xx to 4xx.
 *
 * Threads:
 *   [any]        any thread, also concurrently.
 *   [serial]     any thread, but the host never runs two [serial] functions
 *                of one connector at the same time.
 *   [call]       only while the bb_call it is given (or was reached through)
 *                is running, on the thread that runs it.
 *   [init]       only inside bb_plugin::init and bb_plugin::deinit.
 */
#ifndef BB_ABI_BASE_H_
#define BB_ABI_BASE_H_

#include <stddef.h>
#include <stdint.h>

#define BB_ABI_MAJOR 1u
#define BB_ABI_MINOR 0u

#if defined(_WIN32)
#  define BB_CALL __cdecl
#  define BB_EXPORT __declspec(dllexport)
#else
#  define BB_CALL
#  define BB_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#  define BB_EXTERN_C_BEGIN extern "C" {
#  define BB_EXTERN_C_END }
#else
#  define BB_EXTERN_C_BEGIN
#  define BB_EXTERN_C_END
#endif

/* Every struct that crosses the boundary starts with `uint32_t struct_size`,
 * written by the side that fills the struct. A reader uses a field only when
 * BB_HAS says that the writer knew it. Fields are appended, never moved,
 * never removed, never given a new meaning. A struct that can grow is never
 * an array element and never a member of another struct by value, since both
 * would move what follows it; arrays of them are arrays of pointers. Only
 * bb_str, bb_bytes and bb_pair have no struct_size: they are frozen. */
#define BB_HAS(ptr, field) ((ptr) != NULL && (size_t)(ptr)->struct_size >= BB_FIELD_END_(ptr, field))
#define BB_FIELD_END_(ptr, field) ((size_t)((const char*)(&(ptr)->field + 1) - (const char*)(ptr)))

BB_EXTERN_C_BEGIN

typedef struct bb_str {
  const char* data;
  uint64_t size;
} bb_str;

typedef struct bb_bytes {
  const void* data;
  uint64_t size;
} bb_bytes;

typedef struct bb_pair {
  bb_str key;
  bb_str value;
} bb_pair;

/* The three that have no struct_size can never grow. */
#if defined(__cplusplus)
#  define BB_ASSERT_SIZE_(type, size) static_assert(sizeof(type) == (size), #type " is frozen at " #size " bytes")
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#  define BB_ASSERT_SIZE_(type, size) _Static_assert(sizeof(type) == (size), #type " is frozen at " #size " bytes")
#else
#  define BB_ASSERT_SIZE_(type, size) extern const char bb_size_of_##type[sizeof(type) == (size) ? 1 : -1]
#endif
BB_ASSERT_SIZE_(bb_str, 16);
BB_ASSERT_SIZE_(bb_bytes, 16);
BB_ASSERT_SIZE_(bb_pair, 32);

/* Result of every fallible function. The hundreds digit is the class and is
 * what a reader that does not know the exact value acts on, so that a newer
 * side can add values. Readers treat an unknown class as BB_E_INTERNAL. Values
 * marked [host] are made by the host alone; a plugin never returns them. */
typedef int32_t bb_status;
enum {
  BB_OK = 0,

  /* 1xx: the caller's doing. Do not retry unchanged. */
  BB_E_INVALID_ARGUMENT = 100,
  BB_E_NOT_FOUND = 101,
  BB_E_UNSUPPORTED = 102, /* known operation, not for this input */
  BB_E_STATE = 103,       /* right call, wrong moment */
  BB_E_CANCELLED = 110,
  BB_E_DEADLINE = 111, /* bb_call::deadline_ns passed */

  /* 2xx: identity and trust. A person may have to act. */
  BB_E_UNAUTHENTICATED = 200,
  BB_E_FORBIDDEN = 201,
  BB_E_CONSENT_REQUIRED = 202,
  BB_E_UNTRUSTED_PEER = 210, /* certificate, trust bundle, signature */

  /* 3xx: may work later. Retry with backoff. */
  BB_E_UNAVAILABLE = 300,
  BB_E_RATE_LIMITED = 301,

  /* 4xx: the remote side refused or broke its own protocol. */
  BB_E_REJECTED = 400,
  BB_E_CONFLICT = 401,
  BB_E_PROTOCOL = 402,
  BB_E_CORRUPT = 403, /* content failed an integrity or syntax check */
  BB_E_TOO_LARGE = 404,

  /* 5xx: a defect on our side of the wire. */
  BB_E_INTERNAL = 500,
  BB_E_OUT_OF_MEMORY = 501,
  BB_E_HOST_FAULT = 502,      /* a host service failed under the plugin */
  BB_E_CONNECTOR_LOST = 503,  /* [host] the connector's process died */
  BB_E_CONNECTOR_STUCK = 504, /* [host] it said nothing after its deadline */

  /* 6xx: not finished; a person or time must act. No failure and no retry:
   * the host keeps the step open and asks again as the function says. */
  BB_E_PENDING = 600
};

/* What a person or a log needs beyond the status. Diagnostics only: a reader
 * must not branch on anything here that bb_status already says. */
typedef struct bb_error {
  uint32_t struct_size;
  bb_status status;
  bb_str domain;        /* "http", "smtp", "x509", "com.example.portal" */
  int64_t domain_code;  /* HTTP status, SMTP reply, vendor code */
  bb_str message;       /* one sentence, no secrets, no patient data */
  bb_str remote_detail; /* as the remote said it; the host redacts it */
  uint64_t retry_after_ms;
} bb_error;

typedef int32_t bb_log_level;
enum { BB_LOG_DEBUG = 0, BB_LOG_INFO = 1, BB_LOG_WARNING = 2, BB_LOG_ERROR = 3 };

/* One running operation. Made by the host, borrowed by the plugin for the
 * length of the operation. Everything that belongs to "this request" hangs
 * off it, so that nothing has to live in thread-local state. */
typedef struct bb_call bb_call;
struct bb_call {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  uint64_t call_id;    /* joins log, evidence and report; never 0 */
  int64_t deadline_ns; /* on bb_host_clock::monotonic_ns; 0 = none */

  /* Non-zero once the host wants the operation to end. Poll it between
   * network steps and at least every 100 ms of work. [any] */
  int32_t(BB_CALL* is_cancelled)(const bb_call* call);

  /* Attach details to the status about to be returned. Last one wins. The
   * host copies them. Every failure but BB_E_CANCELLED and BB_E_PENDING has a
   * message. [call] */
  void(BB_CALL* set_error)(bb_call* call, const bb_error* error);

  /* For a person who waits; nothing follows from it. done <= total; total 0 =
   * unknown. note may be empty. [call] */
  void(BB_CALL* progress)(bb_call* call, uint64_t done, uint64_t total, bb_str note);
};

/* Where results go. The plugin calls write() any number of times; the host
 * copies or streams. A non-OK return means "stop and return that status": the
 * plugin calls this sink no more and returns it unchanged. So with every sink. */
typedef struct bb_sink bb_sink;
struct bb_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  bb_status(BB_CALL* write)(bb_sink* sink, bb_bytes chunk); /* [call] */
};

/* Where content comes from (an outgoing document). read() fills at most
 * `capacity` bytes, any number of them, and says in *got how many; *got == 0
 * with BB_OK means end of content. A source that fails has ended. */
typedef struct bb_source bb_source;
struct bb_source {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  uint64_t size_hint; /* UINT64_MAX = unknown */
  bb_status(BB_CALL* read)(bb_source* source, void* buffer, uint64_t capacity, uint64_t* got); /* [call] */
};

BB_EXTERN_C_END
#endif /* BB_ABI_BASE_H_ */
