// inboxes.hpp - the sample destination: mail that anybody may send to an
// unguessable address, kept in memory as the bytes that came.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace bb::portal {

inline constexpr std::size_t inbox_tag_bytes_max = 32;

struct InboxMessage {
  std::int64_t number = 0;  // from 1 for each address
  std::int64_t received_unix_ns = 0;
  std::string bytes;
};

// Safe to use from many threads.
class Inboxes {
 public:
  enum class Outcome { done, unknown_address, full };

  // The name of a fresh address; nullopt when there are too many.
  std::optional<std::string> allocate(const std::string& tag);
  // One that somebody else named; it may be open already.
  void open(const std::string& address);
  bool exists(const std::string& address) const;

  Outcome deliver(const std::string& address, std::string bytes, std::int64_t& number);
  struct Entry {
    std::int64_t number, received_unix_ns;
    std::size_t size;
  };
  // Messages with a number above `above`, oldest first.
  std::vector<Entry> list(const std::string& address, std::int64_t above) const;
  std::optional<std::string> read(const std::string& address, std::int64_t number) const;
  // False when there never was such a message; removing twice is the same as once.
  bool remove(const std::string& address, std::int64_t number);

 private:
  struct Inbox {
    std::deque<InboxMessage> messages;
    std::int64_t last_number = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Inbox> by_address_;
  std::size_t bytes_held_ = 0;
};

// [a-z0-9-]{1,32}
bool is_inbox_tag(const std::string& text);

}  // namespace bb::portal
