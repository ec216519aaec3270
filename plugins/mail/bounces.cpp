#include "bounces.hpp"

#include <bb/direct/entity.hpp>

#include "mail_failure.hpp"
#include "streams/host_connections.hpp"

namespace bb::mail {
namespace {

constexpr std::string_view doing = "looking for delivery reports";
constexpr std::size_t header_bytes_max = std::size_t{256} * 1024;
constexpr std::size_t report_bytes_max = std::size_t{64} * 1024 * 1024;

}  // namespace

void Bounces::look(Call& call, const Streams& streams, const Secret& secret) {
  plugins::HostConnections connections(streams, call);
  const auto box = config_.open(connections, call, secret);
  std::vector<direct::MailboxEntry> entries;
  if (const auto failure = box->list(entries)) throw failure_of(*failure, doing);
  std::set<std::string> listed;
  for (const auto& entry : entries) {
    call.check();
    listed.insert(entry.id);
    if (looked_at_.contains(entry.id)) continue;
    read(*box, entry);
    looked_at_.insert(entry.id);
  }
  looked_at_ = std::move(listed);
  box->end();
}

void Bounces::read(direct::Mailbox& box, const direct::MailboxEntry& entry) {
  const auto expect = [](const std::optional<direct::MailboxFailure>& failure) {
    if (failure && !failure->is_missing) throw failure_of(*failure, doing);
  };
  std::string text;
  expect(box.fetch_header(entry.id, header_bytes_max, text));
  const auto header = direct::read_entity(text);
  if (!header || header->type.value != "multipart/report" || entry.bytes > report_bytes_max) return;
  expect(box.fetch(entry.id, report_bytes_max, text));
  const auto message = direct::read_entity(text);
  if (!message) return;
  const auto said = direct::read_delivery_status(*message);
  if (!said) return;
  for (const auto& status : *said) reports_[status.original_message_id].push_back(status);
}

const std::vector<direct::DeliveryStatus>& Bounces::of(const std::string& message_id) const {
  static const std::vector<direct::DeliveryStatus> nothing;
  const auto found = reports_.find(message_id);
  return found == reports_.end() ? nothing : found->second;
}

}  // namespace bb::mail
