#include "harness/cli/rule_date.hpp"

#include <fmt/format.h>

#include <bb/core/time.hpp>

namespace bb::cli {

OptionSpec rule_date_option() {
  return {"rule-date", "DATE", "judge by the rules of that day, for example 2026-11-21; default: today"};
}

Result<std::string> rule_date(const Args& args) {
  const auto day = args.value("rule-date");
  if (!day) return std::string();
  if (day->size() != 10 || !parse_time(*day))
    return Error{
        fmt::format("'--rule-date' is '{}', expected a day from 1678-01-01 to 2261-12-31, such as 2026-11-21", *day)};
  return *day;
}

}  // namespace bb::cli
