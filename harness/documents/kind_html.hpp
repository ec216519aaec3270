// harness/documents/kind_html.hpp - an HTML page as rules look at it: what of the
// accessibility of a record a page shows that stands still.
#pragma once

#include <string_view>

#include "harness/documents/kinds.hpp"

namespace bb::documents {

// The view: docs/reference/document-rules.md.
Look look_at_html(std::string_view bytes, Rules& rules);

}  // namespace bb::documents
