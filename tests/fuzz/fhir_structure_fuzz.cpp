// Any bytes that are read as FHIR are checked: each fault stands in the file and
// says what is wrong, and JSON or XML makes no difference to how it ends.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "fhir_structure/small_definitions.hpp"

namespace {

using namespace bb::fhir;

const Definitions& definitions() {
  static const auto some = test::definitions();
  if (some == nullptr) std::abort();
  return *some;
}

void look_at(const Reading& reading) {
  const auto* document = std::get_if<Document>(&reading);
  if (document == nullptr) return;
  const auto checked = check(*document, definitions());
  if (checked.faults.size() > fault_count_max) std::abort();
  for (const auto& fault : checked.faults)
    if (fault.place.line < 1 || fault.place.column < 1 || fault.rule.empty() || fault.message.empty() ||
        fault.path.empty())
      std::abort();
  for (const auto& one : checked.not_evaluated)
    if (one.count == 0 || one.rule.empty() || one.why.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  look_at(read(bytes));
  for (const auto& line : read_ndjson(bytes)) look_at(line);
  return 0;
}
