// restrictions.hpp - what patients asked not to be used or disclosed (45 CFR 170.315(e)(1)(iii)).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <bb/core/value.hpp>

namespace bb::portal {

struct Restriction {
  std::string id = {};          // "restriction-3"
  std::string data_class = {};  // of USCDI, in the patient's words
  std::string reason = {};      // may be empty
  std::string asked_by = {};    // the account
  std::int64_t at_unix_ns = 0;
};

Value to_value(const Restriction& restriction);

// Safe to use from many threads. Each request is received; staff decide outside of the portal.
class Restrictions {
 public:
  static constexpr std::size_t count_max = 1'000;  // of a patient

  // The request with its id and time; empty id: there is no room.
  Restriction add(const std::string& patient, Restriction asked);
  std::vector<Restriction> list(const std::string& patient) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Restriction>> by_patient_;
};

}  // namespace bb::portal
