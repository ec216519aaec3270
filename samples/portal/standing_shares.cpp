#include "portal/standing_shares.hpp"

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::ptrdiff_t share_count_max = 100;  // of a patient

}  // namespace

std::string_view name_of(Frequency frequency) { return frequency == Frequency::once ? "once" : "each-update"; }

Result<Frequency> read_frequency(std::string_view name) {
  for (const auto one : {Frequency::once, Frequency::each_update})
    if (name_of(one) == name) return one;
  return Error{"there is no frequency '" + shorten(name, 40) + "'; frequencies: once, each-update"};
}

Value to_value(const StandingShare& share, const std::string& name) {
  return Value::object({{"id", share.id},
                        {"to", share.to.url},
                        {"format", share.format->id},
                        {"frequency", name_of(share.frequency)},
                        {"status", share.is_withdrawn ? "withdrawn" : "active"},
                        {"authorized_by", name},
                        {"authorized", format_utc(share.asked_unix_ns)},
                        {"sent", share.sent_count}});
}

bool StandingShares::add(StandingShare share) {
  const std::lock_guard lock(mutex_);
  const auto count = std::count_if(shares_.begin(), shares_.end(),
                                   [&](const StandingShare& one) { return one.patient == share.patient; });
  if (count >= share_count_max) return false;
  shares_.push_back(std::move(share));
  return true;
}

std::vector<StandingShare> StandingShares::list(std::string_view patient) const {
  const std::lock_guard lock(mutex_);
  std::vector<StandingShare> found;
  for (const auto& share : shares_)
    if (share.patient == patient) found.push_back(share);
  return found;
}

std::optional<StandingShare> StandingShares::find(std::string_view patient, std::string_view id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& share : shares_)
    if (share.patient == patient && share.id == id) return share;
  return std::nullopt;
}

StandingShare* StandingShares::find_open(std::string_view patient, std::string_view id) {
  const auto found = std::find_if(shares_.begin(), shares_.end(), [&](const StandingShare& share) {
    return share.patient == patient && share.id == id && !share.is_withdrawn;
  });
  return found == shares_.end() ? nullptr : &*found;
}

bool StandingShares::set_frequency(std::string_view patient, std::string_view id, Frequency frequency) {
  const std::lock_guard lock(mutex_);
  auto* const share = find_open(patient, id);
  if (share != nullptr) share->frequency = frequency;
  return share != nullptr;
}

bool StandingShares::withdraw(std::string_view patient, std::string_view id) {
  const std::lock_guard lock(mutex_);
  auto* const share = find_open(patient, id);
  if (share != nullptr) share->is_withdrawn = true;
  return share != nullptr;
}

void StandingShares::withdraw_all_of(std::string_view patient, std::string_view account) {
  const std::lock_guard lock(mutex_);
  for (auto& share : shares_)
    if (share.patient == patient && share.account == account) share.is_withdrawn = true;
}

int StandingShares::count_sent(std::string_view patient, std::string_view id) {
  const std::lock_guard lock(mutex_);
  for (auto& share : shares_)
    if (share.patient == patient && share.id == id) return ++share.sent_count;
  return 0;
}

}  // namespace bb::portal
