#include "sockets/sockets.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <system_error>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/descriptor.hpp>
#include <bb/core/time.hpp>

namespace bb::sockets {
namespace {

using direct::Endpoint;
using direct::Transport;
using direct::Trouble;

struct Free {
  void operator()(addrinfo* p) const { ::freeaddrinfo(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(SSL* p) const { SSL_free(p); }
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
  void operator()(X509* p) const { X509_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string system_message(int error) { return std::generic_category().message(error); }

std::string tls_message() {
  const auto code = ERR_get_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return text == nullptr ? "no reason given" : text;
}

std::string name_of(const Endpoint& endpoint) { return fmt::format("{}:{}", endpoint.host, endpoint.port); }

// Whether the descriptor is ready before the time is over.
Trouble wait_for(int descriptor, short wanted, std::int64_t until_ns) {
  for (;;) {
    const auto left_ms = (until_ns - monotonic_ns()) / ns_per_ms;
    if (left_ms < 0) return Trouble::timed_out;
    pollfd one{descriptor, wanted, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left_ms + 1, INT_MAX)));
    if (ready > 0) return Trouble::none;
    if (ready < 0 && errno != EINTR) return Trouble::unavailable;
  }
}

class Socket : public direct::Stream {
 public:
  Socket(Descriptor descriptor, Endpoint endpoint, const Options& options)
      : descriptor_(std::move(descriptor)),
        endpoint_(std::move(endpoint)),
        wait_ms_(endpoint_.wait_ms_max > 0 ? endpoint_.wait_ms_max : options.wait_ms_max),
        anchors_pem_(options.anchors_pem) {}
  ~Socket() override {
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

  Result<std::string> read(std::size_t bytes_max) override {
    std::string bytes(std::min<std::size_t>(bytes_max, INT_MAX), '\0');
    std::size_t got = 0;
    BB_CHECK(move("reading from", POLLIN, [&](short& wanted) {
      return ssl_ != nullptr ? tls_moved(SSL_read_ex(ssl_.get(), bytes.data(), bytes.size(), &got), wanted)
                             : moved(::recv(descriptor_.get(), bytes.data(), bytes.size(), 0), got);
    }));
    bytes.resize(got);
    return bytes;
  }

  Status write(std::string_view bytes) override {
    do {
      std::size_t count = 0;
      BB_CHECK(move("writing to", POLLOUT, [&](short& wanted) {
        return ssl_ != nullptr ? tls_moved(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count), wanted)
                               : moved(::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), count);
      }));
      bytes.remove_prefix(count);
    } while (!bytes.empty());
    return {};
  }

  Status start_tls() override {
    BB_CHECK(prepare_tls());
    auto done =
        move("starting TLS with", POLLOUT, [&](short& wanted) { return tls_moved(SSL_connect(ssl_.get()), wanted); });
    if (done) return {};
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (verdict == X509_V_OK) return done;
    trouble_ = Trouble::untrusted;
    return Error{fmt::format("the certificate of {} is not trusted: {}", name_of(endpoint_),
                             X509_verify_cert_error_string(verdict))};
  }

  Trouble trouble() const override { return trouble_; }

 private:
  enum class Step { moved, again, broken };

  // Tries until it moved, waiting in between.
  template <class Try>
  Status move(std::string_view doing, short wanted, const Try& once) {
    trouble_ = Trouble::none;
    const auto until_ns = monotonic_ns() + std::int64_t{wait_ms_} * ns_per_ms;
    for (;;) {
      errno = 0;
      ERR_clear_error();
      const auto step = once(wanted);
      if (step == Step::moved) return {};
      if (step == Step::broken) {
        trouble_ = Trouble::unavailable;
        return Error{fmt::format("{} {}: {}", doing, name_of(endpoint_),
                                 errno != 0 ? system_message(errno) : "TLS: " + tls_message())};
      }
      if (wait_for(descriptor_.get(), wanted, until_ns) == Trouble::none) continue;
      trouble_ = Trouble::timed_out;
      return Error{fmt::format("{} {}: nothing within {} ms", doing, name_of(endpoint_), wait_ms_)};
    }
  }

  static Step moved(ssize_t count, std::size_t& got) {
    got = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    if (count >= 0) return Step::moved;
    return errno == EAGAIN || errno == EINTR ? Step::again : Step::broken;
  }

  Step tls_moved(int result, short& wanted) {
    if (result == 1) return Step::moved;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        wanted = POLLIN;
        return Step::again;
      case SSL_ERROR_WANT_WRITE:
        wanted = POLLOUT;
        return Step::again;
      case SSL_ERROR_ZERO_RETURN:
        return Step::moved;  // the peer closed
      default:
        return Step::broken;
    }
  }

