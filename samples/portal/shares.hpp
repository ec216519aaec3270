// shares.hpp - what was sent, and the promise to send it once.
//
// A share is asked for under an idempotency key. The first request with a key
// sends; a second with the same content gets the first one's answer, waiting
// for it if it must; one with other content is a conflict.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/value.hpp>

namespace bb::portal {

struct ShareReceipt {
  std::string delivery;  // accepted, failed; of Direct also processed, dispatched
  std::string recipient;
  std::string detail;
  std::int64_t at_unix_ns = 0;
  std::string message_id = {};  // of mail: whoever sent it knows what became of it
};

struct Share {
  std::string id;
  std::string patient;
  std::vector<ShareReceipt> receipts;
};

Value to_value(const Share& share);

// Safe to use from many threads. Keeps the last 10,000 shares.
class Shares {
 public:
  // nullopt: the key was used with other content.
  std::optional<Share> once(const std::string& scope_and_key, const std::string& fingerprint,
                            const std::function<Share()>& send);
  std::optional<Share> find(const std::string& patient, const std::string& id) const;
  // Of one patient, newest first, at most `limit`.
  std::vector<Share> list(const std::string& patient, std::size_t limit) const;

 private:
  struct Entry {
    std::string fingerprint;
    std::optional<Share> share;  // nothing while it is being sent
  };
  mutable std::mutex mutex_;
  std::condition_variable sent_;
  std::map<std::string, std::shared_ptr<Entry>> by_key_;
  std::deque<std::string> keys_;  // oldest first
};

}  // namespace bb::portal
