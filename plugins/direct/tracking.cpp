#include "tracking.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::direct_connector {
namespace {

using plugins::KeptReceipt;

constexpr std::int64_t within_s = 3600;  // "commonly one hour": DIRECT-DN-09

bool is_success(bb_delivery delivery) {
  return delivery == BB_DELIVERY_PROCESSED || delivery == BB_DELIVERY_DISPATCHED;
}

// Whether nothing is known yet of what the recipient's system made of it.
bool is_waited_for(bb_delivery delivery) { return delivery == BB_DELIVERY_ACCEPTED || delivery == BB_DELIVERY_UNKNOWN; }

std::string overdue_words(std::string_view disposition, std::int64_t seconds) {
  return "no notification '" + std::string(disposition) + "' came within " + std::to_string(seconds) +
         " s (DIRECT-DN-07)";
}

}  // namespace

Tracking::Tracking(const Context& context)
    : asks_for_final_delivery_(context.config_json("/final_delivery") == "true"),
      processed_within_s_(context.config_integer("/processed_within", within_s)),
      dispatched_within_s_(context.config_integer("/dispatched_within", within_s)) {}

std::string Tracking::overdue(const KeptReceipt& sent, const std::vector<KeptReceipt>& answers,
                              std::int64_t now_unix_ns) const {
  const auto has = [&](const auto& is) {
    return std::any_of(answers.begin(), answers.end(), [&](const KeptReceipt& answer) {
      return is(answer.delivery) && iequals(answer.recipient, sent.recipient);
    });
  };
  if (has([](bb_delivery delivery) { return delivery == BB_DELIVERY_FAILED; })) return {};
  const auto is_past = [&](std::int64_t seconds) { return now_unix_ns - sent.at_unix_ns > seconds * ns_per_second; };
  if (is_past(processed_within_s_) && !has(is_success)) return overdue_words("processed", processed_within_s_);
  if (asks_for_final_delivery_ && is_past(dispatched_within_s_) &&
      !has([](bb_delivery delivery) { return delivery == BB_DELIVERY_DISPATCHED; }))
    return overdue_words("dispatched", dispatched_within_s_);
  return {};
}

std::vector<KeptReceipt> Tracking::receipts(const std::string& message_id, const std::vector<KeptReceipt>& sent,
                                            const std::vector<Answer>& answers, std::int64_t now_unix_ns) {
  auto& told = told_[message_id];
  std::set<std::string> failed;  // lower case
  for (const auto& one : told) failed.insert(one.first);
  std::vector<KeptReceipt> came;
  for (const auto& answer : answers) {
    KeptReceipt receipt{answer.delivery, answer.recipient, answer.detail, now_unix_ns};
    const auto is_for = [&](const KeptReceipt& kept) { return iequals(kept.recipient, answer.recipient); };
    if (!sent.empty() && std::none_of(sent.begin(), sent.end(), is_for)) {
      receipt.delivery = BB_DELIVERY_UNKNOWN;
      receipt.detail = "not believed, for the message was not sent to " + answer.recipient + ": " + answer.detail;
    } else if (is_success(answer.delivery) && failed.contains(to_lower(answer.recipient))) {
      receipt.delivery = BB_DELIVERY_UNKNOWN;
      receipt.detail = "too late, for the failure was told before (DIRECT-DN-10): " + answer.detail;
    } else if (answer.delivery == BB_DELIVERY_FAILED) {
      failed.insert(to_lower(answer.recipient));
    }
    came.push_back(std::move(receipt));
  }
  for (const auto& kept : sent) {
    if (!is_waited_for(kept.delivery) || told.contains(to_lower(kept.recipient))) continue;
    if (auto why = overdue(kept, came, now_unix_ns); !why.empty())
      told.emplace(to_lower(kept.recipient),
                   KeptReceipt{BB_DELIVERY_FAILED, kept.recipient, std::move(why), now_unix_ns});
  }
  auto all = sent;
  all.insert(all.end(), came.begin(), came.end());
  for (const auto& one : told) all.push_back(one.second);
  return all;
}

}  // namespace bb::direct_connector
