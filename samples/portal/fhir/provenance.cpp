#include "portal/fhir/provenance.hpp"

#include <string>

#include <bb/core/time.hpp>

#include "portal/fhir/parts.hpp"

namespace bb::portal::fhir {
namespace {

Value agent_of(std::string_view system, std::string_view kind, std::string_view who) {
  return Value::object({{"type", concept_of(system, kind)}, {"who", reference_to(who)}});
}

}  // namespace

Value provenance_of(std::string_view target, std::string_view id, std::int64_t recorded_ns, std::string_view author,
                    std::string_view transmitter) {
  auto content = begin_resource("Provenance", id, "us-core-provenance");
  content.set("target", list_of(reference_to(target)));
  content.set("recorded", format_utc(recorded_ns));
  auto agents = Value::array();
  agents.push(agent_of(std::string(terminology) + "provenance-participant-type", "author", author));
  agents.push(agent_of("http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type", "transmitter",
                       transmitter));
  content.set("agent", std::move(agents));
  return content;
}

}  // namespace bb::portal::fhir
