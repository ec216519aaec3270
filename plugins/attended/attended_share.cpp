// The share of org.bluebridge.attended.portal: a person sends the record, and says what the portal said.
#include <fmt/format.h>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "attended_portal.hpp"
#include "selection.hpp"

namespace bb::attended {
namespace {

constexpr std::size_t addresses_bytes_max = 1500;

void emit(std::string_view message_id, bb_delivery delivery, const std::vector<std::string>& recipients,
          Receipts& out) {
  for (const auto& recipient : recipients)
    out.emit({.delivery = delivery,
              .message_id = message_id,
              .recipient = recipient,
              .detail = "as the person read it on the portal"});
}

}  // namespace

void AttendedPortal::share(Call& call, const bb_share_request& request, Receipts& out) {
  const bb_query& selection = plugins::selection_of(request);
  const std::string key(to_view(request.idempotency_key));
  if (key.empty())
    throw Failure{BB_E_INVALID_ARGUMENT, "sharing needs an idempotency key, so that nothing is sent twice"};
  if (request.destination_count == 0) throw Failure{BB_E_INVALID_ARGUMENT, "sharing needs at least one destination"};
  if (selection.kind.size != 0)
    throw Failure{BB_E_UNSUPPORTED, "sharing: a person selects by item and time, not by kind"};
  std::vector<std::string> recipients;
  for (std::uint64_t i = 0; i < request.destination_count; ++i)
    recipients.emplace_back(to_view(request.destinations[i]->address));
  const std::string format(to_view(request.format_id));
  const std::string record = expect_access(call, selection.subject, "sharing");
  std::string text = fmt::format("Send the record of {} to\n  {}\n", plain(record),
                                 shorten(one_line(join(recipients, " ")), addresses_bytes_max));
  if (!format.empty()) text += fmt::format("Where the portal asks for a format, choose: {}.\n", plain(format));
  if (selection.from_unix_ns != 0)
    text += fmt::format("Only what is of {} or later.\n", format_date(selection.from_unix_ns));
  if (selection.until_unix_ns != 0)
    text += fmt::format("Only what is before {}.\n", format_date(selection.until_unix_ns));
  for (std::uint64_t i = 0; i < request.item_count && i < 20; ++i)
    text += fmt::format("Only: {}\n", plain(to_view(request.item_ids[i])));
  text += "What does the portal say?" + hint("send");
  // Each sending is a question of its own; asked again with its key it is the same.
  const std::string id = "send-" + digits_of(key);
  const auto came =
      asking_.choice(call,
                     {id, title(record == session_.patient ? "send the record" : "send the record of " + plain(record)),
                      std::move(text)},
                     {"it was sent", "sending failed", "the portal refuses, or cannot send there"});
  if (came == 2) throw Failure{BB_E_FORBIDDEN, "the person says that the portal does not send there"};
  const bb_delivery delivery = came == 0 ? BB_DELIVERY_ACCEPTED : BB_DELIVERY_FAILED;
  emit(id, delivery, recipients, out);
  sent_[id] = {delivery, std::move(recipients)};
}

void AttendedPortal::track_share(Call&, std::string_view message_id, Receipts& out) {
  const auto found = sent_.find(message_id);
  if (found == sent_.end()) {
    if (!was_open_) throw Failure{BB_E_UNAUTHENTICATED, "tracking: nobody has signed in"};
    throw Failure{BB_E_NOT_FOUND, "tracking: nothing was sent under this id"};
  }
  emit(found->first, found->second.delivery, found->second.recipients, out);
}

}  // namespace bb::attended
