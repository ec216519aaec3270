#include "connection.hpp"

#include <fcntl.h>
#include <httplib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "dial.hpp"
#include "reuse.hpp"
#include "tls.hpp"

namespace bb::host {
namespace {

constexpr std::size_t write_bytes_held_max = 16 * 1024;  // one TLS record

std::string system_message(int error) { return std::generic_category().message(error); }

// Ends a TLS handshake that takes too long or is not wanted any more. Holds a
// duplicate of the socket, so that httplib may close its own at any time.
class HandshakeWatch {
 public:
  HandshakeWatch(int socket, Watchdog& watchdog, std::int64_t at_ns, const Cancellation* cancellation)
      : socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
    guard_.emplace(watchdog, at_ns, [this] { end(Fault::deadline); });
    if (cancellation) registration_ = cancellation->on_cancel([this] { end(Fault::cancelled); });
  }
  ~HandshakeWatch() {
    guard_.reset();
    registration_.reset();
    if (socket_ >= 0) ::close(socket_);
  }
  HandshakeWatch(const HandshakeWatch&) = delete;
  HandshakeWatch& operator=(const HandshakeWatch&) = delete;

  Fault fault() const { return fault_; }

 private:
  void end(Fault why) {
    Fault expected = Fault::none;
    fault_.compare_exchange_strong(expected, why);
    ::shutdown(socket_, SHUT_RDWR);
  }

  int socket_;
  std::atomic<Fault> fault_ = Fault::none;
  std::optional<Watchdog::Guard> guard_;
  std::unique_ptr<Cancellation::Registration> registration_;
};

// What is known of the exchange that runs.
struct Job {
  const ConnectionOptions& options;
  Watchdog& watchdog;
  const OutgoingRequest& request;
  const Bounds& bounds;
  AnswerReceiver& receiver;
  ExchangeResult result = {};
  std::optional<HandshakeWatch> handshake = {};
  std::int64_t handshake_end_ns = 0;
  long verdict = X509_V_OK;   // of OpenSSL on the peer's certificate
  bool is_new = false;        // the connection was made for this exchange
  bool is_connected = false;  // past the handshake
  bool has_sent = false;      // some byte of the request
  bool has_received = false;  // some byte of an answer
  bool is_whole = false;      // the answer, up to its end
  bool is_reusable = false;
  std::int64_t idle_ns_max = 0;  // before it is used again
  std::string sent_head = {};

