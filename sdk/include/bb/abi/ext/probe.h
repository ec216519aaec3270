/* bb/abi/ext/probe.h - named operations below the patient's level.
 *
 * The way to protocol-level and hostile tests. Names without a dot are
 * standard and listed in the conformance data with their arguments; a
 * connector's own begin with its type id and a dot. DRAFT until the connectors
 * that use it exist.
 */
#ifndef BB_ABI_EXT_PROBE_H_
#define BB_ABI_EXT_PROBE_H_

#include "bb/abi/ext/content.h"

BB_EXTERN_C_BEGIN

#define BB_PROBE "bb.probe/1"
typedef struct bb_probe_info {
  uint32_t struct_size;
  uint32_t flags;
  bb_str name;
  bb_str title;
  bb_str arguments_schema; /* JSON Schema, same subset as config_schema; empty
                            * for a standard probe = the one in the data */
} bb_probe_info;

typedef struct bb_probe_sink bb_probe_sink;
struct bb_probe_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* host_data;
  bb_status(BB_CALL* probe)(bb_probe_sink* sink, const bb_probe_info* value);
};

typedef struct bb_probe {
  uint32_t struct_size;
  uint32_t reserved;
  /* What this connector implements. No session and no network needed, so that
   * a suite's arguments can be checked before a run. */
  bb_status(BB_CALL* list)(bb_connector* c, bb_call* call, bb_probe_sink* out);
  /* `arguments` is the JSON text of one object that the host has validated.
   * BB_E_NOT_FOUND for a name that list() does not give. */
  bb_status(BB_CALL* run)(bb_connector* c, bb_call* call, bb_str name, bb_str arguments, bb_content_sink* out);
  /* all [serial] */
} bb_probe;

BB_EXTERN_C_END
#endif /* BB_ABI_EXT_PROBE_H_ */
