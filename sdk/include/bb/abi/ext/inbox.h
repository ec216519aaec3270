/* bb/abi/ext/inbox.h - receive content.
 *
 * What arrived is listed as received. Where the connector can open it (decrypt,
 * verify), the opened form is a second item beside it: its own id, the flag
 * BB_ITEM_OPENED, `parent` the id of the received one. DRAFT until the
 * connectors that use it exist.
 */
#ifndef BB_ABI_EXT_INBOX_H_
#define BB_ABI_EXT_INBOX_H_

#include "bb/abi/ext/content.h"

BB_EXTERN_C_BEGIN

#define BB_INBOX "bb.inbox/1"
typedef int32_t bb_disposition;
enum {
  BB_DISPOSITION_UNKNOWN = 0,
  BB_DISPOSITION_PROCESSED = 1,
  BB_DISPOSITION_DISPLAYED = 2,
  BB_DISPOSITION_DENIED = 3
};

typedef struct bb_inbox {
  uint32_t struct_size;
  uint32_t reserved;
  /* Emits what is waiting; does not remove it. The query term "address" asks
   * for what was sent to that address alone. */
  bb_status(BB_CALL* poll)(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out);
  /* Exactly one item. As received: media type message/rfc822 and the raw
   * bytes, nothing re-serialised. Opened: its MIME entity, and attributes that
   * say what was verified: "opened.signature" and "opened.encryption" (each
   * valid, invalid or absent), "opened.trust" (trusted, untrusted or
   * unchecked), "opened.signer" (SHA-256 of the certificate, hex) and
   * "opened.detail". What cannot be opened has no opened item. */
  bb_status(BB_CALL* read)(bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out);
  /* Idempotent; may cause a notification (MDN) to the sender. Takes the id of
   * the received item. */
  bb_status(BB_CALL* acknowledge)(bb_connector* c, bb_call* call, bb_str item_id, bb_disposition disposition);
  /* Optional tail, may be NULL: an address that is this run's alone, written
   * as text. `tag` is the host's wish for a part of it, [a-z0-9-]{1,32}; the
   * same tag gives the same address until destroy. */
  bb_status(BB_CALL* allocate)(bb_connector* c, bb_call* call, bb_str tag, bb_sink* out);
  /* all [serial] */
} bb_inbox;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_INBOX_H_ */
