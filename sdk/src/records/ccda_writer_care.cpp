// What was done and what is to be done, and by whom, as C-CDA entries.
#include <array>

#include "ccda_writer.hpp"
#include "code_systems.hpp"

namespace bb::records::ccda_out {
namespace {

// A name that is not divided into parts.
void write_person(Draft& draft, std::string_view element, const std::string& name) {
  if (name.empty()) return;
  const XmlScope person(draft.xml, element);
  draft.xml.text("name", name);
}

// What a plan is made of, and how CDA states it.
struct PlanKind {
  std::string_view kind, element, class_code, template_root;
  bool can_be_appointed = false;  // has the moods APT and ARQ
};
constexpr std::array<PlanKind, 6> plan_kinds{{
    {"act", "act", "ACT", "2.16.840.1.113883.10.20.22.4.39", true},
    {"encounter", "encounter", "ENC", "2.16.840.1.113883.10.20.22.4.40", true},
    {"procedure", "procedure", "PROC", "2.16.840.1.113883.10.20.22.4.41", true},
    {"medication", "substanceAdministration", "SBADM", "2.16.840.1.113883.10.20.22.4.42"},
    {"supply", "supply", "SPLY", "2.16.840.1.113883.10.20.22.4.43"},
    {"observation", "observation", "OBS", "2.16.840.1.113883.10.20.22.4.44"},
}};

const PlanKind& plan_kind_of(std::string_view kind) {
  for (const auto& one : plan_kinds)
    if (one.kind == kind) return one;
  return plan_kinds.front();
}

}  // namespace

void write_procedure(Draft& draft, const Procedure& procedure, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope scope(xml, "procedure", {{"classCode", "PROC"}, {"moodCode", mood_code(procedure.mood)}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.14");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.14", release_2_0);
  write_act_id(draft, "procedure", index);
  write_code(xml, "code", procedure.procedure, {}, narrative_id("procedure", index));
  write_stated_status(draft, procedure.status);
  write_interval(xml, procedure.start, procedure.end, HighEnd::left_out_when_empty);
  if (!site_in_words(procedure.body_site, procedure.laterality).empty())
    write_code(xml, "targetSiteCode", procedure.body_site, {}, {}, procedure.laterality);
  if (!procedure.performer.empty()) {
    const XmlScope performer(xml, "performer");
    const XmlScope assigned(xml, "assignedEntity");
    xml.empty("id", {{"nullFlavor", "UNK"}});
    write_person(draft, "assignedPerson", procedure.performer);
  }
  write_source(draft, procedure.source);
}

void write_encounter(Draft& draft, const Encounter& encounter, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope scope(xml, "encounter", {{"classCode", "ENC"}, {"moodCode", mood_code(encounter.mood)}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.49");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.49", release_2_1);
  if (encounter.id.empty())
    write_act_id(draft, "encounter", index);
  else
    write_identifier(xml, encounter.id);
  write_code(xml, "code", encounter.type, {}, in_words(encounter.type).empty() ? "" : narrative_id("encounter", index));
  write_interval(xml, encounter.start, encounter.end, HighEnd::left_out_when_empty);
  write_source(draft, encounter.source);
  if (encounter.location.empty()) return;
  const XmlScope participant(xml, "participant", {{"typeCode", "LOC"}});
  const XmlScope role(xml, "participantRole", {{"classCode", "SDLOC"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.32");
  xml.empty("code", {{"nullFlavor", "UNK"}});
  const XmlScope entity(xml, "playingEntity", {{"classCode", "PLC"}});
  xml.text("name", encounter.location);
}

void write_plan_item(Draft& draft, const PlanItem& item, std::size_t index) {
  auto& xml = draft.xml;
  const auto& kind = plan_kind_of(item.kind);
  auto mood = mood_code(item.mood);
  if (!kind.can_be_appointed && (mood == "APT" || mood == "ARQ")) mood = "INT";
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope scope(xml, kind.element, {{"classCode", kind.class_code}, {"moodCode", mood}});
  write_template(xml, kind.template_root);
  write_template(xml, kind.template_root, release_2_0);
  write_act_id(draft, "plan", index);
  const auto id = narrative_id("plan", index);
  const bool is_of_a_thing = kind.kind == "medication" || kind.kind == "supply";
  if (!is_of_a_thing) write_code(xml, "code", item.what, {}, id);
  write_stated_status(draft, item.status);
  write_time(xml, "effectiveTime", item.date);
  if (is_of_a_thing)
    write_product(draft, kind.kind == "supply" ? "product" : "consumable",
                  {item.what, "2.16.840.1.113883.10.20.22.4.23", release_2_0, id});
  write_source(draft, item.source);
}

void write_goal(Draft& draft, const Observation& goal, std::size_t index) {
  const XmlScope entry(draft.xml, "entry", {{"typeCode", "DRIV"}});
  write_statement(draft, goal, {"2.16.840.1.113883.10.20.22.4.121", {}, "goal", "GOL"}, index);
}

void write_functional_status(Draft& draft, const Observation& observation, std::size_t index) {
  const XmlScope entry(draft.xml, "entry", {{"typeCode", "DRIV"}});
  // The template has codes of LOINC alone (CONF:1098-31523).
  const bool is_loinc = observation.test.system == loinc;
  write_statement(draft, observation,
                  {is_loinc ? "2.16.840.1.113883.10.20.22.4.67" : "", is_loinc ? release_2_0 : "", "function"}, index);
}

namespace {

void write_care_team_member(Draft& draft, const CareTeamMember& member, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope component(xml, "component");
  const XmlScope act(xml, "act", {{"classCode", "PCPR"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.500.1");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.500.1", care_team_release);
  write_act_id(draft, "member", index);
  write_fixed_code(draft, "85847-2", loinc, "LOINC", "Care team information");
  write_stated_status(draft, member.status);
  write_interval(xml, member.start, member.end, HighEnd::left_out_when_empty);
  {
    const XmlScope performer(xml, "performer", {{"typeCode", "PRF"}});
    const XmlScope assigned(xml, "assignedEntity");
    xml.empty("id", {{"nullFlavor", "UNK"}});
    if (!in_words(member.role).empty()) write_code(xml, "code", member.role);
    for (const auto& telecom : member.telecoms) xml.empty("telecom", {{"value", telecom}});
    if (member.name != member.organization) write_person(draft, "assignedPerson", member.name);
    write_person(draft, "representedOrganization", member.organization);
  }
  write_source(draft, member.source);
}

}  // namespace

void write_care_team(Draft& draft) {
  const auto& members = draft.record.care_team;
  if (members.empty()) return;
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope organizer(xml, "organizer", {{"classCode", "CLUSTER"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.500");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.500", care_team_release);
  write_act_id(draft, "care-team", 0);
  write_fixed_code(draft, "86744-0", loinc, "LOINC", "Care team");
  write_stated_status(draft, members.front().status);
  for (std::size_t i = 0; i < members.size(); ++i) write_care_team_member(draft, members[i], i);
}

void write_note(Draft& draft, const Note& note, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  const XmlScope act(xml, "act", {{"classCode", "ACT"}, {"moodCode", "EVN"}});
  write_template(xml, "2.16.840.1.113883.10.20.22.4.202");
  write_template(xml, "2.16.840.1.113883.10.20.22.4.202", notes_release);
  write_act_id(draft, "note", index);
  {
    const XmlScope code(xml, "code", {{"code", "34109-9"}, {"codeSystem", loinc}, {"displayName", "Note"}});
    const bool is_typed = !in_words(note.type).empty();
    if (is_typed || !note.title.empty())
      write_code(xml, "translation", is_typed ? note.type : Code{"", "", "", note.title});
  }
  xml.text("text", note.text);
  write_status(draft, "completed");
  write_time(xml, "effectiveTime", note.date);
  const XmlScope author(xml, "author");
  write_time(xml, "time", note.date);
  const XmlScope assigned(xml, "assignedAuthor");
  xml.empty("id", {{"nullFlavor", "UNK"}});
  write_person(draft, "assignedPerson", note.author);
}

}  // namespace bb::records::ccda_out
