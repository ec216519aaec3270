// bb/direct/mailbox.hpp - reads what lies in a mailbox, by IMAP (RFC 3501) or POP3
// (RFC 1939), and takes out what was dealt with.
//
// Requirements: DIRECT-EDGE-13 to -16.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/mail_server.hpp>
#include <bb/direct/stream.hpp>

namespace bb::direct {

enum class MailboxProtocol { imap, pop3 };

enum class MailboxStep { connect, greeting, start_tls, sign_in, open, list, fetch, remove };
std::string_view word_of(MailboxStep step);

struct MailboxFailure {
  MailboxStep step = MailboxStep::connect;
  Trouble trouble = Trouble::none;  // none: the server said no
  std::string what;                 // with what it answered
  bool is_missing = false;          // there is no message of that id
};

// One message that lies there.
struct MailboxEntry {
  std::string id;  // stays the same from one connection to the next: UIDVALIDITY and UID, or UIDL
  std::size_t bytes = 0;
};

// A conversation with one server. [one thread]
class Mailbox {
 public:
  // `folder` is of IMAP.
  static std::unique_ptr<Mailbox> create(MailboxProtocol protocol, Connections& connections, MailServer server,
                                         std::string folder = "INBOX");
  virtual ~Mailbox() = default;

  // Connects, protects, signs in and opens the mailbox, where that was not done before.
  virtual std::optional<MailboxFailure> begin() = 0;
  // In the order of the server.
  virtual std::optional<MailboxFailure> list(std::vector<MailboxEntry>& entries) = 0;
  // The message as it lies there. Beyond `bytes_max` it is a failure. It stays, and
  // stays unread.
  virtual std::optional<MailboxFailure> fetch(const std::string& id, std::size_t bytes_max, std::string& message) = 0;
  // Its header alone (POP3: TOP), cut where it is longer than `bytes_max`.
  virtual std::optional<MailboxFailure> fetch_header(const std::string& id, std::size_t bytes_max,
                                                     std::string& header) = 0;
  // Of POP3 it is gone at the end().
  virtual std::optional<MailboxFailure> remove(const std::string& id) = 0;
  virtual void end() = 0;
};

}  // namespace bb::direct
