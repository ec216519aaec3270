// What is planned and by whom, what was written, and who pays, as FHIR resources.
#include <algorithm>
#include <array>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "dates.hpp"
#include "fhir_writer.hpp"

namespace bb::records::fhir_out {
namespace {

// CarePlan.activity.detail.kind
std::string_view activity_kind_of(std::string_view kind) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kinds{
      {{"encounter", "Appointment"}, {"medication", "MedicationRequest"}, {"supply", "DeviceRequest"}}};
  for (const auto& [ours, fhir] : kinds)
    if (kind == ours) return fhir;
  return "ServiceRequest";
}

std::string activity_status_of(std::string_view status) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> words{{{"new", "not-started"},
                                                                                {"active", "in-progress"},
                                                                                {"completed", "completed"},
                                                                                {"cancelled", "cancelled"},
                                                                                {"aborted", "stopped"},
                                                                                {"suspended", "on-hold"},
                                                                                {"held", "on-hold"}}};
  for (const auto& [ours, fhir] : words)
    if (status == ours) return std::string(fhir);
  return "unknown";
}

// One of the codes that FHIR asks for, else why there is none.
void set_status(Value& resource, std::string_view key, std::string_view status,
                std::initializer_list<std::string_view> known) {
  for (const auto word : known)
    if (word == status) return void(resource.set(key, Value(std::string(status))));
  set_absent(resource, key);
}

Value member_of(Bundle& bundle, const CareTeamMember& member) {
  const bool is_organization = member.name == member.organization && !member.organization.empty();
  Value resource = bundle.begin(is_organization ? "Organization" : "Practitioner");
  if (is_organization)
    set_text(resource, "name", member.name);
  else if (!member.name.empty())
    append(resource, "name", text_only(member.name));
  for (const auto& telecom : member.telecoms) append(resource, "telecom", contact_point(telecom));
  return bundle.add(std::move(resource));
}

}  // namespace

