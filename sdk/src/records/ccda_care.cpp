// What was done and what is to be done, and by whom: encounters, procedures,
// plan, care team, notes.
#include <algorithm>
#include <array>
#include <utility>

#include <bb/core/text.hpp>

#include "ccda_entries.hpp"
#include "cda_header.hpp"
#include "cda_statements.hpp"
#include "cda_types.hpp"
#include "code_systems.hpp"

namespace bb::records {
namespace {

std::string read_location(const XmlDocument& document, XmlNode encounter) {
  for (const auto participant : encounter.children("participant")) {
    if (participant.attribute("typeCode") != "LOC") continue;
    const auto role = participant.child("participantRole");
    if (const auto name = role.child("playingEntity").child("name"); !is_null_flavored(name))
      if (auto text = name.text(); !text.empty()) return text;
    if (auto words = read_code(document, role.child("code")).display; !words.empty()) return words;
  }
  return {};
}

// The person, else the organisation.
std::string read_performer(XmlNode performer) {
  const auto assigned = performer.child("assignedEntity");
  if (auto name = read_name(assigned.child("assignedPerson").child("name")).full(); !name.empty()) return name;
  return assigned.child("representedOrganization").child("name").text();
}

// The kinds of statement a plan is made of.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> plan_kinds{{
    {"act", "act"},
    {"encounter", "encounter"},
    {"observation", "observation"},
    {"procedure", "procedure"},
    {"substanceAdministration", "medication"},
    {"supply", "supply"},
}};

// What a planned statement would be done with: a drug, a thing, else its code.
XmlNode planned_thing(XmlNode statement) {
  if (statement.name() == "substanceAdministration")
    return statement.child("consumable").child("manufacturedProduct").child("manufacturedMaterial");
  if (statement.name() == "supply")
    return statement.child("product").child("manufacturedProduct").child("manufacturedMaterial");
  return {};
}

void read_plan_item(const XmlDocument& document, XmlNode statement, std::string_view kind, Record& record) {
  const auto thing = planned_thing(statement);
  const auto coded = thing ? thing.child("code") : statement.child("code");
  PlanItem item;
  item.kind = kind;
  item.what = read_named(document, thing);
  if (is_empty(item.what)) item.what = read_stated(document, coded, statement);
  if (is_negated(statement) || is_empty(item.what)) {
    record.absences.push_back(read_absence(document, "plan", {statement, {}, {}}, coded, item.what));
    return;
  }
  item.date = read_moment(statement.child("effectiveTime"));
  item.mood = read_mood(statement);
  item.status = to_lower(statement.child("statusCode").attribute("code"));
  item.line = statement.line();
  item.source = read_source(statement);
  record.plan.push_back(std::move(item));
}

constexpr std::size_t note_bytes_max = 256 * 1024;

// A note is of the kind its translation tells: the code itself is "Note".
Code read_note_type(const XmlDocument& document, XmlNode code) {
  for (const auto translation : code.children("translation"))
    if (auto type = read_code(document, translation); !is_empty(type)) return type;
  return read_code(document, code);
}

// Words in the note itself, else in the narrative; what is base64 is for programs.
std::string read_note_text(const XmlDocument& document, XmlNode text) {
  if (text.attribute("representation") != "B64")
    if (auto lines = text.lines(note_bytes_max); !lines.empty()) return lines;
  auto target = text.child("reference").attribute("value");
  return target.starts_with('#') ? document.referred_text(target.substr(1)) : std::string();
}

}  // namespace

void read_encounters(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& statement : statements(entry, "encounter")) {
    const auto node = statement.node;
    Encounter encounter;
    encounter.type = read_stated(document, node.child("code"), node);
    const auto interval = read_interval(node.child("effectiveTime"));
    encounter.start = interval.low;
    encounter.end = interval.high;
    if (is_negated(statement) || (is_empty(encounter.type) && encounter.start.empty())) {
      record.absences.push_back(read_absence(document, "encounters", statement, node.child("code"), encounter.type));
      continue;
    }
    encounter.mood = read_mood(node);
    encounter.id = read_identifier(node.child("id"));
    encounter.location = read_location(document, node);
    encounter.line = node.line();
    encounter.source = read_source(node);
    record.encounters.push_back(std::move(encounter));
  }
}

void read_procedures(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto* kind : {"procedure", "observation", "act"})
    for (const auto node : entry.children(kind)) {
      if (is_note(node)) continue;
      Procedure procedure;
      procedure.procedure = read_stated(document, node.child("code"), node);
      if (is_negated(node) || is_empty(procedure.procedure) || says_none_known(procedure.procedure)) {
        record.absences.push_back(
            read_absence(document, "procedures", {node, {}, {}}, node.child("code"), procedure.procedure));
        continue;
      }
      const auto interval = read_interval(node.child("effectiveTime"));
      procedure.start = interval.low;
      procedure.end = interval.high;
      procedure.mood = read_mood(node);
      procedure.status = to_lower(node.child("statusCode").attribute("code"));
      procedure.body_site = read_code(document, node.child("targetSiteCode"));
      procedure.laterality = read_qualifier(document, node.child("targetSiteCode"), snomed_laterality);
      procedure.performer = read_performer(node.child("performer"));
      procedure.line = node.line();
      procedure.source = read_source(node);
      record.procedures.push_back(std::move(procedure));
    }
}

void read_plan(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto statement : entry.children()) {
    if (is_note(statement)) continue;
    if (statement.name() == "observation" && statement.attribute("moodCode") == "GOL") {
      read_goal(document, statement, record);
      continue;
    }
    for (const auto& [name, kind] : plan_kinds)
      if (statement.name() == name) read_plan_item(document, statement, kind, record);
  }
}

void read_care_team(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto& statement : statements(entry, "act")) {
    const auto interval = read_interval(statement.node.child("effectiveTime"));
    const auto status = to_lower(statement.node.child("statusCode").attribute("code"));
    const auto source = read_source(statement.node);
    for (const auto performer : statement.node.children("performer")) {
      auto member = read_care_team_member(document, performer);
      if (member.start.empty()) member.start = interval.low;
      if (member.end.empty()) member.end = interval.high;
      member.status = status;
      member.source = source;
      if (is_negated(statement)) {
        if (is_empty(member.role)) member.role.display = member.name;
        record.absences.push_back({"care_team", "negated", std::move(member.role), {}, member.line});
        continue;
      }
      record.care_team.push_back(std::move(member));
    }
  }
}

bool is_note(XmlNode statement) {
  return statement.name() == "act" && has_template(statement, {"2.16.840.1.113883.10.20.22.4.202"});
}

void read_notes(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto act : entry.children("act")) {
    if (!is_note(act)) continue;
    Note note;
    note.type = read_note_type(document, act.child("code"));
    note.text = read_note_text(document, act.child("text"));
    note.date = read_moment(act.child("effectiveTime"));
    note.author = read_author(act.child("author"));
    note.line = act.line();
    record.notes.push_back(std::move(note));
  }
}

}  // namespace bb::records
