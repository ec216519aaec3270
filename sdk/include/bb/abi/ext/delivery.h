/* bb/abi/ext/delivery.h - destinations and receipts, for share and transmit.
 *
 * No interface of its own. DRAFT until the connectors that use it exist.
 */
#ifndef BB_ABI_EXT_DELIVERY_H_
#define BB_ABI_EXT_DELIVERY_H_

#include "bb/abi/plugin.h"

BB_EXTERN_C_BEGIN

typedef struct bb_destination {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str scheme;  /* "direct", "fhir", "xds", "https" */
  bb_str address; /* dr.who@direct.example.org, https://... */
} bb_destination;

typedef int32_t bb_delivery;
enum {
  BB_DELIVERY_UNKNOWN = 0,
  BB_DELIVERY_ACCEPTED = 1,   /* next hop took responsibility */
  BB_DELIVERY_PROCESSED = 2,  /* destination system has it (MDN processed) */
  BB_DELIVERY_DISPATCHED = 3, /* put in the recipient's hands */
  BB_DELIVERY_FAILED = 4
};

typedef struct bb_receipt {
  uint32_t struct_size;
  bb_delivery delivery;
  bb_str message_id; /* what track() takes */
  bb_str recipient;
  bb_str detail;
  int64_t at_unix_ns;
} bb_receipt;

typedef struct bb_receipt_sink bb_receipt_sink;
struct bb_receipt_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  bb_status(BB_CALL* receipt)(bb_receipt_sink* sink, const bb_receipt* value);
};

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_DELIVERY_H_ */
