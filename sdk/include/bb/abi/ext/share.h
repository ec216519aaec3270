/* bb/abi/ext/share.h - the patient asks the system to send its own record.
 *
 * The system makes the content and sends it; the connector only asks, as the
 * patient's button would. To send content of the caller's, see transmit.h.
 * DRAFT until the connectors that use it exist.
 */
#ifndef BB_ABI_EXT_SHARE_H_
#define BB_ABI_EXT_SHARE_H_

#include "bb/abi/ext/content.h"
#include "bb/abi/ext/delivery.h"

BB_EXTERN_C_BEGIN

#define BB_SHARE "bb.share/1"
typedef struct bb_share_request {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str idempotency_key;                    /* same key, same request: never asked for twice */
  const bb_destination* const* destinations; /* array of pointers, see base.h */
  uint64_t destination_count;
  bb_str format_id;          /* empty = the system's choice */
  const bb_query* selection; /* NULL = everything; limit and cursor unused */
  const bb_str* item_ids;    /* none = what the selection says */
  uint64_t item_count;
} bb_share_request;

typedef struct bb_share {
  uint32_t struct_size;
  uint32_t reserved;
  /* At least one receipt per destination. */
  bb_status(BB_CALL* send)(bb_connector* c, bb_call* call, const bb_share_request* request, bb_receipt_sink* out);
  /* Receipts known by now, also those emitted before. */
  bb_status(BB_CALL* track)(bb_connector* c, bb_call* call, bb_str message_id, bb_receipt_sink* out);
  /* all [serial] */
} bb_share;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_SHARE_H_ */
