// direct_post.hpp - the portal's place in the Direct network: sends records and follows
// what becomes of them; takes what comes to its patients' addresses and answers.
//
// Requirements: DIRECT-MSG, DIRECT-MDN, DIRECT-DN.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/entity.hpp>

#include "portal/defects.hpp"
#include "portal/direct_duplicates.hpp"
#include "portal/direct_gate.hpp"
#include "portal/direct_options.hpp"
#include "portal/direct_sender.hpp"
#include "portal/mail_servers.hpp"
#include "portal/sent_tracking.hpp"

namespace bb::portal {

// Called from the thread that looks for mail; must not throw.
struct DirectEvents {
  // A message for an account; the error says why it cannot be delivered.
  std::function<Status(const std::string& account, const std::string& message)> deliver;
  // What the portal accepted for sending did not arrive.
  std::function<void(const std::string& patient, const std::string& recipient, const std::string& why)> failed;
  // For the operator: what was refused, and what does not work.
  std::function<void(const std::string& line)> log;
};

class DirectPost {
 public:
  // Looks for mail until stop(). `tls_anchors_pem`: whom TLS to the mail servers trusts.
  DirectPost(DirectOptions options, const Defects& defects, const std::string& tls_anchors_pem, DirectEvents events);

  // "alice" gives "alice@direct.portal.example"; the error is of an account that makes no address.
  [[nodiscard]] Result<direct::Address> address_of(const std::string& account) const;

  // Sends a patient's message, whose Message-ID (without brackets) status() takes.
  [[nodiscard]] Status send(const std::string& patient, const direct::Address& to, const std::string& message_id,
                            std::string message);
  // Whether there is a certificate to send by; the error says why not.
  [[nodiscard]] Status can_send(const direct::Address& to) const { return sender_.can_send(to); }
  std::optional<SentStatus> status(std::string_view message_id) const { return tracking_.find(message_id); }
  void stop() { watch_.stop(); }

 private:
  MailboxEvents mailbox_events();
  void handle(const std::string& message);
  // Those of this domain that the header which mail servers saw says it was delivered for.
  std::vector<direct::Address> own_addresses(const direct::Entity& outer) const;
  void take_notification(const direct::Entity& inner, const direct::Address& from);
  void take_delivery_status(const direct::Entity& report);
  void take_message(const DirectMessage& taken, const direct::Address& from, const direct::Address& own);
  void notify(const DirectMessage& taken, const direct::Address& from, const direct::Address& own,
              const std::string& disposition, const std::string& error = {}, bool has_final_delivery = false);
  void tell_failure(const SentTracking::Failed& failed);

  const DirectOptions options_;
  const Defects defects_;
  const DirectEvents events_;
  const DirectGate gate_;
  const DirectSender sender_;
  SentTracking tracking_;
  DirectDuplicates duplicates_;
  MailboxWatch watch_;  // last: its thread uses the others
};

}  // namespace bb::portal
