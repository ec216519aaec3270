// mail_post.hpp - sends records by plain mail, which anybody on its way can read, and
// hears of what comes back as undeliverable.
//
// Requirements: VDT15-T-01, -T-05, -T-07, -T-09, -T-10.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/records/mime.hpp>

#include "portal/defects.hpp"
#include "portal/mail_servers.hpp"
#include "portal/sent_tracking.hpp"

namespace bb::portal {

struct MailOptions {
  direct::Address from;                   // of the portal; what cannot be delivered comes back there
  direct::MailServer relay;               // SMTP
  std::optional<MailboxOptions> mailbox;  // of `from`; none: nothing is heard of what comes back
  std::optional<HostPort> resolver;       // DNS; none: domains are not looked up
};

// Called from the thread that looks for mail; must not throw.
struct MailEvents {
  // What a mail server had accepted did not arrive.
  std::function<void(const std::string& patient, const std::string& recipient, const std::string& why)> failed;
  // For the operator.
  std::function<void(const std::string& line)> log;
};

class MailPost {
 public:
  // `tls_anchors_pem`: whom TLS to the mail servers trusts.
  MailPost(MailOptions options, const Defects& defects, const std::string& tls_anchors_pem, MailEvents events);

  const direct::Address& from() const { return options_.from; }
  // Whether mail can reach the domain of an address, as DNS says (RFC 5321, 5.1): the
  // error says why not. A name server that does not answer keeps nobody from sending.
  [[nodiscard]] Status look_up(const direct::Address& to) const;
  // Whose message id (without brackets) status() takes. The error is the mail server's.
  [[nodiscard]] Status send(const std::string& patient, const direct::Address& to, const records::OutgoingMail& mail);
  std::optional<SentStatus> status(std::string_view message_id) const { return tracking_.find(message_id); }
  void stop() {
    if (watch_) watch_->stop();
  }

 private:
  void handle(const std::string& message);

  const MailOptions options_;
  const Defects defects_;
  const std::string tls_anchors_pem_;
  const MailEvents events_;
  SentTracking tracking_;
  std::optional<MailboxWatch> watch_;  // last: its thread uses the others
};

// What a patient has to know before a record goes by plain mail, and has to confirm.
std::string plain_mail_warning(const direct::Address& to);

}  // namespace bb::portal
