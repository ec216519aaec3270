// FHIR of any content gives a record or an error, and what we write of the record
// states the same.
#include <bb/core/json.hpp>
#include <bb/fhir/element.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::records;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!bb::fhir::looks_like_fhir(bytes)) return 0;
  const auto record = read_record(bytes);
  if (!record) return 0;
  if (!bb::parse_json(bb::to_json(to_value(*record)))) std::abort();
  const auto again = read_record(write_fhir_bundle(*record));
  if (!again || fact_names(*again) != fact_names(*record)) std::abort();
  return 0;
}
