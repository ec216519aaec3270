// plugins/streams/mail_sender.hpp - hands messages to one mail server by SMTP, and
// keeps what became of each for each recipient.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/notification.hpp>
#include <bb/direct/smtp.hpp>
#include <bb/sdk/connector.hpp>

#include "streams/server_config.hpp"

namespace bb::plugins {

struct KeptReceipt {
  bb_delivery delivery = BB_DELIVERY_UNKNOWN;
  std::string recipient, detail;
  std::int64_t at_unix_ns = 0;
};
void emit(const std::string& message_id, const std::vector<KeptReceipt>& receipts, Receipts& out);
// RFC 3464, 2.3.3. "delivered" is into the mailbox.
bb_delivery delivery_of(std::string_view action);
// What a mail server reported, in one line: its action, status and reason.
std::string words_of(const direct::DeliveryStatus& status);

class MailSender {
 public:
  // The members of read_server() below `at`, and hello_name. `from` is who sends.
  MailSender(const Context& context, const std::string& at, direct::Address from);

  const direct::Address& from() const { return from_; }
  // As RFC 5322, 3.6.4 has it, with its brackets. The same key gives the same one, so
  // that a message that is sent again after all shows as the same.
  std::string message_id_of(std::string_view idempotency_key) const;

  // Hands a message over, whose lines end in CRLF, and keeps the receipts, `before`
  // among them. A recipient that the server refuses has a receipt that says so. Throws
  // Failure where nobody was told yes or no; where an answer to the whole message did
  // not come, that is kept too.
  void post(Call& call, const std::string& message_id, const std::vector<std::string>& recipients,
            const std::string& message, std::vector<KeptReceipt> before = {});
  // Without a word to the server.
  void keep(const std::string& message_id, std::vector<KeptReceipt> receipts) {
    sent_[message_id] = std::move(receipts);
  }
  // Null where nothing of that id was sent.
  const std::vector<KeptReceipt>* receipts_of(const std::string& message_id) const;
  // Of a message that this instance did not send, and of which nothing else is known:
  // BB_DELIVERY_UNKNOWN where the id is as message_id_of() makes them, so that another
  // instance may have sent it. Else throws Failure BB_E_NOT_FOUND; `and_none` ends its
  // sentence.
  KeptReceipt unknown(const std::string& message_id, std::string_view and_none) const;
  // Whether it was sent, and went to nobody: no answer will come.
  bool has_failed(const std::string& message_id) const;

 private:
  ServerConfig server_;
  direct::Address from_;
  std::string hello_name_;
  Streams streams_;
  Secret secret_;
  Clock clock_;
  std::map<std::string, std::vector<KeptReceipt>> sent_;  // by message id
};

}  // namespace bb::plugins
