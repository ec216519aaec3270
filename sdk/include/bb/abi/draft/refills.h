/* bb/abi/draft/refills.h - prescriptions, and asking for more of them.
 *
 * A refill is for a prescription that has some left, a renewal for one that has
 * none. DRAFT: the id stays, the shape may change.
 */
#ifndef BB_ABI_DRAFT_REFILLS_H_
#define BB_ABI_DRAFT_REFILLS_H_

#include "bb/abi/ext/content.h"

BB_EXTERN_C_BEGIN

/* What read() gives of a prescription, as application/json:
 *   {"id", "medicine", "status": "active" | "discontinued",
 *    "offers": "refill" | "renewal" | "none", "refills_left", "last_filled",
 *    "quantity", "days_supply", "pharmacy"}
 * and request() and status() of what was asked for:
 *   {"id", "prescription", "kind": "refill" | "renewal",
 *    "status": "received" | "sent" | "ready" | "refused", "at", "reason"}
 * What the system does not say is left out, never guessed. */
#define BB_PRESCRIPTION_KIND "prescription"
#define BB_REFILL_KIND "refill"

#define BB_REFILLS "bb.refills/1"
typedef struct bb_refill_request {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str idempotency_key; /* same key, same request: one order */
  bb_str prescription_id;
  bb_str kind; /* "refill" or "renewal" */
} bb_refill_request;

typedef struct bb_refills {
  uint32_t struct_size;
  uint32_t reserved;
  /* Emits the prescriptions; `limit` and `cursor` page. */
  bb_status(BB_CALL* prescriptions)(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out);
  /* One prescription. BB_E_NOT_FOUND for one that is not there. */
  bb_status(BB_CALL* read)(bb_connector* c, bb_call* call, bb_str prescription_id, bb_content_sink* out);
  /* BB_E_REJECTED where the prescription does not offer it. */
  bb_status(BB_CALL* request)(bb_connector* c, bb_call* call, const bb_refill_request* request, bb_content_sink* out);
  bb_status(BB_CALL* status)(bb_connector* c, bb_call* call, bb_str refill_id, bb_content_sink* out);
  /* all [serial] */
} bb_refills;

BB_EXTERN_C_END
#endif /* BB_ABI_DRAFT_REFILLS_H_ */
