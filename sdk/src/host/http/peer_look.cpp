#include <bb/host/peer_look.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <memory>

#include <bb/core/time.hpp>
#include "connection.hpp"
#include "dial.hpp"
#include "http_date.hpp"
#include "tls.hpp"

namespace bb::host {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

std::int64_t unix_ns(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return static_cast<std::int64_t>(::timegm(&parts)) * ns_per_second;
}

std::string name_text(const X509_NAME* name) {
  const Bio text(BIO_new(BIO_s_mem()), BIO_free_all);
  if (!text || name == nullptr) return {};
  X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<std::size_t>(std::max(size, 0L))};
}

std::string address_text(const ASN1_OCTET_STRING& bytes) {
  std::string text;
  const unsigned char* at = ASN1_STRING_get0_data(&bytes);
  const int size = ASN1_STRING_length(&bytes);
  constexpr int ipv4_bytes = 4;
  if (size == ipv4_bytes) {
    for (int i = 0; i < size; ++i) text += (i > 0 ? "." : "") + std::to_string(at[i]);
    return text;
  }
  constexpr char digits[] = "0123456789abcdef";
  for (int i = 0; i < size; ++i) {
    if (i > 0 && i % 2 == 0) text += ':';
    text += digits[at[i] >> 4];
    text += digits[at[i] & 0xF];
  }
  return text;
}

std::vector<std::string> names_of(const X509& certificate) {
  constexpr std::size_t names_max = 100;
  std::vector<std::string> names;
  auto* const found =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr));
  if (found == nullptr) return names;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> owned(found, GENERAL_NAMES_free);
  for (int i = 0; i < sk_GENERAL_NAME_num(found) && names.size() < names_max; ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(found, i);
    if (name->type == GEN_DNS)
      names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                         static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    if (name->type == GEN_IPADD) names.push_back(address_text(*name->d.iPAddress));
  }
  return names;
}

PeerCertificate read_certificate(const X509& certificate) {
  return {name_text(X509_get_subject_name(&certificate)), name_text(X509_get_issuer_name(&certificate)),
          unix_ns(X509_get0_notBefore(&certificate)), unix_ns(X509_get0_notAfter(&certificate)), names_of(certificate)};
}

// As the host's own connections ask it: no partial wildcards.
bool is_for(X509& certificate, const std::string& name) {
  return X509_check_ip_asc(&certificate, name.c_str(), 0) == 1 ||
         X509_check_host(&certificate, name.data(), name.size(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

// Keys and digests of certificates have to be as strong as the host's own connections ask.
int level_of_today() {
  const Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  return context ? SSL_CTX_get_security_level(context.get()) : 1;
}

// The chain from the certificate to its anchor; else why there is none. The name aside.
Result<std::vector<PeerCertificate>> chain_to_anchor(X509& leaf, STACK_OF(X509) * sent, X509_STORE& anchors,
                                                     unsigned long flags) {
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(),
                                                                                X509_STORE_CTX_free);
  if (!context || X509_STORE_CTX_init(context.get(), &anchors, &leaf, sent) != 1) return Error{"it cannot be verified"};
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context.get()), level_of_today());
  X509_STORE_CTX_set_flags(context.get(), flags);
  if (X509_verify_cert(context.get()) != 1)
    return Error{X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()))};
  std::vector<PeerCertificate> chain;
  STACK_OF(X509)* const built = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(built); ++i) chain.push_back(read_certificate(*sk_X509_value(built, i)));
  return chain;
}

enum class Versions { today, any };

// A handshake that ends well whoever the peer is; the error is OpenSSL's.
struct Handshake {
  Context context{nullptr, SSL_CTX_free};
  Session session{nullptr, SSL_free};
  int descriptor = -1;
  bool is_tls_fault = false;

  Handshake() = default;
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;
  ~Handshake() {
    session.reset();
    if (descriptor >= 0) ::close(descriptor);
  }

