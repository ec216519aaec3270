// secret_forms.hpp - the ways one secret may be written inside other text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bb::host {

// The secret itself, percent-encoded (also with lower-case digits and as a form
// field), JSON-escaped, escaped for markup, and in base64 and base64url as it
// looks when it begins at any offset of a longer encoded text. Each once,
// nothing under `bytes_min` bytes.
std::vector<std::string> secret_forms(std::string_view secret, std::size_t bytes_min);

}  // namespace bb::host
