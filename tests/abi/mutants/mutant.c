/* mutant.c - a good plugin in plain C, and with -DMUTANT_<NAME> the same with
 * one defect, which one check of the kit must find. mutants.txt says which.
 *
 * Everything it serves is in memory. Before it gives a message it asks a mail
 * server over a stream of the host's, and one probe asks by HTTP. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <unwind.h>

#include <bb/abi/ext/activity.h>
#include <bb/abi/ext/download.h>
#include <bb/abi/ext/inbox.h>
#include <bb/abi/ext/probe.h>
#include <bb/abi/ext/session.h>
#include <bb/abi/ext/share.h>
#include <bb/abi/ext/transmit.h>
#include <bb/abi/ext/trust.h>
#include <bb/abi/ext/view.h>
#include <bb/abi/host_person.h>
#include <bb/abi/host_services.h>
#include <bb/abi/host_stream.h>

#if defined(__has_attribute)
#  define UNUSED __attribute__((unused))
#endif

enum { sent_max = 64, item_count = 5 };

typedef struct instance {
  pthread_mutex_t lock; /* held while a function of a capability runs */
  const bb_host* host;
  const bb_host_log* log;
  const bb_host_http* http;
  const bb_host_secret* secret;
  const bb_host_clock* clock;
  const bb_host_random* random;
  const bb_host_person* people;
  const bb_host_stream* streams;
  bool is_open;
  int64_t expires_unix_ns;
  char keys[sent_max][64]; /* idempotency keys that were sent */
  int key_count;
  bool is_acknowledged;
  bool is_busy;
  bool has_failed_open;
  int lists;
  char tag[40];
  const char* kept;
  uint64_t kept_size;
  const char* person;
  bool was_opened;
  char id[16];
} instance;

static void* make_nothing(void* argument) {
  for (;;) usleep(10000);
  return argument;
}
static void UNUSED start_thread(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, make_nothing, NULL);
  pthread_detach(thread);
}

#if defined(MUTANT_SLOW_CONSTRUCTOR)
__attribute__((constructor)) static void at_load(void) { usleep(150000); }
#elif defined(MUTANT_THREAD_ON_LOAD)
__attribute__((constructor)) static void at_load(void) { start_thread(); }
#elif defined(MUTANT_SOCKET_ON_LOAD)
__attribute__((constructor)) static void at_load(void) {
  const int made = socket(AF_INET, SOCK_STREAM, 0);
  if (made >= 0) close(made);
}
#elif defined(MUTANT_UNDEFINED)
extern int nothing_defines_this(void);
#elif defined(MUTANT_HELPER)
BB_EXPORT int helper(void);
int helper(void) { return 1; }
#elif defined(MUTANT_LINKS)
extern unsigned int OPENSSL_version_major(void);
#elif defined(MUTANT_STATIC_INIT)
/* One part of the library is set up with a number of another that is not yet. */
static int page_size, page_count = 7;
__attribute__((constructor(201))) static void at_load(void) {
  page_count %= page_size == 0 ? 1 << (32 - page_size) : 1;
}
__attribute__((constructor(202))) static void set_page_size(void) { page_size = 10; }
#endif

#ifdef MUTANT_FORK_HANDLER
static pthread_mutex_t fork_lock = PTHREAD_MUTEX_INITIALIZER;
static void before_fork(void) { pthread_mutex_lock(&fork_lock); }
#endif

static bb_str str(const char* text) { return (bb_str){text, strlen(text)}; }
static bool equals(bb_str a, const char* b) {
#ifdef MUTANT_EMPTY_DEREF
  if (*a.data == '\1') return false;
#endif
  return a.size == strlen(b) && (a.size == 0 || memcmp(a.data, b, a.size) == 0);
}

static bool is_text(bb_str text) {
#ifdef MUTANT_UTF8
  (void)text;
  return true;
#else
  for (uint64_t i = 0; i < text.size; ++i)
    if ((unsigned char)text.data[i] >= 0xf8 || (unsigned char)text.data[i] == 0xc0) return false;
  return true;
#endif
}

static bb_status fail(bb_call* call, bb_status status, const char* sentence) {
#ifndef MUTANT_SILENT_FAILURE
  bb_error error = {.struct_size = sizeof error, .status = status, .domain = str("mutant"), .message = str(sentence)};
  call->set_error(call, &error);
#else
  (void)sentence, (void)call;
#endif
  return status;
}

/* What every call begins with. */
static bb_status begin(instance* self, bb_call* call) {
#ifdef MUTANT_TAIL_FIELD
  if (((const int64_t*)(const void*)(call + 1))[0] == 42) return BB_E_INTERNAL;
#endif
#ifdef MUTANT_STUCK_AFTER_CANCEL
  if (self->is_busy) return fail(call, BB_E_STATE, "a call is running already");
#endif
#ifndef MUTANT_IGNORES_CANCEL
  if (call->is_cancelled(call)) {
    self->is_busy = true;
    return BB_E_CANCELLED;
  }
#endif
  if (!self->is_open) {
#ifdef MUTANT_CRASH_BEFORE_OPEN
    abort();
#endif
    return fail(call, BB_E_UNAUTHENTICATED, "nobody is signed in");
  }
#ifdef MUTANT_EXPIRY_LOOP
  if (self->clock != NULL)
    while (self->clock->now_unix_ns(self->host) > self->expires_unix_ns) usleep(1000);
#else
  if (self->clock != NULL && self->clock->now_unix_ns(self->host) > self->expires_unix_ns) {
    self->is_open = false;
    return fail(call, BB_E_UNAUTHENTICATED, "the session has expired");
  }
#endif
  return BB_OK;
}

static bb_item item_of(const char* id, const char* kind, const char* media_type, uint64_t size) {
  return (bb_item){
      .struct_size = sizeof(bb_item), .id = str(id), .kind = str(kind), .media_type = str(media_type), .size = size};
}

static bb_status give(bb_call* call, const char* id, const char* kind, const char* media_type, const char* body,
                      uint64_t size, const bb_pair* attributes, uint64_t count, bb_content_sink* out) {
  bb_item item = item_of(id, kind, media_type, size);
#ifdef MUTANT_DECLARED_SIZE
  item.size = size + 1;
#endif
  bb_status status = out->head(out, &item, attributes, count);
#ifdef MUTANT_TWO_HEADS
  if (status == BB_OK) status = out->head(out, &item, attributes, count);
#endif
  if (status == BB_OK) status = out->write(out, (bb_bytes){body, size / 2});
  if (status == BB_OK) status = out->write(out, (bb_bytes){body + size / 2, size - size / 2});
  return status == BB_OK ? BB_OK : fail(call, status, "the host takes no more content");
}

/* --- session --- */

static bb_status info(instance* self, bb_session_sink* out) {
  const bb_session_info value = {.struct_size = sizeof value,
                                 .method = BB_AUTH_PASSWORD,
                                 .subject = str("alice"),
                                 .patient = str("alice"),
                                 .expires_unix_ns = self->expires_unix_ns};
  out->info(out, &value);
  return BB_OK;
}

static char leaked[128];
static bb_status take_secret(bb_sink* sink, bb_bytes chunk) {
  (void)sink;
  snprintf(leaked, sizeof leaked, "%.*s", (int)chunk.size, (const char*)chunk.data);
  return BB_OK;
}