  std::string shake(const PeerAddress& peer, Versions versions, const Bounds& bounds) {
    context.reset(SSL_CTX_new(TLS_client_method()));
    if (!context) return "no memory for TLS";
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    if (versions == Versions::any) {
      SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
      SSL_CTX_set_security_level(context.get(), 0);
      SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
    } else {
      SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    }
    session.reset(SSL_new(context.get()));
    if (!session || SSL_set_fd(session.get(), descriptor) != 1) return "no memory for TLS";
    const auto& name = peer.certificate_name.empty() ? peer.host : peer.certificate_name;
    SSL_set_tlsext_host_name(session.get(), name.c_str());
    const PipeSignalGuard guard;
    for (;;) {
      ERR_clear_error();
      const int came = SSL_connect(session.get());
      if (came == 1) return {};
      const int wants = SSL_get_error(session.get(), came);
      if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) {
        is_tls_fault = is_tls_failure();
        return "the TLS handshake failed: " + tls_message();
      }
      const Fault fault =
          wait_ready(descriptor, static_cast<short>(wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), bounds);
      if (fault == Fault::cancelled) return "cancelled in the TLS handshake";
      if (fault != Fault::none) return "the TLS handshake did not end in time";
    }
  }
};

// Words of mail servers before TLS, within the bounds of a look.
class Words {
 public:
  Words(int descriptor, const Bounds& bounds) : descriptor_(descriptor), bounds_(bounds) {}

  // Up to the word on which TLS begins.
  Status begin_tls() {
    BB_TRY(const auto greeting, line());
    if (greeting.starts_with("220")) {
      BB_CHECK(skip_lines(greeting));
      BB_CHECK(say("EHLO bluebridge.invalid\r\n"));
      BB_TRY(const auto answer, line());
      BB_CHECK(skip_lines(answer));
      return ask("STARTTLS\r\n", "220");
    }
    if (greeting.starts_with("* ")) return ask("a STARTTLS\r\n", "a OK");
    if (greeting.starts_with("+OK")) return ask("STLS\r\n", "+OK");
    return Error{"it does not greet as a mail server: '" + greeting.substr(0, shown_bytes_max) + "'"};
  }

 private:
  static constexpr std::size_t shown_bytes_max = 60;
  static constexpr std::size_t line_bytes_max = 4096;
  static constexpr int lines_max = 100;

  Status ask(const std::string& words, const std::string& wanted) {
    BB_CHECK(say(words));
    BB_TRY(const auto answer, line());
    if (answer.starts_with(wanted)) return {};
    return Error{"it does not begin TLS: '" + answer.substr(0, shown_bytes_max) + "'"};
  }

  // The rest of an answer of SMTP: "250-A", "250 B".
  Status skip_lines(std::string last) {
    for (int i = 0; last.size() > 3 && last[3] == '-'; ++i) {
      if (i == lines_max) return Error{"its answer does not end"};
      BB_TRY(last, line());
    }
    return {};
  }

  Status say(const std::string& words) {
    const PipeSignalGuard guard;
    if (::send(descriptor_, words.data(), words.size(), 0) == static_cast<ssize_t>(words.size())) return {};
    return Error{"the connection broke"};
  }

  Result<std::string> line() {
    std::string text;
    for (char byte = 0; text.size() < line_bytes_max;) {
      if (wait_ready(descriptor_, POLLIN, bounds_) != Fault::none) return Error{"it said nothing in time"};
      if (::recv(descriptor_, &byte, 1, 0) != 1) return Error{"the connection ended before TLS began"};
      if (byte == '\n') return text;
      if (byte != '\r') text += byte;
    }
    return Error{"it said a line that does not end"};
  }

  int descriptor_;
  const Bounds& bounds_;
};

Status connect(Handshake& handshake, const PeerAddress& peer, const Bounds& bounds, std::int64_t ms_max,
               PeerLook* look) {
  auto dialled = dial(Transport::tcp, peer.host, peer.port, bounds, ms_max);
  if (look != nullptr) look->is_resolved = dialled.is_resolved;
  handshake.descriptor = dialled.descriptor;
  if (dialled.fault != Fault::none) return Error{dialled.reason};
  if (look != nullptr) look->is_connected = true;
  return peer.begins_with_words ? Words(handshake.descriptor, bounds).begin_tls() : Status();
}

