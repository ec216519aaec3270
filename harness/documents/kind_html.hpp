// harness/documents/kind_html.hpp - an HTML page as rules look at it: what of the
// accessibility of a record a page shows that stands still.
#pragma once

#include <string_view>

#include "harness/documents/kinds.hpp"

namespace bb::documents {

// By its beginning: a DOCTYPE of HTML or an element html, head, title or body.
bool is_html(std::string_view bytes);
// The view: docs/reference/document-rules.md.
Look look_at_html(std::string_view bytes, Rules& rules);

}  // namespace bb::documents
