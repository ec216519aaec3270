#include "text_report.hpp"

#include <bb/core/text.hpp>

namespace bb::records {

bool read_producer(std::string_view line, TextDocument& document) {
  const auto open = line.find("(v");
  if (open == std::string_view::npos || !to_lower(line).starts_with("produced by")) return false;
  document.producer = line;
  const auto version = line.substr(open + 2);
  document.version = version.substr(0, version.find(')'));
  return true;
}

void check_source(const SectionLayout& layout, TextSection& section, std::vector<TextDeviation>& deviations) {
  const auto source = source_of(section);
  if (source.empty()) {
    add_deviation(deviations, "no-source", section.title, section.line);
    section.head.insert(section.head.begin(), {"Source", std::string(layout.source), section.line, 1, true});
  } else if (source != (layout.source == "Self-Entered" ? "self-entered" : layout.source)) {
    add_deviation(deviations, "source", source, section.line);
  }
}

}  // namespace bb::records
