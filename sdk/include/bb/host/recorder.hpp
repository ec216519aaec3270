// bb/host/recorder.hpp - where the host puts what it saw.
//
// Everything that reaches a Recorder is already free of secrets: the host
// redacts at its boundary (bb/host/redactor.hpp), so callers need not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/abi/base.h>
#include <bb/host/call.hpp>

namespace bb::host {

struct HttpExchange {
  std::string instance;  // "portal/alice"
  std::uint64_t call_id = 0;
  std::string method;
  std::string url;
  std::vector<Attribute> request_headers;
  std::string request_body;
  int status = 0;                           // 0: no answer
  std::vector<Attribute> response_headers;  // lower case, as received
  std::string response_body;
  std::string error;       // why there is no (whole) answer; empty = whole
  std::string tls;         // "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty without TLS
  bool is_answer = false;  // marked BB_HTTP_ANSWER
  std::int64_t started_unix_ns = 0;
  std::int64_t first_byte_ms = -1;
  std::int64_t total_ms = 0;
};

struct LogLine {
  std::string instance;
  std::uint64_t call_id = 0;  // 0: outside any call
  bb_log_level level = BB_LOG_INFO;
  std::string message;
  std::vector<Attribute> fields;
};

// Of sockets of a connector's own, as it told (bb.host.evidence/1), and of bb.host.stream/1.
struct EvidenceRecord {
  std::string instance;
  std::uint64_t call_id = 0;
  std::string protocol;
  std::string step;
  std::string peer;
  std::string sent;
  std::string received;
  std::vector<Attribute> attributes;
  bool is_sensitive = false;
};

// A rule of the contract that was seen broken while connectors were checked
// (Host::Options::are_connectors_checked). docs/abi/rules.md.
struct Notice {
  std::string instance;
  std::uint64_t call_id = 0;  // 0: outside any call
  std::string rule;           // "BB-R023"
  std::string header;         // where the rule stands: "bb/abi/base.h:158"
  bool is_host = false;       // it was the host that broke it
  std::string what;           // one sentence, without anything that the connector said
  bool is_last = false;       // of this rule and instance; what comes after is not recorded
};
// "plugin misbehaving" or "host misbehaving".
inline std::string_view severity_of(const Notice& notice) {
  return notice.is_host ? "host misbehaving" : "plugin misbehaving";
}

// Called from the thread that runs the call; several at once for several
// connectors. Implementations lock.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void exchange(const HttpExchange& exchange) = 0;
  virtual void log(const LogLine& line) = 0;
  virtual void evidence(const EvidenceRecord& record) = 0;
  // Comes only where connectors are checked. [any thread]
  virtual void notice(const Notice&) {}
};

}  // namespace bb::host
