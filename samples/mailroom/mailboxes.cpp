#include "mailroom/mailboxes.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::mailroom {

Mailboxes::Mailboxes(std::vector<Account> accounts, MailboxLimits limits)
    : accounts_(std::move(accounts)),
      limits_(limits),
      generation_(static_cast<std::uint32_t>(now_unix_ns() / ns_per_second)) {
  for (const auto& account : accounts_) by_user_.emplace(account.user, Box{});
}

std::optional<std::string> Mailboxes::user_of(std::string_view address) const {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  for (const auto wanted : {address, address.substr(at)})
    for (const auto& account : accounts_)
      for (const auto& own : account.addresses)
        if (iequals(own, wanted)) return account.user;
  return std::nullopt;
}

bool Mailboxes::is_password(std::string_view user, std::string_view password) const {
  return std::any_of(accounts_.begin(), accounts_.end(), [&](const Account& account) {
    return account.user == user && equal_constant_time(sha256_hex(account.password), sha256_hex(password));
  });
}

bool Mailboxes::deliver(const std::string& user, std::string message) {
  const std::lock_guard lock(mutex_);
  const auto box = by_user_.find(user);
  if (box == by_user_.end() || messages_held_ == limits_.messages_max ||
      message.size() > limits_.bytes_max - bytes_held_)
    return false;
  ++messages_held_;
  bytes_held_ += message.size();
  box->second.mails.push_back({++box->second.last_uid, std::make_shared<const std::string>(std::move(message)), false});
  return true;
}

std::vector<Mailboxes::Entry> Mailboxes::list(const std::string& user) const {
  const std::lock_guard lock(mutex_);
  std::vector<Entry> entries;
  if (const auto box = by_user_.find(user); box != by_user_.end())
    for (const auto& mail : box->second.mails) entries.push_back({mail.uid, mail.bytes->size(), mail.is_seen});
  return entries;
}

const Mailboxes::Mail* Mailboxes::find(const std::string& user, std::uint32_t uid) const {
  const auto box = by_user_.find(user);
  if (box == by_user_.end()) return nullptr;
  const auto& mails = box->second.mails;
  const auto found = std::find_if(mails.begin(), mails.end(), [&](const Mail& mail) { return mail.uid == uid; });
  return found == mails.end() ? nullptr : &*found;
}

std::shared_ptr<const std::string> Mailboxes::read(const std::string& user, std::uint32_t uid) const {
  const std::lock_guard lock(mutex_);
  const auto* mail = find(user, uid);
  return mail == nullptr ? nullptr : mail->bytes;
}

void Mailboxes::mark_seen(const std::string& user, std::uint32_t uid, bool is_seen) {
  const std::lock_guard lock(mutex_);
  if (const auto* mail = find(user, uid)) {
    auto& mails = by_user_[user].mails;
    mails[static_cast<std::size_t>(mail - mails.data())].is_seen = is_seen;
  }
}

void Mailboxes::remove(const std::string& user, std::uint32_t uid) {
  const std::lock_guard lock(mutex_);
  const auto* mail = find(user, uid);
  if (mail == nullptr) return;
  --messages_held_;
  bytes_held_ -= mail->bytes->size();
  auto& mails = by_user_[user].mails;
  mails.erase(mails.begin() + (mail - mails.data()));
}

}  // namespace bb::mailroom
