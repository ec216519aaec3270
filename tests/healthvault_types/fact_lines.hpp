// fact_lines.hpp - the facts of a record as lines "allergies.0.onset = 2005", for comparison.
#pragma once

#include <string>
#include <vector>

#include <bb/records/record.hpp>
#include <bb/records/record_value.hpp>

namespace bb::healthvault {

inline void add_fact_lines(const Value& value, const std::string& path, std::vector<std::string>& lines) {
  if (const auto* text = value.string(); text != nullptr && !text->empty()) lines.push_back(path + " = " + *text);
  if (const auto* number = value.integer(); number != nullptr && *number != 0)
    lines.push_back(path + " = " + std::to_string(*number));
  for (std::size_t i = 0; value.items() != nullptr && i < value.size(); ++i)
    add_fact_lines(value[i], path + "." + std::to_string(i), lines);
  if (const auto* members = value.members())
    for (const auto& member : *members)
      if (member.key != "line" && member.key != "full_name")
        add_fact_lines(member.value, path.empty() ? member.key : path + "." + member.key, lines);
}

// What is said, without lines of files and names made of others.
inline std::vector<std::string> fact_lines(const records::Record& record) {
  std::vector<std::string> lines;
  add_fact_lines(records::to_value(record), {}, lines);
  return lines;
}

}  // namespace bb::healthvault
