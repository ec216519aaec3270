#include <bb/records/record_value.hpp>

namespace bb::records {
namespace {

Value code(const Code& c) {
  return Value::object(
      {{"code", c.code}, {"system", c.system}, {"system_name", c.system_name}, {"display", c.display}});
}

template <class T, class ToValue>
Value list(const std::vector<T>& items, ToValue to_item) {
  Value all = Value::array();
  for (const auto& item : items) all.push(to_item(item));
  return all;
}

Value observation(const Observation& o) {
  return Value::object({{"test", code(o.test)},
                        {"value", o.value},
                        {"unit", o.unit},
                        {"interpretation", o.interpretation},
                        {"reference_range", o.reference_range},
                        {"date", o.date},
                        {"end", o.end},
                        {"status", o.status},
                        {"value_code", code(o.value_code)},
                        {"further_values", Value::strings(o.further_values)},
                        {"null_flavor", o.null_flavor},
                        {"source", o.source},
                        {"line", o.line}});
}

Value address(const Address& a) {
  return Value::object({{"lines", Value::strings(a.lines)},
                        {"city", a.city},
                        {"state", a.state},
                        {"postal_code", a.postal_code},
                        {"country", a.country}});
}

Value patient(const Patient& p) {
  return Value::object({{"full_name", p.name.full()},
                        {"given", Value::strings(p.name.given)},
                        {"family", p.name.family},
                        {"prefix", p.name.prefix},
                        {"suffix", p.name.suffix},
                        {"birth_date", p.birth_date},
                        {"gender", p.gender},
                        {"ids", list(p.ids,
                                     [](const Identifier& id) {
                                       return Value::object({{"root", id.root}, {"extension", id.extension}});
                                     })},
                        {"addresses", list(p.addresses, address)},
                        {"telecoms", Value::strings(p.telecoms)},
                        {"language", p.language},
                        {"race", code(p.race)},
                        {"ethnicity", code(p.ethnicity)},
                        {"marital_status", code(p.marital_status)},
                        {"further_races", list(p.further_races, code)},
                        {"deceased", p.deceased},
                        {"death_date", p.death_date}});
}

Value allergy(const Allergy& a) {
  return Value::object({{"substance", code(a.substance)},
                        {"type", code(a.type)},
                        {"reactions", list(a.reactions, code)},
                        {"severity", code(a.severity)},
                        {"criticality", a.criticality},
                        {"status", a.status},
                        {"onset", a.onset},
                        {"source", a.source},
                        {"line", a.line}});
}

Value problem(const Problem& p) {
  return Value::object({{"problem", code(p.problem)},
                        {"status", p.status},
                        {"onset", p.onset},
                        {"resolved", p.resolved},
                        {"body_site", code(p.body_site)},
                        {"laterality", code(p.laterality)},
                        {"source", p.source},
                        {"line", p.line}});
}

Value medication(const Medication& m) {
  return Value::object({{"drug", code(m.drug)},
                        {"dose", m.dose},
                        {"rate", m.rate},
                        {"max_dose", m.max_dose},
                        {"route", m.route},
                        {"frequency", m.frequency},
                        {"instructions", m.instructions},
                        {"start", m.start},
                        {"stop", m.stop},
                        {"mood", m.mood},
                        {"status", m.status},
                        {"source", m.source},
                        {"line", m.line}});
}

Value immunization(const Immunization& i) {
  return Value::object({{"vaccine", code(i.vaccine)},
                        {"date", i.date},
                        {"mood", i.mood},
                        {"status", i.status},
                        {"lot", i.lot},
                        {"source", i.source},
                        {"line", i.line}});
}

Value panel(const ResultPanel& p) {
  return Value::object({{"panel", code(p.panel)},
                        {"date", p.date},
                        {"observations", list(p.observations, observation)},
                        {"line", p.line}});
}

Value encounter(const Encounter& e) {
  return Value::object({{"id", e.id},
                        {"type", code(e.type)},
                        {"start", e.start},
                        {"end", e.end},
                        {"mood", e.mood},
                        {"location", e.location},
                        {"source", e.source},
                        {"line", e.line}});
}

Value procedure(const Procedure& p) {
  return Value::object({{"procedure", code(p.procedure)},
                        {"start", p.start},
                        {"end", p.end},
                        {"mood", p.mood},
                        {"status", p.status},
                        {"body_site", code(p.body_site)},
                        {"laterality", code(p.laterality)},
                        {"performer", p.performer},
                        {"source", p.source},
                        {"line", p.line}});
}

Value plan_item(const PlanItem& p) {
  return Value::object({{"kind", p.kind},
                        {"what", code(p.what)},
                        {"date", p.date},
                        {"mood", p.mood},
                        {"status", p.status},
                        {"source", p.source},
                        {"line", p.line}});
}

Value care_team_member(const CareTeamMember& m) {
  return Value::object({{"name", m.name},
                        {"role", code(m.role)},
                        {"organization", m.organization},
                        {"telecoms", Value::strings(m.telecoms)},
                        {"start", m.start},
                        {"end", m.end},
                        {"status", m.status},
                        {"source", m.source},
                        {"line", m.line}});
}

Value note(const Note& n) {
  return Value::object({{"type", code(n.type)},
                        {"title", n.title},
                        {"text", n.text},
                        {"date", n.date},
                        {"author", n.author},
                        {"line", n.line}});
}

Value family_condition(const FamilyCondition& f) {
  return Value::object({{"relative", code(f.relative)},
                        {"condition", code(f.condition)},
                        {"onset", f.onset},
                        {"status", f.status},
                        {"source", f.source},
                        {"line", f.line}});
}

Value device(const Device& d) {
  return Value::object({{"device", code(d.device)},
                        {"id", d.id},
                        {"date", d.date},
                        {"status", d.status},
                        {"source", d.source},
                        {"line", d.line}});
}

Value contact(const Contact& c) {
  return Value::object({{"name", c.name},
                        {"relationship", code(c.relationship)},
                        {"addresses", list(c.addresses, address)},
                        {"telecoms", Value::strings(c.telecoms)},
                        {"source", c.source},
                        {"line", c.line}});
}

Value coverage(const Coverage& c) {
  return Value::object({{"type", code(c.type)},
                        {"plan", c.plan},
                        {"payer", c.payer},
                        {"member_id", c.member_id},
                        {"group_id", c.group_id},
                        {"start", c.start},
                        {"end", c.end},
                        {"status", c.status},
                        {"source", c.source},
                        {"line", c.line}});
}

Value claim_item(const ClaimItem& i) {
  return Value::object({{"number", i.number},
                        {"service", code(i.service)},
                        {"modifiers", list(i.modifiers, code)},
                        {"start", i.start},
                        {"end", i.end},
                        {"quantity", i.quantity},
                        {"charged", i.charged},
                        {"allowed", i.allowed},
                        {"place", code(i.place)},
                        {"type", code(i.type)},
                        {"provider", i.provider},
                        {"line", i.line}});
}

Value claim(const Claim& c) {
  return Value::object({{"id", c.id},
                        {"type", code(c.type)},
                        {"status", c.status},
                        {"provider", c.provider},
                        {"start", c.start},
                        {"end", c.end},
                        {"charged", c.charged},
                        {"approved", c.approved},
                        {"paid", c.paid},
                        {"patient_owes", c.patient_owes},
                        {"currency", c.currency},
                        {"diagnoses", list(c.diagnoses, code)},
                        {"items", list(c.items, claim_item)},
                        {"source", c.source},
                        {"line", c.line}});
}

Value absence(const Absence& a) {
  return Value::object({{"section", a.section},
                        {"kind", a.kind},
                        {"what", code(a.what)},
                        {"null_flavor", a.null_flavor},
                        {"line", a.line}});
}

Value section(const Section& s) {
  return Value::object({{"kind", s.kind},
                        {"code", code(s.code)},
                        {"title", s.title},
                        {"text", s.text},
                        {"entry_count", s.entry_count},
                        {"line", s.line}});
}

Value attachment(const Attachment& a) {
  return Value::object({{"media_type", a.media_type},
                        {"reference", a.reference},
                        {"size", a.size},
                        {"text", a.text},
                        {"is_readable", a.is_readable},
                        {"line", a.line}});
}

Value modifier(const Modifier& m) { return Value::object({{"url", m.url}, {"of_what", m.of_what}, {"line", m.line}}); }

}  // namespace

Value to_value(const Record& record) {
  return Value::object({{"format", record.format},
                        {"document_id", record.document_id},
                        {"document_title", record.document_title},
                        {"document_type", code(record.document_type)},
                        {"created", record.created},
                        {"author", record.author},
                        {"custodian", record.custodian},
                        {"patient", patient(record.patient)},
                        {"other_patients", list(record.other_patients, patient)},
                        {"allergies", list(record.allergies, allergy)},
                        {"problems", list(record.problems, problem)},
                        {"medications", list(record.medications, medication)},
                        {"immunizations", list(record.immunizations, immunization)},
                        {"results", list(record.results, panel)},
                        {"vital_signs", list(record.vital_signs, observation)},
                        {"encounters", list(record.encounters, encounter)},
                        {"procedures", list(record.procedures, procedure)},
                        {"social_history", list(record.social_history, observation)},
                        {"plan", list(record.plan, plan_item)},
                        {"goals", list(record.goals, observation)},
                        {"care_team", list(record.care_team, care_team_member)},
                        {"functional_status", list(record.functional_status, observation)},
                        {"family_history", list(record.family_history, family_condition)},
                        {"devices", list(record.devices, device)},
                        {"contacts", list(record.contacts, contact)},
                        {"coverages", list(record.coverages, coverage)},
                        {"claims", list(record.claims, claim)},
                        {"notes", list(record.notes, note)},
                        {"absences", list(record.absences, absence)},
                        {"sections", list(record.sections, section)},
                        {"attachments", list(record.attachments, attachment)},
                        {"modifiers", list(record.modifiers, modifier)}});
}

}  // namespace bb::records
