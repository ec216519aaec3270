#include "portal/direct_post.hpp"

#include <chrono>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/mailbox.hpp>
#include <bb/direct/notification.hpp>

#include "sockets/sockets.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t message_bytes_max = std::size_t{32} * 1024 * 1024;
constexpr int mailbox_wait_ms_max = 10'000;
constexpr std::size_t recipients_max = 100;

bool is_report(const direct::Entity& message) { return message.type.value == "multipart/report"; }

}  // namespace

DirectPost::DirectPost(DirectOptions options, const Defects& defects, const std::string& tls_anchors_pem,
                       DirectEvents events)
    : options_(std::move(options)),
      defects_(defects),
      tls_anchors_pem_(tls_anchors_pem),
      events_(std::move(events)),
      gate_(options_, defects_),
      sender_(options_, gate_, defects_, tls_anchors_pem),
      thread_([this] { look_for_mail(); }) {}

DirectPost::~DirectPost() { stop(); }

void DirectPost::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<direct::Address> DirectPost::address_of(const std::string& account) const {
  return direct::read_address(account + "@" + options_.domain);
}

Status DirectPost::send(const std::string& patient, const direct::Address& to, const std::string& message_id,
                        std::string message) {
  BB_TRY(const auto from, address_of(patient));
  // DIRECT-DN-01: the portal wants to hear of the final delivery, for the patient.
  message = direct::final_delivery_option() + "Disposition-Notification-To: " + from.text() + "\r\n" + message;
  // Before it goes out: the answer may be quicker than what comes behind.
  const auto deadline_ns = monotonic_ns() + std::int64_t{options_.wait_seconds} * ns_per_second;
  tracking_.add({message_id, patient, to.text(), deadline_ns}, now_unix_ns());
  auto sent = sender_.send(from, to, message);
  if (!sent) tracking_.note(message_id, to.text(), "failed", sent.error().what, now_unix_ns());
  return sent;
}

void DirectPost::look_for_mail() {
  sockets::Sockets connections({.anchors_pem = tls_anchors_pem_, .wait_ms_max = mailbox_wait_ms_max});
  const auto mailbox = direct::Mailbox::create(options_.mailbox_protocol, connections,
                                               {.host = options_.mailbox.host,
                                                .port = options_.mailbox.port,
                                                .protection = direct::Protection::starttls,
                                                .user = options_.user,
                                                .password = options_.password});
  const auto must_stop = [this] {
    const std::lock_guard lock(mutex_);
    return is_stopping_;
  };
  std::string last_trouble;
  const auto works = [&](const std::optional<direct::MailboxFailure>& failure) {
    const auto trouble = failure ? fmt::format("{}: {}", direct::word_of(failure->step), failure->what) : "";
    if (!trouble.empty() && trouble != last_trouble) events_.log("the Direct mailbox cannot be read: " + trouble);
    last_trouble = trouble;
    return !failure;
  };
  while (!must_stop()) {
    std::vector<direct::MailboxEntry> entries;
    if (works(mailbox->list(entries))) {
      for (const auto& entry : entries) {
        if (must_stop()) break;
        std::string message;
        if (!works(mailbox->fetch(entry.id, message_bytes_max, message))) break;
        handle(message);
        if (!works(mailbox->remove(entry.id))) break;
      }
    }
    // POP3 shows one state for each connection, and removes at its end.
    if (options_.mailbox_protocol == direct::MailboxProtocol::pop3 || !last_trouble.empty()) mailbox->end();
    for (const auto& sent : tracking_.expire(monotonic_ns(), now_unix_ns()))
      tell_failure(sent, tracking_.find(sent.message_id)->detail);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(options_.poll_ms), [this] { return is_stopping_; });
  }
  mailbox->end();
}

void DirectPost::handle(const std::string& message) {
  const auto refuse = [this](const std::string& why) { events_.log("a Direct message was refused: " + why); };
  const auto outer = direct::read_entity(message);
  if (!outer) return refuse(outer.error().what);
  // Of the mail server, which signs nothing.
  if (is_report(*outer) && to_lower(outer->type.of("report-type")) == "delivery-status")
    return take_delivery_status(*outer);
  const auto taken = gate_.take(message, now_unix_ns() / ns_per_second);
  if (!taken) return refuse(taken.error().what);
  const auto inner = direct::read_entity(taken->message);
  if (!inner) return refuse(inner.error().what);
  if (is_report(*inner)) return take_notification(*inner, *taken);
  take_message(*inner, *outer, *taken);
}

