/* bb/abi/ext/content.h - items, content and queries, shared by capabilities.
 *
 * ABI 1.0. No interface of its own. An interface id never changes: "/1" is the
 * revision of the shape, and a shape that cannot grow at its tail becomes "/2"
 * beside it. A DRAFT keeps its id when it freezes.
 */
#ifndef BB_ABI_EXT_CONTENT_H_
#define BB_ABI_EXT_CONTENT_H_

#include "bb/abi/plugin.h"

BB_EXTERN_C_BEGIN

/* A pointer to content at the remote. `id` is stable across sessions. */
typedef struct bb_item {
  uint32_t struct_size;
  uint32_t flags;
  bb_str id;
  bb_str kind;       /* of the registry: "summary", "fhir:Observation", ... */
  bb_str media_type; /* empty when only known on read */
  bb_str title;
  bb_str subject;          /* patient or record id at the remote */
  bb_str version;          /* ETag or version id; empty = unversioned */
  bb_str parent;           /* item it belongs to or was made from; empty = none */
  int64_t updated_unix_ns; /* 0 = unknown */
  uint64_t size;           /* UINT64_MAX = unknown */
} bb_item;

enum {
  /* bb_item::flags */
  BB_ITEM_DELETED = 1u << 0,
  BB_ITEM_SUMMARY = 1u << 1, /* fields beyond id and kind may be missing */
  BB_ITEM_OPENED = 1u << 2   /* decrypted and verified form of `parent` */
};

typedef struct bb_item_sink bb_item_sink;
struct bb_item_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  /* One item, copied. [call] */
  bb_status(BB_CALL* item)(bb_item_sink* sink, const bb_item* item);
  /* Cursor that continues the listing after the items emitted so far; not
   * called when nothing follows. [call] */
  bb_status(BB_CALL* cursor)(bb_item_sink* sink, bb_str cursor);
};

/* The message that answers a call: head() exactly once, then write() until
 * done, also when the body is empty.
 *
 * Attributes of the connector have a dot in their name ("opened.signature",
 * "content.filename"). ":status" and the header fields of the exchange marked
 * BB_HTTP_ANSWER, names in lower case, repeated fields as repeated pairs in the
 * order received, are put before them by the host; a connector never emits
 * them, and without HTTP there are none. */
typedef struct bb_content_sink bb_content_sink;
struct bb_content_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  /* [call] */
  bb_status(BB_CALL* head)(bb_content_sink* sink, const bb_item* item, const bb_pair* attributes, uint64_t count);
  /* [call] */
  bb_status(BB_CALL* write)(bb_content_sink* sink, bb_bytes chunk);
};

typedef struct bb_query {
  uint32_t struct_size;
  uint32_t limit;        /* 0 = connector's choice */
  bb_str subject;        /* empty = the patient of the session */
  bb_str kind;           /* empty = all */
  int64_t from_unix_ns;  /* 0 = open */
  int64_t until_unix_ns; /* 0 = open */
  bb_str cursor;         /* empty = from the start */
  const bb_pair* terms;  /* protocol-specific search terms */
  uint64_t term_count;
} bb_query;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_CONTENT_H_ */
