/* bb/abi/host_person.h - asks a person: the attended connector's way to a
 * system without an API.
 *
 * DRAFT until the connectors that use it exist: the id stays, the shape may
 * change. May be absent as every host service (host_services.h).
 */
#ifndef BB_ABI_HOST_PERSON_H_
#define BB_ABI_HOST_PERSON_H_

#include "bb/abi/plugin.h"

BB_EXTERN_C_BEGIN

#define BB_HOST_PERSON "bb.host.person/1"

typedef int32_t bb_question_kind;
enum {
  BB_QUESTION_UNKNOWN = 0,
  BB_QUESTION_INSTRUCT = 1, /* "do this"; the answer is that it is done */
  BB_QUESTION_CONFIRM = 2,  /* yes or no */
  BB_QUESTION_TEXT = 3,
  BB_QUESTION_CHOICE = 4,
  BB_QUESTION_FILE = 5,
  BB_QUESTION_SCREENSHOT = 6
};

/* Filled by the plugin. Texts are for a person: no control characters but line
 * feed and tab, and those in `text` alone. */
typedef struct bb_question {
  uint32_t struct_size;
  bb_question_kind kind;
  /* 1 to 64 of a-z, 0-9, '_' and '-', the connector's own. The same id is the
   * same question, in a resumed run too: what was answered is not asked for
   * again. */
  bb_str id;
  bb_str title; /* one line, 1 to 200 bytes */
  bb_str text;  /* what to do, in plain words; at most 4096 bytes */
  /* BB_QUESTION_CHOICE: 1 to 100 different ones, each 1 to 200 bytes. Else none. */
  const bb_str* choices;
  uint64_t choice_count;
  bb_str accept;            /* media types of a file, space separated; empty = any; at most 400 bytes */
  int64_t deadline_unix_ns; /* civil time; 0 = the host's default */
} bb_question;

/* Filled by the host, borrowed for the call of answer(). */
typedef struct bb_answer {
  uint32_t struct_size;
  bb_question_kind kind; /* that of the question */
  bb_str name;           /* who answered */
  int64_t at_unix_ns;    /* when, civil time */
  bb_str text;           /* "done", "yes", "no", the text or the choice; empty with a file */
  bb_str filename;       /* of a file, without folders */
  bb_str media_type;     /* of a file; empty = unknown */
  uint64_t size;         /* of what follows through write(); 0 = nothing */
} bb_answer;

/* Filled by the plugin, called by the host: answer() once, then write() until
 * `size` bytes have come. What is not BB_OK stops it, and ask() returns it. */
typedef struct bb_answer_sink bb_answer_sink;
struct bb_answer_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* plugin_data;
  bb_status(BB_CALL* answer)(bb_answer_sink* sink, const bb_answer* value); /* [call] */
  bb_status(BB_CALL* write)(bb_answer_sink* sink, bb_bytes chunk);          /* [call] */
};

typedef struct bb_host_person {
  uint32_t struct_size;
  uint32_t reserved;
  /* BB_OK after an answer, which went to `out`. Else `out` was not called:
   *   BB_E_PENDING           nobody has answered yet; return it unchanged, the
   *                          host makes the same call again
   *   BB_E_DEADLINE          nobody answered before deadline_unix_ns
   *   BB_E_CANCELLED         the person declined, or the call was cancelled
   *   BB_E_INVALID_ARGUMENT  the question breaks a rule above, or asks something
   *                          else under an id that was used; or the answer that
   *                          was given is none to this question
   *   BB_E_NOT_FOUND, BB_E_TOO_LARGE  the file that was handed over is not
   *                          there, or is over the host's limit
   * Question and answer are evidence, free of secrets. [call] */
  bb_status(BB_CALL* ask)(const bb_host* host, bb_call* call, const bb_question* question, bb_answer_sink* out);
} bb_host_person;

BB_EXTERN_C_END
#endif /* BB_ABI_HOST_PERSON_H_ */
