#include "portal/proxies.hpp"

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

std::string_view status_of(const ProxyGrant& grant, std::int64_t now_ns) {
  if (grant.is_withdrawn) return "withdrawn";
  return grant.has_ended(now_ns) ? "ended" : "active";
}

}  // namespace

const std::vector<std::string>& right_names() {
  static const std::vector<std::string> names = {"view", "download", "transmit", "message", "refill"};
  return names;
}

std::set<Right> every_right() { return {Right::view, Right::download, Right::transmit, Right::message, Right::refill}; }

Result<Right> read_right(std::string_view name) {
  const auto& names = right_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<Right>(found - names.begin());
  return Error{"there is no function '" + shorten(name, 40) + "'; functions: " + join(names, ", ")};
}

bool ProxyGrant::allows(Right right, std::int64_t now_ns) const {
  return !is_withdrawn && !has_ended(now_ns) && rights.count(right) > 0;
}

Value to_value(const ProxyGrant& grant, const std::string& name, std::int64_t now_ns) {
  std::vector<std::string> functions;
  for (const auto right : grant.rights) functions.push_back(right_names()[static_cast<std::size_t>(right)]);
  auto value = Value::object({{"account", grant.account}, {"name", name}, {"functions", Value::strings(functions)}});
  if (grant.until_ns) value.set("until", format_utc(*grant.until_ns));
  value.set("status", status_of(grant, now_ns));
  return value;
}

Proxies::Proxies(const People& people) {
  for (const auto& person : people.all()) {
    for (const auto& patient : person.caregiver_of) entries_.push_back({patient, {person.account, every_right()}});
    for (const auto& patient : person.revoked)
      entries_.push_back({patient, {.account = person.account, .rights = every_right(), .is_withdrawn = true}});
  }
}

std::optional<ProxyGrant> Proxies::find(std::string_view account, std::string_view patient) const {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_)
    if (entry.patient == patient && entry.grant.account == account) return entry.grant;
  return std::nullopt;
}

std::vector<ProxyGrant> Proxies::of(std::string_view patient) const {
  const std::lock_guard lock(mutex_);
  std::vector<ProxyGrant> grants;
  for (const auto& entry : entries_)
    if (entry.patient == patient) grants.push_back(entry.grant);
  return grants;
}

std::vector<std::string> Proxies::patients_of(std::string_view account) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> patients;
  for (const auto& entry : entries_)
    if (entry.grant.account == account) patients.push_back(entry.patient);
  return patients;
}

void Proxies::grant(const std::string& patient, ProxyGrant grant) {
  const std::lock_guard lock(mutex_);
  for (auto& entry : entries_)
    if (entry.patient == patient && entry.grant.account == grant.account) {
      entry.grant = std::move(grant);
      return;
    }
  entries_.push_back({patient, std::move(grant)});
}

bool Proxies::withdraw(std::string_view patient, std::string_view account) {
  const std::lock_guard lock(mutex_);
  for (auto& entry : entries_)
    if (entry.patient == patient && entry.grant.account == account) {
      entry.grant.was_open = entry.grant.was_open || !entry.grant.is_withdrawn;
      entry.grant.is_withdrawn = true;
      return true;
    }
  return false;
}

}  // namespace bb::portal
