// The probes of org.bluebridge.attended.portal: what a person tries that a careful portal refuses.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "attended_portal.hpp"
#include "probe_arguments.hpp"

namespace bb::attended {
namespace {

constexpr std::string_view read_other_patient = "read-other-patient";

// One question each, whatever part of the record is asked for: the person tries all of them.
struct Tried {
  std::string_view probe, doing, text;
};

constexpr std::array<Tried, 3> tried = {
    {{"read-without-sign-in", "try to get at the record in a browser where nobody is signed in",
      "Open a private window and do not sign in. Open the addresses that you know from the signed-in window: of the "
      "record, a visit, the activity history, each download. What happens?"},
     {"sign-in-with-wrong-password", "try to sign in with a wrong password",
      "In a private window, sign in with this account and a password that is not its own. What happens?"},
     {"read-over-http", "try to get at the record without encryption",
      "In the signed-in window, open the record and a download with http:// in place of https:// in the address. An "
      "answer "
      "that sends you on to https:// shows nothing. What happens?"}}};

}  // namespace

void AttendedPortal::list_probes(Call&, Probes& out) {
  for (const auto& one : tried) out.emit(one.probe, one.doing);
  out.emit(read_other_patient, "try to get at the record of another patient");
}

void AttendedPortal::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  const Value given = plugins::parse_arguments(arguments);
  const auto* found = std::find_if(tried.begin(), tried.end(), [&](const Tried& one) { return one.probe == name; });
  if (found == tried.end() && name != read_other_patient)
    throw Failure{BB_E_NOT_FOUND, fmt::format("this connector has no probe '{}'", plain(name))};
  if (!is_open_) throw Failure{BB_E_STATE, fmt::format("{}: sign in first, the probe needs a session", name)};
  if (name == read_other_patient) {
    const std::string patient = given["patient"].string_or("");
    if (patient.empty()) throw Failure{BB_E_INVALID_ARGUMENT, "read-other-patient needs the argument 'patient'"};
    try_other_record(call, patient);
  } else {
    asking_.expect_given(call, {std::string(name), title(found->doing), std::string(found->text)});
  }
  constexpr std::string_view said = "The person says that the portal lets them.";
  out.head({.id = name, .kind = "probe", .media_type = "text/plain", .size = said.size()});
  out.write(said);
}

}  // namespace bb::attended
