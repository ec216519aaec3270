/* bb/abi/draft/appointments.h - free times of a clinic, and appointments in them.
 *
 * DRAFT: the id stays, the shape may change.
 */
#ifndef BB_ABI_DRAFT_APPOINTMENTS_H_
#define BB_ABI_DRAFT_APPOINTMENTS_H_

#include "bb/abi/ext/content.h"

BB_EXTERN_C_BEGIN

/* What read(), book() and cancel() give, as application/json:
 *   {"id", "status": "booked" | "cancelled" | "fulfilled", "slot", "starts_at",
 *    "local", "zone", "clinic", "place", "phone", "reason"}
 * `local` is the wall clock of the clinic, "2031-07-15T09:00", `zone` its IANA
 * name, `starts_at` the same moment with its offset. A free time has no
 * "status", "phone" and "reason". What the system does not say is left out. */
#define BB_APPOINTMENT_KIND "appointment"
#define BB_SLOT_KIND "slot"

#define BB_APPOINTMENTS "bb.appointments/1"
typedef struct bb_booking {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str idempotency_key; /* same key, same booking: one appointment */
  bb_str slot_id;
  bb_str appointment_id; /* the one that moves there; empty = a new one */
  bb_str reason;
} bb_booking;

typedef struct bb_appointments {
  uint32_t struct_size;
  uint32_t reserved;
  /* Emits future and past appointments; `limit` and `cursor` page. */
  bb_status(BB_CALL* list)(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out);
  /* Emits the free times. */
  bb_status(BB_CALL* slots)(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out);
  /* One of either. BB_E_NOT_FOUND for one that is not there. */
  bb_status(BB_CALL* read)(bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out);
  /* BB_E_CONFLICT where somebody has the time. */
  bb_status(BB_CALL* book)(bb_connector* c, bb_call* call, const bb_booking* booking, bb_content_sink* out);
  bb_status(BB_CALL* cancel)(bb_connector* c, bb_call* call, bb_str appointment_id, bb_content_sink* out);
  /* all [serial] */
} bb_appointments;

BB_EXTERN_C_END
#endif /* BB_ABI_DRAFT_APPOINTMENTS_H_ */
