// http_server.hpp - HTTP/1.1 on the loopback address, with or without TLS.
//
// cpp-httplib parses and writes; the connection loop is ours, because the
// library bounds neither the size of a request's head nor its time, applies no
// body limit to chunked requests, and makes stop() wait for idle connections.
// A request that breaks a limit is answered and its connection closed.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

#include "web/http_message.hpp"

namespace bb::web {

class HttpServer {
 public:
  enum class EncodingMistake { unsupported, mismatch };

  struct Options {
    int port = 0;                      // 0 = the kernel's choice
    std::string certificate_pem = {};  // empty = no TLS
    std::string key_pem = {};
    std::string client_authorities_pem = {};  // whose certificates clients have to have; empty: none
    Fields headers = {};                      // put on every answer
    // How large the body of this request may be; its own body is still empty.
    std::function<std::size_t(const HttpRequest&)> body_bytes_max = {};
    // How a refusal of the server's own is written, of a request to this target that no handler sees. Empty: as
    // HttpResponse::error() has it.
    std::function<HttpResponse(std::string_view target, HttpResponse refusal)> dress_refusal = {};
    // Whether the body of this request may be gzip or deflate; body_bytes_max bounds what comes out. Empty: never.
    std::function<bool(const HttpRequest&)> may_be_compressed = {};
    // The answer where it may, and is in another encoding, or not in the one that it names. Empty: HTTP 415 and 400.
    std::function<HttpResponse(const HttpRequest&, EncodingMistake)> encoding_mistake = {};
  };

  // Listens on 127.0.0.1; the error names the port. `handler` is called from
  // many threads at once and must not throw.
  static Result<std::unique_ptr<HttpServer>> start(Options options, HttpHandler handler);
  ~HttpServer();

  int port() const;
  // Ends all connections, also idle ones, and waits for running handlers.
  void stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bb::web