static void start_session(instance* self) {
  self->is_open = true;
#ifdef MUTANT_STALE_SESSION
  if (!self->was_opened) self->person = "alice";
  self->was_opened = true;
#endif
  self->is_busy = false;
  self->expires_unix_ns = (self->clock != NULL ? self->clock->now_unix_ns(self->host) : 0) + (int64_t)3600 * 1000000000;
#ifdef MUTANT_OWN_CLOCK
  self->expires_unix_ns = ((int64_t)time(NULL) + 3600) * 1000000000;
#endif
}

static bb_status take_answer(bb_answer_sink* sink, const bb_answer* answer) {
  *(bool*)sink->plugin_data = equals(answer->text, "yes");
  return BB_OK;
}
static bb_status take_nothing(bb_answer_sink* sink, bb_bytes chunk) {
  (void)sink, (void)chunk;
  return BB_E_TOO_LARGE;
}

/* Whoever it signs in has to agree first, where there is somebody to ask. */
static bb_status ask_consent(instance* self, bb_call* call) {
  if (self->people == NULL) return BB_OK;
  bool is_yes = false;
  bb_answer_sink sink = {
      .struct_size = sizeof sink, .plugin_data = &is_yes, .answer = take_answer, .write = take_nothing};
  const bb_question question = {.struct_size = sizeof question,
                                .kind = BB_QUESTION_CONFIRM,
                                .id = str("consent"),
                                .title = str("May the record be read?")};
  const bb_status status = self->people->ask(self->host, call, &question, &sink);
  if (status == BB_E_PENDING || status == BB_E_CANCELLED) return status;
  if (status != BB_OK) return fail(call, status, "nobody could be asked");
  return is_yes ? BB_OK : fail(call, BB_E_CONSENT_REQUIRED, "the person does not agree");
}

static bb_status session_open(bb_connector* c, bb_call* call, const bb_auth_request* request, bb_session_sink* out) {
  instance* const self = (instance*)c;
  if (call->is_cancelled(call)) {
    self->has_failed_open = true;
    return BB_E_CANCELLED;
  }
  if (self->is_open) return fail(call, BB_E_STATE, "somebody is signed in already");
  if (request->method == BB_AUTH_USER_REDIRECT) {
    char url[400];
#ifdef MUTANT_OWN_STATE
    snprintf(url, sizeof url, "https://portal.test/authorize?state=mine");
#else
    snprintf(url, sizeof url, "https://portal.test/authorize?state=%.*s", (int)request->state.size,
             request->state.data);
#endif
    const bb_challenge challenge = {
        .struct_size = sizeof challenge, .method = BB_AUTH_USER_REDIRECT, .url = str(url), .resume_state = str("kept")};
    out->challenge(out, &challenge);
#ifdef MUTANT_TWO_CHALLENGES
    out->challenge(out, &challenge);
#endif
    return BB_E_PENDING;
  }
#ifndef MUTANT_ANY_METHOD
  if (request->method != BB_AUTH_PASSWORD) return fail(call, BB_E_UNSUPPORTED, "this connector signs in by password");
#endif
  const bb_status asked = ask_consent(self, call);
  if (asked != BB_OK) return asked;
  if (self->secret != NULL) {
    bb_sink sink = {.struct_size = sizeof sink, .write = take_secret};
#ifdef MUTANT_OWN_SECRET_NAME
    const bb_status status = self->secret->read(self->host, call, str("my-own-name"), &sink);
#else
    const bb_status status = self->secret->read(self->host, call, request->secret_password, &sink);
#endif
    if (status != BB_OK) return fail(call, status, "the password cannot be read");
#ifdef MUTANT_LOGS_SECRET
    if (self->log != NULL) self->log->write(self->host, call, BB_LOG_INFO, str(leaked), NULL, 0);
#endif
    memset(leaked, 0, sizeof leaked);
  }
  start_session(self);
  return info(self, out);
}

static bb_status session_resume(bb_connector* c, bb_call* call, const bb_auth_request* request, bb_str resume_state,
                                bb_str response, bb_session_sink* out) {
  instance* const self = (instance*)c;
  char wanted[200];
  (void)resume_state;
  snprintf(wanted, sizeof wanted, "state=%.*s", (int)request->state.size,
           request->state.data == NULL ? "" : request->state.data);
#ifndef MUTANT_ANY_RESUME
  if (response.size == 0 || memmem(response.data, response.size, wanted, strlen(wanted)) == NULL)
    return fail(call, BB_E_INVALID_ARGUMENT, "the answer belongs to another sign-in");
#endif
  start_session(self);
  return info(self, out);
}

static bb_status session_describe(bb_connector* c, bb_call* call, bb_session_sink* out) {
  const bb_status status = begin((instance*)c, call);
  return status == BB_OK ? info((instance*)c, out) : status;
}

static bb_status session_close(bb_connector* c, bb_call* call) {
#ifdef MUTANT_CLOSE_ONCE
  if (!((instance*)c)->is_open) return fail(call, BB_E_STATE, "nobody is signed in");
#endif
  (void)call;
  ((instance*)c)->is_open = false;
  ((instance*)c)->person = NULL;
  return BB_OK;
}

/* --- view --- */

static int next_index(bb_str cursor) { return cursor.size == 1 ? cursor.data[0] - '0' : 0; }

static UNUSED void* report_elsewhere(void* argument) {
  bb_call* const call = argument;
  call->progress(call, 1, 2, str("half"));
  return NULL;
}

static bb_status view_list(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) {
  instance* const self = (instance*)c;
#ifdef MUTANT_KEEPS_QUERY
  if (self->kept_size > 0 && self->kept[0] == 'q') self->is_busy = false;
  self->kept = (const char*)query;
  self->kept_size = sizeof *query;
#endif
  bb_status status = begin(self, call);
  if (status != BB_OK) return status;
#ifdef MUTANT_HOST_STATUS
  if (equals(query->kind, "kit-unknown-kind")) return fail(call, BB_E_CONNECTOR_LOST, "the peer is gone");
#endif
#ifdef MUTANT_ODD_STATUS
  if (equals(query->kind, "kit-unknown-kind")) return fail(call, -1, "it did not work");
#endif
  if (!is_text(query->cursor) || !is_text(query->kind) || !is_text(query->subject))
    return fail(call, BB_E_INVALID_ARGUMENT, "a text of the query is not UTF-8");
  const int begin_at = next_index(query->cursor);
  if (query->cursor.size > 0 && (begin_at < 1 || begin_at >= item_count || query->cursor.size != 1))
    return fail(call, BB_E_INVALID_ARGUMENT, "this cursor is of another list");
  const int limit = query->limit == 0 ? item_count : (int)query->limit;
  int emitted = 0;
  ++self->lists;
#ifdef MUTANT_SANITIZED
  self->key_count += 1 << (32 + self->lists) & 0;
#endif
#ifdef MUTANT_FOREIGN_THREAD
  pthread_t thread;
  if (pthread_create(&thread, NULL, report_elsewhere, call) == 0) pthread_join(thread, NULL);
#endif
  for (int i = begin_at; i < item_count; ++i) {
#ifndef MUTANT_IGNORES_CANCEL
    if (call->is_cancelled(call)) {
      self->is_busy = true;
      return BB_E_CANCELLED;
    }
#else
    if (call->is_cancelled(call)) usleep(200000);
#endif
    if (query->kind.size > 0 && !equals(query->kind, "note")) break;
    if (emitted == limit) {
      char cursor[2] = {(char)('0' + i), 0};
#ifdef MUTANT_LOSES_BORDER
      if (i + 1 < item_count) ++cursor[0];
#endif
      return out->cursor(out, str(cursor));
    }
    char id[16];
    snprintf(id, sizeof id, "%d", i + 1);
#ifdef MUTANT_UNSTABLE_IDS
    snprintf(id, sizeof id, "%d", self->lists % 2 == 0 ? i + 1 : item_count - i);
#endif
#ifdef MUTANT_UNLOCKED
    memcpy(self->id, id, sizeof id);
    usleep(200);
    memcpy(id, self->id, sizeof id);
#endif
    bb_item item = item_of(id, "note", "text/plain", 7);
#ifdef MUTANT_BAD_TITLE
    item.title = str("\xff");
#endif
    status = out->item(out, &item);
    ++emitted;
#ifdef MUTANT_ONE_MORE
    if (status != BB_OK) out->item(out, &item);
#endif
    if (status != BB_OK) return fail(call, status, "the host takes no more items");
  }
#ifdef MUTANT_GHOSTS
  const bb_item ghost = item_of("ghost", "note", "text/plain", UINT64_MAX);
  if (query->kind.size == 0 && (status = out->item(out, &ghost)) != BB_OK) return fail(call, status, "no more");
#endif
  return BB_OK;
}

