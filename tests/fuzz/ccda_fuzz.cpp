// Any bytes give a record or an error; a record survives every writer, and what
// we write we can read.
#include <bb/records/blue_button_text.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::records;
  const auto record = read_ccda(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!record) return 0;
  const auto again = read_ccda(write_ccda(*record));
  if (!again || fact_names(*again) != fact_names(*record)) std::abort();
  html_to_text(write_html_fragment(*record));
  write_blue_button_text(*record, 0);
  write_fhir_bundle(*record);
  return 0;
}
