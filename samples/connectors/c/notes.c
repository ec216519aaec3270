/* notes.c - a connector in plain C11: the ABI without any wrapper.
 *
 * Shows what bb/sdk/ does for a connector in C++: fill struct_size, borrow for
 * the call, poll for cancel, stop when the sink says so, attach one sentence to
 * every failure. Reference: docs/reference/connector-sdk.md.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <bb/abi/ext/view.h>
#include <bb/abi/host_services.h>

typedef struct note {
  const char* id;
  const char* title;
  const char* text;
} note;

static const note notes[] = {
    {"1", "Visit", "Seen for a sore throat."},
    {"2", "Phone call", "Feels better."},
};
enum { note_count = sizeof notes / sizeof notes[0] };

/* What bb_connector is, on this side of the boundary. */
typedef struct instance {
  const bb_host* host;
  const bb_host_log* log; /* NULL where the host has none */
} instance;

static bb_str str(const char* text) { return (bb_str){text, strlen(text)}; }

static bool equals(bb_str a, const char* b) {
  return a.size == strlen(b) && (a.size == 0 || memcmp(a.data, b, a.size) == 0);
}

static bb_status fail(bb_call* call, bb_status status, const char* sentence) {
  bb_error error = {.struct_size = sizeof error, .status = status, .domain = str("notes"), .message = str(sentence)};
  call->set_error(call, &error);
  return status;
}

static bb_item item_of(const note* from) {
  return (bb_item){.struct_size = sizeof(bb_item),
                   .id = str(from->id),
                   .kind = str("note"),
                   .media_type = str("text/plain"),
                   .title = str(from->title),
                   .size = strlen(from->text)};
}

static bb_status BB_CALL list(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) {
  (void)c;
  (void)query;
  for (size_t i = 0; i < note_count; ++i) {
    if (call->is_cancelled(call)) return BB_E_CANCELLED;
    const bb_item item = item_of(&notes[i]);
    const bb_status status = out->item(out, &item);
    if (status != BB_OK) return fail(call, status, "the host takes no more items");
  }
  return BB_OK;
}

static bb_status BB_CALL read_note(bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out) {
  for (size_t i = 0; i < note_count; ++i) {
    if (!equals(item_id, notes[i].id)) continue;
    const instance* const self = (const instance*)c;
    if (self->log != NULL) self->log->write(self->host, call, BB_LOG_INFO, str("a note is read"), NULL, 0);
    const bb_item item = item_of(&notes[i]);
    bb_status status = out->head(out, &item, NULL, 0);
    if (status == BB_OK) status = out->write(out, (bb_bytes){notes[i].text, strlen(notes[i].text)});
    return status == BB_OK ? BB_OK : fail(call, status, "the host takes no more content");
  }
  return fail(call, BB_E_NOT_FOUND, "there is no such note");
}

static const bb_view view = {sizeof(bb_view), 0, list, read_note};

static const char* const interfaces[] = {BB_VIEW, NULL};
static const bb_connector_type type = {.struct_size = sizeof type,
                                       .id = "com.example.notes",
                                       .name = "Notes",
                                       .vendor = "Example, Inc.",
                                       .version = "1.0.0",
                                       .url = "",
                                       .interfaces = interfaces};

static bb_status BB_CALL init(const bb_host* host) {
  (void)host;
  return BB_OK;
}

static void BB_CALL deinit(void) {}

static const bb_connector_type* BB_CALL type_at(uint32_t index) { return index == 0 ? &type : NULL; }

static bb_status BB_CALL create(const bb_host* host, bb_call* call, const bb_create_args* args, bb_connector** out) {
  if (!equals(args->type_id, type.id)) return fail(call, BB_E_NOT_FOUND, "this library has no such connector type");
  instance* const made = calloc(1, sizeof *made);
  if (made == NULL) return fail(call, BB_E_OUT_OF_MEMORY, "out of memory");
  made->host = host;
  made->log = host->get_interface(host, BB_HOST_LOG);
  *out = (bb_connector*)made;
  return BB_OK;
}

static void BB_CALL destroy(bb_connector* connector) { free(connector); }

static const void* BB_CALL get_interface(bb_connector* connector, const char* id) {
  (void)connector;
  return strcmp(id, BB_VIEW) == 0 ? &view : NULL;
}

static const bb_plugin plugin = {
    .struct_size = sizeof plugin,
    .abi_minor = BB_ABI_MINOR,
    .min_host_minor = 0,
    .id = "com.example.notes",
    .version = "1.0.0",
    .init = init,
    .deinit = deinit,
    .type_at = type_at,
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};

const bb_plugin* BB_CALL bb_plugin_v1(void) { return &plugin; }
