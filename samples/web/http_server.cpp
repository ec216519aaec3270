#include "web/http_server.hpp"

#include <fmt/format.h>
#include <httplib.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::web {
namespace {

constexpr std::size_t thread_count = 64;
constexpr std::size_t head_bytes_max = 64 * 1024;
constexpr std::size_t chunk_overhead_bytes_max = 1024 * 1024;  // sizes and extensions of a chunked body
constexpr int backlog_count = 256;
constexpr int idle_ms_max = 5'000;
constexpr int io_seconds_max = 5;
constexpr std::int64_t request_ms_max = 30'000;
constexpr std::int64_t linger_ms_max = 2'000;

struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using SslPtr = std::unique_ptr<T, SslDeleter>;

constexpr auto slow_step = std::chrono::milliseconds(200);
constexpr std::size_t slow_steps = 10;

// Of the thread that serves a connection: nothing more is to leave, and then the connection ends (Mishap);
// the connection ends behind the answer, because the rest of the request was not read.
thread_local bool is_silent = false;
thread_local bool is_last = false;

// One accepted connection. Reads are buffered and bounded: at most the bytes
// granted since begin_request(), and until the request's deadline.
class Connection final : public httplib::Stream {
 public:
  Connection(int socket, SslPtr<SSL> ssl) : socket_(socket), ssl_(std::move(ssl)) {}

  bool shake_hands() { return !ssl_ || SSL_accept(ssl_.get()) == 1; }

  bool wait_for_request() {
    if (position_ < filled_ || (ssl_ && SSL_pending(ssl_.get()) > 0)) return true;
    pollfd waiting{socket_, POLLIN, 0};
    return ::poll(&waiting, 1, idle_ms_max) > 0;
  }

  void begin_request() {
    granted_ = head_bytes_max;
    is_silent = is_last = false;
    deadline_ns_ = monotonic_ns() + request_ms_max * ns_per_ms;
  }
  void grant_body(std::size_t bytes) { granted_ = bytes; }
  // Whether a limit or the peer ended reading: what follows is no request.
  bool is_spent() const { return is_spent_; }

  // Ends the connection so that the peer still gets the last answer: what it
  // goes on sending is read and dropped for a while (RFC 9112, section 9.6).
  void say_goodbye(bool is_peer_sending) {
    if (ssl_) SSL_shutdown(ssl_.get());
    if (!is_peer_sending) return;
    ::shutdown(socket_, SHUT_WR);
    const auto end_ns = monotonic_ns() + linger_ms_max * ns_per_ms;
    for (auto left_ms = linger_ms_max; left_ms > 0; left_ms = (end_ns - monotonic_ns()) / ns_per_ms) {
      pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, static_cast<int>(left_ms)) <= 0) return;
      if (::recv(socket_, buffer_.data(), buffer_.size(), 0) <= 0) return;
    }
  }

  bool is_readable() const override { return !is_spent_; }
  bool is_writable() const override {
    pollfd waiting{socket_, POLLOUT, 0};
    return ::poll(&waiting, 1, io_seconds_max * 1000) > 0 && (waiting.revents & (POLLERR | POLLHUP)) == 0;
  }
  ssize_t read(char* into, size_t size) override {
    if (position_ == filled_ && !refill()) return -1;
    const auto count = std::min({size, filled_ - position_, granted_});
    if (count == 0) return spend();
    std::memcpy(into, buffer_.data() + position_, count);
    position_ += count;
    granted_ -= count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) override {
    constexpr std::size_t write_bytes_max = 1 << 20;
    const auto count = std::min(size, write_bytes_max);
    if (is_silent) return -1;
    if (count == 0) return 0;
    return ssl_ ? SSL_write(ssl_.get(), from, static_cast<int>(count)) : ::send(socket_, from, count, MSG_NOSIGNAL);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override { ip = "127.0.0.1", port = 0; }
  void get_local_ip_and_port(std::string& ip, int& port) const override { ip = "127.0.0.1", port = 0; }
  socket_t socket() const override { return socket_; }

 private:
  bool refill() {
    if (is_spent_ || granted_ == 0 || monotonic_ns() > deadline_ns_) return spend() == 0;
    const auto size = static_cast<int>(buffer_.size());
    const auto count = ssl_ ? SSL_read(ssl_.get(), buffer_.data(), size)
                            : static_cast<int>(::recv(socket_, buffer_.data(), buffer_.size(), 0));
    if (count <= 0) return spend() == 0;
    position_ = 0;
    filled_ = static_cast<std::size_t>(count);
    return true;
  }
  ssize_t spend() {
    is_spent_ = true;
    return -1;
  }

  int socket_;
  SslPtr<SSL> ssl_;
  std::array<char, 16 * 1024> buffer_;
  std::size_t position_ = 0, filled_ = 0;
  std::size_t granted_ = 0;
  std::int64_t deadline_ns_ = 0;
  bool is_spent_ = false;
};

