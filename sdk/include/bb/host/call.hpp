// bb/host/call.hpp - one operation on a connector and what came of it.
//
// The host side of a connector looks the same in process and isolated, so an
// operation is data: interface, function, arguments, reply. The arguments and
// the emitted results of every ABI function, as JSON shapes, are listed in
// docs/reference/operations.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/abi/base.h>
#include <bb/core/value.hpp>

namespace bb::host {

struct Attribute {
  std::string name;  // lower case; ":status", header fields, then the connector's own
  std::string value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

// One ABI function with its arguments, for example
//   {"bb.download/1", "fetch", {"format_id": "ccda-2.1"}}
struct Operation {
  std::string interface;
  std::string function;
  Value arguments = Value::object();
};

// What set_error said, and the status that was returned.
struct CallError {
  std::string domain;
  std::int64_t domain_code = 0;
  std::string message;
  std::string remote_detail;
  std::int64_t retry_after_ms = 0;
};

// Whose answer a status is; see result_word().
enum class Blame {
  system,     // the remote side answered so, or did not answer
  connector,  // the connector broke its contract or its limits
  host,       // a host service refused by grant, policy or a missing secret
};

// How far a call came.
enum class Ran {
  whole,    // it returned, or its host refused it
  unknown,  // the connector was called, and its process ended before it returned
  never,    // its process had ended before it was called
};

struct Reply {
  bb_status status = BB_OK;
  Blame blame = Blame::system;
  Ran ran = Ran::whole;
  CallError error;                    // meaningful when status is not BB_OK
  std::vector<Attribute> attributes;  // the host's own first
  std::string media_type;             // of the body
  std::string body;                   // content written, or JSON of `emitted`; after a failure what was answered
  Value emitted;                      // {"items": [...]}, {"session": {...}} ...; null with content
  Value challenge = {};               // of `emitted`, with its secrets: for the person's browser and resume() alone
  Value item;                         // head() of content: id, kind, title ...; null without
  std::int64_t first_byte_ms = -1;    // -1: nothing was received
  std::int64_t total_ms = 0;          // real time
  std::int64_t paced_ms = 0;          // of the clock: that its requests waited for the system's pace
};

// The word that a `result` claim sees: ok refused not_found unsupported
// malformed untrusted timeout unavailable pending cancelled internal out_of_memory host_fault
// connector_lost connector_stuck invalid. docs/reference/outcomes.md has the
// table from status to word.
std::string_view result_word(const Reply& reply);
// Whether the word leaves the judgement to the claims (true), or makes the
// step an error, a wait or a cancel (false).
bool is_judged(std::string_view word);
// "BB_E_NOT_FOUND" for 101; "BB_E_1xx" style for an unknown value of a class.
std::string status_name(bb_status status);

}  // namespace bb::host
