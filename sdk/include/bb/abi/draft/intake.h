/* bb/abi/draft/intake.h - a person gives the system something for the record.
 *
 * Forms to fill in and documents to hand over: the opposite way of view and
 * download. DRAFT: the id stays, the shape may change.
 */
#ifndef BB_ABI_DRAFT_INTAKE_H_
#define BB_ABI_DRAFT_INTAKE_H_

#include "bb/abi/ext/content.h"

BB_EXTERN_C_BEGIN

#define BB_INTAKE "bb.intake/1"
typedef struct bb_submission {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str idempotency_key; /* same key, same content: never filed twice */
  bb_str form_id;         /* empty = a document of the person's own */
  bb_str kind;
  bb_str title;
  bb_str filename;
  bb_str media_type;
  bb_source* content;
} bb_submission;

typedef struct bb_intake {
  uint32_t struct_size;
  uint32_t reserved;
  /* What the system asks this person for; read() gives the empty form. */
  bb_status(BB_CALL* forms)(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out);
  bb_status(BB_CALL* read)(bb_connector* c, bb_call* call, bb_str form_id, bb_content_sink* out);
  /* Emits the item that the record now holds. */
  bb_status(BB_CALL* submit)(bb_connector* c, bb_call* call, const bb_submission* submission, bb_item_sink* out);
  /* all [serial] */
} bb_intake;

BB_EXTERN_C_END
#endif /* BB_ABI_DRAFT_INTAKE_H_ */
