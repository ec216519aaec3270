// harness/checks/base64_texts.hpp - what a text carries in base64, for claims
// that something is not in it.
#pragma once

#include <string>
#include <string_view>

namespace bb::checks {

// The texts that stand in `text` in base64 (RFC 4648, sections 4 and 5), one a
// line, wherever their encoding begins. What decodes to no text is left out, so
// that words made of the same letters are not taken for any. At most three bytes
// for each byte of `text`.
std::string texts_in_base64(std::string_view text);

}  // namespace bb::checks
