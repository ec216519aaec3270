// The probes of org.bluebridge.healthvault.record: JSON of what the platform answered,
// or its answer itself, XML.
#include <array>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "probe_arguments.hpp"
#include "probing.hpp"
#include "record.hpp"

namespace bb::healthvault_connector {
namespace {

auto all_probes() { return std::array{wire_probes(), thing_probes(), people_probes(), call_probes()}; }

const ProbeCase* find_probe(std::string_view name) {
  for (const auto cases : all_probes())
    for (const auto& one : cases)
      if (one.name == name) return &one;
  return nullptr;
}

}  // namespace

void RecordConnector::list_probes(Call&, Probes& out) {
  for (const auto cases : all_probes())
    for (const auto& one : cases) out.emit(one.name, one.title);
}

void RecordConnector::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  call.check();
  const auto* const probe = find_probe(name);
  if (probe == nullptr) throw Failure{BB_E_NOT_FOUND, "there is no probe '" + shorten(std::string(name), 60) + "'"};
  const auto given = plugins::parse_arguments(arguments);
  const auto who = [&] {
    const std::scoped_lock lock(mutex_);
    // A probe that was never sent must not look like a refusal.
    if (!signed_) throw Failure{BB_E_STATE, std::string(name) + ": sign in first, the probe needs a session"};
    return *signed_;
  }();
  HostLine line(platform_, call);
  const auto control_token = control_token_.empty() ? std::string() : platform_.secret().read(call, control_token_);
  Probing probing{*who.client, line, who.whose, who.person_id, control_url_, control_token, given};
  const auto result = probe->run(probing);
  const auto* const xml = result.string();
  const auto bytes = xml != nullptr ? *xml : to_json(result);
  out.head({.id = name,
            .kind = "probe",
            .media_type = xml != nullptr ? "application/xml" : "application/json",
            .size = bytes.size()});
  out.write(bytes);
}

}  // namespace bb::healthvault_connector
