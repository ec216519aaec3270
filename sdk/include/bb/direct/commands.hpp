// bb/direct/commands.hpp - single commands of SMTP, IMAP or POP3 and their answers, as
// they come: for who looks at how a server takes right and wrong ones.
//
// Requirements: DIRECT-EDGE-02 to -06, -13, -15. Sources: RFC 5321, 4.2; RFC 3501, 7;
// RFC 1939, 3.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/mail_server.hpp>
#include <bb/direct/stream.hpp>

namespace bb::direct {

enum class MailProtocol { smtp, imap, pop3 };

struct CommandAnswer {
  std::string word;                // "250", "OK", "+OK"
  bool is_positive = false;        // 2xx and 3xx, OK and a continuation, +OK
  std::vector<std::string> lines;  // at most 200, the first 1,000 bytes of each; of IMAP without what a literal holds
};

// A conversation with one server. [one thread]
class CommandLine {
 public:
  // Of `server` user and password do not matter. Nothing is said before greeting().
  static Result<std::unique_ptr<CommandLine>> open(Connections& connections, const MailServer& server,
                                                   MailProtocol protocol);
  virtual ~CommandLine() = default;

  // What the server says first.
  virtual Result<CommandAnswer> greeting() = 0;
  // CRLF, and of IMAP a tag, are added; the command has no line end of its own. After
  // the answer to STARTTLS or STLS is positive the connection is a protected one.
  virtual Result<CommandAnswer> ask(std::string_view command) = 0;
  // Whether the server closed; false: it went on talking. The error is of a wait that something else ended, as the
  // deadline of who waits; trouble() says what.
  virtual Result<bool> waits_for_close() = 0;
  virtual bool is_protected() const = 0;
  // Of the last failure.
  virtual Trouble trouble() const = 0;
};

}  // namespace bb::direct
