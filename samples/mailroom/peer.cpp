#include "mailroom/peer.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

namespace bb::mailroom {
namespace {

struct FreePem {
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, FreePem>;

Owned<BIO> memory_of(std::string_view text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

constexpr std::size_t chunk_bytes = std::size_t{16} * 1024;

}  // namespace

Result<TlsIdentity> TlsIdentity::read(std::string_view pem) {
  TlsIdentity identity;
  identity.context_.reset(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  auto* context = identity.context_.get();
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(memory_of(pem).get(), nullptr, refuse_pass_phrase, nullptr));
  const auto certificates = memory_of(pem);
  const Owned<X509> certificate(PEM_read_bio_X509(certificates.get(), nullptr, refuse_pass_phrase, nullptr));
  const bool is_set =
      context != nullptr && key && certificate && SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
      SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
  while (is_set) {
    Owned<X509> authority(PEM_read_bio_X509(certificates.get(), nullptr, refuse_pass_phrase, nullptr));
    if (!authority) break;
    SSL_CTX_add1_chain_cert(context, authority.get());
  }
  ERR_clear_error();
  if (!is_set) return Error{"expected a certificate and the private key that fits it as PEM"};
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  return identity;
}

void Peer::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Peer::Peer(int socket, const TlsIdentity& identity, int idle_ms_max, std::int64_t deadline_ns)
    : socket_(socket), identity_(identity), deadline_ns_(deadline_ns) {
  const timeval patience{idle_ms_max / 1000, idle_ms_max % 1000 * 1000};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

Peer::~Peer() {
  if (ssl_ && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool Peer::read_more() {
  if (monotonic_ns() > deadline_ns_) return false;
  std::array<char, chunk_bytes> chunk;
  const auto count = ssl_ ? SSL_read(ssl_.get(), chunk.data(), static_cast<int>(chunk.size()))
                          : static_cast<int>(::recv(socket_, chunk.data(), chunk.size(), 0));
  ERR_clear_error();
  if (count <= 0) return false;
  buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> Peer::read_line(std::size_t bytes_max) {
  for (std::size_t looked_at = 0;;) {
    const auto end = buffer_.find('\n', looked_at);
    if (end != std::string::npos && end <= bytes_max) {
      auto line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    if (buffer_.size() > bytes_max) return std::nullopt;
    looked_at = buffer_.size();
    if (!read_more()) return std::nullopt;
  }
}

std::optional<std::string> Peer::read_exactly(std::size_t count) {
  while (buffer_.size() < count)
    if (!read_more()) return std::nullopt;
  auto bytes = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return bytes;
}

bool Peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size = std::min(bytes.size(), chunk_bytes);
    const auto count = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(size))
                            : static_cast<int>(::send(socket_, bytes.data(), size, MSG_NOSIGNAL));
    ERR_clear_error();
    if (count <= 0 || monotonic_ns() > deadline_ns_) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Peer::start_tls() {
  if (!buffer_.empty()) return false;
  ssl_.reset(SSL_new(identity_.get()));
  const bool is_done = ssl_ && SSL_set_fd(ssl_.get(), socket_) == 1 && SSL_accept(ssl_.get()) == 1;
  ERR_clear_error();
  return is_done;
}

}  // namespace bb::mailroom
