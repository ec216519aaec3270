/* bb/abi/ext/activity.h - who did what to the record, when, sent to whom.
 *
 * DRAFT until the connectors that use it exist.
 */
#ifndef BB_ABI_EXT_ACTIVITY_H_
#define BB_ABI_EXT_ACTIVITY_H_

#include "bb/abi/ext/content.h"

BB_EXTERN_C_BEGIN

/* Kind and media type of an event. Its schema, in full:
 *
 *   {"type": "object", "required": ["id", "action", "at", "actor"],
 *    "additionalProperties": false,
 *    "properties": {
 *      "id":     {"type": "string", "minLength": 1},
 *      "action": {"enum": ["view", "download", "transmit", "api", "sign_in",
 *                          "sign_out", "amend", "other"]},
 *      "at":     {"type": "string", "format": "date-time"},
 *      "actor":  {"type": "object", "required": ["name"],
 *                 "additionalProperties": false,
 *                 "properties": {
 *                   "name": {"type": "string", "minLength": 1},
 *                   "id":   {"type": "string"},
 *                   "role": {"enum": ["patient", "proxy", "staff", "app",
 *                                     "system"]}}},
 *      "items":  {"type": "array", "items": {"type": "string"}},
 *      "what":   {"type": "string"},
 *      "to":     {"type": "array", "items": {"type": "string"}},
 *      "detail": {"type": "string"}}}
 *
 * "items" are item ids of bb.view/1, "what" is the system's own words, "to" is
 * where it was sent, one address each. What the system does not say is left
 * out, never guessed. */
#define BB_ACTIVITY_KIND "activity"
#define BB_ACTIVITY_MEDIA_TYPE "application/json"

#define BB_ACTIVITY "bb.activity/1"
typedef struct bb_activity {
  uint32_t struct_size;
  uint32_t reserved;
  /* Newest first. from and until of the query bound "at"; the kind is ignored. */
  bb_status(BB_CALL* list)(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out);
  bb_status(BB_CALL* read)(bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out);
  /* all [serial] */
} bb_activity;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_ACTIVITY_H_ */
