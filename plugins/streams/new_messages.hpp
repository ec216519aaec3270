// plugins/streams/new_messages.hpp - what has come into a mailbox since it was last
// looked at. Messages stay there.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include <bb/sdk/services/stream.hpp>

#include "streams/server_config.hpp"

namespace bb::plugins {

class NewMessages {
 public:
  // `doing` is what is done, for messages: "looking for delivery reports".
  NewMessages(MailboxConfig config, std::string_view doing) : config_(std::move(config)), doing_(doing) {}

  // Gets one whole message or its header, bounded. Empty where somebody took it since
  // it was listed, or where it is longer than is read. Throws Failure.
  class Reader {
   public:
    Reader(direct::Mailbox& box, const direct::MailboxEntry& entry, std::string_view doing)
        : box_(box), entry_(entry), doing_(doing) {}
    std::string header() const;
    std::string message() const;

   private:
    direct::Mailbox& box_;
    const direct::MailboxEntry& entry_;
    std::string_view doing_;
  };

  // Each new one once, in the order of the server. Throws Failure; what was not read by
  // then is new the next time. `wait_ms_max` as MailServer has it.
  void look(Call& call, const Streams& streams, const Secret& secret, const std::function<void(const Reader&)>& read,
            int wait_ms_max = 0);

 private:
  MailboxConfig config_;
  std::string doing_;
  std::set<std::string> looked_at_;  // ids of the mailbox
};

}  // namespace bb::plugins
