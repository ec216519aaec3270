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
        mail{options.host_name, options.message_bytes_max},
        mailboxes(std::move(options.accounts)) {}

  using Serve = void (*)(Peer&, Mailboxes&, const MailOptions&);
  Result<std::unique_ptr<Listener>> listen(const std::string& address, std::uint16_t port, Serve serve) {
    return Listener::start(address, port, [this, serve](int socket) {
      Peer peer(socket, identity, idle_ms_max, monotonic_ns() + connection_ms_max * ns_per_ms);
      serve(peer, mailboxes, mail);
    });
  }

  // Before the servers, whose threads use them.
  const TlsIdentity identity;
  const MailOptions mail;
  Mailboxes mailboxes;
  std::unique_ptr<Listener> smtp, imap, pop3;
  std::unique_ptr<DnsServer> dns;
};

Mailroom::Mailroom(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Mailroom::~Mailroom() { stop(); }

Result<std::unique_ptr<Mailroom>> Mailroom::start(Options options) {
  BB_TRY(auto identity, TlsIdentity::read(options.identity_pem));
  auto parts = std::make_unique<Parts>(options, std::move(identity));
  BB_TRY(parts->smtp, parts->listen(options.address, options.smtp_port, serve_smtp));
  BB_TRY(parts->imap, parts->listen(options.address, options.imap_port, serve_imap));
  BB_TRY(parts->pop3, parts->listen(options.address, options.pop3_port, serve_pop3));
  BB_TRY(parts->dns, DnsServer::start(options.address, options.dns_port, std::move(options.zone)));
  return std::unique_ptr<Mailroom>(new Mailroom(std::move(parts)));
}

std::uint16_t Mailroom::smtp_port() const { return parts_->smtp->port(); }
std::uint16_t Mailroom::imap_port() const { return parts_->imap->port(); }
std::uint16_t Mailroom::pop3_port() const { return parts_->pop3->port(); }
std::uint16_t Mailroom::dns_port() const { return parts_->dns->port(); }
Mailboxes& Mailroom::mailboxes() { return parts_->mailboxes; }

Value Mailroom::ports() const {
  return Value::object({{"smtp", smtp_port()}, {"imap", imap_port()}, {"pop3", pop3_port()}, {"dns", dns_port()}});
}

void Mailroom::stop() {
  parts_->smtp->stop();
  parts_->imap->stop();
  parts_->pop3->stop();
  parts_->dns->stop();
}

}  // namespace bb::mailroom
