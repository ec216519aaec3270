#include "portal/mail_post.hpp"

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/dns.hpp>

#include "sockets/sockets.hpp"

namespace bb::portal {
namespace {

// Of what people use most: a domain that is nearly one of them is a slip more often than not.
const std::vector<std::string> well_known_domains = {"aol.com",     "gmail.com",  "gmx.com",
                                                     "hotmail.com", "icloud.com", "mail.com",
                                                     "outlook.com", "proton.me",  "yahoo.com"};

}  // namespace

MailPost::MailPost(MailOptions options, const Defects& defects, const std::string& tls_anchors_pem, MailEvents events)
    : options_(std::move(options)), defects_(defects), tls_anchors_pem_(tls_anchors_pem), events_(std::move(events)) {
  if (!options_.mailbox) return;
  MailboxEvents mailbox;
  mailbox.take = [this](const std::string& message) { handle(message); };
  mailbox.dropped = [this](const std::string& why) { events_.log("in the mailbox of plain mail " + why); };
  mailbox.looked = [] {};
  mailbox.broken = [this](const std::string& why) { events_.log("the mailbox of plain mail cannot be read: " + why); };
  watch_.emplace(*options_.mailbox, tls_anchors_pem_, std::move(mailbox));
}

Status MailPost::look_up(const direct::Address& to) const {
  if (!options_.resolver) return {};
  sockets::Sockets connections;
  direct::DnsOptions how;
  how.server.host = options_.resolver->host;
  how.server.port = options_.resolver->port;
  direct::Resolver resolver(connections, how);
  for (const auto type : {direct::DnsType::mx, direct::DnsType::a, direct::DnsType::aaaa}) {
    const auto answer = resolver.ask(to.domain, type);
    if (!answer) {
      events_.log(fmt::format("whether {} takes mail is not known: {}", to.domain, answer.error().what));
      return {};
    }
    if (answer->state == direct::DnsAnswer::State::no_name)
      return Error{fmt::format("there is no domain '{}'", to.domain)};
    if (answer->state != direct::DnsAnswer::State::found) continue;
    // RFC 7505: one MX without a host says that the domain takes no mail.
    if (type == direct::DnsType::mx && answer->records.front().host == ".")
      return Error{fmt::format("the domain '{}' says that it takes no mail", to.domain)};
    return {};
  }
  return Error{fmt::format("the domain '{}' has no mail server", to.domain)};
}

Status MailPost::send(const std::string& patient, const direct::Address& to, const records::OutgoingMail& mail) {
  tracking_.add({mail.message_id, patient, to.text()}, now_unix_ns());
  auto sent = hand_over(options_.relay, tls_anchors_pem_, options_.from, to, records::write_mime(mail));
  if (sent || defects_.is_on(Defect::mail_hides_failure)) return {};
  tracking_.note(mail.message_id, to.text(), "failed", sent.error().what, now_unix_ns());
  return sent;
}

void MailPost::handle(const std::string& message) {
  const auto entity = direct::read_entity(message);
  if (!entity) return events_.log("a mail cannot be read: " + entity.error().what);
  if (!is_delivery_report(*entity))
    return events_.log("a mail to " + options_.from.text() + " was dropped: the portal reads delivery reports there");
  if (defects_.is_on(Defect::mail_hides_bounce)) return;
  const auto failed = tracking_.note_report(*entity, now_unix_ns());
  if (!failed) return events_.log("a delivery report cannot be read: " + failed.error().what);
  for (const auto& [sent, detail] : *failed) events_.failed(sent.patient, sent.recipient, detail);
}

std::string plain_mail_warning(const direct::Address& to) {
  const auto near = nearest(to.domain, well_known_domains);
  const auto question = near && *near != to.domain ? fmt::format(" Did you mean {}@{}?", to.local, *near) : "";
  return fmt::format(
      "Plain e-mail is not encrypted: others can read your record on its way, and in the mailbox of {}. "
      "Nobody can take it back once it is sent.{}",
      to.text(), question);
}

}  // namespace bb::portal
