// Any bytes as a DICOM file: its header or an error; what it says makes a thing or an error.
#include <bb/healthvault/image_study.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::healthvault;
  const auto header = read_dicom_header({reinterpret_cast<const char*>(data), size});
  if (!header) return 0;
  if (const auto study = image_study_thing({{"a", *header}}))
    if (!read_thing(*study)) std::abort();
  return 0;
}