  void fail(Fault fault, std::string reason) {
    if (result.fault != Fault::none) return;
    result.fault = fault;
    result.reason = std::move(reason);
  }
  std::string peer() const { return options.origin.host + ":" + std::to_string(options.origin.port); }
  void fail_bound(Fault fault, const std::string& when) {
    fail(fault, fault == Fault::cancelled ? "cancelled " + when : "deadline passed " + when);
  }
};

void fail_untrusted(Job& job) { job.fail(Fault::untrusted, untrusted_text(job.peer(), job.verdict)); }

// The socket as httplib sees it: what it reads is the answer without its
// framing, behind a head that says only what httplib has to know.
class Wire final : public httplib::Stream, private ByteSource {
 public:
  Wire(socket_t socket, SSL* ssl, Job& job)
      : socket_(socket), ssl_(ssl), job_(job), reader_(*this, job.request.method == "HEAD") {
    if (job_.is_new) ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL, 0) | O_NONBLOCK);  // httplib undid it
    if (ssl_) job_.result.tls = std::string(SSL_get_version(ssl_)) + " " + SSL_get_cipher_name(ssl_);
  }
  ~Wire() override {
    job_.has_received = reader_.has_received();
    job_.is_reusable = reader_.is_clean();
    job_.idle_ns_max = idle_ns_max(reader_.head());
  }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  socket_t socket() const override { return socket_; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}

  ssize_t write(const char* bytes, std::size_t size) override {
    held_.append(bytes, size);
    if (held_.size() >= write_bytes_held_max) flush();
    return job_.result.fault == Fault::none ? static_cast<ssize_t>(size) : -1;
  }

  ssize_t read(char* buffer, std::size_t capacity) override {
    if (!has_head_ && !read_head()) return -1;
    if (given_ < head_.size()) {
      const std::size_t count = std::min(capacity, head_.size() - given_);
      std::memcpy(buffer, head_.data() + given_, count);
      given_ += count;
      return static_cast<ssize_t>(count);
    }
    const ssize_t got = reader_.read_body(buffer, capacity);
    if (got == 0) job_.is_whole = true;
    if (got < 0) fail_reading("the answer broke off after " + reader_.progress());
    return got;
  }

 private:
  bool read_head() {
    flush();
    if (job_.result.fault != Fault::none) return false;
    if (!reader_.read_head()) {
      fail_reading(is_write_broken_ ? "the connection broke while the request was sent" : "no answer came");
      return false;
    }
    const AnswerHead& head = reader_.head();
    has_head_ = true;
    job_.is_whole = head.status == 204 || job_.request.method == "HEAD";
    head_ = "HTTP/1.1 " + std::to_string(head.status) + " -\r\n";
    if (const std::string* const coding = head.field("content-encoding"))
      head_ += "Content-Encoding: " + *coding + "\r\n";
    if (head.is_last) head_ += "Connection: close\r\n";
    head_ += "\r\n";
    if (job_.receiver.head(head)) return true;
    job_.fail(Fault::stopped, {});
    return false;
  }

  // The answer reader knows what was wrong with the bytes, receive() why there
  // were none.
  void fail_reading(const std::string& what) {
    if (!reader_.problem().empty())
      job_.fail(Fault::protocol, job_.peer() + " does not speak HTTP: " + reader_.problem());
    job_.fail(Fault::unavailable, what + ": " + (broken_.empty() ? job_.peer() + " closed the connection" : broken_));
  }

  void flush() {
    if (job_.sent_head.find("\r\n\r\n") == std::string::npos) job_.sent_head += held_;
    std::string_view left = held_;
    while (!left.empty() && !is_write_broken_ && job_.result.fault == Fault::none) {
      const ssize_t sent = ssl_ ? send_tls(left) : send_plain(left);
      if (sent > 0) left.remove_prefix(static_cast<std::size_t>(sent));
    }
    held_.clear();
  }

  // Waits for what the socket needs next; false at a bound of the call.
  bool wait(short events, const char* when) {
    const Fault fault = wait_ready(socket_, events, job_.bounds);
    if (fault == Fault::unavailable) broken_ = system_message(errno);
    if (fault == Fault::deadline || fault == Fault::cancelled) job_.fail_bound(fault, when);
    return fault == Fault::none;
  }

  static constexpr const char* while_sending = "while the request was sent";
  // An answer may still come on a connection that takes no more (RFC 9112, 9.5):
  // a broken write ends the sending, not the exchange.
  ssize_t break_write(std::string why) {
    is_write_broken_ = true;
    broken_ = std::move(why);
    return -1;
  }

  ssize_t send_plain(std::string_view bytes) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    job_.has_sent = job_.has_sent || sent > 0;
    if (sent >= 0) return sent;
    if (errno == EAGAIN || errno == EINTR) {
      wait(POLLOUT, while_sending);
      return 0;
    }
    return break_write(system_message(errno));
  }

  ssize_t send_tls(std::string_view bytes) {
    ERR_clear_error();
    errno = 0;
    const int sent = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    const int verdict = SSL_get_error(ssl_, sent);
    // What waits to be written may be a part of a record.
    job_.has_sent = job_.has_sent || sent > 0 || verdict == SSL_ERROR_WANT_WRITE;
    if (sent > 0) return sent;
    switch (verdict) {
      case SSL_ERROR_WANT_WRITE:
        wait(POLLOUT, while_sending);
        return 0;
      case SSL_ERROR_WANT_READ:
        wait(POLLIN, while_sending);
        return 0;
      default:
        return break_write(errno != 0 ? system_message(errno) : tls_message());
    }
  }

  ssize_t receive(char* buffer, std::size_t capacity) override {
    const char* const when = reader_.has_received() ? "before the whole answer had come" : "before an answer came";
    // An answer is never there at once: waiting first saves a read in vain.
    const bool is_first = job_.result.first_byte_ns == 0 && !(ssl_ && SSL_has_pending(ssl_));
    if (is_first && !wait(POLLIN, when)) return -1;
    for (;;) {
      const ssize_t got = ssl_ ? receive_tls(buffer, capacity, when) : receive_plain(buffer, capacity, when);
      if (got == retry) continue;
      if (got > 0 && job_.result.first_byte_ns == 0) job_.result.first_byte_ns = monotonic_ns();
      return got;
    }
  }

  static constexpr ssize_t retry = -2;

  ssize_t receive_plain(char* buffer, std::size_t capacity, const char* when) {
    const ssize_t got = ::recv(socket_, buffer, capacity, 0);
    if (got >= 0) return got;
    if (errno == EINTR) return retry;
    if (errno == EAGAIN) return wait(POLLIN, when) ? retry : -1;
    broken_ = system_message(errno);
    return -1;
  }

  ssize_t receive_tls(char* buffer, std::size_t capacity, const char* when) {
    ERR_clear_error();
    errno = 0;
    const int got = SSL_read(ssl_, buffer, static_cast<int>(std::min<std::size_t>(capacity, write_bytes_held_max)));
    if (got > 0) return got;
    switch (SSL_get_error(ssl_, got)) {
      case SSL_ERROR_ZERO_RETURN:
        return 0;
      case SSL_ERROR_WANT_READ:
        return wait(POLLIN, when) ? retry : -1;
      case SSL_ERROR_WANT_WRITE:
        return wait(POLLOUT, when) ? retry : -1;
      default:
        broken_ = errno != 0 ? system_message(errno) : "TLS: " + tls_message();
        return -1;
    }
  }

  socket_t socket_;
  SSL* ssl_;
  Job& job_;
  AnswerReader reader_;
  std::string held_;  // written, not yet sent
  std::string head_;  // for httplib
  std::size_t given_ = 0;
  bool has_head_ = false;
  bool is_write_broken_ = false;
  std::string broken_;  // why bytes stopped, from the system or TLS
};

