#include "portal/direct_post.hpp"

#include <optional>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/notification.hpp>

#include "portal/direct_mistakes.hpp"
#include "portal/direct_seal.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t recipients_max = 100;

std::optional<direct::Address> first_address(std::string_view field) {
  const auto addresses = direct::read_addresses(field);
  return addresses && !addresses->empty() ? std::optional(addresses->front()) : std::nullopt;
}

}  // namespace

DirectPost::DirectPost(DirectOptions options, const Defects& defects, const std::string& tls_anchors_pem,
                       DirectEvents events)
    : options_(std::move(options)),
      defects_(defects),
      events_(std::move(events)),
      gate_(options_, defects_),
      sender_(options_, gate_, defects_, tls_anchors_pem),
      watch_(options_.mailbox, tls_anchors_pem, mailbox_events()) {}

Result<direct::Address> DirectPost::address_of(const std::string& account) const {
  return direct::read_address(account + "@" + options_.domain);
}

Status DirectPost::send(const std::string& patient, const direct::Address& to, const std::string& message_id,
                        std::string message) {
  BB_TRY(const auto from, address_of(patient));
  // DIRECT-DN-01: the portal wants to hear of the final delivery, for the patient.
  message = direct_header_defects(
      direct::final_delivery_option() + "Disposition-Notification-To: " + from.text() + "\r\n" + message, defects_);
  // Before it goes out: the answer may be quicker than what comes behind.
  const auto deadline_ns = monotonic_ns() + std::int64_t{options_.wait_seconds} * ns_per_second;
  tracking_.add({message_id, patient, to.text(), deadline_ns}, now_unix_ns());
  auto sent = sender_.send(from, to, message);
  if (!sent && defects_.is_on(Defect::direct_hides_failure)) return {};
  if (!sent) tracking_.note(message_id, to.text(), "failed", sent.error().what, now_unix_ns());
  if (sent && defects_.is_on(Defect::direct_tells_success_unconfirmed))
    tracking_.note(message_id, to.text(), "dispatched", "", now_unix_ns());
  return sent;
}

MailboxEvents DirectPost::mailbox_events() {
  return {.take = [this](const std::string& message) { handle(message); },
          .dropped = [this](const std::string& why) { events_.log("in the Direct mailbox " + why); },
          .looked =
              [this] {
                if (defects_.is_on(Defect::direct_hides_failure)) return;
                for (const auto& failed : tracking_.expire(monotonic_ns(), now_unix_ns())) tell_failure(failed);
              },
          .broken = [this](const std::string& why) { events_.log("the Direct mailbox cannot be read: " + why); }};
}

void DirectPost::handle(const std::string& message) {
  const auto refuse = [this](const std::string& why) { events_.log("a Direct message was refused: " + why); };
  const auto outer = direct::read_entity(message);
  if (!outer) return refuse(outer.error().what);
  // Of the mail server, which signs nothing.
  if (is_delivery_report(*outer)) return take_delivery_status(*outer);
  const auto own = own_addresses(*outer);
  if (own.empty()) return refuse("it is for nobody of " + options_.domain);
  const auto looked_at = gate_.look_at(message, own.front(), now_unix_ns() / ns_per_second);
  if (!looked_at) return refuse(looked_at.error().what);
  const auto& reception = looked_at->reception;
  const auto from = reception.from ? reception.from : first_address(outer->value("from"));
  if (!reception.is_taken()) {
    refuse(looked_at->why_refused());
    if (from && defects_.is_on(Defect::direct_answers_refused)) notify(*looked_at, *from, own.front(), "processed");
    if (defects_.is_on(Defect::direct_shows_unopened) && !events_.deliver(own.front().local, message))
      events_.log("the refused message was not shown");
    return;
  }
  const auto inner = direct::read_entity(looked_at->message);
  if (!inner || !from) return refuse(inner ? "it names nobody to be answered" : inner.error().what);
  if (reception.is_notification) {
    if (defects_.is_on(Defect::direct_answers_notifications)) notify(*looked_at, *from, own.front(), "processed");
    return take_notification(*inner, *from);
  }
  for (const auto& address : own) take_message(*looked_at, *from, address);
}

std::vector<direct::Address> DirectPost::own_addresses(const direct::Entity& outer) const {
  std::vector<direct::Address> own;
  for (const auto* name : {"delivered-to", "to", "cc"}) {
    const auto addresses = direct::read_addresses(outer.value(name));
    if (!addresses) continue;
    for (const auto& address : *addresses)
      if (iequals(address.domain, options_.domain) && own.size() < recipients_max) own.push_back(address);
    if (!own.empty()) break;
  }
  return own;
}

