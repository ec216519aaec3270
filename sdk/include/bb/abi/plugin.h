/* bb/abi/plugin.h - what a plugin library exports and what a host offers.
 *
 * A library exports exactly one symbol, bb_plugin_v1. The major version of
 * the ABI is in that name; the minor version is in the struct sizes; every
 * feature is an interface with its own id. There is no fourth mechanism.
 * ABI 1.0.
 */
#ifndef BB_ABI_PLUGIN_H_
#define BB_ABI_PLUGIN_H_

#include "bb/abi/base.h"

BB_EXTERN_C_BEGIN

typedef struct bb_host bb_host;           /* defined below */
typedef struct bb_connector bb_connector; /* defined by the plugin, opaque */

/* What the host offers. init gets one for the library (init..deinit); create
 * gets one per instance (create..destroy), so that grants and log lines belong
 * to an instance. The two may be the same object. */
struct bb_host {
  uint32_t struct_size;
  uint32_t abi_minor; /* of the headers the host was built with */
  void* host_data;
  const char* name;    /* "bb-host" */
  const char* version; /* "1.5.2" */

  /* Host services by id, for example BB_HOST_LOG. NULL when the host does
   * not offer it or policy denies it to this plugin. Stable until deinit. [any] */
  const void*(BB_CALL* get_interface)(const bb_host* host, const char* id);
};

/* One kind of connector that the library can make. All pointers are static. */
typedef struct bb_connector_type {
  uint32_t struct_size;
  uint32_t flags;
  const char* id;   /* reverse DNS, "com.example.portal"; never reused */
  const char* name; /* for people */
  const char* vendor;
  const char* version; /* of the connector, semantic versioning */
  const char* url;
  /* Interfaces an instance of this type may offer, NULL terminated. The
   * instance's get_interface is what counts; this list lets a host plan. */
  const char* const* interfaces;
  /* JSON Schema (2020-12, the documented subset) of the configuration object,
   * or NULL when there is nothing to configure. */
  const char* config_schema;
} bb_connector_type;

enum {
  /* bb_connector_type::flags */
  BB_CONNECTOR_CONCURRENT = 1u << 0 /* [serial] functions may overlap */
};

/* One instance serves one role and one person: the host makes as many as
 * there are people signed in, and a session never outlives its instance.
 *
 * config: the first pair is {"", the whole configuration}; then one pair per
 * leaf in document order, where a leaf is a scalar or an empty array or
 * object. Keys are JSON Pointers ("/base_url", "/peers/0/host"), values are
 * JSON text ("\"https://...\"", "8080", "true"). Defaults of the schema are
 * filled in. It is valid against config_schema and holds no secrets: a secret
 * is named, see bb_host_secret. */
typedef struct bb_create_args {
  uint32_t struct_size;
  uint32_t reserved;
  bb_str type_id;
  bb_str instance_name; /* "portal/alice"; appears in logs and evidence */
  const bb_pair* config;
  uint64_t config_count;
} bb_create_args;

/* The library. Returned by bb_plugin_v1, static, immutable. */
typedef struct bb_plugin {
  uint32_t struct_size;
  uint32_t abi_minor;      /* headers the plugin was built with */
  uint32_t min_host_minor; /* oldest host that can run it */
  uint32_t reserved;
  const char* id;      /* of the library; each type id is it or "id." + more */
  const char* version; /* of the library, semantic versioning */

  /* Called once after load, before anything below; deinit undoes it. Pairs
   * may nest or repeat within a process, so count them if they do real work.
   * No network, no user interaction, under 100 ms. After a failure the host
   * does not use the library, and deinit is not called for it. deinit comes
   * when every connector is destroyed and cannot fail. */
  bb_status(BB_CALL* init)(const bb_host* host); /* [init] */
  void(BB_CALL* deinit)(void);                   /* [init] */

  /* Enumerate from 0 until NULL. No init needed, so that a scanner can list
   * a library without running it. [any] */
  const bb_connector_type*(BB_CALL* type_at)(uint32_t index);

  /* Make and destroy an instance. create does no network I/O: sessions are
   * opened through BB_SESSION. destroy joins every thread the instance made
   * and cannot fail. create gives BB_E_NOT_FOUND for a type id that type_at
   * does not list, exactly compared, 1xx with a message that names the key for
   * a configuration that cannot be used, and BB_E_UNSUPPORTED where a host
   * service is missing that it cannot do without; *out is then left alone. */
  bb_status(BB_CALL* create)(const bb_host* host, bb_call* call, const bb_create_args* args,
                             bb_connector** out);  /* [any] */
  void(BB_CALL* destroy)(bb_connector* connector); /* [serial] */

  /* Capability by id, for example BB_VIEW. NULL when this instance does not
   * have it. Same answer until destroy. [any] */
  const void*(BB_CALL* get_interface)(bb_connector* connector, const char* id);
} bb_plugin;

/* The one export. Pure: no allocation, no I/O, no locks. [any] */
BB_EXPORT const bb_plugin* BB_CALL bb_plugin_v1(void);
typedef const bb_plugin*(BB_CALL* bb_plugin_v1_fn)(void);
#define BB_PLUGIN_V1_SYMBOL "bb_plugin_v1"

BB_EXTERN_C_END
#endif /* BB_ABI_PLUGIN_H_ */
