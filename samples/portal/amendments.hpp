// amendments.hpp - what patients ask to have changed in their records (45 CFR 164.526), and what became of it.
//
// Safe to use from many threads.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>

namespace bb::portal {

struct Amendment {
  std::string id;
  std::string text;                 // in the patient's words
  std::string status = "received";  // or accepted, refused
  std::int64_t asked_unix_ns = 0;
};

Value to_value(const Amendment& amendment);

class Amendments {
 public:
  // nullopt: the patient has as many as there may be, 100.
  std::optional<Amendment> ask(const std::string& patient, const std::string& text, std::int64_t now_ns);
  // Oldest first.
  std::vector<Amendment> list(const std::string& patient) const;
  // False: there is none of that id.
  bool decide(const std::string& patient, std::string_view id, std::string_view status);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Amendment>> by_patient_;
};

}  // namespace bb::portal
