#include "secret_forms.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::host {
namespace {

std::string with_lower_case_escapes(std::string encoded) {
  for (std::size_t at = 0; at + 2 < encoded.size(); ++at) {
    if (encoded[at] != '%') continue;
    for (const std::size_t digit : {at + 1, at + 2})
      if (encoded[digit] >= 'A' && encoded[digit] <= 'F') encoded[digit] = static_cast<char>(encoded[digit] + 32);
  }
  return encoded;
}

// Fewer characters of base64 turn up by chance in any encoded document.
constexpr std::size_t base64_chars_min = 6;

std::string json_escaped(std::string_view secret) {
  const std::string quoted = to_json(Value(secret));
  return quoted.substr(1, quoted.size() - 2);
}

// The characters of the encoding that depend on the secret alone when `offset`
// unknown bytes (0 to 2) come before it and anything after it.
std::string inside_base64(std::string_view secret, std::size_t offset) {
  const std::string encoded = base64_encode(std::string(offset, '\0') + std::string(secret));
  const std::size_t first = (offset * 8 + 5) / 6;
  const std::size_t last = (offset + secret.size()) * 8 / 6;
  return first < last ? encoded.substr(first, last - first) : std::string();
}

std::string as_base64url(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

}  // namespace

std::vector<std::string> secret_forms(std::string_view secret, std::size_t bytes_min) {
  if (secret.size() < bytes_min) return {};
  std::vector<std::string> forms{std::string(secret)};
  const std::string percent = percent_encode(secret);
  forms.push_back(percent);
  forms.push_back(with_lower_case_escapes(percent));
  forms.push_back(replace_all(percent, "%20", "+"));
  const std::string json = json_escaped(secret);
  forms.push_back(json);
  forms.push_back(replace_all(json, "/", "\\/"));
  forms.push_back(escape_markup(secret));
  for (std::size_t offset = 0; offset < 3; ++offset) {
    const std::string inside = inside_base64(secret, offset);
    if (inside.size() < base64_chars_min) continue;
    forms.push_back(inside);
    forms.push_back(as_base64url(inside));
    forms.push_back(percent_encode(inside));
  }
  std::sort(forms.begin(), forms.end());
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  std::erase_if(forms, [&](const std::string& form) { return form.size() < bytes_min; });
  return forms;
}

}  // namespace bb::host