SslPtr<BIO> read_bio(const std::string& pem) {
  return SslPtr<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Who has no certificate of these authorities does not get through the handshake.
Status ask_for_certificates(SSL_CTX& context, const std::string& authorities_pem) {
  const auto bio = read_bio(authorities_pem);
  int count = 0;
  for (;; ++count) {
    const SslPtr<X509> authority(PEM_read_bio_X509(bio.get(), nullptr, refuse_pass_phrase, nullptr));
    if (!authority) break;
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(&context, authority.get()) != 1)
      return Error{"cannot set TLS up with the authorities of clients"};
  }
  ERR_clear_error();  // the end of the file is one
  if (count == 0) return Error{"there is no certificate among the authorities of clients"};
  // Without a name for its sessions OpenSSL refuses each that is taken up again.
  constexpr std::string_view session_context = "bluebridge-portal";
  SSL_CTX_set_session_id_context(&context, reinterpret_cast<const unsigned char*>(session_context.data()),
                                 session_context.size());
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(&context), X509_V_FLAG_PARTIAL_CHAIN);  // an authority need be no root
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

Result<SslPtr<SSL_CTX>> make_tls_context(const std::string& certificate_pem, const std::string& key_pem,
                                         const std::string& client_authorities_pem) {
  SslPtr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  SslPtr<X509> certificate(PEM_read_bio_X509(read_bio(certificate_pem).get(), nullptr, refuse_pass_phrase, nullptr));
  SslPtr<EVP_PKEY> key(PEM_read_bio_PrivateKey(read_bio(key_pem).get(), nullptr, refuse_pass_phrase, nullptr));
  if (!context || !certificate || !key || SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 ||
      SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return Error{"cannot set TLS up with the server's certificate"};
  if (!client_authorities_pem.empty()) BB_CHECK(ask_for_certificates(*context, client_authorities_pem));
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  return context;
}

bool has_body(const httplib::Request& request) {
  return request.has_header("Transfer-Encoding") ||
         (request.has_header("Content-Length") && request.get_header_value("Content-Length") != "0");
}

// Header fields that say in more than one way, or in no known way, where the
// body ends: the next request on the connection would begin at a guess.
std::optional<std::string> framing_mistake(const httplib::Request& request) {
  const auto length_count = request.get_header_value_count("Content-Length");
  if (length_count > 1) return "more than one Content-Length";
  if (length_count == 1) {
    const auto text = request.get_header_value("Content-Length");
    if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
      return "Content-Length is not a number: '" + shorten(text, 40) + "'";
  }
  if (request.has_header("Transfer-Encoding")) {
    if (length_count > 0) return "both Content-Length and Transfer-Encoding";
    if (!iequals(request.get_header_value("Transfer-Encoding"), "chunked"))
      return "Transfer-Encoding must be 'chunked', got '" + shorten(request.get_header_value("Transfer-Encoding"), 40) +
             "'";
  }
  const bool may_have_body = request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
  if (!may_have_body && has_body(request)) return "a " + request.method + " request has no body";
  return std::nullopt;
}

HttpResponse too_large(std::size_t bytes_max) {
  return HttpResponse::error(413, "too_large", fmt::format("the body may have at most {} bytes", bytes_max));
}

HttpRequest to_request(const httplib::Request& from) {
  HttpRequest request;
  request.method = from.method == "HEAD" ? "GET" : from.method;
  for (const auto& [name, value] : from.headers) request.headers.emplace(to_lower(name), value);
  return request;
}

// Half of the body, and then the end; or all of it, bit by bit.
void write_badly(const HttpResponse& from, httplib::Response& to) {
  const bool is_slow = from.mishap == Mishap::slow;
  to.set_content_provider(from.body.size(), from.content_type,
                          [body = from.body, is_slow](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                            const auto step = std::max<std::size_t>(body.size() / (is_slow ? slow_steps : 2), 1);
                            if (is_slow) std::this_thread::sleep_for(slow_step);
                            const bool is_sent = sink.write(body.data() + offset, std::min(step, body.size() - offset));
                            is_silent = !is_slow;
                            return is_sent && is_slow;
                          });
}

void write_answer(const HttpResponse& from, httplib::Response& to) {
  is_silent = from.mishap == Mishap::no_answer;
  to.status = from.status;
  for (const auto& [name, value] : from.headers) to.headers.erase(name);  // what every answer has else
  for (const auto& [name, value] : from.headers) to.headers.emplace(name, value);
  if (is_last) to.set_header("Connection", "close");  // else the next request may be on its way already
  const bool is_bad = !from.body.empty() && (from.mishap == Mishap::truncated || from.mishap == Mishap::slow);
  if (is_bad) return write_badly(from, to);
  if (!from.content_type.empty()) to.set_content(from.body, from.content_type);
}

}  // namespace

