/* bb/abi/ext/download.h - a whole document in a chosen format.
 *
 * ABI 1.0. Where the system wants a session, BB_E_UNAUTHENTICATED without one.
 */
#ifndef BB_ABI_EXT_DOWNLOAD_H_
#define BB_ABI_EXT_DOWNLOAD_H_

#include "bb/abi/ext/content.h"

BB_EXTERN_C_BEGIN

#define BB_DOWNLOAD "bb.download/1"
typedef struct bb_format {
  uint32_t struct_size;
  uint32_t flags;
  bb_str id; /* of the registry: "ccda-2.1", "blue-button-text", ... */
  bb_str media_type;
  bb_str title;
} bb_format;

typedef struct bb_format_sink bb_format_sink;
struct bb_format_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  bb_status(BB_CALL* format)(bb_format_sink* sink, const bb_format* format); /* [call] */
};

typedef struct bb_download_request {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str format_id;
  const bb_query* selection; /* NULL = everything; limit and cursor unused */
  const bb_str* item_ids;    /* none = what the selection says */
  uint64_t item_count;
} bb_download_request;

typedef struct bb_download {
  uint32_t struct_size;
  uint32_t reserved;
  /* Emits the formats that fetch() can give for the subject; empty = the
   * patient of the session. */
  bb_status(BB_CALL* formats)(bb_connector* c, bb_call* call, bb_str subject, bb_format_sink* out);
  /* The document. BB_E_UNSUPPORTED for a format that formats() does not give,
   * BB_E_NOT_FOUND for an item that is not there. A file name that the system
   * gave and HTTP did not carry goes out as the attribute "content.filename". */
  bb_status(BB_CALL* fetch)(bb_connector* c, bb_call* call, const bb_download_request* request, bb_content_sink* out);
  /* all [serial] */
} bb_download;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_DOWNLOAD_H_ */
