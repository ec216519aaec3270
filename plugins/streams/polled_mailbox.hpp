// plugins/streams/polled_mailbox.hpp - the mailbox of an inbox, by IMAP or POP3. Each
// call is a connection of its own, so that no mailbox stays locked (POP3) and no
// password is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bb/sdk/connector.hpp>

#include "streams/server_config.hpp"

namespace bb::plugins {

// What a listing says of a message.
struct MailHeader {
  std::vector<direct::Address> addressees;
  std::string subject;                // decoded; empty: it has none
  std::int64_t received_unix_ns = 0;  // when the last server took it; 0: no server says
};
// Of a message, or of its header alone.
MailHeader read_mail_header(std::string_view message);

class PolledMailbox {
 public:
  // The members of read_mailbox() of the whole configuration, `address` and `separator`.
  explicit PolledMailbox(const Context& context);

  using Each = std::function<void(direct::Mailbox& box, const direct::MailboxEntry& entry)>;
  // What waits, in the order of the server; of those alone that name the query's term
  // "address". Gives the ids of all that lie there. Throws Failure.
  std::set<std::string> poll(Call& call, const bb_query& query, const Each& each);
  // Of a message that is being polled. Throws Failure.
  const MailHeader& header_of(direct::Mailbox& box, const std::string& id);
  // One message as it lies there. BB_E_NOT_FOUND where it is none.
  std::string fetch(Call& call, const std::string& id) const;
  // Takes it out; nothing happens where it is gone.
  void remove(Call& call, const std::string& id) const;
  // An address of this instance alone, as AllocatingInbox::allocate() has it.
  std::string allocate(Call& call, std::string_view tag);

  const direct::Address& address() const { return address_; }
  // The mailbox's address, with a tag or without.
  bool is_own(const direct::Address& address) const;

 private:
  MailboxConfig config_;
  direct::Address address_;
  std::string separator_;
  Streams streams_;
  Secret secret_;
  Random random_;
  std::map<std::string, std::string, std::less<>> allocated_;  // tag to address
  std::map<std::string, MailHeader> headers_;                  // of the messages listed last
};

}  // namespace bb::plugins
