// proxies.hpp - who else may do what with a patient's record, and until when.
//
// At the start what the people file says (all rights, without an end); from then on what patients grant, limit and
// withdraw. Safe to use from many threads.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "portal/people.hpp"

namespace bb::portal {

enum class Right { view, download, transmit, message, refill };

// "view", "download" ...; in the order of the enumeration.
const std::vector<std::string>& right_names();
std::set<Right> every_right();
// The error names the word and those there are.
[[nodiscard]] Result<Right> read_right(std::string_view name);

struct ProxyGrant {
  std::string account;  // whose it is
  std::set<Right> rights;
  std::optional<std::int64_t> until_ns = {};  // the last instant; none: it has no end
  bool is_withdrawn = false;
  bool was_open = false;  // it held since the portal started, and was withdrawn then

  bool has_ended(std::int64_t now_ns) const { return until_ns && *until_ns < now_ns; }
  bool allows(Right right, std::int64_t now_ns) const;
};

// As the API gives it; `name` is the representative's. status: active, ended or withdrawn.
Value to_value(const ProxyGrant& grant, const std::string& name, std::int64_t now_ns);

class Proxies {
 public:
  explicit Proxies(const People& people);

  // What the patient granted this account, also when it ended or was withdrawn.
  std::optional<ProxyGrant> find(std::string_view account, std::string_view patient) const;
  // Of a patient, in the order in which they were made.
  std::vector<ProxyGrant> of(std::string_view patient) const;
  // The patients that ever granted this account something, in that order.
  std::vector<std::string> patients_of(std::string_view account) const;

  // In the place of what the account had.
  void grant(const std::string& patient, ProxyGrant grant);
  // False: the account has nothing of this patient.
  bool withdraw(std::string_view patient, std::string_view account);

 private:
  struct Entry {
    std::string patient;
    ProxyGrant grant;
  };
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace bb::portal
