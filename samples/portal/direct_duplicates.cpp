#include "portal/direct_duplicates.hpp"

#include <bb/core/text.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t kept_max = 10'000;

}  // namespace

bool DirectDuplicates::is_first(const direct::Address& from, const direct::Address& to, const std::string& message_id) {
  if (message_id.empty()) return true;
  const auto key = to_lower(from.text()) + "\n" + to_lower(to.text()) + "\n" + message_id;
  if (!known_.insert(key).second) return false;
  order_.push_back(key);
  if (order_.size() <= kept_max) return true;
  known_.erase(order_.front());
  order_.pop_front();
  return true;
}

}  // namespace bb::portal