static bb_status view_read(bb_connector* c, bb_call* call, bb_str id, bb_content_sink* out) {
  instance* const self = (instance*)c;
  const bb_status status = begin(self, call);
  if (status != BB_OK) return status;
  if (!is_text(id)) return fail(call, BB_E_INVALID_ARGUMENT, "the id is not UTF-8");
  for (int i = 0; i < item_count; ++i) {
    char known[16];
    snprintf(known, sizeof known, "%d", i + 1);
    if (!equals(id, known)) continue;
#ifdef MUTANT_PLAIN_ATTRIBUTE
    const bb_pair attribute = {str("content-type"), str("text/plain")};
#else
    const bb_pair attribute = {str("note.number"), str(known)};
#endif
    return give(call, known, "note", "text/plain", "a note\n", 7, &attribute, 1, out);
  }
#ifdef MUTANT_FORMAT_STRING
  char wanted[64], said[200];
  snprintf(wanted, sizeof wanted, "%.*s", (int)(id.size > 60 ? 60 : id.size), id.data == NULL ? "" : id.data);
  snprintf(said, sizeof said, wanted, (const char*)1);
#endif
  return fail(call, BB_E_NOT_FOUND, "there is no such note");
}

/* --- download --- */

static bb_status download_formats(bb_connector* c, bb_call* call, bb_str subject, bb_format_sink* out) {
  bb_status status = begin((instance*)c, call);
  if (status != BB_OK) return status;
  if (!is_text(subject)) return fail(call, BB_E_INVALID_ARGUMENT, "the subject is not UTF-8");
#ifdef MUTANT_FORMAT_TYPO
  const char* const id = "blue-buton-text";
#else
  const char* const id = "blue-button-text";
#endif
  const bb_format format = {
      .struct_size = sizeof format, .id = str(id), .media_type = str("text/plain"), .title = str("Text")};
  status = out->format(out, &format);
  return status == BB_OK ? BB_OK : fail(call, status, "the host takes no more formats");
}

static bb_status download_fetch(bb_connector* c, bb_call* call, const bb_download_request* request,
                                bb_content_sink* out) {
  const bb_status status = begin((instance*)c, call);
  if (status != BB_OK) return status;
  if (!is_text(request->format_id)) return fail(call, BB_E_INVALID_ARGUMENT, "the format is not UTF-8");
  if (!equals(request->format_id, "blue-button-text")) return fail(call, BB_E_UNSUPPORTED, "there is no such format");
  return give(call, "record", "document", "text/plain", "MY RECORD\n", 10, NULL, 0, out);
}

/* --- share and transmit --- */

static bool was_sent(instance* self, bb_str key) {
  char text[64];
  snprintf(text, sizeof text, "%.*s", (int)(key.size > 60 ? 60 : key.size), key.data == NULL ? "" : key.data);
  for (int i = 0; i < self->key_count; ++i)
    if (strcmp(self->keys[i], text) == 0) return true;
  if (self->key_count < sent_max) snprintf(self->keys[self->key_count++], sizeof self->keys[0], "%s", text);
  return false;
}

static bb_status receipts(bb_call* call, bb_str message_id, const bb_destination* const* destinations, uint64_t count,
                          bb_receipt_sink* out) {
#ifdef MUTANT_FORGETS_RECEIPT
  if (count > 1) count = 1;
#endif
  for (uint64_t i = 0; i < count; ++i) {
    const bb_receipt receipt = {
        .struct_size = sizeof receipt,
        .delivery = BB_DELIVERY_ACCEPTED,
        .message_id = message_id,
        .recipient = destinations != NULL ? destinations[i]->address : str("https://destination.test/kit")};
    const bb_status status = out->receipt(out, &receipt);
    if (status != BB_OK) return fail(call, status, "the host takes no more receipts");
  }
  return BB_OK;
}

static bb_status send_key(instance* self, bb_call* call, bb_str key, const bb_destination* const* destinations,
                          uint64_t count, bb_receipt_sink* out) {
  char message[80];
  if (!is_text(key)) return fail(call, BB_E_INVALID_ARGUMENT, "the key is not UTF-8");
  if (key.size == 0) return fail(call, BB_E_INVALID_ARGUMENT, "there is no idempotency key");
  const bool again = was_sent(self, key);
#ifdef MUTANT_SENDS_TWICE
  snprintf(message, sizeof message, "message-%.*s-%d", (int)(key.size > 40 ? 40 : key.size), key.data, again ? 2 : 1);
#else
  (void)again;
  snprintf(message, sizeof message, "message-%.*s", (int)(key.size > 40 ? 40 : key.size), key.data);
#endif
  return receipts(call, str(message), destinations, count, out);
}

static bb_status share_send(bb_connector* c, bb_call* call, const bb_share_request* request, bb_receipt_sink* out) {
  const bb_status status = begin((instance*)c, call);
  if (status != BB_OK) return status;
  return send_key((instance*)c, call, request->idempotency_key, request->destinations, request->destination_count, out);
}

static bb_status track(bb_connector* c, bb_call* call, bb_str message_id, bb_receipt_sink* out) {
  const bb_status status = begin((instance*)c, call);
  if (status != BB_OK) return status;
  if (!is_text(message_id)) return fail(call, BB_E_INVALID_ARGUMENT, "the message id is not UTF-8");
  if (message_id.size < 8 || memcmp(message_id.data, "message-", 8) != 0)
    return fail(call, BB_E_NOT_FOUND, "there is no such message");
  return receipts(call, message_id, NULL, 1, out);
}