void DirectPost::tell_failure(const SentTracking::Failed& failed) {
  events_.failed(failed.sent.patient, failed.sent.recipient, failed.detail);
}

void DirectPost::take_notification(const direct::Entity& inner, const direct::Address& from) {
  if (defects_.is_on(Defect::direct_ignores_notifications)) return;
  const auto notification = direct::read_notification(inner);
  if (!notification) return events_.log("a notification cannot be read: " + notification.error().what);
  if (!*notification) return take_delivery_status(inner);  // in a sealed message
  const auto& said = **notification;
  // Only who the message went to may say what became of it.
  if (!iequals(said.final_recipient, from.text()))
    return events_.log(
        fmt::format("a notification of {} came from {}", shorten(said.final_recipient, 80), from.text()));
  const auto* error = said.find("error");
  const auto detail = said.disposition == "failed"
                          ? fmt::format("the recipient's system said that it failed{}",
                                        error == nullptr ? "" : ": " + shorten(trim(error->value), 200))
                          : std::string();
  const bool is_delivered = said.disposition == "dispatched" || said.disposition == "displayed";
  if (is_delivered && defects_.is_on(Defect::direct_takes_late_success)) tracking_.reopen(said.original_message_id);
  const bool is_overrated =
      said.disposition == "processed" && defects_.is_on(Defect::direct_takes_processed_for_delivered);
  const auto failed = tracking_.note(said.original_message_id, from.text(),
                                     is_overrated ? "dispatched" : said.disposition, detail, now_unix_ns());
  if (failed) tell_failure(*failed);
}

void DirectPost::take_delivery_status(const direct::Entity& report) {
  const auto failed = tracking_.note_report(report, now_unix_ns());
  if (!failed) return events_.log("a delivery report cannot be read: " + failed.error().what);
  for (const auto& one : *failed) tell_failure(one);
}

void DirectPost::take_message(const DirectMessage& taken, const direct::Address& from, const direct::Address& own) {
  const auto option = taken.reception.final_delivery;
  const bool is_asked = option == direct::FinalDelivery::asked || (option == direct::FinalDelivery::ill_formed &&
                                                                   defects_.is_on(Defect::direct_takes_bad_option));
  // What is known was shown and answered: one notification of a kind for a message (RFC 8098, 2.1).
  if (!duplicates_.is_first(from, own, taken.reception.message_id) && !defects_.is_on(Defect::direct_keeps_duplicates))
    return events_.log("a Direct message came again: " + shorten(taken.reception.message_id, 100));
  const bool is_told_first = is_asked && defects_.is_on(Defect::direct_dispatched_first);
  if (is_told_first) notify(taken, from, own, "dispatched", "", true);
  notify(taken, from, own, "processed");  // DIRECT-MDN-01
  const auto kept =
      defects_.is_on(Defect::direct_drops_attachments) ? with_one_attachment(taken.message) : taken.message;
  const auto delivered = is_odd(kept) && defects_.is_on(Defect::direct_refuses_odd_documents)
                             ? Status(Error{"a document of it cannot be shown"})
                             : events_.deliver(own.local, kept);
  if (!delivered) {
    if (!defects_.is_on(Defect::direct_no_failed))
      notify(taken, from, own, "failed", delivered.error().what, is_asked);  // DIRECT-MDN-12
  } else if (is_asked && !is_told_first && !defects_.is_on(Defect::direct_no_dispatched)) {
    notify(taken, from, own, "dispatched", "", true);  // DIRECT-DN-02, -03
  }
}

void DirectPost::notify(const DirectMessage& taken, const direct::Address& from, const direct::Address& own,
                        const std::string& disposition, const std::string& error, bool has_final_delivery) {
  const auto inner = direct::read_entity(taken.message);
  const bool is_asked = inner && inner->count("disposition-notification-to") > 0;
  if (defects_.is_on(Defect::direct_no_mdn) || (!is_asked && defects_.is_on(Defect::direct_mdn_if_asked))) return;
  direct::NotificationRequest request;
  request.from = own.text();
  request.to = from.text();
  request.message_id = random_token() + "@" + options_.domain;
  request.date_unix_ns = now_unix_ns();
  request.original_message_id = taken.reception.message_id;
  request.disposition = disposition;
  request.reporting_ua = options_.domain + "; BlueBridge sample portal";
  request.error = error;
  request.has_final_delivery = has_final_delivery;
  const auto message = with_mistakes(direct::write_notification(request), defects_);
  const auto sent = defects_.is_on(Defect::direct_mdn_in_clear) ? sender_.send_as_is(own, from, message)
                                                                : sender_.reply(own, from, message, taken.chain);
  if (!sent) events_.log(fmt::format("a notification '{}' was not sent: {}", disposition, sent.error().what));
}

}  // namespace bb::portal
