#include "streams/polled_mailbox.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/entity.hpp>
#include <bb/direct/mail_date.hpp>
#include <bb/records/mime.hpp>

#include "streams/host_connections.hpp"
#include "streams/mail_failure.hpp"

namespace bb::plugins {
namespace {

constexpr std::size_t local_bytes_max = 64;  // RFC 5321, 4.5.3.1.1
constexpr std::size_t random_bytes_of_address = 5;

// Where a message says whom it came for. The first three are added on delivery, and
// name who is in no To, as by Bcc. `name` in lower case.
bool names_addressees(std::string_view name) {
  constexpr std::array<std::string_view, 5> names{"delivered-to", "x-original-to", "envelope-to", "to", "cc"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

void expect(const std::optional<direct::MailboxFailure>& failure, std::string_view doing) {
  if (failure) throw failure_of(*failure, doing);
}

// The address that a poll is narrowed to.
std::optional<direct::Address> asked_address(const bb_query& query) {
  auto text = term(query, "address");
  if (text.empty()) return std::nullopt;
  if (text.starts_with("mailto:")) text.remove_prefix(7);
  auto address = direct::read_address(text);
  if (!address) throw Failure{BB_E_INVALID_ARGUMENT, "polling the mailbox: " + address.error().what};
  return *std::move(address);
}

}  // namespace

PolledMailbox::PolledMailbox(const Context& context)
    : config_(read_mailbox(context, "")),
      address_(read_own_address(context, "/address")),
      separator_(context.config_if("/separator").value_or("+")),
      streams_(context.require<Streams>()),
      secret_(context.require<Secret>()),
      random_(context.require<Random>()) {}

std::set<std::string> PolledMailbox::poll(Call& call, const bb_query& query, const Each& each) {
  constexpr std::string_view doing = "polling the mailbox";
  call.check();
  const auto asked = asked_address(query);
  if (query.cursor.size != 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "polling the mailbox: its list is one page, and no cursor was given out"};
  HostConnections connections(streams_, call);
  const auto box = config_.open(connections, call, secret_);
  std::vector<direct::MailboxEntry> entries;
  expect(box->list(entries), doing);
  std::set<std::string> listed;
  for (const auto& entry : entries) {
    call.check();
    listed.insert(entry.id);
    if (asked) {
      const auto& to = header_of(*box, entry.id).addressees;
      if (std::find(to.begin(), to.end(), *asked) == to.end()) continue;
    }
    each(*box, entry);
  }
  std::erase_if(headers_, [&](const auto& known) { return !listed.contains(known.first); });
  box->end();
  return listed;
}

MailHeader read_mail_header(std::string_view message) {
  const auto end = message.find("\r\n\r\n");
  const auto text = end == std::string_view::npos ? message : message.substr(0, end + 4);
  MailHeader found;
  if (const auto read = direct::read_entity(text))
    for (const auto& field : read->fields) {
      // The first is the last that was added (RFC 5321, 4.4).
      const auto name = to_lower(field.name);
      const auto date = field.value.rfind(';');
      if (name == "received" && found.received_unix_ns == 0 && date != std::string::npos)
        found.received_unix_ns = direct::parse_mail_date(std::string_view(field.value).substr(date + 1)).value_or(0);
      if (!names_addressees(name)) continue;
      if (auto addresses = direct::read_addresses(field.value))
        found.addressees.insert(found.addressees.end(), addresses->begin(), addresses->end());
    }
  if (const auto mail = records::read_mime(text))
    for (const auto& [name, value] : mail->headers)
      if (name == "subject") found.subject = to_utf8_lossy(value);
  return found;
}

const MailHeader& PolledMailbox::header_of(direct::Mailbox& box, const std::string& id) {
  if (const auto known = headers_.find(id); known != headers_.end()) return known->second;
  std::string text;
  const auto failure = box.fetch_header(id, header_bytes_max, text);
  // Somebody else took it since it was listed.
  if (failure && !failure->is_missing) throw failure_of(*failure, "polling the mailbox");
  return headers_[id] = read_mail_header(text);
}

std::string PolledMailbox::fetch(Call& call, const std::string& id) const {
  call.check();
  HostConnections connections(streams_, call);
  const auto box = config_.open(connections, call, secret_);
  std::string message;
  expect(box->fetch(id, message_bytes_max, message), "reading a message");
  box->end();
  return message;
}

void PolledMailbox::remove(Call& call, const std::string& id) const {
  call.check();
  HostConnections connections(streams_, call);
  const auto box = config_.open(connections, call, secret_);
  const auto failure = box->remove(id);
  // Missing: removed before.
  if (failure && !failure->is_missing) throw failure_of(*failure, "acknowledging a message");
  box->end();
}

bool PolledMailbox::is_own(const direct::Address& address) const {
  if (address == address_) return true;
  return !separator_.empty() && address.domain == address_.domain &&
         address.local.starts_with(address_.local + separator_);
}

std::string PolledMailbox::allocate(Call& call, std::string_view tag) {
  call.check();
  if (!is_inbox_tag(tag))
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "allocating an address: a tag is 1 to 32 of a-z, 0-9 and '-', got '" + std::string(tag) + "'"};
  if (separator_.empty())
    throw Failure{BB_E_UNSUPPORTED,
                  "allocating an address: the mailbox takes no tags; set 'separator' to what its server parts them by, "
                  "or name the inbox's address in the target"};
  if (const auto known = allocated_.find(tag); known != allocated_.end()) return known->second;
  const auto made = direct::Address{
      address_.local + separator_ + std::string(tag) + "-" + to_hex(random_.bytes(random_bytes_of_address)),
      address_.domain};
  if (made.local.size() > local_bytes_max)
    throw Failure{BB_E_INVALID_ARGUMENT, "allocating an address: '" + made.text() + "' has more than " +
                                             std::to_string(local_bytes_max) +
                                             " bytes before '@' (RFC 5321, 4.5.3.1.1); use a shorter tag"};
  return allocated_.emplace(tag, made.text()).first->second;
}

}  // namespace bb::plugins