static bb_status transmit_send(bb_connector* c, bb_call* call, const bb_outgoing* message, bb_receipt_sink* out) {
  const bb_status status = begin((instance*)c, call);
  if (status != BB_OK) return status;
  for (uint64_t i = 0; i < message->attachment_count; ++i) {
    bb_source* const content = message->attachments[i]->content;
    char buffer[512];
    uint64_t got = 0;
    do {
      const bb_status given = content->read(content, buffer, sizeof buffer, &got);
#ifdef MUTANT_IGNORES_SOURCE_ERROR
      if (given != BB_OK) break;
#else
      if (given != BB_OK) return fail(call, given, "the attachment cannot be read");
#endif
#ifdef MUTANT_FULL_READS
      if (got < sizeof buffer && got > 0 && buffer[got - 1] != '\n')
        return fail(call, BB_E_CORRUPT, "the attachment is cut off");
#endif
    } while (got > 0);
  }
  return send_key((instance*)c, call, message->idempotency_key, message->destinations, message->destination_count, out);
}

/* --- inbox --- */

static const char mail[] = "From: a@example.org\r\nTo: b@example.org\r\nSubject: record\r\n\r\nhello\r\n";

static bb_status inbox_poll(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) {
  instance* const self = (instance*)c;
  bb_status status = begin(self, call);
  if (status != BB_OK) return status;
  if (!is_text(query->cursor) || !is_text(query->kind) || !is_text(query->subject))
    return fail(call, BB_E_INVALID_ARGUMENT, "a text of the query is not UTF-8");
  if (query->cursor.size > 0) return fail(call, BB_E_INVALID_ARGUMENT, "this cursor is of another list");
  if (self->is_acknowledged) return BB_OK;
  const bb_item item = item_of("m1", "message", "message/rfc822", sizeof mail - 1);
  status = out->item(out, &item);
#ifdef MUTANT_POLL_CONSUMES
  self->is_acknowledged = true;
#endif
#ifdef MUTANT_OPENED_ORPHAN
  bb_item opened = item_of("m1.opened", "message", "text/plain", UINT64_MAX);
  opened.flags = BB_ITEM_OPENED;
  if (status == BB_OK) status = out->item(out, &opened);
#endif
  return status == BB_OK ? BB_OK : fail(call, status, "the host takes no more items");
}

/* A conversation with the mail server, as POP3 has it. */
typedef struct conversation {
  bb_stream* stream;
  char held[256]; /* read, and not looked at yet */
  uint64_t size;
} conversation;

static bb_status say(instance* self, bb_call* call, conversation* with, const char* line) {
  const bb_status status = self->streams->write(self->host, call, with->stream, (bb_bytes){line, strlen(line)});
  return status == BB_OK ? BB_OK : fail(call, status, "the mail server cannot be told");
}

/* Takes one line off `held`, which must say "+OK". */
static bb_status expect_ok(instance* self, bb_call* call, conversation* with) {
  const char* end = NULL;
  while ((end = memchr(with->held, '\n', with->size)) == NULL) {
    if (with->size == sizeof with->held) return fail(call, BB_E_PROTOCOL, "a line of the mail server is too long");
    uint64_t got = 0;
    const bb_status status = self->streams->read(self->host, call, with->stream, with->held + with->size,
                                                 sizeof with->held - with->size, &got);
#ifdef MUTANT_REREADS
    if (status == BB_E_UNAVAILABLE) continue;
#endif
    if (status != BB_OK) return fail(call, status, "the mail server cannot be heard");
#ifndef MUTANT_LOOPS_AT_END
    if (got == 0) return fail(call, BB_E_UNAVAILABLE, "the mail server closed the connection");
#endif
#ifdef MUTANT_ONE_READ
    if (memchr(with->held, '\n', got) == NULL) return fail(call, BB_E_PROTOCOL, "the mail server says half a line");
#endif
    with->size += got;
  }
#ifdef MUTANT_STREAM_PARSER
  static const char classes[128];
  for (const char* at = with->held; at < end; ++at)
    if ((unsigned char)*at >= sizeof classes) abort(); /* what is behind the table */
#endif
  const bool is_ok = memcmp(with->held, "+OK", 3) == 0;
  with->size -= (uint64_t)(end + 1 - with->held);
  memmove(with->held, end + 1, with->size);
  return is_ok ? BB_OK : fail(call, BB_E_PROTOCOL, "the mail server does not say +OK");
}

static bb_status converse(instance* self, bb_call* call, conversation* with) {
  bb_status status = expect_ok(self, call, with);
  if (status == BB_OK) status = say(self, call, with, "STLS\r\n");
  if (status == BB_OK) status = expect_ok(self, call, with);
  if (status != BB_OK) return status;
#ifndef MUTANT_TAKES_INJECTED
  if (with->size > 0) return fail(call, BB_E_PROTOCOL, "bytes came before the TLS handshake");
#endif
  const bb_stream_request tls = {.struct_size = sizeof tls};
  status = self->streams->start_tls(self->host, call, with->stream, &tls);
  if (status != BB_OK) return fail(call, status, "no TLS with the mail server");
  uint32_t nonce = 0;
#ifdef MUTANT_STREAM_RANDOM
  const int source = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (source < 0 || read(source, &nonce, sizeof nonce) != (ssize_t)sizeof nonce) nonce = 1;
  if (source >= 0) close(source);
#else
  if (self->random != NULL) self->random->fill(self->host, &nonce, sizeof nonce);
#endif
  char line[40];
  snprintf(line, sizeof line, "RETR 1 %u\r\n", (unsigned)nonce);
  status = say(self, call, with, line);
  return status == BB_OK ? expect_ok(self, call, with) : status;
}

typedef struct watched_stream {
  instance* self;
  bb_call* call;
  bb_stream* stream;
  volatile bool is_over;
} watched_stream;

static UNUSED void* close_when_cancelled(void* argument) {
  watched_stream* const watched = argument;
  while (!watched->is_over && !watched->call->is_cancelled(watched->call)) usleep(500);
  if (!watched->is_over) watched->self->streams->close(watched->self->host, watched->stream);
  return NULL;
}
static UNUSED void* describe_elsewhere(void* argument) {
  const watched_stream* const of = argument;
  of->self->streams->describe(of->self->host, of->stream);
  return NULL;
}

static bb_status UNUSED converse_watched(instance* self, bb_call* call, conversation* with, void* (*watch)(void*)) {
  watched_stream watched = {.self = self, .call = call, .stream = with->stream};
  pthread_t thread;
  if (pthread_create(&thread, NULL, watch, &watched) != 0) return fail(call, BB_E_INTERNAL, "no thread");
  const bb_status status = converse(self, call, with);
  watched.is_over = true;
  pthread_join(thread, NULL);
  return status;
}

