#include "portal/restrictions.hpp"

#include <bb/core/time.hpp>

namespace bb::portal {

Value to_value(const Restriction& restriction) {
  auto value = Value::object({{"id", restriction.id},
                              {"class", restriction.data_class},
                              {"status", "received"},
                              {"asked_by", restriction.asked_by},
                              {"at", format_utc(restriction.at_unix_ns)}});
  if (!restriction.reason.empty()) value.set("reason", restriction.reason);
  return value;
}

Restriction Restrictions::add(const std::string& patient, Restriction asked) {
  const std::lock_guard lock(mutex_);
  auto& all = by_patient_[patient];
  if (all.size() >= count_max) return {};
  asked.id = "restriction-" + std::to_string(all.size() + 1);
  asked.at_unix_ns = now_unix_ns();
  return all.emplace_back(std::move(asked));
}

std::vector<Restriction> Restrictions::list(const std::string& patient) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_patient_.find(patient);
  return found == by_patient_.end() ? std::vector<Restriction>() : found->second;
}

}  // namespace bb::portal