class HttpServer::Impl : public httplib::Server {
 public:
  Impl(HttpServer::Options options, HttpHandler handler, SslPtr<SSL_CTX> context)
      : options_(std::move(options)), handler_(std::move(handler)), context_(std::move(context)) {
    new_task_queue = [] { return new httplib::ThreadPool(thread_count); };
    set_socket_options([](socket_t socket) {
      // Not the library's default SO_REUSEPORT: two servers must never share a port.
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    httplib::Headers headers;
    for (const auto& [name, value] : options_.headers) headers.emplace(name, value);
    set_default_headers(std::move(headers));
    set_keep_alive_timeout(idle_ms_max / 1000);
    set_keep_alive_max_count(1'000'000);
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        write_answer(HttpResponse::error(response.status, "malformed", "the request cannot be read"), response);
    });
    // The library would read a body without a length until the peer closes, so
    // everything without a body is answered before it looks for one.
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      if (auto refusal = refuse(request)) {
        write_refusal(request, *std::move(refusal), response);
        return HandlerResponse::Handled;
      }
      if (has_body(request)) return HandlerResponse::Unhandled;
      answer(request, {}, response);
      return HandlerResponse::Handled;
    });
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& reader) { read_and_answer(request, response, reader); };
    Post("/", with_body);
    Put("/", with_body);
    Patch("/", with_body);
    Delete("/", with_body);
  }

  bool bind_and_serve() {
    port_ = options_.port == 0 ? bind_to_any_port("127.0.0.1") : options_.port;
    if (options_.port != 0 && !bind_to_port("127.0.0.1", options_.port)) return false;
    if (port_ <= 0) return false;
    ::listen(svr_sock_, backlog_count);
    acceptor_ = std::thread([this] { listen_after_bind(); });
    while (!is_running()) std::this_thread::yield();
    return true;
  }

  int port() const { return port_; }

  void stop_all() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
      for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    }
    if (!acceptor_.joinable()) return;
    stop();
    acceptor_.join();
  }

 private:
  std::size_t body_bytes_max(const httplib::Request& request) const {
    auto head = to_request(request);
    if (!parse_target(request.target, head)) return 0;
    return options_.body_bytes_max ? options_.body_bytes_max(head) : 0;
  }

  bool may_be_compressed(const httplib::Request& request) const {
    auto head = to_request(request);
    return options_.may_be_compressed && parse_target(request.target, head) && options_.may_be_compressed(head);
  }

  // Nothing where the body may not be compressed at all, or nobody answers for it.
  std::optional<HttpResponse> answer_mistake(const httplib::Request& request, EncodingMistake mistake) const {
    if (!options_.encoding_mistake || !may_be_compressed(request)) return std::nullopt;
    auto head = to_request(request);
    if (!parse_target(request.target, head)) return std::nullopt;
    return options_.encoding_mistake(head, mistake);
  }

  static bool is_known_encoding(const httplib::Request& request) {
    const auto encoding = to_lower(request.get_header_value("Content-Encoding"));
    return encoding == "gzip" || encoding == "deflate";
  }

  // The answer to a request whose body is not worth reading.
  std::optional<HttpResponse> refuse(const httplib::Request& request) const {
    if (const auto mistake = framing_mistake(request)) return HttpResponse::error(400, "malformed", *mistake);
    if (!has_body(request)) return std::nullopt;
    const bool is_encoded = request.has_header("Content-Encoding");
    if (is_encoded && !is_known_encoding(request))
      if (auto answer = answer_mistake(request, EncodingMistake::unsupported)) return answer;
    if ((is_encoded && !(is_known_encoding(request) && may_be_compressed(request))) || request.is_multipart_form_data())
      return HttpResponse::error(415, "unsupported_media_type",
                                 "send the body as it is: no encoding, no multipart form");
    const auto bytes_max = body_bytes_max(request);
    if (request.get_header_value<std::uint64_t>("Content-Length") > bytes_max) return too_large(bytes_max);
    return std::nullopt;
  }

  void write_refusal(const httplib::Request& request, HttpResponse refusal, httplib::Response& response) const {
    if (options_.dress_refusal) refusal = options_.dress_refusal(request.target, std::move(refusal));
    write_answer(refusal, response);
  }

  void read_and_answer(const httplib::Request& request, httplib::Response& response,
                       const httplib::ContentReader& reader) const {
    const auto bytes_max = body_bytes_max(request);
    std::string body;
    bool is_too_large = false;
    const bool is_read = reader([&](const char* data, std::size_t size) {
      is_too_large = is_too_large || body.size() + size > bytes_max;
      if (!is_too_large) body.append(data, size);
      // The rest is read and dropped until the connection's grant ends; of a compressed body there
      // is no knowing how much that would be.
      is_last = is_too_large && request.has_header("Content-Encoding");
      return !is_last;
    });
    if (is_too_large) return write_refusal(request, too_large(bytes_max), response);
    is_last = is_last || (!is_read && request.has_header("Content-Encoding"));
    if (!is_read && request.has_header("Content-Encoding"))
      if (const auto mistaken = answer_mistake(request, EncodingMistake::mismatch))
        return write_answer(*mistaken, response);
    if (!is_read)
      return write_refusal(request, HttpResponse::error(400, "malformed", "the body ended early"), response);
    answer(request, std::move(body), response);
  }

  void answer(const httplib::Request& from, std::string body, httplib::Response& response) const {
    auto request = to_request(from);
    request.body = std::move(body);
    if (const auto parsed = parse_target(from.target, request); !parsed)
      return write_refusal(from, HttpResponse::error(400, "malformed", parsed.error().what), response);
    write_answer(handler_(request), response);
  }

  bool process_and_close_socket(socket_t socket) override {
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_) {
        ::close(socket);
        return false;
      }
      open_.insert(socket);
    }
    serve(socket);
    const std::lock_guard lock(mutex_);
    open_.erase(socket);
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  void serve(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval patience{io_seconds_max, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    SslPtr<SSL> ssl;
    if (context_) {
      ssl.reset(SSL_new(context_.get()));
      SSL_set_fd(ssl.get(), socket);
    }
    Connection connection(socket, std::move(ssl));
    if (connection.shake_hands()) {
      auto next = Next::request;
      while (next == Next::request && !is_stopping_ && connection.wait_for_request()) next = serve_one(connection);
      connection.say_goodbye(next == Next::refused);
    }
    ERR_clear_error();
  }

  // What comes after an answer: another request, the end, or the end with a
  // peer that may still be sending what was refused.
  enum class Next { request, end, refused };

  Next serve_one(Connection& connection) {
    connection.begin_request();
    bool has_head = false;
    bool is_refused = false;
    bool is_closed_by_peer = false;
    const bool is_written = process_request(connection, false, is_closed_by_peer, [&](httplib::Request& request) {
      has_head = true;
      request.path = "/";  // routes match the target; the library's regular expressions see nothing long
      request.headers.erase("Accept-Encoding");  // answers go out as the bytes they are
      if (refuse(request)) {
        is_refused = true;
        request.set_header("Connection", "close");
      }
      connection.grant_body(body_bytes_max(request) + chunk_overhead_bytes_max);
    });
    if (is_silent) return Next::end;
    if (is_last) return Next::refused;
    // Of a head that cannot be read the rest may still come, and is no request.
    if (!has_head || is_refused || (is_written && connection.is_spent())) return Next::refused;
    return is_written && !is_closed_by_peer && !connection.is_spent() ? Next::request : Next::end;
  }

  HttpServer::Options options_;
  HttpHandler handler_;
  SslPtr<SSL_CTX> context_;
  int port_ = 0;
  std::thread acceptor_;
  std::mutex mutex_;
  std::set<int> open_;
  std::atomic<bool> is_stopping_ = false;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }
int HttpServer::port() const { return impl_->port(); }
void HttpServer::stop() { impl_->stop_all(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(Options options, HttpHandler handler) {
  const int wanted_port = options.port;
  SslPtr<SSL_CTX> context;
  if (!options.certificate_pem.empty()) {
    BB_TRY(context, make_tls_context(options.certificate_pem, options.key_pem, options.client_authorities_pem));
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler), std::move(context));
  if (!impl->bind_and_serve())
    return Error{fmt::format("cannot listen on 127.0.0.1:{}: {}", wanted_port, std::strerror(errno))};
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace bb::web
