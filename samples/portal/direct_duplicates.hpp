// direct_duplicates.hpp - which messages came before: a sender, or a mail server, may
// send one more than once.
#pragma once

#include <deque>
#include <set>
#include <string>

#include <bb/direct/address.hpp>

namespace bb::portal {

// For one thread. Keeps the last 10,000.
class DirectDuplicates {
 public:
  // Whether this is the first of its Message-ID by that sender for that recipient. What
  // has no Message-ID is always one.
  bool is_first(const direct::Address& from, const direct::Address& to, const std::string& message_id);

 private:
  std::set<std::string> known_;
  std::deque<std::string> order_;  // oldest first
};

}  // namespace bb::portal
