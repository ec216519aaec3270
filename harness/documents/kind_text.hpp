// harness/documents/kind_text.hpp - Blue Button texts as rules look at them:
// TXT-VA-*, TXT-CMS-*, TXT-TRI-02.
#pragma once

#include <string_view>

#include "harness/documents/kinds.hpp"

namespace bb::documents {

// By the first 2 kB: the title at its place (FMT-02, FMT-03), else titles and keys.
bool is_va_text(std::string_view bytes);
bool is_cms_text(std::string_view bytes);
bool is_key_value_text(std::string_view bytes);

// The view: docs/reference/document-rules.md.
Look look_at_va_text(std::string_view bytes, Rules& rules);
Look look_at_cms_text(std::string_view bytes, Rules& rules);
Look look_at_key_value_text(std::string_view bytes, Rules& rules);

}  // namespace bb::documents