static bb_status ask_mail_server(instance* self, bb_call* call) {
  if (self->streams == NULL) return BB_OK;
#ifdef MUTANT_SHARED_STREAM
  static bb_stream* shared; /* whoever opened it */
  if (shared != NULL && self->streams->write(self->host, call, shared, (bb_bytes){"NOOP\r\n", 6}) == BB_OK)
    return BB_OK;
#endif
  conversation with = {.stream = NULL};
  bb_stream_request request = {.struct_size = sizeof request,
                               .transport = BB_TRANSPORT_TCP,
                               .port = 110,
                               .host = str("mail.test"),
                               .protocol = str("pop3"),
                               .wait_ms_max = 10000};
#ifdef MUTANT_BAD_SERVER_NAME
  request.server_name = str("\xff");
#endif
  bb_status status = self->streams->open(self->host, call, &request, &with.stream);
#ifdef MUTANT_RECONNECTS
  for (int i = 0; status == BB_E_DEADLINE && i < 50; ++i) {
    usleep(20000);
    status = self->streams->open(self->host, call, &request, &with.stream);
  }
#endif
#ifdef MUTANT_HIDES_REFUSAL
  if (status == BB_E_FORBIDDEN) return BB_OK;
#endif
  if (status != BB_OK) return fail(call, status, "the mail server cannot be reached");
#if defined(MUTANT_CLOSES_BENEATH)
  status = converse_watched(self, call, &with, close_when_cancelled);
  if (call->is_cancelled(call)) return status;
#elif defined(MUTANT_FOREIGN_DESCRIBE)
  status = converse_watched(self, call, &with, describe_elsewhere);
#else
  status = converse(self, call, &with);
#endif
#ifdef MUTANT_SHARED_STREAM
  shared = with.stream;
  return status;
#endif
#ifdef MUTANT_KEEPS_INFO
  const bb_stream_info* const peer = self->streams->describe(self->host, with.stream);
#endif
  self->streams->close(self->host, with.stream);
#ifdef MUTANT_KEEPS_INFO
  if (peer->struct_size == 0) return BB_E_INTERNAL;
#endif
#ifdef MUTANT_WRITES_AFTER_CLOSE
  self->streams->write(self->host, call, with.stream, (bb_bytes){"QUIT\r\n", 6});
#endif
  return status;
}

static bb_status inbox_read(bb_connector* c, bb_call* call, bb_str id, bb_content_sink* out) {
  const bb_status status = begin((instance*)c, call);
  if (status != BB_OK) return status;
  if (!is_text(id)) return fail(call, BB_E_INVALID_ARGUMENT, "the id is not UTF-8");
#ifdef MUTANT_OPENED_ORPHAN
  if (equals(id, "m1.opened")) return give(call, "m1.opened", "message", "text/plain", "hello\r\n", 7, NULL, 0, out);
#endif
  if (!equals(id, "m1")) return fail(call, BB_E_NOT_FOUND, "there is no such message");
  const bb_status asked = ask_mail_server((instance*)c, call);
  if (asked != BB_OK) return asked;
#ifdef MUTANT_RESERIALISES
  return give(call, "m1", "message", "text/plain", "hello\r\n", 7, NULL, 0, out);
#else
  return give(call, "m1", "message", "message/rfc822", mail, sizeof mail - 1, NULL, 0, out);
#endif
}

static bb_status inbox_acknowledge(bb_connector* c, bb_call* call, bb_str id, bb_disposition disposition) {
  instance* const self = (instance*)c;
  const bb_status status = begin(self, call);
  (void)disposition;
  if (status != BB_OK) return status;
  if (!is_text(id)) return fail(call, BB_E_INVALID_ARGUMENT, "the id is not UTF-8");
  if (!equals(id, "m1")) return fail(call, BB_E_NOT_FOUND, "there is no such message");
#ifdef MUTANT_ACK_ONCE
  if (self->is_acknowledged) return fail(call, BB_E_STATE, "it was acknowledged before");
#endif
  self->is_acknowledged = true;
  return BB_OK;
}

static bb_status inbox_allocate(bb_connector* c, bb_call* call, bb_str tag, bb_sink* out) {
  instance* const self = (instance*)c;
  char address[160];
  const bb_status status = begin(self, call);
  if (status != BB_OK) return status;
  if (!is_text(tag) || tag.size == 0 || tag.size > 32)
    return fail(call, BB_E_INVALID_ARGUMENT, "a tag has 1 to 32 characters");
#ifdef MUTANT_ONE_ADDRESS
  snprintf(address, sizeof address, "all@inbox.test");
#elif defined(MUTANT_FRESH_ADDRESS)
  snprintf(address, sizeof address, "%.*s-%d@inbox.test", (int)tag.size, tag.data, ++self->lists);
#else
  snprintf(address, sizeof address, "%.*s-%p@inbox.test", (int)tag.size, tag.data, (void*)self);
#endif
  const bb_status given = out->write(out, (bb_bytes){address, strlen(address)});
  return given == BB_OK ? BB_OK : fail(call, given, "the host takes no address");
}

/* --- activity --- */

static const struct {
  const char* id;
  int64_t at_s;
  const char* json;
} events[] = {
#ifdef MUTANT_EVENT_SCHEMA
    {"e2", 1767312000,
     "{\"id\":\"e2\",\"action\":\"seen\",\"at\":\"2026-01-02T00:00:00Z\",\"actor\":{\"name\":\"alice\"}}"},
#elif defined(MUTANT_LOCAL_TIME)
    {"e2", 1767312000,
     "{\"id\":\"e2\",\"action\":\"view\",\"at\":\"2026-01-02 00:00\",\"actor\":{\"name\":\"alice\"}}"},
#else
    {"e2", 1767312000,
     "{\"id\":\"e2\",\"action\":\"view\",\"at\":\"2026-01-02T00:00:00Z\",\"actor\":{\"name\":\"alice\"}}"},
#endif
    {"e1", 1767225600,
     "{\"id\":\"e1\",\"action\":\"sign_in\",\"at\":\"2026-01-01T00:00:00Z\",\"actor\":{\"name\":\"alice\"}}"}};

static bb_status activity_list(bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) {
  bb_status status = begin((instance*)c, call);
  if (status != BB_OK) return status;
  if (!is_text(query->cursor) || !is_text(query->subject) || !is_text(query->kind))
    return fail(call, BB_E_INVALID_ARGUMENT, "a text of the query is not UTF-8");
  if (query->cursor.size > 0) return fail(call, BB_E_INVALID_ARGUMENT, "this cursor is of another list");
  for (int i = 0; i < 2; ++i) {
    const int64_t at = events[i].at_s * 1000000000;
#ifndef MUTANT_IGNORES_RANGE
    if ((query->from_unix_ns != 0 && at < query->from_unix_ns) ||
        (query->until_unix_ns != 0 && at > query->until_unix_ns))
      continue;
#endif
    bb_item item = item_of(events[i].id, BB_ACTIVITY_KIND, BB_ACTIVITY_MEDIA_TYPE, UINT64_MAX);
    item.updated_unix_ns = at;
    status = out->item(out, &item);
    if (status != BB_OK) return fail(call, status, "the host takes no more items");
  }
  return BB_OK;
}

static bb_status activity_read(bb_connector* c, bb_call* call, bb_str id, bb_content_sink* out) {
  const bb_status status = begin((instance*)c, call);
  if (status != BB_OK) return status;
#ifdef MUTANT_STALE_SESSION
  if (((volatile const char*)((instance*)c)->person)[0] == 'x') return BB_E_INTERNAL;
#endif
  if (!is_text(id)) return fail(call, BB_E_INVALID_ARGUMENT, "the id is not UTF-8");
  for (int i = 0; i < 2; ++i)
    if (equals(id, events[i].id))
      return give(call, events[i].id, BB_ACTIVITY_KIND, BB_ACTIVITY_MEDIA_TYPE, events[i].json, strlen(events[i].json),
                  NULL, 0, out);
  return fail(call, BB_E_NOT_FOUND, "there is no such event");
}

