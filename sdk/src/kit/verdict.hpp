// verdict.hpp - what one check found.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include <bb/kit/kit.hpp>

namespace bb::kit {

struct Verdict {
  Outcome outcome = Outcome::pass;
  std::string what;
  bool is_judged = true;  // false with skip: the check applies to nothing here
};

inline Verdict pass() { return {}; }
template <class... Args>
Verdict fail(fmt::format_string<Args...> format, Args&&... args) {
  return {Outcome::fail, fmt::format(format, std::forward<Args>(args)...)};
}
template <class... Args>
Verdict warn(fmt::format_string<Args...> format, Args&&... args) {
  return {Outcome::warn, fmt::format(format, std::forward<Args>(args)...)};
}
// Could not be judged; says what is missing.
template <class... Args>
Verdict skip(fmt::format_string<Args...> format, Args&&... args) {
  return {Outcome::skip, fmt::format(format, std::forward<Args>(args)...)};
}
// Applies to nothing here; says why.
template <class... Args>
Verdict does_not_apply(fmt::format_string<Args...> format, Args&&... args) {
  return {Outcome::skip, fmt::format(format, std::forward<Args>(args)...), false};
}
inline bool is_bad(const Verdict& verdict) {
  return verdict.outcome == Outcome::fail || verdict.outcome == Outcome::warn;
}

// Returns from the surrounding check with a verdict that is no pass.
#define BB_KIT_TRY(expression) \
  if (auto bb_kit_verdict_ = (expression); bb_kit_verdict_.outcome != Outcome::pass) return bb_kit_verdict_

}  // namespace bb::kit
