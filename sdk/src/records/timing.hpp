// timing.hpp - how often a drug is taken: PIVL_TS and EIVL_TS to words and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "xml_tree.hpp"

namespace bb::records {

// "every 12 hours", "every 4 to 6 hours", "at bedtime", "30 minutes after
// dinner"; empty where the period
// has no number or its unit is none of UCUM's units of time.
std::string read_frequency(XmlNode effective_time);

// "every 12 hours" of numbers and a UCUM unit; `high` may be empty.
std::string period_in_words(std::string_view low, std::string_view high, std::string_view unit);
// "at bedtime" of HS; empty for what is no TimingEvent.
std::string timing_event_in_words(std::string_view code);

struct Period {
  std::string low, high;  // high is empty where there is one number
  std::string unit;       // UCUM
};
// The inverses, for the writer.
std::optional<Period> period_of(std::string_view frequency);
// The TimingEvent code, or empty.
std::string timing_event_of(std::string_view frequency);

}  // namespace bb::records