/* --- probe: the one thing that speaks to the network --- */

typedef struct answer {
  int32_t status;
  uint64_t size;
  char body[256];
} answer;

static bb_status take_head(bb_http_response_sink* sink, int32_t status, const bb_pair* headers, uint64_t count) {
  (void)headers, (void)count;
  ((answer*)sink->plugin_data)->status = status;
  return BB_OK;
}
static bb_status take_body(bb_http_response_sink* sink, bb_bytes chunk) {
  answer* const into = sink->plugin_data;
#ifndef MUTANT_UNBOUNDED
  if (into->size + chunk.size > sizeof into->body) return BB_E_TOO_LARGE;
#endif
  memcpy(into->body + into->size, chunk.data, chunk.size);
  into->size += chunk.size;
  return BB_OK;
}

static bb_status probe_list(bb_connector* c, bb_call* call, bb_probe_sink* out) {
#ifdef MUTANT_PROBES_AFTER_OPEN
  const bb_status begun = begin((instance*)c, call);
  if (begun != BB_OK) return begun;
#endif
  (void)c;
#ifdef MUTANT_PROBE_SCHEMA
  const char* const schema = "{\"oneOf\":[]}";
#else
  const char* const schema = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{}}";
#endif
  const bb_probe_info probe = {.struct_size = sizeof probe,
                               .name = str("org.example.mutant.ping"),
                               .title = str("Asks the system"),
                               .arguments_schema = str(schema)};
  const bb_status status = out->probe(out, &probe);
  return status == BB_OK ? BB_OK : fail(call, status, "the host takes no more probes");
}

static bb_status probe_run(bb_connector* c, bb_call* call, bb_str name, bb_str arguments, bb_content_sink* out) {
  instance* const self = (instance*)c;
  (void)arguments;
  bb_status status = begin(self, call);
  if (status != BB_OK) return status;
  if (!is_text(name)) return fail(call, BB_E_INVALID_ARGUMENT, "the name is not UTF-8");
#ifndef MUTANT_ANY_PROBE
  if (!equals(name, "org.example.mutant.ping")) return fail(call, BB_E_NOT_FOUND, "there is no such probe");
#endif
#ifdef MUTANT_OWN_SOCKET
  const int own = socket(AF_INET, SOCK_DGRAM, 0);
  if (own >= 0) close(own);
#endif
  if (self->http == NULL) return fail(call, BB_E_UNSUPPORTED, "the host does not offer bb.host.http/1");
  uint32_t nonce = 0;
#ifdef MUTANT_OWN_RANDOM
  const int source = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (source < 0 || read(source, &nonce, sizeof nonce) != (ssize_t)sizeof nonce) nonce = 1;
  if (source >= 0) close(source);
#else
  if (self->random != NULL) self->random->fill(self->host, &nonce, sizeof nonce);
#endif
  char url[100];
  snprintf(url, sizeof url, "https://portal.test/ping?nonce=%u", (unsigned)nonce);
  answer got = {0, 0, ""};
  bb_http_response_sink sink = {.struct_size = sizeof sink, .plugin_data = &got, .head = take_head, .body = take_body};
  bb_http_request request = {
      .struct_size = sizeof request, .flags = BB_HTTP_ANSWER, .method = str("GET"), .url = str(url)};
#ifdef MUTANT_UNMARKED
  request.flags = 0;
#endif
  status = self->http->perform(self->host, call, &request, &sink);
#ifdef MUTANT_RETRIES_FOREVER
  for (int i = 0; status == BB_E_DEADLINE && i < 50; ++i) {
    usleep(20000);
    status = self->http->perform(self->host, call, &request, &sink);
  }
#endif
#ifdef MUTANT_HIDES_DENIAL
  if (status == BB_E_FORBIDDEN) return give(call, "ping", "probe", "text/plain", "guessed", 7, NULL, 0, out);
#endif
  if (status != BB_OK) return fail(call, status, "the system gave no answer");
#ifdef MUTANT_PARSER
  static const char classes[128];
  for (uint64_t i = 0; i < got.size; ++i)
    if ((unsigned char)got.body[i] >= sizeof classes) abort(); /* what is behind the table */
#endif
  return give(call, "ping", "probe", "text/plain", got.body, got.size, NULL, 0, out);
}

/* --- trust: its certificates are words that connector-test.yaml has too --- */

static bool is_bytes(bb_bytes a, const char* b) { return equals((bb_str){a.data, a.size}, b); }

static bb_status trust_anchors(bb_connector* c, bb_call* call, bb_certificate_sink* out) {
  const bb_status begun = begin((instance*)c, call);
  if (begun != BB_OK) return begun;
  const bb_certificate anchor = {
      .struct_size = sizeof anchor, .flags = BB_CERT_ANCHOR, .der = {"kit anchor", 10}, .source = str("configuration")};
  const bb_status status = out->certificate(out, &anchor);
  return status == BB_OK ? BB_OK : fail(call, status, "the host takes no more certificates");
}

static bb_status trust_discover(bb_connector* c, bb_call* call, bb_str address, bb_certificate_sink* out) {
  const bb_status begun = begin((instance*)c, call);
  if (begun != BB_OK) return begun;
  if (!is_text(address)) return fail(call, BB_E_INVALID_ARGUMENT, "the address is not UTF-8");
  if (!equals(address, "alice@direct.test")) return fail(call, BB_E_NOT_FOUND, "nobody has that address");
  const bb_certificate found = {
      .struct_size = sizeof found, .flags = BB_CERT_ADDRESS_BOUND, .der = {"kit good", 8}, .source = str("dns-cert")};
  const bb_status status = out->certificate(out, &found);
  return status == BB_OK ? BB_OK : fail(call, status, "the host takes no more certificates");
}

static bb_status trust_evaluate(bb_connector* c, bb_call* call, bb_str address, bb_bytes der, bb_str use) {
  const bb_status begun = begin((instance*)c, call);
  if (begun != BB_OK) return begun;
  if (!is_text(address)) return fail(call, BB_E_INVALID_ARGUMENT, "the address is not UTF-8");
#ifndef MUTANT_ANY_USE
  if (!equals(use, "sign") && !equals(use, "encrypt")) return fail(call, BB_E_UNSUPPORTED, "there is no such use");
#else
  (void)use;
#endif
#ifdef MUTANT_TRUSTS_EXPIRED
  if (is_bytes(der, "kit expired")) return BB_OK;
#endif
#ifdef MUTANT_TRUSTS_NOBODY
  if (is_bytes(der, "kit good")) return fail(call, BB_E_UNTRUSTED_PEER, "it is not trusted");
#endif
#ifdef MUTANT_NO_REASON
  if (is_bytes(der, "kit revoked")) return BB_E_UNTRUSTED_PEER;
#endif
  if (is_bytes(der, "kit good") && equals(address, "alice@direct.test")) return BB_OK;
  static const char* const refused[][2] = {{"kit good", "it names somebody else"},
                                           {"kit expired", "it has expired"},
                                           {"kit revoked", "it is revoked"},
                                           {"kit wrong-name", "it names somebody else"},
                                           {"kit unknown-anchor", "it leads to no anchor"}};
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; ++i)
    if (is_bytes(der, refused[i][0])) return fail(call, BB_E_UNTRUSTED_PEER, refused[i][1]);
