/* bb/abi/draft/messaging.h - conversation between a person and a care team.
 *
 * DRAFT: the id stays, the shape may change.
 */
#ifndef BB_ABI_DRAFT_MESSAGING_H_
#define BB_ABI_DRAFT_MESSAGING_H_

#include "bb/abi/ext/content.h"
#include "bb/abi/ext/transmit.h"

BB_EXTERN_C_BEGIN

/* What read() gives, as application/json:
 *   {"id", "subject", "messages": [{"id", "at", "author": {"name", "id", "role",
 *     "on_behalf_of"}, "text", "is_read", "attachments": [{"filename",
 *     "media_type", "size"}]}]}
 * oldest first; "is_read" is how it was before this reading. What the system does
 * not say is left out, never guessed. recipients() emits items of kind
 * "recipient", whose id is the address of a destination of scheme "portal". */
#define BB_THREAD_KIND "thread"
#define BB_RECIPIENT_KIND "recipient"

#define BB_MESSAGING "bb.messaging/1"
typedef struct bb_messaging {
  uint32_t struct_size;
  uint32_t reserved;
  /* Emits the conversations that the query selects; `limit` and `cursor` page. */
  bb_status(BB_CALL* threads)(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out);
  /* One conversation. BB_E_NOT_FOUND for one that is not there. */
  bb_status(BB_CALL* read)(bb_connector* c, bb_call* call, bb_str thread_id, bb_content_sink* out);
  /* Emits whom this person may write to. */
  bb_status(BB_CALL* recipients)(bb_connector* c, bb_call* call, bb_item_sink* out);
  /* Adds a message; an empty thread_id begins a conversation. The key of
   * `message` is never sent twice. The message_id of the receipt is the thread. */
  bb_status(BB_CALL* post)(bb_connector* c, bb_call* call, bb_str thread_id, const bb_outgoing* message,
                           bb_receipt_sink* out);
  /* all [serial] */
} bb_messaging;

BB_EXTERN_C_END
#endif /* BB_ABI_DRAFT_MESSAGING_H_ */
