// mail_servers.hpp - the mail servers of the portal: handing a message to one, and
// looking into a mailbox until the portal ends. Direct and plain mail use the same.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/mail_server.hpp>
#include <bb/direct/mailbox.hpp>

namespace bb::portal {

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

// Hands a message with CRLF line ends to a mail server. `anchors_pem`: whom TLS trusts.
// The error names the step and what the server said. Within half a minute or so.
[[nodiscard]] Status hand_over(const direct::MailServer& relay, const std::string& anchors_pem,
                               const direct::Address& from, const direct::Address& to, std::string_view message);

struct MailboxOptions {
  direct::MailServer server;
  direct::MailboxProtocol protocol = direct::MailboxProtocol::imap;
  int poll_ms = 500;
  std::size_t message_bytes_max = std::size_t{32} * 1024 * 1024;  // what is longer is removed unread
};

// Called from the thread that looks for mail; must not throw.
struct MailboxEvents {
  std::function<void(const std::string& message)> take;  // what was taken is removed
  std::function<void(const std::string& why)> dropped;   // a message was removed unread
  std::function<void()> looked;                          // after each look, also where it failed
  std::function<void(const std::string& trouble)> broken;
};

class MailboxWatch {
 public:
  // Looks for mail until stop().
  MailboxWatch(MailboxOptions options, std::string anchors_pem, MailboxEvents events);
  ~MailboxWatch();

  void stop();

 private:
  void run();
  bool must_stop();

  const MailboxOptions options_;
  const std::string anchors_pem_;
  const MailboxEvents events_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace bb::portal
