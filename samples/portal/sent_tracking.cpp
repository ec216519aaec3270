#include "portal/sent_tracking.hpp"

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/direct/notification.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t kept_max = 10'000;

}  // namespace

void SentTracking::add(Sent sent, std::int64_t now_unix_ns) {
  const std::lock_guard lock(mutex_);
  const auto id = sent.message_id;
  if (by_id_.insert_or_assign(id, Entry{std::move(sent), {"accepted", "", now_unix_ns}}).second) order_.push_back(id);
  if (order_.size() <= kept_max) return;
  by_id_.erase(order_.front());
  order_.pop_front();
}

std::optional<SentTracking::Failed> SentTracking::note(std::string_view message_id, std::string_view recipient,
                                                       std::string_view disposition, const std::string& detail,
                                                       std::int64_t now_unix_ns) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(direct::without_brackets(message_id));
  if (found == by_id_.end() || !iequals(found->second.sent.recipient, recipient)) return std::nullopt;
  auto& [sent, status] = found->second;
  if (found->second.is_over()) {
    if (status.delivery == "failed" && disposition != "failed")
      status.detail += "; a notification '" + std::string(disposition) + "' came later and does not count";
    return std::nullopt;
  }
  const bool is_failure =
      disposition == "failed" || disposition == "error" || disposition == "denied" || disposition == "deleted";
  if (is_failure)
    status = {"failed", detail, now_unix_ns};
  else if (disposition == "processed" || disposition == "dispatched" || disposition == "displayed")
    status = {disposition == "processed" ? "processed" : "dispatched", detail, now_unix_ns};
  return is_failure ? std::optional(Failed{sent, status.detail}) : std::nullopt;
}

Result<std::vector<SentTracking::Failed>> SentTracking::note_report(const direct::Entity& report,
                                                                    std::int64_t now_unix_ns) {
  BB_TRY(const auto read, direct::read_delivery_status(report));
  std::vector<Failed> ended;
  for (const auto& status : read) {
    if (status.action != "failed") continue;
    const auto detail = fmt::format("a mail server could not deliver it: {} {}", shorten(status.status, 20),
                                    shorten(status.diagnostic, 200));
    if (auto failed = note(status.original_message_id, status.recipient, "failed", detail, now_unix_ns))
      ended.push_back(*std::move(failed));
  }
  return ended;
}

std::vector<SentTracking::Failed> SentTracking::expire(std::int64_t monotonic_ns, std::int64_t now_unix_ns) {
  const std::lock_guard lock(mutex_);
  std::vector<Failed> expired;
  for (auto& [id, entry] : by_id_) {
    if (entry.is_over() || monotonic_ns < entry.sent.deadline_ns) continue;
    const auto missing = entry.status.delivery == "accepted"
                             ? "the recipient's system did not say in time that it has it (no notification 'processed')"
                             : "the recipient's system has it and did not say in time that it delivered it (no "
                               "notification 'dispatched')";
    entry.status = {"failed", missing, now_unix_ns};
    expired.push_back({entry.sent, missing});
  }
  return expired;
}

void SentTracking::reopen(std::string_view message_id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(direct::without_brackets(message_id));
  if (found != by_id_.end() && found->second.status.delivery == "failed") found->second.status.delivery = "accepted";
}

std::optional<SentStatus> SentTracking::find(std::string_view message_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(message_id);
  return found == by_id_.end() ? std::nullopt : std::optional(found->second.status);
}

bool is_delivery_report(const direct::Entity& message) {
  return message.type.value == "multipart/report" && to_lower(message.type.of("report-type")) == "delivery-status";
}

}  // namespace bb::portal
