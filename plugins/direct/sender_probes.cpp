// The probes of org.bluebridge.direct.sender: messages that a receiver has to refuse.
// They never judge: what went out is the message of the call, and what the receiver
// makes of it is for its mailbox to show.
#include <algorithm>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/notification.hpp>
#include <bb/records/mime.hpp>

#include "enclosures.hpp"
#include "probe_arguments.hpp"
#include "sender.hpp"

namespace bb::direct_connector {
namespace {

constexpr std::size_t random_bytes_of_id = 16;

const HostileCase& case_of(std::string_view name) {
  const auto cases = hostile_cases();
  const auto found = std::find_if(cases.begin(), cases.end(), [&](const auto& one) { return one.probe == name; });
  if (found == cases.end()) throw Failure{BB_E_NOT_FOUND, "there is no probe '" + shorten(std::string(name), 60) + "'"};
  return *found;
}

// "text+ccda"
std::vector<records::MimePart> enclosures_of(const std::string& names) {
  std::vector<records::MimePart> parts;
  if (names.empty()) return parts;
  for (const auto& name : split(names, '+')) {
    const auto* const made = find_enclosure(name);
    if (made == nullptr)
      throw Failure{BB_E_INVALID_ARGUMENT,
                    "a probe has no attachment '" + shorten(std::string(name), 60) + "' to send"};
    parts.push_back((*made)());
  }
  return parts;
}

std::string_view word_of(bb_delivery delivery) {
  return delivery == BB_DELIVERY_ACCEPTED ? "accepted" : delivery == BB_DELIVERY_FAILED ? "failed" : "unknown";
}

}  // namespace

const IdentityConfig* DirectSender::identity_for(const HostileCase& hostile) const {
  if (hostile.identity.empty()) return &identity_;
  const auto found = bad_identities_.find(hostile.identity);
  return found == bad_identities_.end() ? nullptr : &found->second;
}

void DirectSender::list_probes(Call&, Probes& out) {
  for (const auto& hostile : hostile_cases())
    if (identity_for(hostile) != nullptr) out.emit(hostile.probe, hostile.title);
}

void DirectSender::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  call.check();
  const auto& hostile = case_of(name);
  const auto* const identity = identity_for(hostile);
  if (identity == nullptr)
    throw Failure{BB_E_NOT_FOUND, "the probe '" + std::string(name) + "' needs the identity '" +
                                      std::string(hostile.identity) + "': give it in 'identities'"};
  const auto given = plugins::parse_arguments(arguments);
  const auto to = direct::read_address(given["to"].string_or(""));
  if (!to) throw Failure{BB_E_INVALID_ARGUMENT, "probe " + std::string(name) + ": 'to': " + to.error().what};
  const auto found = certificates_for(call, *to, During(*this, call));
  if (found.certificates.empty()) throw Failure{BB_E_UNTRUSTED_PEER, "probe " + std::string(name) + ": " + found.why};
  if (const auto delay_ms = given["delay_ms"].integer_or(0); delay_ms > 0) clock_.sleep_ms(call, delay_ms);

  const auto now = clock_.now_unix_ns();
  const auto message_id = sender_.message_id_of("probe " + to_hex(random_.bytes(random_bytes_of_id)));
  const auto never_sent = sender_.message_id_of("never sent " + message_id);
  const auto from = sender_.from().text();
  const auto message =
      hostile.is_notification
          ? direct::write_notification({.from = from,
                                        .to = to->text(),
                                        .message_id = std::string(direct::without_brackets(message_id)),
                                        .date_unix_ns = now,
                                        .original_message_id = given["message_id"].string_or(never_sent),
                                        .disposition = given["disposition"].string_or("processed"),
                                        .reporting_ua = "bluebridge; probe"})
          : records::write_mime(
                {.from = from,
                 .to = to->text(),
                 .subject = given["subject"].string_or("BlueBridge probe"),
                 .message_id = message_id,
                 .text = given["text"].string_or("A message of a test: " + std::string(hostile.title) + ".\r\n"),
                 .date_unix_ns = now,
                 .attachments = enclosures_of(given["attachments"].string_or(""))});
  const auto signer = identity->read(call, secret_);
  const auto made = hostile.make({message, signer, found.certificates, now / ns_per_second});
  if (!made) throw Failure{BB_E_INTERNAL, "probe " + std::string(name) + ": " + made.error().what};
  for (int copy = 0; copy < hostile.copies; ++copy) sender_.post(call, message_id, {to->text()}, *made);
  const auto& receipt = sender_.receipts_of(message_id)->front();
  out.head({.id = message_id, .kind = "message", .media_type = "message/rfc822", .size = made->size()},
           {{"probe.message_id", message_id},
            {"probe.delivery", word_of(receipt.delivery)},
            {"probe.detail", receipt.detail}});
  out.write(*made);
}

}  // namespace bb::direct_connector
