// harness/facts/dates.hpp - ISO dates at the precision of the poorer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bb::facts {

enum class Precision { none, year, month, day, minute, second };

// How exact an ISO date is; `none` for what is no date.
Precision precision_of(std::string_view iso);

// The first so many characters: "2012-08" of "2012-08-06" at `month`.
std::string_view cut(std::string_view iso, Precision precision);

// XFMT-06: compared at the precision of the poorer, which is at least a day where one is
// more exact than the other. Of two times with an offset the instants count; where one
// has none, or `has_zones` is false, the times as written. What is no date is compared
// as it is.
bool dates_agree(std::string_view a, std::string_view b, Precision held, bool has_zones);

// "june", "jun": a folded word for a month.
bool is_month(std::string_view word);

// The ways in which people's copies write a date, to look for: "06 Aug 2012",
// "August 6, 2012", "08/06/2012", "2012-08-06" ... Of a time the day alone.
std::vector<std::string> spellings_of(std::string_view iso);

}  // namespace bb::facts