void DirectPost::tell_failure(const DirectTracking::Sent& sent, const std::string& why) {
  events_.failed(sent.patient, sent.recipient, why);
}

void DirectPost::take_notification(const direct::Entity& inner, const DirectMessage& taken) {
  const auto notification = direct::read_notification(inner);
  if (!notification) return events_.log("a notification cannot be read: " + notification.error().what);
  if (!*notification) return take_delivery_status(inner);  // in a sealed message
  const auto& said = **notification;
  // Only who the message went to may say what became of it.
  if (!iequals(said.final_recipient, taken.from.text()))
    return events_.log(
        fmt::format("a notification of {} came from {}", shorten(said.final_recipient, 80), taken.from.text()));
  const auto* error = said.find("error");
  const auto detail = said.disposition == "failed"
                          ? fmt::format("the recipient's system said that it failed{}",
                                        error == nullptr ? "" : ": " + shorten(trim(error->value), 200))
                          : std::string();
  const auto failed =
      tracking_.note(said.original_message_id, taken.from.text(), said.disposition, detail, now_unix_ns());
  if (failed) tell_failure(*failed, detail);
}

void DirectPost::take_delivery_status(const direct::Entity& report) {
  const auto read = direct::read_delivery_status(report);
  if (!read) return events_.log("a delivery report cannot be read: " + read.error().what);
  for (const auto& status : *read) {
    if (status.action != "failed") continue;
    const auto detail = fmt::format("a mail server could not deliver it: {} {}", shorten(status.status, 20),
                                    shorten(status.diagnostic, 200));
    const auto failed = tracking_.note(status.original_message_id, status.recipient, "failed", detail, now_unix_ns());
    if (failed) tell_failure(*failed, detail);
  }
}

void DirectPost::take_message(const direct::Entity& inner, const direct::Entity& outer, const DirectMessage& taken) {
  // The header that mail servers saw says whom it was delivered for.
  std::vector<direct::Address> own;
  for (const auto* name : {"delivered-to", "to", "cc"}) {
    const auto addresses = direct::read_addresses(outer.value(name));
    if (!addresses) continue;
    for (const auto& address : *addresses)
      if (iequals(address.domain, options_.domain) && own.size() < recipients_max) own.push_back(address);
    if (!own.empty()) break;
  }
  if (own.empty()) return events_.log("a Direct message is for nobody of " + options_.domain);
  const bool is_asked = direct::asked_of(inner) == direct::FinalDelivery::asked;
  for (const auto& address : own) {
    notify(address, taken.from, inner, taken, "processed", "", false);  // DIRECT-MDN-01
    const auto delivered = events_.deliver(address.local, taken.message);
    if (!delivered)
      notify(address, taken.from, inner, taken, "failed", delivered.error().what, is_asked);  // DIRECT-MDN-12
    else if (is_asked)
      notify(address, taken.from, inner, taken, "dispatched", "", true);  // DIRECT-DN-02, -03
  }
}

void DirectPost::notify(const direct::Address& own, const direct::Address& from, const direct::Entity& inner,
                        const DirectMessage& taken, const std::string& disposition, const std::string& error,
                        bool has_final_delivery) {
  if (defects_.is_on(Defect::direct_no_mdn)) return;
  direct::NotificationRequest request;
  request.from = own.text();
  request.to = from.text();
  request.message_id = random_token() + "@" + options_.domain;
  request.date_unix_ns = now_unix_ns();
  request.original_message_id = inner.value("message-id");
  request.disposition = disposition;
  request.reporting_ua = options_.domain + "; BlueBridge sample portal";
  request.error = error;
  request.has_final_delivery = has_final_delivery;
  const auto message = direct::write_notification(request);
  const auto sent = defects_.is_on(Defect::direct_mdn_in_clear) ? sender_.send_in_clear(own, from, message)
                                                                : sender_.reply(own, from, message, taken.chain);
  if (!sent) events_.log(fmt::format("a notification '{}' was not sent: {}", disposition, sent.error().what));
}

}  // namespace bb::portal
