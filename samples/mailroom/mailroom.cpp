#include "mailroom/mailroom.hpp"

#include <bb/core/time.hpp>

#include "mailroom/dns_server.hpp"
#include "mailroom/listener.hpp"
#include "mailroom/mail_session.hpp"

namespace bb::mailroom {
namespace {
constexpr int idle_ms_max = 60'000;
constexpr std::int64_t connection_ms_max = 30 * 60'000;
}  // namespace

struct Mailroom::Parts {
  Parts(Options& options, TlsIdentity own)
      : identity(std::move(own)),
        mail{options.host_name, options.message_bytes_max, options.returned},
        mailboxes(std::move(options.accounts)) {}

  using Serve = void (*)(Peer&, Mailboxes&, const MailOptions&);
  enum class Tls { when_asked, at_once };
  Result<std::unique_ptr<Listener>> listen(const std::string& address, std::uint16_t port, Serve serve, Tls tls) {
    return Listener::start(address, port, [this, serve, tls](int socket) {
      Peer peer(socket, identity, idle_ms_max, monotonic_ns() + connection_ms_max * ns_per_ms);
      if (tls == Tls::when_asked || peer.start_tls()) serve(peer, mailboxes, mail);
    });
  }

  // Before the servers, whose threads use them.
  const TlsIdentity identity;
  const MailOptions mail;
  Mailboxes mailboxes;
  std::unique_ptr<Listener> smtp, imap, pop3, smtps, imaps, pop3s;
  std::unique_ptr<DnsServer> dns;
};

Mailroom::Mailroom(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Mailroom::~Mailroom() { stop(); }

Result<std::unique_ptr<Mailroom>> Mailroom::start(Options options) {
  BB_TRY(auto identity, TlsIdentity::read(options.identity_pem));
  auto parts = std::make_unique<Parts>(options, std::move(identity));
  const auto& at = options.address;
  BB_TRY(parts->smtp, parts->listen(at, options.smtp_port, serve_smtp, Parts::Tls::when_asked));
  BB_TRY(parts->imap, parts->listen(at, options.imap_port, serve_imap, Parts::Tls::when_asked));
  BB_TRY(parts->pop3, parts->listen(at, options.pop3_port, serve_pop3, Parts::Tls::when_asked));
  BB_TRY(parts->smtps, parts->listen(at, options.smtps_port, serve_smtp, Parts::Tls::at_once));
  BB_TRY(parts->imaps, parts->listen(at, options.imaps_port, serve_imap, Parts::Tls::at_once));
  BB_TRY(parts->pop3s, parts->listen(at, options.pop3s_port, serve_pop3, Parts::Tls::at_once));
  BB_TRY(parts->dns, DnsServer::start(options.address, options.dns_port, std::move(options.zone)));
  return std::unique_ptr<Mailroom>(new Mailroom(std::move(parts)));
}

std::uint16_t Mailroom::smtp_port() const { return parts_->smtp->port(); }
std::uint16_t Mailroom::imap_port() const { return parts_->imap->port(); }
std::uint16_t Mailroom::pop3_port() const { return parts_->pop3->port(); }
std::uint16_t Mailroom::smtps_port() const { return parts_->smtps->port(); }
std::uint16_t Mailroom::imaps_port() const { return parts_->imaps->port(); }
std::uint16_t Mailroom::pop3s_port() const { return parts_->pop3s->port(); }
std::uint16_t Mailroom::dns_port() const { return parts_->dns->port(); }
Mailboxes& Mailroom::mailboxes() { return parts_->mailboxes; }

Value Mailroom::ports() const {
  return Value::object({{"smtp", smtp_port()},
                        {"imap", imap_port()},
                        {"pop3", pop3_port()},
                        {"smtps", smtps_port()},
                        {"imaps", imaps_port()},
                        {"pop3s", pop3s_port()},
                        {"dns", dns_port()}});
}

void Mailroom::stop() {
  for (auto* const server :
       {&parts_->smtp, &parts_->imap, &parts_->pop3, &parts_->smtps, &parts_->imaps, &parts_->pop3s})
    (*server)->stop();
  parts_->dns->stop();
}

}  // namespace bb::mailroom
