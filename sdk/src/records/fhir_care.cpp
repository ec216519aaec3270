// What is planned and by whom, what was written, and who pays.
#include <array>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "fhir_entries.hpp"
#include "fhir_types.hpp"

namespace bb::records {
namespace {

// ActMood of `intent`.
std::string read_mood(FhirNode intent) {
  if (intent.is("proposal")) return "PRP";
  return intent.is("plan") ? "INT" : "RQO";
}

// What a CarePlan does with a resource of this type.
std::string_view plan_kind_of(std::string_view resource_type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kinds{{{"MedicationRequest", "medication"},
                                                                                {"Appointment", "encounter"},
                                                                                {"DeviceRequest", "supply"},
                                                                                {"NutritionOrder", "supply"},
                                                                                {"SupplyRequest", "supply"}}};
  for (const auto& [type, kind] : kinds)
    if (type == resource_type) return kind;
  return "act";
}

void read_activity(const FhirEntry& entry, FhirNode activity) {
  const auto detail = activity["detail"];
  PlanItem item;
  item.kind = plan_kind_of(detail["kind"].text());
  item.what = read_concept(detail["code"]);
  if (is_empty(item.what)) item.what.display = detail["description"].text();
  if (!detail) item.what.display = entry.name_of(activity["reference"]);
  if (!entry.is_fact("plan", detail["code"], item.what, detail["doNotPerform"].is("true"))) return;
  item.date = read_fhir_interval(detail.choice("scheduled")).low;
  item.mood = "INT";
  item.status = read_fhir_status(detail["status"]);
  item.line = activity.line();
  entry.record.plan.push_back(std::move(item));
}

Attachment read_attachment(FhirNode attached, const std::string& text) {
  Attachment attachment;
  attachment.media_type = attached["contentType"].text();
  attachment.reference = attached["url"].text();
  attachment.text = text;
  if (const auto data = attached["data"]) {
    const auto bytes = base64_decode(data.raw());
    attachment.is_readable = bytes.has_value();
    attachment.size = bytes ? bytes->size() : 0;
  }
  attachment.line = attached.line();
  return attachment;
}

}  // namespace

void read_fhir_document_reference(const FhirEntry& entry) {
  const auto node = entry.node;
  Note note;
  note.type = read_concept(node["type"]);
  note.title = node["description"].text();
  note.date = read_fhir_date(node["date"]);
  if (note.date.empty()) note.date = read_fhir_date(node["context"]["period"]["start"]);
  note.author = entry.name_of(node["author"]);
  note.line = node.line();
  for (const auto content : node.all("content")) {
    const auto attached = content["attachment"];
    auto text = read_attached_text(attached);
    if (note.title.empty()) note.title = attached["title"].text();
    if (note.text.empty() && !text.empty())
      note.text = std::move(text);
    else
      entry.record.attachments.push_back(read_attachment(attached, text));
  }
  entry.record.notes.push_back(std::move(note));
}

void read_fhir_care_plan(const FhirEntry& entry) {
  const auto node = entry.node;
  for (const auto activity : node.all("activity")) read_activity(entry, activity);
  if (node["activity"]) return;
  // A plan in words.
  Note note;
  note.type = read_concept(node["category"]);
  note.title = node["title"].text();
  note.text = read_narrative(node["text"]);
  if (note.text.empty()) note.text = node["description"].text();
  note.date = read_fhir_date(node["created"]);
  if (note.date.empty()) note.date = read_fhir_date(node["period"]["start"]);
  note.author = entry.name_of(node["author"]);
  note.line = node.line();
  entry.record.notes.push_back(std::move(note));
}

void read_fhir_service_request(const FhirEntry& entry) {
  const auto node = entry.node;
  PlanItem item;
  item.kind = "act";
  item.what = read_concept(node["code"]);
  if (!entry.is_fact("plan", node["code"], item.what, node["doNotPerform"].is("true"))) return;
  item.date = read_fhir_interval(node.choice("occurrence")).low;
  if (item.date.empty()) item.date = read_fhir_date(node["authoredOn"]);
  item.mood = read_mood(node["intent"]);
  item.status = read_fhir_status(node["status"]);
  item.line = node.line();
  entry.record.plan.push_back(std::move(item));
}

void read_fhir_care_team(const FhirEntry& entry) {
  const auto node = entry.node;
  const auto status = read_fhir_status(node["status"]);
  const auto period_of_team = node["period"];
  for (const auto participant : node.all("participant")) {
    CareTeamMember member;
    member.name = entry.name_of(participant["member"]);
    member.role = read_concept(participant["role"]);
    member.organization = entry.name_of(participant["onBehalfOf"]);
    const auto& person = entry.references.party_of(participant["member"], node);
    member.telecoms = person.telecoms;
    if (member.organization.empty()) member.organization = person.organization;
    const auto own = participant["period"];
    const auto period = own ? own : period_of_team;
    member.start = read_fhir_date(period["start"]);
    member.end = read_fhir_date(period["end"]);
    member.status = status;
    member.line = participant.line();
    entry.record.care_team.push_back(std::move(member));
  }
}

void read_fhir_goal(const FhirEntry& entry) {
  const auto node = entry.node;
  const auto target = node["target"];
  Observation goal;
  goal.test = read_concept(node["description"]);
  if (!entry.is_fact("goals", node["description"], goal.test, false)) return;
  const auto detail = target.choice("detail");
  auto value = read_fhir_value(detail);
  goal.value = std::move(value.value);
  goal.unit = std::move(value.unit);
  if (detail.name().ends_with("CodeableConcept")) goal.value_code = read_concept(detail);
  goal.date = read_fhir_date(node["startDate"]);
  goal.end = read_fhir_date(target["dueDate"]);
  goal.status = read_fhir_status(node["lifecycleStatus"]);
  goal.line = node.line();
  goal.source = entry.source_of({"expressedBy"});
  entry.record.goals.push_back(std::move(goal));
}

}  // namespace bb::records
