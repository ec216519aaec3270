// The probe of any method: an info in the caller's own words, and the platform's answer as it came;
// and one that needs no session.
#include <algorithm>
#include <array>

#include <bb/core/text.hpp>

#include "probing.hpp"

namespace bb::healthvault_connector {
namespace {

constexpr std::int64_t fill_bytes_max = 60'000'000;

// "{fill}" stands for what is too long to be written down.
std::string filled(std::string info, std::int64_t bytes) {
  if (bytes <= 0) return info;
  return replace_all(info, "{fill}", std::string(static_cast<std::size_t>(std::min(bytes, fill_bytes_max)), 'x'));
}

// Whose call it is: of the application alone, of the person, or about the record.
void address(hv::Header& header, std::string_view about, const std::string& record) {
  if (about != "record") header.record_id.clear();
  if (!record.empty()) header.record_id = record;
  if (about == "application") header.session->offline_person_id.clear();
  if (about == "application") header.session->user_token.clear();
}

Value call_method(Probing& p) {
  const auto body =
      p.envelope(p.text("method"), static_cast<int>(p.number("version", 1)),
                 filled(p.text("info", "<info/>"), p.number("fill_bytes", 0)),
                 {.header = [&](hv::Header& header) { address(header, p.text("about", "record"), p.text("record")); }});
  const auto exchange = p.post(body);
  auto reply = p.line.exchange(exchange);
  // The same bytes again: a replay.
  for (auto times = p.number("times", 1); times > 1 && reply.status != 0; --times) reply = p.line.exchange(exchange);
  if (reply.status == 0) throw Failure{BB_E_UNAVAILABLE, "calling " + p.text("method") + ": " + reply.problem};
  return Value(reply.body);
}

// HV-ENV-05: what anybody may ask, and HV-ENV-03, HV-ENV-15 broken in it.
Value anonymous(Probing& p) {
  auto header = p.header("GetServiceDefinition", 1);
  header.session.reset();
  header.record_id.clear();
  header.app_id = p.client.options().app_id;
  const auto fault = p.text("fault", "none");
  if (fault == "entity") header.version = "ENTITY";
  auto prepared = hv::prepare(std::move(header), "<info/>");
  const auto app_id = "<app-id>" + p.client.options().app_id + "</app-id>";
  if (fault == "late-app-id")
    prepared.header = replace_all(replace_all(prepared.header, app_id, ""), "<msg-ttl>", app_id + "<msg-ttl>");
  auto body = hv::finish(prepared);
  if (fault == "entity")
    body = "<!DOCTYPE request [<!ENTITY e \"made of an entity\">]>" + replace_all(body, "ENTITY", "&e;");
  return p.send(body);
}

constexpr auto cases = std::to_array<ProbeCase>({
    {"healthvault-call", "A method with an info of one's own; gives the platform's answer, XML", call_method},
    {"healthvault-anonymous", "A method without a session, as it should be or wrong in one thing", anonymous},
});

}  // namespace

std::span<const ProbeCase> call_probes() { return cases; }

}  // namespace bb::healthvault_connector