// httplib's client with our way of connecting and reading.
template <class Base>
class Wired final : public Base {
 public:
  using Base::Base;
  void begin(Job& job) { job_ = &job; }
  Job& job() { return *job_; }
  // Of the open connection between two exchanges.
  bool is_quiet() const { return host::is_quiet(this->socket_.sock, this->socket_.ssl); }

 private:
  using Socket = typename Base::Socket;

  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override {
    const std::int64_t limit_ns = monotonic_ns() + job_->options.connect_ms_max * ns_per_ms;
    Dialled dialled = dial(Transport::tcp, job_->options.origin.host, job_->options.origin.port, job_->bounds,
                           job_->options.connect_ms_max);
    if (dialled.fault != Fault::none) {
      job_->fail(dialled.fault, std::move(dialled.reason));
      error = httplib::Error::Connection;
      return false;
    }
    socket.sock = dialled.descriptor;
    job_->is_new = true;
    if (!job_->options.origin.is_tls) return true;
    const std::int64_t deadline_ns = job_->bounds.deadline_ns;
    job_->handshake_end_ns = deadline_ns != 0 ? std::min(deadline_ns, limit_ns) : limit_ns;
    job_->handshake.emplace(socket.sock, job_->watchdog, job_->handshake_end_ns, job_->bounds.cancellation);
    ERR_clear_error();
    return true;
  }

  bool process_socket(const Socket& socket, std::function<bool(httplib::Stream&)> callback) override {
    job_->handshake.reset();
    job_->is_connected = true;
    // OpenSSL broke the handshake off if this was not so; httplib itself checks nothing here.
    if (socket.ssl && (job_->verdict = SSL_get_verify_result(socket.ssl)) != X509_V_OK) {
      fail_untrusted(*job_);
      return false;
    }
    Wire wire(socket.sock, socket.ssl, *job_);
    return callback(wire);
  }

  Job* job_ = nullptr;
};

using TlsClient = Wired<httplib::SSLClient>;
using PlainClient = Wired<httplib::ClientImpl>;

// Why httplib could not make a TLS connection, in OpenSSL's words.
void explain_handshake(TlsClient&, Job& job) {
  const std::string peer = job.peer();
  const Fault watched = job.handshake ? job.handshake->fault() : Fault::none;
  if (watched == Fault::cancelled) return job.fail(watched, "cancelled during the TLS handshake with " + peer);
  if (watched == Fault::deadline) {
    const bool is_deadline = job.bounds.deadline_ns == job.handshake_end_ns;
    return job.fail(
        is_deadline ? Fault::deadline : Fault::unavailable,
        "no TLS handshake with " + peer +
            (is_deadline ? " before the deadline" : " within " + std::to_string(job.options.connect_ms_max) + " ms"));
  }
  if (job.verdict != X509_V_OK) return fail_untrusted(job);
  job.fail(is_tls_failure() ? Fault::untrusted : Fault::unavailable,
           "no TLS connection (1.2 or later) to " + peer + ": " + tls_message());
}
void explain_handshake(PlainClient&, Job& job) { job.fail(Fault::unavailable, "no connection to " + job.peer()); }