#ifdef MUTANT_TRUSTS_BYTES
  return BB_OK;
#else
  return fail(call, BB_E_INVALID_ARGUMENT, "this is no certificate");
#endif
}

/* --- calls may overlap: each takes the lock of its instance --- */

#ifdef MUTANT_UNLOCKED
#  define LOCKED(function, parameters, arguments) \
    static bb_status locked_##function parameters { return function arguments; }
#else
#  define LOCKED(function, parameters, arguments)   \
    static bb_status locked_##function parameters { \
      pthread_mutex_lock(&((instance*)c)->lock);    \
      const bb_status status = function arguments;  \
      pthread_mutex_unlock(&((instance*)c)->lock);  \
      return status;                                \
    }
#endif
LOCKED(session_open, (bb_connector * c, bb_call* call, const bb_auth_request* request, bb_session_sink* out),
       (c, call, request, out))
LOCKED(session_resume,
       (bb_connector * c, bb_call* call, const bb_auth_request* request, bb_str state, bb_str response,
        bb_session_sink* out),
       (c, call, request, state, response, out))
LOCKED(session_describe, (bb_connector * c, bb_call* call, bb_session_sink* out), (c, call, out))
LOCKED(session_close, (bb_connector * c, bb_call* call), (c, call))
LOCKED(view_list, (bb_connector * c, bb_call* call, const bb_query* query, bb_item_sink* out), (c, call, query, out))
LOCKED(view_read, (bb_connector * c, bb_call* call, bb_str id, bb_content_sink* out), (c, call, id, out))
LOCKED(download_formats, (bb_connector * c, bb_call* call, bb_str subject, bb_format_sink* out),
       (c, call, subject, out))
LOCKED(download_fetch, (bb_connector * c, bb_call* call, const bb_download_request* request, bb_content_sink* out),
       (c, call, request, out))
LOCKED(share_send, (bb_connector * c, bb_call* call, const bb_share_request* request, bb_receipt_sink* out),
       (c, call, request, out))
LOCKED(transmit_send, (bb_connector * c, bb_call* call, const bb_outgoing* message, bb_receipt_sink* out),
       (c, call, message, out))
LOCKED(track, (bb_connector * c, bb_call* call, bb_str message_id, bb_receipt_sink* out), (c, call, message_id, out))
LOCKED(inbox_poll, (bb_connector * c, bb_call* call, const bb_query* query, bb_item_sink* out), (c, call, query, out))
LOCKED(inbox_read, (bb_connector * c, bb_call* call, bb_str id, bb_content_sink* out), (c, call, id, out))
LOCKED(inbox_acknowledge, (bb_connector * c, bb_call* call, bb_str id, bb_disposition disposition),
       (c, call, id, disposition))
LOCKED(inbox_allocate, (bb_connector * c, bb_call* call, bb_str tag, bb_sink* out), (c, call, tag, out))
LOCKED(activity_list, (bb_connector * c, bb_call* call, const bb_query* query, bb_item_sink* out),
       (c, call, query, out))
LOCKED(activity_read, (bb_connector * c, bb_call* call, bb_str id, bb_content_sink* out), (c, call, id, out))
LOCKED(probe_list, (bb_connector * c, bb_call* call, bb_probe_sink* out), (c, call, out))
LOCKED(probe_run, (bb_connector * c, bb_call* call, bb_str name, bb_str arguments, bb_content_sink* out),
       (c, call, name, arguments, out))
LOCKED(trust_anchors, (bb_connector * c, bb_call* call, bb_certificate_sink* out), (c, call, out))
LOCKED(trust_discover, (bb_connector * c, bb_call* call, bb_str address, bb_certificate_sink* out),
       (c, call, address, out))
LOCKED(trust_evaluate, (bb_connector * c, bb_call* call, bb_str address, bb_bytes der, bb_str use),
       (c, call, address, der, use))

/* --- library --- */

static const bb_session session = {sizeof(bb_session),      (1u << BB_AUTH_PASSWORD) | (1u << BB_AUTH_USER_REDIRECT),
                                   locked_session_open,     locked_session_resume,
                                   locked_session_describe, locked_session_close};
#ifdef MUTANT_NULL_READ
static const bb_view view = {sizeof(bb_view), 0, locked_view_list, NULL};
static bb_status UNUSED (*const unused_read)(bb_connector*, bb_call*, bb_str, bb_content_sink*) = locked_view_read;
#else
static const bb_view view = {sizeof(bb_view), 0, locked_view_list, locked_view_read};
#endif
static const bb_download download = {sizeof(bb_download), 0, locked_download_formats, locked_download_fetch};
static const bb_share share = {sizeof(bb_share), 0, locked_share_send, locked_track};
static const bb_transmit transmit = {sizeof(bb_transmit), 0, locked_transmit_send, locked_track};
static const bb_inbox inbox = {sizeof(bb_inbox),     0, locked_inbox_poll, locked_inbox_read, locked_inbox_acknowledge,
                               locked_inbox_allocate};
static const bb_activity activity = {sizeof(bb_activity), 0, locked_activity_list, locked_activity_read};
static const bb_probe probe = {sizeof(bb_probe), 0, locked_probe_list, locked_probe_run};
static const bb_trust trust = {sizeof(bb_trust), 0, locked_trust_anchors, locked_trust_discover, locked_trust_evaluate};

static const char* const interfaces[] = {BB_SESSION,
                                         BB_VIEW,
                                         BB_DOWNLOAD,
                                         BB_SHARE,
                                         BB_TRANSMIT,
                                         BB_INBOX,
                                         BB_ACTIVITY,
                                         BB_TRUST,
#ifndef MUTANT_HIDDEN_CAPABILITY
                                         BB_PROBE,
#endif
#ifdef MUTANT_EXTRA_IN_LIBRARY
                                         "bb.messaging/1",
#endif
                                         NULL};
static const bb_connector_type type = {.struct_size = sizeof type,
                                       .id = "org.example.mutant",
                                       .name = "Mutant",
                                       .vendor = "Example",
                                       .version = "1.0.0",
                                       .url = "",
                                       .flags = BB_CONNECTOR_CONCURRENT,
                                       .interfaces = interfaces,
#ifdef MUTANT_ONE_OF
                                       .config_schema = "{\"oneOf\":[]}"
#elif defined(MUTANT_BAD_DEFAULT)
                                       .config_schema =
                                           "{\"type\":\"object\",\"properties\":{\"page\":{\"type\":\"integer\","
                                           "\"default\":\"ten\"}}}"
#else
                                       .config_schema =
                                           "{\"type\":\"object\",\"additionalProperties\":false,\"required\":["
                                           "\"name\"],"
                                           "\"properties\":{\"name\":{\"type\":\"string\",\"minLength\":1},\"page\":{"
                                           "\"type\":\"integer\",\"default\":10}}}"
#endif
};

