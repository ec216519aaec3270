// harness/documents/kind_pdf.hpp - a PDF as rules look at it: PDF-01 to PDF-06.
#pragma once

#include <string_view>

#include "harness/documents/kinds.hpp"

namespace bb::documents {

// The view: docs/reference/document-rules.md.
Look look_at_pdf(std::string_view bytes, Rules& rules);

}  // namespace bb::documents