std::vector<Attribute> parse_sent(const std::string& head) {
  std::vector<Attribute> fields;
  const auto lines = split(std::string_view(head).substr(0, head.find("\r\n\r\n")), '\n');
  for (std::size_t index = 1; index < lines.size(); ++index) {
    const std::string_view line = trim(lines[index]);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
      fields.push_back({to_lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  }
  return fields;
}

template <class Client>
class KeptConnection final : public Connection {
 public:
  KeptConnection(std::unique_ptr<Client> client, ConnectionOptions options, std::shared_ptr<SharedParts> shared)
      : options_(std::move(options)), shared_(std::move(shared)), client_(std::move(client)) {
    client_->set_keep_alive(true);
    client_->set_url_encode(false);
    client_->set_decompress(true);
    client_->set_connection_timeout(options_.connect_ms_max / 1000 + 1);
  }
  ~KeptConnection() override {
    const PipeSignalGuard guard;
    client_.reset();
  }

  ExchangeResult exchange(const OutgoingRequest& request, const Bounds& bounds, AnswerReceiver& receiver) override {
    const PipeSignalGuard guard;
    close_if_stale();
    Attempt first = attempt(request, bounds, receiver);
    if (!first.is_lost) return std::move(first.result);
    if (may_send_again(request.method, first.has_sent)) return attempt(request, bounds, receiver).result;
    first.result.reason += "; this was a connection kept from an earlier request, and a " + request.method +
                           " that may have arrived is not sent again";
    return std::move(first.result);
  }

 private:
  struct Attempt {
    ExchangeResult result;
    bool is_lost = false;  // a connection that was used before broke without an answer
    bool has_sent = false;
  };

  void close_if_stale() {
    if (client_->is_socket_open() == 0) return;
    if (monotonic_ns() >= usable_until_ns_ || !client_->is_quiet()) client_->stop();
  }

  Attempt attempt(const OutgoingRequest& request, const Bounds& bounds, AnswerReceiver& receiver) {
    Job job{options_, shared_->watchdog, request, bounds, receiver};
    httplib::Request out;
    out.method = request.method;
    out.path = request.target;
    out.body = request.body;
    for (const Attribute& field : request.headers) out.headers.emplace(field.name, field.value);
    out.content_receiver = [&](const char* bytes, std::size_t size, std::uint64_t, std::uint64_t) {
      if (receiver.content({bytes, size})) return true;
      job.fail(Fault::stopped, {});
      return false;
    };
    httplib::Response answer;
    httplib::Error error = httplib::Error::Success;
    client_->begin(job);
    const bool is_answered = client_->send(out, answer, error);
    if (!is_answered && !job.is_connected) explain_handshake(*client_, job);
    if (!is_answered || !job.is_whole)
      job.fail(Fault::protocol, "the content of the answer of " + job.peer() + " cannot be decoded");
    if (job.result.fault != Fault::none || !job.is_reusable) client_->stop();
    job.handshake.reset();
    usable_until_ns_ = monotonic_ns() + job.idle_ns_max;
    job.result.sent = parse_sent(job.sent_head);
    const bool is_lost = job.result.fault == Fault::unavailable && job.is_connected && !job.is_new && !job.has_received;
    return {std::move(job.result), is_lost, job.has_sent};
  }

  ConnectionOptions options_;
  std::shared_ptr<SharedParts> shared_;
  std::unique_ptr<Client> client_;
  std::int64_t usable_until_ns_ = 0;  // unless the peer ends it before
};

int note_verdict(int is_good, X509_STORE_CTX* chain) {
  const auto* const ssl =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const client = static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (is_good == 0) client->job().verdict = X509_STORE_CTX_get_error(chain);
  return is_good;
}

// OpenSSL verifies during the handshake, so that nothing (no certificate of
// ours either) goes to a peer that is not trusted. httplib would read the
// system's anchors again for each connection, and verify only afterwards.
Status secure(TlsClient& client, const ConnectionOptions& options, TrustAnchors& anchors) {
  SSL_CTX* const context = client.ssl_context();
  client.enable_server_certificate_verification(false);
  SSL_CTX_set_app_data(context, &client);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, note_verdict);
  SSL_CTX_set_read_ahead(context, 1);
  if (!options.client_identity_pem.empty()) BB_CHECK(use_identity(*context, options.client_identity_pem));
  return set_peer_rules(*context, options.origin.host, options.ca_file, anchors);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::create(const ConnectionOptions& options,
                                                       std::shared_ptr<SharedParts> shared) {
  const Url& origin = options.origin;
  if (!origin.is_tls)
    return std::unique_ptr<Connection>(std::make_unique<KeptConnection<PlainClient>>(
        std::make_unique<PlainClient>(origin.host, origin.port), options, std::move(shared)));
  auto client = std::make_unique<TlsClient>(origin.host, origin.port);
  if (!client->is_valid()) return Error{"cannot set up TLS: " + tls_message()};
  BB_CHECK(secure(*client, options, shared->anchors));
  return std::unique_ptr<Connection>(
      std::make_unique<KeptConnection<TlsClient>>(std::move(client), options, std::move(shared)));
}

}  // namespace bb::host