  Status prepare_tls() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (anchors_pem_.empty()) SSL_CTX_set_default_verify_paths(context_.get());
    const Owned<BIO> pem(BIO_new_mem_buf(anchors_pem_.data(), static_cast<int>(anchors_pem_.size())));
    while (auto* one = PEM_read_bio_X509(pem.get(), nullptr, refuse_pass_phrase, nullptr)) {
      const Owned<X509> anchor(one);
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), anchor.get());
    }
    ssl_.reset(SSL_new(context_.get()));
    const auto& name = endpoint_.server_name.empty() ? endpoint_.host : endpoint_.server_name;
    auto* rules = SSL_get0_param(ssl_.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) != 1) {  // no address: a name
      X509_VERIFY_PARAM_set1_host(rules, name.c_str(), name.size());
      SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
    }
    if (SSL_set_fd(ssl_.get(), descriptor_.get()) != 1) return Error{"TLS cannot be prepared: " + tls_message()};
    return {};
  }

  Descriptor descriptor_;
  const Endpoint endpoint_;
  const int wait_ms_;
  const std::string anchors_pem_;
  Owned<SSL_CTX> context_;
  Owned<SSL> ssl_;
  Trouble trouble_ = Trouble::none;
};

Result<Descriptor> connect_to(const addrinfo& address, std::int64_t until_ns, Trouble& trouble) {
  Descriptor descriptor(::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  trouble = Trouble::unavailable;
  if (descriptor.get() < 0) return Error{system_message(errno)};
  if (::connect(descriptor.get(), address.ai_addr, address.ai_addrlen) == 0) return descriptor;
  if (errno != EINPROGRESS) return Error{system_message(errno)};
  trouble = wait_for(descriptor.get(), POLLOUT, until_ns);
  if (trouble != Trouble::none) return Error{"nobody accepts in time"};
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0) return descriptor;
  trouble = Trouble::unavailable;
  return Error{system_message(error)};
}

}  // namespace

Sockets::Sockets(Options options) : options_(std::move(options)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
}
Sockets::~Sockets() = default;

Result<std::unique_ptr<direct::Stream>> Sockets::open(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = endpoint.transport == Transport::udp ? SOCK_DGRAM : SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  const Owned<addrinfo> addresses(found);
  trouble_ = Trouble::unavailable;
  if (failure != 0) return Error{fmt::format("no connection to {}: {}", name_of(endpoint), ::gai_strerror(failure))};
  const int wait_ms = endpoint.wait_ms_max > 0 ? endpoint.wait_ms_max : options_.wait_ms_max;
  const auto until_ns = monotonic_ns() + std::int64_t{wait_ms} * ns_per_ms;
  Error last{"no address"};
  for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next) {
    auto descriptor = connect_to(*address, until_ns, trouble_);
    if (!descriptor) {
      last = descriptor.error();
      continue;
    }
    auto stream = std::make_unique<Socket>(*std::move(descriptor), endpoint, options_);
    if (endpoint.transport == Transport::tls)
      if (const auto secured = stream->start_tls(); !secured) {
        trouble_ = stream->trouble();
        return secured.error();
      }
    trouble_ = Trouble::none;
    return std::unique_ptr<direct::Stream>(std::move(stream));
  }
  return Error{fmt::format("no connection to {}: {}", name_of(endpoint), last.what)};
}

}  // namespace bb::sockets