void read_chain(Handshake& handshake, const PeerAddress& peer, PeerLook& look) {
  constexpr int certificates_max = 20;
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(SSL_get1_peer_certificate(handshake.session.get()), X509_free);
  STACK_OF(X509)* const sent = SSL_get_peer_cert_chain(handshake.session.get());
  if (!leaf || sent == nullptr) {
    look.distrust = "it sent no certificate";
    return;
  }
  for (int i = 0; i < std::min(sk_X509_num(sent), certificates_max); ++i)
    look.chain.push_back(read_certificate(*sk_X509_value(sent, i)));
  look.is_name_right = is_for(*leaf, peer.certificate_name.empty() ? peer.host : peer.certificate_name);
  TrustAnchors anchors;
  const auto store = anchors.store(peer.ca_file);
  if (!store) {
    look.distrust = store.error().what;
    return;
  }
  // One that is valid today goes before one that is not.
  auto chain = chain_to_anchor(*leaf, sent, **store, 0);
  if (!chain) chain = chain_to_anchor(*leaf, sent, **store, X509_V_FLAG_NO_CHECK_TIME);
  if (chain)
    look.chain = *std::move(chain);
  else
    look.distrust = chain.error().what;
}

// A peer that has no version of today may have one of yesterday.
void look_for_old_version(const PeerAddress& peer, const Bounds& bounds, std::int64_t ms_max, PeerLook& look) {
  Handshake handshake;
  if (!connect(handshake, peer, bounds, ms_max, nullptr)) return;
  if (!handshake.shake(peer, Versions::any, bounds).empty()) return;
  look.tls_version = SSL_get_version(handshake.session.get());
  look.is_version_old = true;
  read_chain(handshake, peer, look);
}

// Keeps the head of an answer, and wants no more.
struct HeadKeeper final : AnswerReceiver {
  bool head(const AnswerHead& answer) override {
    came_unix_ns = now_unix_ns();
    if (const auto* field = answer.field("date")) date = *field;
    return true;
  }
  bool content(std::string_view) override { return false; }
  std::int64_t came_unix_ns = 0;
  std::string date;
};

}  // namespace

PeerLook look_at_peer(const PeerAddress& peer, std::int64_t ms_max, const Cancellation* cancellation) {
  PeerLook look;
  const Bounds bounds{monotonic_ns() + ms_max * ns_per_ms, cancellation};
  Handshake handshake;
  const auto ended = [&](std::string problem) {
    look.problem = std::move(problem);
    look.is_cancelled = cancellation != nullptr && cancellation->is_cancelled();
    return look;
  };
  if (const auto connected = connect(handshake, peer, bounds, ms_max, &look); !connected)
    return ended(connected.error().what);
  if (!peer.is_tls && !peer.begins_with_words) return look;
  if (auto problem = handshake.shake(peer, Versions::today, bounds); !problem.empty()) {
    if (handshake.is_tls_fault) look_for_old_version(peer, bounds, ms_max, look);
    return ended(std::move(problem));
  }
  look.tls_version = SSL_get_version(handshake.session.get());
  read_chain(handshake, peer, look);
  return look;
}

Result<std::optional<PeerClock>> ask_clock(const std::string& url, const std::filesystem::path& ca_file,
                                           std::int64_t ms_max, const Cancellation* cancellation) {
  BB_TRY(auto origin, parse_url(url));
  ConnectionOptions options{origin, ca_file, {}, ms_max};
  BB_TRY(const auto connection, Connection::create(options, std::make_shared<SharedParts>()));
  HeadKeeper head;
  const std::int64_t began_unix_ns = now_unix_ns();
  const auto exchanged =
      connection->exchange({"HEAD", origin.target, {}, {}}, {monotonic_ns() + ms_max * ns_per_ms, cancellation}, head);
  if (exchanged.fault != Fault::none && exchanged.fault != Fault::stopped) return Error{exchanged.reason};
  const auto date = parse_http_date(head.date);
  if (!date) return std::optional<PeerClock>();
  // Their clock, cut to its second, was read some time between asking and the answer.
  const std::int64_t half_ns = (head.came_unix_ns - began_unix_ns) / 2;
  PeerClock clock;
  clock.ahead_ms = (*date + ns_per_second / 2 - (began_unix_ns + half_ns)) / ns_per_ms;
  clock.exact_to_ms = (ns_per_second / 2 + half_ns) / ns_per_ms;
  return std::optional(clock);
}

std::optional<PeerAddress> peer_of(const std::string& url) {
  auto parsed = parse_url(url);
  if (!parsed) return std::nullopt;
  return PeerAddress{.host = std::move(parsed->host), .port = parsed->port, .is_tls = parsed->is_tls};
}

}  // namespace bb::host
