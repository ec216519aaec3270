// connection.hpp - one kept-alive connection to one origin, over TLS or not.
//
// The only place that knows cpp-httplib, which keeps and reopens the
// connection, does the TLS handshake, writes requests and undoes content
// codings. Connecting, waiting and reading
// the answer are ours (dial.hpp, waiting.hpp, answer_reader.hpp), because
// httplib's time limits are per read and its limits on what it reads are few.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/host/call.hpp>
#include "answer_reader.hpp"
#include "shared_parts.hpp"
#include "url.hpp"
#include "waiting.hpp"

namespace bb::host {

struct ConnectionOptions {
  Url origin;                            // host, port and TLS count
  std::filesystem::path ca_file;         // trust anchors besides the system's (PEM)
  std::string client_identity_pem;       // certificate chain and key, or empty
  std::int64_t connect_ms_max = 10'000;  // TCP and TLS together
};

struct OutgoingRequest {
  std::string method;
  std::string target;
  std::vector<Attribute> headers;  // valid names and values
  std::string body;
};

// Takes an answer as it comes. False means "stop, I want no more".
class AnswerReceiver {
 public:
  virtual ~AnswerReceiver() = default;
  virtual bool head(const AnswerHead& head) = 0;
  virtual bool content(std::string_view bytes) = 0;  // codings undone
};

struct ExchangeResult {
  Fault fault = Fault::none;
  std::string reason;              // a sentence for every fault but `stopped`
  std::vector<Attribute> sent;     // header fields as they went out
  std::string tls;                 // "TLSv1.3 TLS_AES_256_GCM_SHA384"
  std::int64_t first_byte_ns = 0;  // on bb::monotonic_ns; 0 = nothing came
};

// [serial]
class Connection {
 public:
  // An error where the trust anchors or the client's identity cannot be used.
  static Result<std::unique_ptr<Connection>> create(const ConnectionOptions& options,
                                                    std::shared_ptr<SharedParts> shared);
  virtual ~Connection() = default;

  // One request and its answer. Connects when needed: a kept-alive connection
  // that was idle too long, or that its peer closed or wrote to, is not used
  // again. One that breaks all the same, before a byte of an answer came, is
  // replaced once where the request may be sent again (reuse.hpp).
  virtual ExchangeResult exchange(const OutgoingRequest& request, const Bounds& bounds, AnswerReceiver& receiver) = 0;
};

}  // namespace bb::host
