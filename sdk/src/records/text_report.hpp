// text_report.hpp - what the reports of the VA and of CMS share around their
// sections.
#pragma once

#include <string_view>
#include <vector>

#include <bb/records/text_document.hpp>

#include "text_grammar.hpp"

namespace bb::records {

// "Produced by the VA Blue Button (v12.6)" into producer and version; false where the
// line is none such.
bool read_producer(std::string_view line, TextDocument& document);

// A section without a source takes that of its layout, so that self-entered stays
// self-entered. The deviations are `no-source`, and `source` where it is another.
void check_source(const SectionLayout& layout, TextSection& section, std::vector<TextDeviation>& deviations);

}  // namespace bb::records
