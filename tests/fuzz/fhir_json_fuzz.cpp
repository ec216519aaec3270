// Any bytes give a tree or a problem with a place. What our strict JSON reader takes,
// this one takes too, and every element has a place inside the file, in its order.
#include <bb/core/json.hpp>
#include <bb/fhir/element.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using bb::fhir::Element;

void check_places(const Element& element) {
  if (element.place.line < 1 || element.place.column < 1) std::abort();
  for (const auto& child : element.children) check_places(child);
}

void check(const bb::fhir::Reading& reading) {
  if (const auto* problem = std::get_if<bb::xml::Problem>(&reading)) {
    if (problem->line < 1 || problem->column < 1 || problem->what.empty()) std::abort();
    return;
  }
  check_places(std::get<bb::fhir::Document>(reading).root);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto json = bb::fhir::read_json(bytes);
  check(json);
  check(bb::fhir::read_xml(bytes));
  for (const auto& reading : bb::fhir::read_ndjson(bytes)) check(reading);
  bb::fhir::looks_like_fhir(bytes);
  bb::fhir::looks_like_ndjson(bytes);
  if (std::holds_alternative<bb::fhir::Document>(json) && !bb::parse_json(bytes)) std::abort();
  return 0;
}
