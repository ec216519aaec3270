// bb/direct/smtp.hpp - hands a message to a mail server (RFC 5321), with STARTTLS
// (RFC 3207) and AUTH PLAIN or LOGIN (RFC 4954).
//
// Requirements: DIRECT-EDGE-01, -02. Nothing is sent again by itself: who calls
// knows whether that is safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/mail_server.hpp>
#include <bb/direct/stream.hpp>

namespace bb::direct {

struct SmtpReply {
  int code = 0;      // 0: none came
  std::string text;  // its lines, parted by '\n'
  bool is_positive() const { return code >= 200 && code < 400; }
};

struct SmtpRefusal {
  std::string recipient;
  SmtpReply reply;
};

struct SmtpReceipt {
  std::vector<std::string> accepted;
  std::vector<SmtpRefusal> refused;
  SmtpReply reply;  // to the message; none where every recipient was refused
};

enum class SmtpStep { connect, greeting, hello, start_tls, sign_in, sender, recipient, message };
std::string_view word_of(SmtpStep step);

// Where and why it ended.
struct SmtpFailure {
  SmtpStep step = SmtpStep::connect;
  Trouble trouble = Trouble::none;  // none: the server said no
  SmtpReply reply;
  std::string what;
  // The message went out and no answer came: it may have been taken.
  bool is_uncertain = false;
};

// A conversation with one server. [one thread]
class SmtpClient {
 public:
  // `hello_name` is how the client names itself: a domain name or "[192.0.2.1]".
  SmtpClient(Connections& connections, MailServer server, std::string hello_name);
  ~SmtpClient();

  // Connects, greets, protects and signs in, where that was not done before.
  std::optional<SmtpFailure> begin();
  // Hands the message over, whose lines end in CRLF. Recipients that are refused do
  // not keep the others from it; where all are, it is a failure.
  std::optional<SmtpFailure> send(std::string_view from, const std::vector<std::string>& to, std::string_view message,
                                  SmtpReceipt& receipt);
  // Says goodbye; what the server answers does not matter any more.
  void end();

  // What the server offered last, upper case with parameters: "STARTTLS", "SIZE 10240000".
  const std::vector<std::string>& offers() const { return offers_; }
  // One command as it is, for servers that have to refuse it; CRLF is added.
  Result<SmtpReply> command(std::string_view line);

 private:
  class Conversation;
  Connections& connections_;
  MailServer server_;
  std::string hello_name_;
  std::vector<std::string> offers_;
  std::unique_ptr<Conversation> conversation_;
};

}  // namespace bb::direct
