// plugins/streams/polled_mailbox.hpp - the mailbox of an inbox, by IMAP or POP3. Each
// call is a connection of its own, so that no mailbox stays locked (POP3) and no
// password is kept.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <bb/sdk/connector.hpp>

#include "streams/server_config.hpp"

namespace bb::plugins {

class PolledMailbox {
 public:
  // The members of read_mailbox() of the whole configuration, `address` and `separator`.
  explicit PolledMailbox(const Context& context);

  using Each = std::function<void(direct::Mailbox& box, const direct::MailboxEntry& entry)>;
  // What waits, in the order of the server; of those alone that name the query's term
  // "address". Throws Failure.
  void poll(Call& call, const bb_query& query, const Each& each);
  // The subject of a message that is being polled, decoded; empty where it has none.
  const std::string& subject(direct::Mailbox& box, const std::string& id) { return header_of(box, id).subject; }
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
  struct Header {
    std::vector<direct::Address> addressees;
    std::string subject;
  };
  const Header& header_of(direct::Mailbox& box, const std::string& id);

  MailboxConfig config_;
  direct::Address address_;
  std::string separator_;
  Streams streams_;
  Secret secret_;
  Random random_;
  std::map<std::string, std::string, std::less<>> allocated_;  // tag to address
  std::map<std::string, Header> headers_;                      // of the messages listed last
};

}  // namespace bb::plugins
