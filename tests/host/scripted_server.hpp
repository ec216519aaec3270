// scripted_server.hpp - a server on a loopback port that does exactly what a
// test says, byte by byte, over TLS or not.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "host/certificates.hpp"

namespace bb::test {

// One accepted connection. Ended with the script; closed cleanly unless reset.
class Peer {
 public:
  virtual ~Peer() = default;
  // Up to the empty line and, by Content-Length, the body; empty at the end.
  virtual std::string read_request() = 0;
  virtual bool send(std::string_view bytes) = 0;  // false once the other side is gone
  virtual void reset() = 0;                       // RST instead of FIN
  virtual void wait_for_end() = 0;                // until the other side closes
  virtual void drop() = 0;                        // TCP close without TLS's own
};

class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;
  struct Tls {
    Certificate certificate;
    int version_max = 0;        // TLS1_1_VERSION ...; 0 = all
    bool answers_hello = true;  // false: accepts TCP and never shakes hands
    std::string client_ca_pem;  // asks for a client certificate
  };

  // Runs `script` for each connection, each in a thread of its own.
  explicit ScriptedServer(Script script) : ScriptedServer(std::move(script), nullptr) {}
  ScriptedServer(Script script, const Tls& tls) : ScriptedServer(std::move(script), &tls) {}
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& target = "/") const;
  int connection_count() const { return connection_count_; }
  int closed_count() const { return closed_count_; }

 private:
  ScriptedServer(Script script, const Tls* tls);
  void serve(int socket);

  Script script_;
  std::shared_ptr<void> context_;  // SSL_CTX
  bool answers_hello_ = true;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connection_count_ = 0;
  std::atomic<int> closed_count_ = 0;
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// "HTTP/1.1 200 OK" with a length and this body.
std::string plain_answer(std::string_view body, std::string_view more_fields = "");

}  // namespace bb::test
