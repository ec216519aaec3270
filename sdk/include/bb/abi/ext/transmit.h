/* bb/abi/ext/transmit.h - the connector sends content of the caller's.
 *
 * The connector is the sender, an edge client for example. To have the system
 * send the patient's record, see share.h. DRAFT until the connectors that use
 * it exist.
 */
#ifndef BB_ABI_EXT_TRANSMIT_H_
#define BB_ABI_EXT_TRANSMIT_H_

#include "bb/abi/ext/delivery.h"

BB_EXTERN_C_BEGIN

#define BB_TRANSMIT "bb.transmit/1"
typedef struct bb_attachment {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str filename;
  bb_str media_type;
  bb_source* content;
} bb_attachment;

typedef struct bb_outgoing {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str idempotency_key; /* same key, same message: never sent twice */
  bb_str subject_line;
  bb_str body_text;
  const bb_destination* const* destinations; /* array of pointers, see base.h */
  uint64_t destination_count;
  const bb_attachment* const* attachments;
  uint64_t attachment_count;
} bb_outgoing;

typedef struct bb_transmit {
  uint32_t struct_size;
  uint32_t reserved;
  /* At least one receipt per destination. */
  bb_status(BB_CALL* send)(bb_connector* c, bb_call* call, const bb_outgoing* message, bb_receipt_sink* out);
  /* Receipts known by now, also those emitted before. */
  bb_status(BB_CALL* track)(bb_connector* c, bb_call* call, bb_str message_id, bb_receipt_sink* out);
  /* all [serial] */
} bb_transmit;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_TRANSMIT_H_ */
