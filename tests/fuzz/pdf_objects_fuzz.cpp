// Any bytes are scanned for a PDF's objects.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/documents/pdf_objects.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::documents;
  const auto objects = read_pdf_objects({reinterpret_cast<const char*>(data), size});
  if (objects.active.size() > active_count_max) std::abort();
  for (const auto& active : objects.active)
    if (active.at > size) std::abort();
  return 0;
}