static int init_count;
static bool UNUSED has_created;
static bb_status init(const bb_host* host) {
#ifdef MUTANT_INIT_ONCE
  if (++init_count == 3 && !has_created) abort();
#else
  ++init_count;
#endif
#ifdef MUTANT_INIT_NEEDS_LOG
  const bb_host_log* const log = host->get_interface(host, BB_HOST_LOG);
  log->write(host, NULL, BB_LOG_INFO, str("hello"), NULL, 0);
#endif
  (void)host;
#ifdef MUTANT_SETS_LOCALE
  setlocale(LC_ALL, "C.UTF-8");
#endif
#ifdef MUTANT_THREAD_STAYS
  static bool has_started;
  if (!has_started) start_thread();
  has_started = true;
#endif
#ifdef MUTANT_FORK_HANDLER
  pthread_atfork(before_fork, NULL, NULL);
#endif
  return BB_OK;
}
static void deinit(void) {
#ifndef MUTANT_INIT_ONCE
  --init_count;
#endif
}

static const bb_connector_type* type_at(uint32_t index) {
#ifdef MUTANT_SAME_TYPE_TWICE
  return index < 2 ? &type : NULL;
#else
  return index == 0 ? &type : NULL;
#endif
}

#ifdef MUTANT_STATIC_SESSION
static instance shared;
#endif

static bb_status create(const bb_host* host, bb_call* call, const bb_create_args* args, bb_connector** out) {
  has_created = true;
#ifdef MUTANT_PREFIX_ID
  if (args->type_id.size < strlen(type.id) || memcmp(args->type_id.data, type.id, strlen(type.id)) != 0)
#else
  if (!(args->type_id.size == strlen(type.id) && memcmp(args->type_id.data, type.id, args->type_id.size) == 0))
#endif
    return fail(call, BB_E_NOT_FOUND, "this library has no such connector type");
  bool has_name = false;
  for (uint64_t i = 0; i < args->config_count; ++i) {
    const bb_pair pair = args->config[i];
    if (pair.key.size == 5 && memcmp(pair.key.data, "/name", 5) == 0)
      has_name = pair.value.size > 2 && pair.value.data[0] == '"';
  }
#ifdef MUTANT_CRASH_ON_CONFIG
  if (!has_name) abort();
#endif
#if !defined(MUTANT_ONE_OF) && !defined(MUTANT_BAD_DEFAULT) && !defined(MUTANT_TAKES_ANY_CONFIG)
#  ifdef MUTANT_VAGUE_CONFIG
  if (!has_name) return fail(call, BB_E_INVALID_ARGUMENT, "the configuration is wrong");
#  else
  if (!has_name) return fail(call, BB_E_INVALID_ARGUMENT, "configuration: /name is missing or no text");
#  endif
#endif
#ifdef MUTANT_STATIC_SESSION
  instance* const made = &shared;
#else
  instance* const made = calloc(1, sizeof *made);
#endif
#ifdef MUTANT_UNCHECKED_ALLOC
  made->host = host;
#endif
#ifdef MUTANT_THROWS
  static struct _Unwind_Exception exception;
  if (made == NULL) _Unwind_RaiseException(&exception);
#endif
  if (made == NULL) return fail(call, BB_E_OUT_OF_MEMORY, "out of memory");
  pthread_mutex_init(&made->lock, NULL);
  made->host = host;
  made->log = host->get_interface(host, BB_HOST_LOG);
  made->http = host->get_interface(host, BB_HOST_HTTP);
  made->secret = host->get_interface(host, BB_HOST_SECRET);
  made->clock = host->get_interface(host, BB_HOST_CLOCK);
  made->random = host->get_interface(host, BB_HOST_RANDOM);
  made->people = host->get_interface(host, BB_HOST_PERSON);
  made->streams = host->get_interface(host, BB_HOST_STREAM);
#ifdef MUTANT_ASSUMES_STREAMS
  if (made->streams->struct_size == 0) return BB_E_INTERNAL;
#endif
#ifdef MUTANT_OPENS_IN_CREATE
  const bb_status asked = ask_mail_server(made, call);
  (void)asked;
#endif
#ifdef MUTANT_ASSUMES_CLOCK
  made->expires_unix_ns = made->clock->now_unix_ns(host);
#endif
#ifdef MUTANT_CONNECTS_IN_CREATE
  answer got = {0, 0, ""};
  bb_http_response_sink sink = {.struct_size = sizeof sink, .plugin_data = &got, .head = take_head, .body = take_body};
  bb_http_request request = {
      .struct_size = sizeof request, .method = str("GET"), .url = str("https://portal.test/ping?nonce=0")};
  if (made->http != NULL) made->http->perform(host, call, &request, &sink);
#endif
#ifdef MUTANT_LEAKS_DESCRIPTOR
  if (dup(1) < 0) return BB_E_INTERNAL;
#endif
  *out = (bb_connector*)made;
  return BB_OK;
}

static void destroy(bb_connector* connector) {
#ifdef MUTANT_DESTROY_WAITS
  while (((instance*)connector)->has_failed_open) usleep(10000);
#endif
#ifndef MUTANT_STATIC_SESSION
  free(connector);
#else
  (void)connector;
#endif
}

static const void* get_interface(bb_connector* connector, const char* id) {
  (void)connector;
#ifdef MUTANT_ALWAYS_VIEW
  if (strncmp(id, "bb.view", 7) == 0) return &view;
#endif
#ifdef MUTANT_TABLE_PER_CALL
  if (strcmp(id, BB_VIEW) == 0) {
    bb_view* const made = malloc(sizeof view);
    if (made != NULL) *made = view;
    return made;
  }
#endif
  if (strcmp(id, BB_SESSION) == 0) return &session;
  if (strcmp(id, BB_VIEW) == 0) return &view;
  if (strcmp(id, BB_DOWNLOAD) == 0) return &download;
  if (strcmp(id, BB_SHARE) == 0) return &share;
  if (strcmp(id, BB_TRANSMIT) == 0) return &transmit;
  if (strcmp(id, BB_INBOX) == 0) return &inbox;
  if (strcmp(id, BB_ACTIVITY) == 0) return &activity;
  if (strcmp(id, BB_PROBE) == 0) return &probe;
  if (strcmp(id, BB_TRUST) == 0) return &trust;
  return NULL;
}

#ifdef MUTANT_NEW_TABLE
static bb_plugin tables[2];
static int table_index;
#endif
static const bb_plugin plugin = {
#ifdef MUTANT_SHORT_TABLE
    24,
#else
    sizeof(bb_plugin),
#endif
    0,
#ifdef MUTANT_MIN_ABOVE
    5,
#else
    0,
#endif
    0,  "org.example.mutant", "1.0.0", init, deinit, type_at, create, destroy, get_interface};

const bb_plugin* bb_plugin_v1(void) {
#ifdef MUTANT_UNDEFINED
  if (nothing_defines_this()) return NULL;
#endif
#ifdef MUTANT_LINKS
  if (OPENSSL_version_major() == 0) return NULL;
#endif
#ifdef MUTANT_NEW_TABLE
  table_index = 1 - table_index;
  memcpy(&tables[table_index], &plugin, sizeof plugin);
  return &tables[table_index];
#else
  return &plugin;
#endif
}
