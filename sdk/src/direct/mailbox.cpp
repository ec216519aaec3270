#include "mailbox.hpp"

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::direct {

std::string_view word_of(MailboxStep step) {
  switch (step) {
    case MailboxStep::connect:
      return "connect";
    case MailboxStep::greeting:
      return "greeting";
    case MailboxStep::start_tls:
      return "start_tls";
    case MailboxStep::sign_in:
      return "sign_in";
    case MailboxStep::open:
      return "open";
    case MailboxStep::list:
      return "list";
    case MailboxStep::fetch:
      return "fetch";
    case MailboxStep::remove:
      return "remove";
  }
  return "unknown";
}

MailboxFailure missing(MailboxStep step, std::string_view id) {
  return {step, Trouble::none, fmt::format("there is no message '{}'", to_utf8_lossy(shorten(id, 80))), true};
}

std::unique_ptr<Mailbox> Mailbox::create(MailboxProtocol protocol, Connections& connections, MailServer server,
                                         std::string folder) {
  return protocol == MailboxProtocol::imap ? make_imap(connections, std::move(server), std::move(folder))
                                           : make_pop3(connections, std::move(server));
}

std::optional<MailboxFailure> LineMailbox::begin() {
  if (lines_ != nullptr) return std::nullopt;
  auto stream = connections_.open(endpoint_of(server_, protocol_));
  if (!stream) return MailboxFailure{MailboxStep::connect, connections_.trouble(), stream.error().what};
  lines_ = std::make_unique<LineStream>(*std::move(stream));
  auto failure = sign_in(server_.protection == Protection::tls);
  if (failure) lines_.reset();
  return failure;
}

std::optional<MailboxFailure> LineMailbox::broken(MailboxStep step, const Error& error) {
  const auto trouble = lines_->trouble();
  lines_.reset();
  return MailboxFailure{step, trouble == Trouble::none ? Trouble::unavailable : trouble, error.what};
}

}  // namespace bb::direct
