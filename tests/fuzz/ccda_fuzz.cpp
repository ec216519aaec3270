// Any bytes give a record or an error; a record has a form as JSON and survives
// every writer, and what we write of a CDA document we can read.
#include <bb/core/json.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>
#include <bb/records/va_text.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::records;
  const auto record = read_record(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!record) return 0;
  if (!bb::parse_json(bb::to_json(to_value(*record)))) std::abort();
  html_to_text(write_html_fragment(*record));
  write_va_text(*record, 0);
  write_fhir_bundle(*record);
  const auto again = read_ccda(write_ccda(*record));
  if (!again) std::abort();
  // Only a CDA document says "none known" by the codes that read_ccda() knows.
  if (record->format != "CCR" && record->format != "FHIR R4" && fact_names(*again) != fact_names(*record)) std::abort();
  return 0;
}
