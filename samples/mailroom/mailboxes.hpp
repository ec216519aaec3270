// mailboxes.hpp - the mail that lies in the mail room, in memory, and whose it is.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bb::mailroom {

struct Account {
  std::string user;
  std::string password;
  // "alice@direct.example.org", or "@direct.example.org" for every address of the
  // domain that is nobody else's.
  std::vector<std::string> addresses;
};

struct MailboxLimits {
  std::size_t messages_max = 10'000;                       // in all boxes
  std::size_t bytes_max = std::size_t{512} * 1024 * 1024;  // in all boxes
};

// The header of a message with the empty line that ends it; all of one without a body.
inline std::string_view header_of(std::string_view message) {
  const auto end = message.find("\r\n\r\n");
  return end == std::string_view::npos ? message : message.substr(0, end + 4);
}

// Safe to use from many threads.
class Mailboxes {
 public:
  explicit Mailboxes(std::vector<Account> accounts, MailboxLimits limits = {});

  // Whose mail an address gets; nullopt: there is no such recipient. Case does not count.
  std::optional<std::string> user_of(std::string_view address) const;
  // Another one each time the room opens: numbers of mails begin anew then.
  std::uint32_t generation() const { return generation_; }
  bool is_password(std::string_view user, std::string_view password) const;

  struct Entry {
    std::uint32_t uid = 0;  // from 1 for each box, never used twice
    std::size_t bytes = 0;
    bool is_seen = false;
  };
  // False: there is no room for it.
  bool deliver(const std::string& user, std::string message);
  // Oldest first.
  std::vector<Entry> list(const std::string& user) const;
  // nullptr: it is not there any more.
  std::shared_ptr<const std::string> read(const std::string& user, std::uint32_t uid) const;
  void mark_seen(const std::string& user, std::uint32_t uid, bool is_seen);
  void remove(const std::string& user, std::uint32_t uid);

 private:
  struct Mail {
    std::uint32_t uid = 0;
    std::shared_ptr<const std::string> bytes;
    bool is_seen = false;
  };
  struct Box {
    std::vector<Mail> mails;
    std::uint32_t last_uid = 0;
  };
  const Mail* find(const std::string& user, std::uint32_t uid) const;

  const std::vector<Account> accounts_;
  const MailboxLimits limits_;
  const std::uint32_t generation_;
  mutable std::mutex mutex_;
  std::map<std::string, Box> by_user_;
  std::size_t messages_held_ = 0;
  std::size_t bytes_held_ = 0;
};

}  // namespace bb::mailroom
