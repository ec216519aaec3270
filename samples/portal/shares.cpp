#include "portal/shares.hpp"

#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t share_count_max = 10'000;

}  // namespace

Value to_value(const Share& share) {
  auto receipts = Value::array();
  for (const auto& receipt : share.receipts) {
    auto value = Value::object({{"delivery", receipt.delivery}, {"recipient", receipt.recipient}});
    if (!receipt.detail.empty()) value.set("detail", receipt.detail);
    value.set("at", format_utc(receipt.at_unix_ns));
    receipts.push(std::move(value));
  }
  return Value::object({{"id", share.id}, {"receipts", std::move(receipts)}});
}

std::optional<Share> Shares::once(const std::string& scope_and_key, const std::string& fingerprint,
                                  const std::function<Share()>& send) {
  std::shared_ptr<Entry> entry;
  {
    std::unique_lock lock(mutex_);
    if (const auto found = by_key_.find(scope_and_key); found != by_key_.end()) {
      entry = found->second;
      if (entry->fingerprint != fingerprint) return std::nullopt;
      sent_.wait(lock, [&] { return entry->share.has_value(); });
      return entry->share;
    }
    entry = std::make_shared<Entry>(Entry{fingerprint, std::nullopt});
    by_key_.emplace(scope_and_key, entry);
    keys_.push_back(scope_and_key);
    if (keys_.size() > share_count_max) {
      by_key_.erase(keys_.front());
      keys_.pop_front();
    }
  }
  auto share = send();
  const std::lock_guard lock(mutex_);
  entry->share = std::move(share);
  sent_.notify_all();
  return entry->share;
}

std::optional<Share> Shares::find(const std::string& patient, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, entry] : by_key_)
    if (entry->share && entry->share->id == id && entry->share->patient == patient) return entry->share;
  return std::nullopt;
}

std::vector<Share> Shares::list(const std::string& patient, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<Share> shares;
  for (auto key = keys_.rbegin(); key != keys_.rend() && shares.size() < limit; ++key)
    if (const auto& entry = by_key_.at(*key); entry->share && entry->share->patient == patient)
      shares.push_back(*entry->share);
  return shares;
}

}  // namespace bb::portal
