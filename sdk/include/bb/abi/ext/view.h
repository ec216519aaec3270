/* bb/abi/ext/view.h - list and read structured records.
 *
 * ABI 1.0. Where the system wants a session, BB_E_UNAUTHENTICATED without one.
 */
#ifndef BB_ABI_EXT_VIEW_H_
#define BB_ABI_EXT_VIEW_H_

#include "bb/abi/ext/content.h"

BB_EXTERN_C_BEGIN

#define BB_VIEW "bb.view/1"
typedef struct bb_view {
  uint32_t struct_size;
  uint32_t reserved;
  /* Emits the items that the query selects, at most `limit`, and a cursor where
   * more follow. A cursor of another query is 1xx. */
  bb_status(BB_CALL* list)(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out);
  /* The content of one item. BB_E_NOT_FOUND for an id that is not there. */
  bb_status(BB_CALL* read)(bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out);
  /* all [serial] */
} bb_view;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_VIEW_H_ */
