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

}  // namespace bb::direct
