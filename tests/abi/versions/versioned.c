/* A connector that says what it sees of the host's version. Built from today's
 * headers and from newer ones; with -DMIN_HOST_MINOR=5 it cannot do without. */
#include <stdio.h>
#include <string.h>

#include <bb/abi/ext/view.h>
#include <bb/abi/plugin.h>

#ifndef MIN_HOST_MINOR
#  define MIN_HOST_MINOR 0
#endif

static unsigned host_minor;

static bb_str text(const char* value) {
  const bb_str slice = {value, strlen(value)};
  return slice;
}

static bb_status list(bb_connector* connector, bb_call* call, const bb_query* query, bb_item_sink* out) {
  (void)connector, (void)query, (void)out;
  bb_error error;
  memset(&error, 0, sizeof error);
  error.struct_size = sizeof error;
  error.message = text("come back later");
  call->set_error(call, &error);
#if BB_ABI_MINOR >= 5
  return BB_E_MOVED_ELSEWHERE;
#else
  return BB_E_RATE_LIMITED;
#endif
}

static bb_status read_item(bb_connector* connector, bb_call* call, bb_str item_id, bb_content_sink* out) {
  (void)connector, (void)item_id;
  const char* trace = "not known";
#if BB_ABI_MINOR >= 5
  trace = BB_HAS(call, trace_parent) ? "there" : "missing";
#else
  (void)call;
#endif
  char seen[100];
  snprintf(seen, sizeof seen, "host 1.%u, connector 1.%u, trace_parent %s", host_minor, (unsigned)BB_ABI_MINOR, trace);
  bb_item item;
  memset(&item, 0, sizeof item);
  item.struct_size = sizeof item;
  item.id = text("1");
  item.kind = text("test");
  item.media_type = text("text/plain");
  item.size = UINT64_MAX;
  const bb_status status = out->head(out, &item, NULL, 0);
  const bb_bytes bytes = {seen, strlen(seen)};
  return status == BB_OK ? out->write(out, bytes) : status;
}

#if BB_ABI_MINOR >= 5
static bb_status watch(bb_connector* connector, bb_call* call) {
  (void)connector, (void)call;
  return BB_OK;
}
static bb_status self_test(void) { return BB_OK; }
#endif

static const bb_view view = {sizeof(bb_view), 0, list, read_item,
#if BB_ABI_MINOR >= 5
                             watch
#endif
};

static bb_status init(const bb_host* host) {
  host_minor = host->abi_minor;
  return BB_OK;
}
static void deinit(void) {}
static const char* const interfaces[] = {BB_VIEW, NULL};
static const bb_connector_type type = {
    sizeof(bb_connector_type), 0, "org.example.versioned", "Versioned", "Example", "1.0.0", NULL, interfaces, NULL};
static const bb_connector_type* type_at(uint32_t index) { return index == 0 ? &type : NULL; }
static bb_status create(const bb_host* host, bb_call* call, const bb_create_args* args, bb_connector** out) {
  static int instance;
  (void)host, (void)call, (void)args;
  *out = (bb_connector*)(void*)&instance;
  return BB_OK;
}
static void destroy(bb_connector* connector) { (void)connector; }
static const void* get_interface(bb_connector* connector, const char* id) {
  (void)connector;
  return strcmp(id, BB_VIEW) == 0 ? &view : NULL;
}

static const bb_plugin plugin = {sizeof(bb_plugin), BB_ABI_MINOR,  MIN_HOST_MINOR, 0,       "org.example.versioned",
                                 "1.0.0",           init,          deinit,         type_at, create,
                                 destroy,           get_interface,
#if BB_ABI_MINOR >= 5
                                 self_test
#endif
};
const bb_plugin* bb_plugin_v1(void) { return &plugin; }
