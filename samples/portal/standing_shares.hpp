// standing_shares.hpp - on-going sharing: what a patient asked for once, and what goes out by itself from then on
// (BBP-PUSH-02, BBP-PUSH-05, BBP-PUSH-07).
//
// Safe to use from many threads.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "portal/destination.hpp"
#include "portal/documents.hpp"

namespace bb::portal {

enum class Frequency { once, each_update };

// "once", "each-update". The error names the word and those there are.
std::string_view name_of(Frequency frequency);
[[nodiscard]] Result<Frequency> read_frequency(std::string_view name);

struct StandingShare {
  std::string id;
  std::string patient;
  std::string account;  // who asked: the patient, or who acts for them
  Destination to;
  const Format* format = nullptr;
  Frequency frequency = Frequency::once;
  bool is_withdrawn = false;
  int sent_count = 0;
  std::int64_t asked_unix_ns = 0;  // when it was authorized
};

// `name` is that of who asked.
Value to_value(const StandingShare& share, const std::string& name);

class StandingShares {
 public:
  // False: the patient has as many as there may be, 100.
  bool add(StandingShare share);
  // In the order in which they were asked for, withdrawn ones too.
  std::vector<StandingShare> list(std::string_view patient) const;
  std::optional<StandingShare> find(std::string_view patient, std::string_view id) const;
  // False: there is none, or it was withdrawn.
  bool set_frequency(std::string_view patient, std::string_view id, Frequency frequency);
  bool withdraw(std::string_view patient, std::string_view id);
  // Those that an account asked for.
  void withdraw_all_of(std::string_view patient, std::string_view account);
  // One more went out; how many did.
  int count_sent(std::string_view patient, std::string_view id);

 private:
  StandingShare* find_open(std::string_view patient, std::string_view id);

  mutable std::mutex mutex_;
  std::vector<StandingShare> shares_;
};

}  // namespace bb::portal
