#include "portal/fhir/provenance.hpp"

#include <bb/core/time.hpp>

#include "portal/fhir/parts.hpp"

namespace bb::portal::fhir {
namespace {

Value agent_of(std::string_view system, std::string_view kind, std::string_view who) {
  return Value::object({{"type", concept_of(system, kind)}, {"who", reference_to(who)}});
}

}  // namespace

Value provenance_of(std::string_view target, std::string_view id, std::int64_t recorded_ns, const Origin& origin) {
  auto content = begin_resource("Provenance", id, "us-core-provenance");
  content.set("target", list_of(reference_to(target)));
  content.set("recorded", format_utc(recorded_ns));
  const auto& author = origin.author.empty() ? origin.organization : origin.author;
  auto written = agent_of(std::string(terminology) + "provenance-participant-type", "author", author);
  // provenance-1: "onBehalfOf SHALL be present when Provenance.agent.who is a Practitioner or Device"
  if (!origin.author.empty()) written.set("onBehalfOf", reference_to(origin.organization));
  auto agents = list_of(std::move(written));
  agents.push(agent_of("http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type", "transmitter",
                       origin.transmitter));
  content.set("agent", std::move(agents));
  return content;
}

}  // namespace bb::portal::fhir