void add_plan(Bundle& bundle, const Record& record, Value& section) {
  const auto is_denied = [](const Absence& absence) { return absence.section == "plan" && absence.kind == "negated"; };
  const bool has_denied = std::any_of(record.absences.begin(), record.absences.end(), is_denied);
  if (record.plan.empty() && !has_denied) return;
  Value resource = bundle.begin("CarePlan", "us-core-careplan");
  resource.set("text", narrative_of("plan", record));
  resource.set("status", "unknown");
  resource.set("intent", "plan");
  append(resource, "category",
         concept_of(coding("http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "assess-plan")));
  resource.set("subject", bundle.patient());
  const auto add = [&](Value detail) {
    Value activity = Value::object();
    activity.set("detail", std::move(detail));
    append(resource, "activity", std::move(activity));
  };
  for (const auto& item : record.plan) {
    Value detail = Value::object();
    detail.set("kind", Value(activity_kind_of(item.kind)));
    detail.set("code", codeable(item.what));
    detail.set("status", Value(activity_status_of(item.status)));
    set_period(detail, "scheduledPeriod", item.date, {});
    add(std::move(detail));
  }
  for (const auto& absence : record.absences) {
    if (!is_denied(absence)) continue;
    Value detail = Value::object();
    detail.set("code", codeable(absence.what));
    detail.set("status", "unknown");
    detail.set("doNotPerform", Value(true));
    add(std::move(detail));
  }
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_goal(Bundle& bundle, const Observation& goal, Value& section) {
  Value resource = bundle.begin("Goal", "us-core-goal");
  set_status(resource, "lifecycleStatus", goal.status == "new" ? "proposed" : goal.status,
             {"proposed", "planned", "accepted", "active", "completed", "cancelled", "entered-in-error", "rejected"});
  // A goal is often a value alone, "to run again".
  resource.set("description", is_empty(goal.test) ? text_only(goal.value) : codeable(goal.test));
  resource.set("subject", bundle.patient());
  set_text(resource, "startDate", fhir_date_time(goal.date).substr(0, 10));
  Value target = Value::object();
  if (!is_empty(goal.test) && !goal.value.empty()) {
    Value observed = Value::object();
    set_value(observed, goal);
    for (const auto& [ours, fhir] :
         {std::pair{"valueQuantity", "detailQuantity"}, std::pair{"valueRange", "detailRange"},
          std::pair{"valueCodeableConcept", "detailCodeableConcept"}, std::pair{"valueString", "detailString"}})
      if (observed.find(ours) != nullptr) target.set(fhir, *observed.find(ours));
    // gol-1: "Goal.target.measure is required if Goal.target.detail is populated"
    target.set("measure", codeable(goal.test));
  }
  set_text(target, "dueDate", fhir_date_time(goal.end).substr(0, 10));
  if (target.size() > 0) append(resource, "target", std::move(target));
  if (goal.source == self_entered) resource.set("expressedBy", bundle.patient());
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_care_team(Bundle& bundle, const Record& record, Value& section) {
  if (record.care_team.empty()) return;
  Value participants = Value::array();
  for (const auto& member : record.care_team) {
    Value participant = Value::object();
    append(participant, "role", codeable(member.role));
    participant.set("member", member_of(bundle, member));
    if (!member.organization.empty() && member.organization != member.name)
      participant.set("onBehalfOf", display_only(member.organization));
    set_period(participant, "period", member.start, member.end);
    participants.push(std::move(participant));
  }
  Value resource = bundle.begin("CareTeam", "us-core-careteam");
  const auto& status = record.care_team.front().status;
  if (status == "active" || status == "inactive" || status == "suspended") set_text(resource, "status", status);
  resource.set("subject", bundle.patient());
  resource.set("participant", std::move(participants));
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_coverage(Bundle& bundle, const Coverage& coverage, Value& section) {
  Value resource = bundle.begin("Coverage", "us-core-coverage");
  if (!coverage.member_id.empty()) {
    Value id = Value::object();
    id.set("type", concept_of(coding(std::string(terminology) + "v2-0203", "MB")));
    set_text(id, "value", coverage.member_id);
    append(resource, "identifier", std::move(id));
  }
  set_status(resource, "status", coverage.status, {"active", "cancelled", "draft", "entered-in-error"});
  if (!is_empty(coverage.type)) resource.set("type", codeable(coverage.type));
  resource.set("beneficiary", bundle.patient());
  resource.set("relationship", absent());
  set_period(resource, "period", coverage.start, coverage.end);
  append(resource, "payor", coverage.payer.empty() ? absent() : display_only(coverage.payer));
  for (const auto& [kind, value] : {std::pair{"plan", &coverage.plan}, std::pair{"group", &coverage.group_id}}) {
    if (value->empty()) continue;
    Value one = Value::object();
    one.set("type", concept_of(coding(std::string(terminology) + "coverage-class", kind)));
    set_text(one, "value", *value);
    append(resource, "class", std::move(one));
  }
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_note(Bundle& bundle, const Note& note, Value& section) {
  Value resource = bundle.begin("DocumentReference", "us-core-documentreference");
  resource.set("status", "current");
  resource.set("type", codeable(note.type));
  append(
      resource, "category",
      concept_of(coding("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "clinical-note")));
  resource.set("subject", bundle.patient());
  // DocumentReference.date is an instant.
  const bool is_instant = fhir_date_time(note.date).size() > 10;
  if (is_instant) set_date(resource, "date", note.date);
  if (!note.author.empty()) append(resource, "author", display_only(note.author));
  set_text(resource, "description", note.title);
  Value attachment = Value::object();
  attachment.set("contentType", "text/plain");
  if (note.text.empty())
    set_absent(attachment, "data");
  else
    attachment.set("data", Value(base64_encode(to_utf8_lossy(note.text))));
  Value content = Value::object();
  content.set("attachment", std::move(attachment));
  append(resource, "content", std::move(content));
  if (!is_instant) {
    Value context = Value::object();
    set_period(context, "period", note.date, {});
    if (context.size() > 0) resource.set("context", std::move(context));
  }
  append(section, "entry", bundle.add(std::move(resource)));
}

}  // namespace bb::records::fhir_out
