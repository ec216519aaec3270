// Any bytes give UTF-8 text without markup characters going missing or blank
// lines appearing.
#include <bb/core/text.hpp>
#include <bb/records/html.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = bb::records::html_to_text(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!bb::is_utf8(text) || text.find("\n\n") != std::string::npos) std::abort();
  return 0;
}
