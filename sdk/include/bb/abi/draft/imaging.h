/* bb/abi/draft/imaging.h - studies, and images in a chosen form.
 *
 * DRAFT: the id stays, the shape may change.
 */
#ifndef BB_ABI_DRAFT_IMAGING_H_
#define BB_ABI_DRAFT_IMAGING_H_

#include "bb/abi/ext/content.h"

BB_EXTERN_C_BEGIN

#define BB_IMAGING "bb.imaging/1"
typedef struct bb_imaging {
  uint32_t struct_size;
  uint32_t reserved;
  /* Emits the studies that the query selects; `limit` and `cursor` page. */
  bb_status(BB_CALL* studies)(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out);
  /* Emits the images of a study. BB_E_NOT_FOUND for a study that is not there. */
  bb_status(BB_CALL* instances)(bb_connector* c, bb_call* call, bb_str study_id, bb_item_sink* out);
  /* One image. accept: media types in order of preference, none = as it is
   * stored. BB_E_UNSUPPORTED where it can be had in none of them. */
  bb_status(BB_CALL* fetch)(bb_connector* c, bb_call* call, bb_str instance_id, const bb_str* accept,
                            uint64_t accept_count, bb_content_sink* out);
  /* all [serial] */
} bb_imaging;

BB_EXTERN_C_END
#endif /* BB_ABI_DRAFT_IMAGING_H_ */
