#include "host/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace bb::test {
namespace {

class SocketPeer final : public Peer {
 public:
  SocketPeer(int socket, SSL_CTX* context) : socket_(socket) {
    if (!context) return;
    ssl_ = SSL_new(context);
    SSL_set_fd(ssl_, socket_);
    is_usable_ = SSL_accept(ssl_) == 1;
  }
  ~SocketPeer() override {
    if (ssl_) {
      if (is_usable_) SSL_shutdown(ssl_);
      SSL_free(ssl_);
    }
    ERR_clear_error();
  }
  bool is_usable() const { return is_usable_; }

  std::string read_request() override {
    std::string request;
    std::size_t end = std::string::npos;
    while ((end = request.find("\r\n\r\n")) == std::string::npos)
      if (!receive(request)) return {};
    const std::size_t field = request.find("Content-Length: ");
    const std::size_t length = field < end ? static_cast<std::size_t>(std::atol(request.c_str() + field + 16)) : 0;
    while (request.size() < end + 4 + length)
      if (!receive(request)) return {};
    return request;
  }

  bool send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto sent = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                             : static_cast<int>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void reset() override {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    is_usable_ = false;
  }

  void wait_for_end() override {
    std::string ignored;
    while (receive(ignored)) {
    }
  }

  void drop() override { is_usable_ = false; }

 private:
  bool receive(std::string& into) {
    char buffer[4096];
    const auto got =
        ssl_ ? SSL_read(ssl_, buffer, sizeof(buffer)) : static_cast<int>(::recv(socket_, buffer, sizeof(buffer), 0));
    if (got > 0) into.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_;
  SSL* ssl_ = nullptr;
  bool is_usable_ = true;
};

SSL_CTX* make_context(const ScriptedServer::Tls& tls) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  if (tls.version_max != 0) {
    SSL_CTX_set_max_proto_version(context, tls.version_max);
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
  }
  const auto reader = [](const std::string& text) {
    return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
  };
  BIO* bio = reader(tls.certificate.pem);
  X509* const certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  bio = reader(tls.certificate.key_pem);
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!tls.client_ca_pem.empty()) {
    bio = reader(tls.client_ca_pem);
    X509* const authority = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
    X509_free(authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace

std::string plain_answer(std::string_view body, std::string_view more_fields) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + std::string(more_fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

ScriptedServer::ScriptedServer(Script script, const Tls* tls) : script_(std::move(script)) {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write of the server's side
  if (tls) {
    context_ =
        std::shared_ptr<void>(make_context(*tls), [](void* context) { SSL_CTX_free(static_cast<SSL_CTX*>(context)); });
    answers_hello_ = tls->answers_hello;
  }
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  ::listen(listener_, 64);
  socklen_t size = sizeof(address);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      ++connection_count_;
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      const std::scoped_lock lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] { serve(socket); });
    }
  });
}

void ScriptedServer::serve(int socket) {
  if (context_ && !answers_hello_) {
    char byte = 0;
    while (::recv(socket, &byte, 1, 0) > 0) {
    }
  } else {
    SocketPeer peer(socket, static_cast<SSL_CTX*>(context_.get()));
    if (peer.is_usable()) script_(peer);
  }
  const std::scoped_lock lock(mutex_);
  std::erase(sockets_, socket);
  ::close(socket);
  ++closed_count_;
}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::scoped_lock lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
}

std::string ScriptedServer::url(const std::string& target) const {
  return std::string(context_ ? "https" : "http") + "://127.0.0.1:" + std::to_string(port_) + target;
}

}  // namespace bb::test
