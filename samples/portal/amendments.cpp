#include "portal/amendments.hpp"

#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t amendment_count_max = 100;  // of a patient

}  // namespace

Value to_value(const Amendment& amendment) {
  return Value::object({{"id", amendment.id},
                        {"text", amendment.text},
                        {"status", amendment.status},
                        {"asked", format_utc(amendment.asked_unix_ns)}});
}

std::optional<Amendment> Amendments::ask(const std::string& patient, const std::string& text, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  auto& all = by_patient_[patient];
  if (all.size() >= amendment_count_max) return std::nullopt;
  Amendment amendment;
  amendment.id = "amendment-" + std::to_string(all.size() + 1);
  amendment.text = text;
  amendment.asked_unix_ns = now_ns;
  all.push_back(amendment);
  return amendment;
}

std::vector<Amendment> Amendments::list(const std::string& patient) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_patient_.find(patient);
  return found == by_patient_.end() ? std::vector<Amendment>() : found->second;
}

bool Amendments::decide(const std::string& patient, std::string_view id, std::string_view status) {
  const std::lock_guard lock(mutex_);
  for (auto& amendment : by_patient_[patient])
    if (amendment.id == id) {
      amendment.status = status;
      return true;
    }
  return false;
}

}  // namespace bb::portal
