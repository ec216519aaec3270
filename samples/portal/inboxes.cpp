#include "portal/inboxes.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t address_count_max = 10'000;
constexpr std::size_t bytes_held_max = std::size_t{512} * 1024 * 1024;

}  // namespace

bool is_inbox_tag(const std::string& text) {
  return !text.empty() && text.size() <= inbox_tag_bytes_max &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

std::optional<std::string> Inboxes::allocate(const std::string& tag) {
  const std::lock_guard lock(mutex_);
  if (by_address_.size() >= address_count_max) return std::nullopt;
  auto address = (tag.empty() ? "" : tag + "-") + random_token();
  by_address_.emplace(address, Inbox{});
  return address;
}

void Inboxes::open(const std::string& address) {
  const std::lock_guard lock(mutex_);
  by_address_.try_emplace(address);
}

bool Inboxes::exists(const std::string& address) const {
  const std::lock_guard lock(mutex_);
  return by_address_.count(address) > 0;
}

Inboxes::Outcome Inboxes::deliver(const std::string& address, std::string bytes, std::int64_t& number) {
  const std::lock_guard lock(mutex_);
  const auto inbox = by_address_.find(address);
  if (inbox == by_address_.end()) return Outcome::unknown_address;
  if (bytes_held_ + bytes.size() > bytes_held_max) return Outcome::full;
  bytes_held_ += bytes.size();
  number = ++inbox->second.last_number;
  inbox->second.messages.push_back({number, now_unix_ns(), std::move(bytes)});
  return Outcome::done;
}

std::vector<Inboxes::Entry> Inboxes::list(const std::string& address, std::int64_t above) const {
  const std::lock_guard lock(mutex_);
  std::vector<Entry> entries;
  const auto inbox = by_address_.find(address);
  if (inbox == by_address_.end()) return entries;
  for (const auto& message : inbox->second.messages)
    if (message.number > above) entries.push_back({message.number, message.received_unix_ns, message.bytes.size()});
  return entries;
}

std::optional<std::string> Inboxes::read(const std::string& address, std::int64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto inbox = by_address_.find(address);
  if (inbox == by_address_.end()) return std::nullopt;
  for (const auto& message : inbox->second.messages)
    if (message.number == number) return message.bytes;
  return std::nullopt;
}

bool Inboxes::remove(const std::string& address, std::int64_t number) {
  const std::lock_guard lock(mutex_);
  const auto inbox = by_address_.find(address);
  if (inbox == by_address_.end() || number < 1 || number > inbox->second.last_number) return false;
  auto& messages = inbox->second.messages;
  const auto found = std::find_if(messages.begin(), messages.end(), [&](const auto& m) { return m.number == number; });
  if (found != messages.end()) {
    bytes_held_ -= found->bytes.size();
    messages.erase(found);
  }
  return true;
}

}  // namespace bb::portal
