#include "stream_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

#include "../http/tls.hpp"

namespace bb::host {
namespace {

std::string system_message(int error) { return std::generic_category().message(error); }

int in_int(std::size_t count) { return static_cast<int>(std::min<std::size_t>(count, INT_MAX)); }

std::string address_text(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  return std::string(text.data()) + ":" + std::to_string(ntohs(v4.sin_port));
}

std::string to_der(X509* certificate) {
  std::string der(static_cast<std::size_t>(std::max(i2d_X509(certificate, nullptr), 0)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(certificate, &out);
  return der;
}

bool is_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, name.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
}

// RFC 7301, 3.1: each name behind a byte with its length.
std::string alpn_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += static_cast<char>(name.size());
    list += name;
  }
  return list;
}

}  // namespace

void StreamSocket::Release::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void StreamSocket::Release::operator()(SSL* ssl) const { SSL_free(ssl); }

StreamSocket::StreamSocket(Descriptor descriptor, std::string peer, bool is_datagram)
    : descriptor_(std::move(descriptor)), peer_(std::move(peer)), is_datagram_(is_datagram) {}

StreamSocket::~StreamSocket() {
  const PipeSignalGuard guard;
  if (ssl_ && SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

Transfer StreamSocket::fail(Fault fault, const std::string& doing) const {
  switch (fault) {
    case Fault::cancelled:
      return {fault, "cancelled while " + doing + " " + peer_, 0};
    case Fault::deadline:
      return {fault, "deadline passed while " + doing + " " + peer_, 0};
    default:
      return {Fault::unavailable, "the connection to " + peer_ + " broke: " + system_message(errno), 0};
  }
}

int StreamSocket::not_moved(int ssl_error, short& wanted, std::string& problem) {
  if (ssl_error == SSL_ERROR_WANT_READ)
    wanted = POLLIN;
  else if (ssl_error == SSL_ERROR_WANT_WRITE)
    wanted = POLLOUT;
  else
    problem = errno != 0 ? system_message(errno) : "TLS: " + tls_message();
  return -1;
}

// >= 0: bytes, 0 the end. -1: wait for `wanted` first; where that is 0, it broke.
int StreamSocket::receive(char* buffer, std::size_t capacity, short& wanted, std::string& problem) {
  wanted = 0;
  errno = 0;
  if (!ssl_) {
    const ssize_t got = ::recv(descriptor_.get(), buffer, capacity, is_datagram_ ? MSG_TRUNC : 0);
    if (got >= 0) return in_int(static_cast<std::size_t>(got));
    if (errno == EAGAIN || errno == EINTR) wanted = POLLIN;
    problem = system_message(errno);
    return -1;
  }
  ERR_clear_error();
  const int got = SSL_read(ssl_.get(), buffer, in_int(capacity));
  if (got > 0) return got;
  const int error = SSL_get_error(ssl_.get(), got);
  return error == SSL_ERROR_ZERO_RETURN ? 0 : not_moved(error, wanted, problem);
}

Transfer StreamSocket::read(char* buffer, std::size_t capacity, const Bounds& bounds) {
  const PipeSignalGuard guard;
  for (;;) {
    short wanted = 0;
    std::string problem;
    const int got = receive(buffer, capacity, wanted, problem);
    if (got >= 0) return {Fault::none, {}, static_cast<std::size_t>(got)};
    if (wanted == 0) return {Fault::unavailable, "the connection to " + peer_ + " broke: " + problem, 0};
    if (const Fault fault = wait_ready(descriptor_.get(), wanted, bounds); fault != Fault::none)
      return fail(fault, "waiting for");
  }
}

// As receive().
int StreamSocket::send(std::string_view bytes, short& wanted, std::string& problem) {
  wanted = 0;
  errno = 0;
  if (!ssl_) {
    const ssize_t sent = ::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return in_int(static_cast<std::size_t>(sent));
    if (errno == EAGAIN || errno == EINTR) wanted = POLLOUT;
    problem = system_message(errno);
    return -1;
  }
  ERR_clear_error();
  const int sent = SSL_write(ssl_.get(), bytes.data(), in_int(bytes.size()));
  if (sent > 0) return sent;
  return not_moved(SSL_get_error(ssl_.get(), sent), wanted, problem);
}

Transfer StreamSocket::write(std::string_view bytes, const Bounds& bounds) {
  const PipeSignalGuard guard;
  do {
    short wanted = 0;
    std::string problem;
    const int sent = send(bytes, wanted, problem);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (wanted == 0) return {Fault::unavailable, "the connection to " + peer_ + " broke: " + problem, 0};
    if (const Fault fault = wait_ready(descriptor_.get(), wanted, bounds); fault != Fault::none)
      return fail(fault, "sending to");
  } while (!bytes.empty());
  return {};
}

std::string StreamSocket::take_unread(std::size_t count_max) {
  std::string unread(count_max, '\0');
  const ssize_t got = ::recv(descriptor_.get(), unread.data(), unread.size(), MSG_DONTWAIT);
  unread.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return unread;
}

// OpenSSL verifies during the handshake: nothing, no certificate of ours
// either, goes to a peer that is not trusted.
Transfer StreamSocket::start_tls(const TlsOptions& options, const Bounds& bounds) {
  const PipeSignalGuard guard;
  ERR_clear_error();
  context_.reset(SSL_CTX_new(TLS_client_method()));
  const auto unusable = [](std::string why) { return Transfer{Fault::unavailable, std::move(why), 0}; };
  if (!context_) return unusable("cannot set up TLS: " + tls_message());
  SSL_CTX_set_verify(context_.get(), options.wish.is_any_certificate_taken ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                     nullptr);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (auto set = set_peer_rules(*context_, options.wish.server_name, options.ca_file, options.anchors); !set)
    return unusable(set.error().what);
  if (!options.identity_pem.empty())
    if (auto used = use_identity(*context_, options.identity_pem); !used) return unusable(used.error().what);
  const std::string alpn = alpn_list(options.wish.alpn);
  if (!alpn.empty())
    SSL_CTX_set_alpn_protos(context_.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                            static_cast<unsigned>(alpn.size()));
  ssl_.reset(SSL_new(context_.get()));
  if (!ssl_ || SSL_set_fd(ssl_.get(), descriptor_.get()) != 1) return unusable("cannot set up TLS: " + tls_message());
  // RFC 6066, 3: "Literal IPv4 and IPv6 addresses are not permitted in HostName."
  if (!is_address(options.wish.server_name)) SSL_set_tlsext_host_name(ssl_.get(), options.wish.server_name.c_str());
  return shake_hands(bounds);
}

Transfer StreamSocket::shake_hands(const Bounds& bounds) {
  for (;;) {
    ERR_clear_error();
    errno = 0;
    const int done = SSL_connect(ssl_.get());
    if (done == 1) return {};
    const int error = SSL_get_error(ssl_.get(), done);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) break;
    const short wanted = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    if (const Fault fault = wait_ready(descriptor_.get(), wanted, bounds); fault != Fault::none)
      return fail(fault, "shaking hands (TLS) with");
  }
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (verdict != X509_V_OK && SSL_get_verify_mode(ssl_.get()) == SSL_VERIFY_PEER)
    return {Fault::untrusted, untrusted_text(peer_, verdict), 0};
  const std::string reason = "no TLS connection (1.2 or later) to " + peer_ + ": ";
  if (is_tls_failure()) return {Fault::untrusted, reason + tls_message(), 0};
  return {Fault::unavailable, reason + (errno != 0 ? system_message(errno) : tls_message()), 0};
}

std::string StreamSocket::distrust() const {
  const long verdict = ssl_ ? SSL_get_verify_result(ssl_.get()) : X509_V_OK;
  return verdict == X509_V_OK ? "" : X509_verify_cert_error_string(verdict);
}

StreamInfo StreamSocket::info() const {
  StreamInfo info;
  info.transport = ssl_ ? BB_TRANSPORT_TLS : is_datagram_ ? BB_TRANSPORT_UDP : BB_TRANSPORT_TCP;
  info.peer = address_text(descriptor_.get());
  if (!ssl_) return info;
  info.tls_version = SSL_get_version(ssl_.get());
  info.cipher = SSL_get_cipher_name(ssl_.get());
  const unsigned char* chosen = nullptr;
  unsigned chosen_size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &chosen, &chosen_size);
  if (chosen) info.alpn.assign(reinterpret_cast<const char*>(chosen), chosen_size);
  const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(ssl_.get());
  for (int index = 0; chain && index < sk_X509_num(chain); ++index)
    info.chain.push_back(to_der(sk_X509_value(chain, index)));
  info.verified = distrust().empty() ? BB_OK : BB_E_UNTRUSTED_PEER;
  return info;
}

}  // namespace bb::host
