#include "harness/cli/demo_target.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "harness/cli/demo_direct.hpp"

namespace bb::cli {
namespace {

bool holds(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::string_view role_of(const DemoPerson& person) {
  if (person.is_patient()) return "patient";
  if (!person.caregiver_of.empty()) return "caregiver";
  return person.revoked.empty() ? "stranger" : "revoked";
}

void set_text(Value& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object.set(key, text);
}

Value person_value(const DemoPerson& person) {
  auto value =
      Value::object({{"account", person.account},
                     {"secrets", Value::object({{"password", Value::object({{"env", password_variable(person.id)}})}})},
                     {"role", role_of(person)}});
  if (!person.is_patient()) return value;
  const auto& patient = person.record.patient;
  value.set("record", person.account);
  value.set("patient", person.account);
  set_text(value, "family_name", patient.name.family);
  set_text(value, "given_name", patient.name.given.empty() ? "" : patient.name.given.front());
  set_text(value, "full_name", patient.name.full());
  set_text(value, "birth_date", patient.birth_date.substr(0, 10));  // a day, also where the document states an hour
  set_text(value, "birth_date_shown", records::date_for_people(patient.birth_date));
  set_text(value, "gender", patient.gender);
  value.set("facts", Value::strings(records::fact_names(person.record)));
  value.set("encounters", person.record.encounters.size());
  return value;
}

// Who plays which part: a patient with a caregiver, that caregiver, one whose
// grant for the same patient was revoked, and somebody without any.
Value choose_inputs(const std::vector<const DemoPerson*>& people) {
  const auto first = [&](const auto& matches) {
    const auto it = std::find_if(people.begin(), people.end(), [&](const DemoPerson* p) { return matches(*p); });
    return it == people.end() ? nullptr : *it;
  };
  const DemoPerson* patient = test_patient(people);
  auto inputs = Value::object();
  const auto set = [&](std::string_view name, const DemoPerson* person) {
    if (person != nullptr) inputs.set(name, person->id);
  };
  set("patient", patient);
  if (patient == nullptr) return inputs;
  set("caregiver", first([&](const DemoPerson& p) { return holds(p.caregiver_of, patient->account); }));
  set("former_caregiver", first([&](const DemoPerson& p) { return holds(p.revoked, patient->account); }));
  const auto is_stranger = [&](const DemoPerson& p) {
    return &p != patient && !holds(p.caregiver_of, patient->account) && !holds(p.revoked, patient->account);
  };
  const auto* other = first([&](const DemoPerson& p) { return p.is_patient() && is_stranger(p); });
  set("stranger", other != nullptr ? other : first(is_stranger));
  return inputs;
}

// Where the portal shows a patient what came by Direct.
Value received_role(const ReadyPortal& portal, const DemoPerson& patient) {
  return Value::object(
      {{"connector", "org.bluebridge.rest.messages"},
       {"ca_file", portal.ca_file},
       {"config", Value::object({{"base_url", portal.url}, {"account", patient.account}, {"password", "password"}})},
       {"secrets", Value::object({{"password", Value::object({{"env", password_variable(patient.id)}})}})}});
}

}  // namespace

Result<ReadyPortal> read_ready_line(const std::string& line) {
  BB_TRY(const auto ready, parse_json(line));
  ReadyPortal portal;
  portal.url = ready["url"].string_or("");
  portal.cleartext_url = ready["cleartext_url"].string_or("");
  portal.inbox = ready["inbox"].string_or("");
  portal.ca_file = ready["ca_file"].string_or("");
  portal.direct_domain = ready["direct"]["domain"].string_or("");
  if (const auto* people = ready["people"].items())
    for (const auto& person : *people) portal.accounts.push_back(person["account"].string_or(""));
  if (portal.url.empty() || portal.inbox.empty() || portal.ca_file.empty())
    return Error{fmt::format("the portal said '{}', expected its url, inbox and ca_file", shorten(line, 200))};
  return portal;
}

std::string password_variable(const std::string& id) {
  auto name = person_id(id);
  for (auto& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return "BLUEBRIDGE_DEMO_PASSWORD_" + name;
}

Value demo_target(const ReadyPortal& portal, const DemoPeople& people) {
  std::vector<const DemoPerson*> served;
  auto patients = Value::object();
  for (const auto& person : people.people) {
    if (!holds(portal.accounts, person.account)) continue;
    served.push_back(&person);
    patients.set(person.id, person_value(person));
  }
  auto inputs = choose_inputs(served);
  auto options = Value::object(), roles = Value::object();
  const auto* patient = test_patient(served);
  if (patient != nullptr && !portal.direct_domain.empty()) {
    roles.set("received", received_role(portal, *patient));
    inputs.set("recipient", patient->account + "@" + portal.direct_domain);
    inputs.set("unknown_recipient", "nobody@" + portal.direct_domain);
    for (const auto& [name, address] : refused_recipients()) inputs.set(name, address);
    options.set("recipients", "all");
    options.set("transport", "direct");
  }
  auto config = Value::object({{"base_url", portal.url}});
  set_text(config, "cleartext_base_url", portal.cleartext_url);
  roles.set("portal", Value::object({{"connector", "org.bluebridge.rest.portal"},
                                     {"ca_file", portal.ca_file},
                                     {"allow_cleartext", !portal.cleartext_url.empty()},
                                     {"config", std::move(config)}}));
  roles.set("inbox", Value::object({{"connector", "org.bluebridge.rest.inbox"},
                                    {"ca_file", portal.ca_file},
                                    {"config", Value::object({{"inbox_url", portal.inbox}})}}));
  return Value::object({{"format", "bluebridge-target/1"},
                        {"target", "sample-portal"},
                        {"title", "BlueBridge sample portal"},
                        {"environment", "test"},
                        {"clock", "real"},
                        {"profile", Value::object({{"role", "data-holder"},
                                                   {"holder", "provider"},
                                                   {"setting", "ambulatory"},
                                                   {"content", Value::strings({"complete", "visit"})}})},
                        {"roles", std::move(roles)},
                        {"patients", std::move(patients)},
                        {"options", std::move(options)},
                        {"inputs", std::move(inputs)}});
}

}  // namespace bb::cli
