// mailbox.hpp - what reading by IMAP and by POP3 shares.
#pragma once

#include <bb/direct/mailbox.hpp>

#include "line_stream.hpp"

namespace bb::direct {

std::unique_ptr<Mailbox> make_imap(Connections& connections, MailServer server, std::string folder);
std::unique_ptr<Mailbox> make_pop3(Connections& connections, MailServer server);

// Of an id that nothing lies under.
MailboxFailure missing(MailboxStep step, std::string_view id);

inline constexpr std::size_t mailbox_line_bytes_max = std::size_t{64} * 1024;
inline constexpr std::size_t mailbox_entries_max = 100'000;
// Of what is said to one command, beside the message that was asked for.
inline constexpr std::size_t mailbox_answer_bytes_max = std::size_t{32} * 1024 * 1024;

// A mailbox behind a protocol of lines: its connection, and what ends it.
class LineMailbox : public Mailbox {
 public:
  std::optional<MailboxFailure> begin() final;

 protected:
  LineMailbox(Connections& connections, MailServer server, std::string protocol)
      : server_(std::move(server)), connections_(connections), protocol_(std::move(protocol)) {}

  // From the greeting to the open mailbox.
  virtual std::optional<MailboxFailure> sign_in(bool is_protected) = 0;
  // The connection is gone after it.
  std::optional<MailboxFailure> broken(MailboxStep step, const Error& error);

  const MailServer server_;
  std::unique_ptr<LineStream> lines_;  // null: begin() comes first

 private:
  Connections& connections_;
  const std::string protocol_;
};

}  // namespace bb::direct
