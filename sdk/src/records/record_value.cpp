#include <bb/records/record_value.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace bb::records {
namespace {

// The fields of each kind of fact with their names, in the order in which they are
// told: visit(name, member).
template <class T, class Fact>
concept Of = std::same_as<std::remove_const_t<T>, Fact>;

template <class T>
concept IsFact = std::is_class_v<T>;

template <Of<Code> T, class Visit>
void each_field(T& c, Visit&& visit) {
  visit("code", c.code);
  visit("system", c.system);
  visit("system_name", c.system_name);
  visit("display", c.display);
}

template <Of<Observation> T, class Visit>
void each_field(T& o, Visit&& visit) {
  visit("test", o.test);
  visit("value", o.value);
  visit("unit", o.unit);
  visit("interpretation", o.interpretation);
  visit("reference_range", o.reference_range);
  visit("date", o.date);
  visit("end", o.end);
  visit("status", o.status);
  visit("value_code", o.value_code);
  visit("further_values", o.further_values);
  visit("null_flavor", o.null_flavor);
  visit("source", o.source);
  visit("line", o.line);
}

template <Of<Address> T, class Visit>
void each_field(T& a, Visit&& visit) {
  visit("lines", a.lines);
  visit("city", a.city);
  visit("state", a.state);
  visit("postal_code", a.postal_code);
  visit("country", a.country);
}

template <Of<Identifier> T, class Visit>
void each_field(T& i, Visit&& visit) {
  visit("root", i.root);
  visit("extension", i.extension);
}

template <Of<Patient> T, class Visit>
void each_field(T& p, Visit&& visit) {
  visit("given", p.name.given);
  visit("family", p.name.family);
  visit("prefix", p.name.prefix);
  visit("suffix", p.name.suffix);
  visit("birth_date", p.birth_date);
  visit("gender", p.gender);
  visit("ids", p.ids);
  visit("addresses", p.addresses);
  visit("telecoms", p.telecoms);
  visit("language", p.language);
  visit("race", p.race);
  visit("ethnicity", p.ethnicity);
  visit("marital_status", p.marital_status);
  visit("further_races", p.further_races);
  visit("deceased", p.deceased);
  visit("death_date", p.death_date);
}

template <Of<Allergy> T, class Visit>
void each_field(T& a, Visit&& visit) {
  visit("substance", a.substance);
  visit("type", a.type);
  visit("reactions", a.reactions);
  visit("severity", a.severity);
  visit("criticality", a.criticality);
  visit("status", a.status);
  visit("onset", a.onset);
  visit("source", a.source);
  visit("line", a.line);
}

template <Of<Problem> T, class Visit>
void each_field(T& p, Visit&& visit) {
  visit("problem", p.problem);
  visit("status", p.status);
  visit("onset", p.onset);
  visit("resolved", p.resolved);
  visit("body_site", p.body_site);
  visit("laterality", p.laterality);
  visit("source", p.source);
  visit("line", p.line);
}

template <Of<Medication> T, class Visit>
void each_field(T& m, Visit&& visit) {
  visit("drug", m.drug);
  visit("dose", m.dose);
  visit("rate", m.rate);
  visit("max_dose", m.max_dose);
  visit("route", m.route);
  visit("frequency", m.frequency);
  visit("instructions", m.instructions);
  visit("start", m.start);
  visit("stop", m.stop);
  visit("mood", m.mood);
  visit("status", m.status);
  visit("source", m.source);
  visit("line", m.line);
}

template <Of<Immunization> T, class Visit>
void each_field(T& i, Visit&& visit) {
  visit("vaccine", i.vaccine);
  visit("date", i.date);
  visit("mood", i.mood);
  visit("status", i.status);
  visit("lot", i.lot);
  visit("source", i.source);
  visit("line", i.line);
}

template <Of<ResultPanel> T, class Visit>
void each_field(T& p, Visit&& visit) {
  visit("panel", p.panel);
  visit("date", p.date);
  visit("observations", p.observations);
  visit("line", p.line);
}

template <Of<Encounter> T, class Visit>
void each_field(T& e, Visit&& visit) {
  visit("id", e.id);
  visit("type", e.type);
  visit("start", e.start);
  visit("end", e.end);
  visit("mood", e.mood);
  visit("location", e.location);
  visit("source", e.source);
  visit("line", e.line);
}

template <Of<Procedure> T, class Visit>
void each_field(T& p, Visit&& visit) {
  visit("procedure", p.procedure);
  visit("start", p.start);
  visit("end", p.end);
  visit("mood", p.mood);
  visit("status", p.status);
  visit("body_site", p.body_site);
  visit("laterality", p.laterality);
  visit("performer", p.performer);
  visit("source", p.source);
  visit("line", p.line);
}

template <Of<PlanItem> T, class Visit>
void each_field(T& p, Visit&& visit) {
  visit("kind", p.kind);
  visit("what", p.what);
  visit("date", p.date);
  visit("mood", p.mood);
  visit("status", p.status);
  visit("source", p.source);
  visit("line", p.line);
}

template <Of<CareTeamMember> T, class Visit>
void each_field(T& m, Visit&& visit) {
  visit("name", m.name);
  visit("role", m.role);
  visit("organization", m.organization);
  visit("telecoms", m.telecoms);
  visit("start", m.start);
  visit("end", m.end);
  visit("status", m.status);
  visit("source", m.source);
  visit("line", m.line);
}

template <Of<Note> T, class Visit>
void each_field(T& n, Visit&& visit) {
  visit("type", n.type);
  visit("title", n.title);
  visit("text", n.text);
  visit("date", n.date);
  visit("author", n.author);
  visit("line", n.line);
}

template <Of<FamilyCondition> T, class Visit>
void each_field(T& f, Visit&& visit) {
  visit("relative", f.relative);
  visit("condition", f.condition);
  visit("onset", f.onset);
  visit("status", f.status);
  visit("source", f.source);
  visit("line", f.line);
}

template <Of<Device> T, class Visit>
void each_field(T& d, Visit&& visit) {
  visit("device", d.device);
  visit("id", d.id);
  visit("date", d.date);
  visit("status", d.status);
  visit("source", d.source);
  visit("line", d.line);
}

template <Of<Contact> T, class Visit>
void each_field(T& c, Visit&& visit) {
  visit("name", c.name);
  visit("relationship", c.relationship);
  visit("addresses", c.addresses);
  visit("telecoms", c.telecoms);
  visit("source", c.source);
  visit("line", c.line);
}

template <Of<Coverage> T, class Visit>
void each_field(T& c, Visit&& visit) {
  visit("type", c.type);
  visit("plan", c.plan);
  visit("payer", c.payer);
  visit("member_id", c.member_id);
  visit("group_id", c.group_id);
  visit("start", c.start);
  visit("end", c.end);
  visit("status", c.status);
  visit("source", c.source);
  visit("line", c.line);
}

template <Of<ClaimItem> T, class Visit>
void each_field(T& i, Visit&& visit) {
  visit("number", i.number);
  visit("service", i.service);
  visit("modifiers", i.modifiers);
  visit("start", i.start);
  visit("end", i.end);
  visit("quantity", i.quantity);
  visit("charged", i.charged);
  visit("allowed", i.allowed);
  visit("place", i.place);
  visit("type", i.type);
  visit("provider", i.provider);
  visit("line", i.line);
}

template <Of<Claim> T, class Visit>
void each_field(T& c, Visit&& visit) {
  visit("id", c.id);
  visit("type", c.type);
  visit("status", c.status);
  visit("provider", c.provider);
  visit("start", c.start);
  visit("end", c.end);
  visit("charged", c.charged);
  visit("approved", c.approved);
  visit("paid", c.paid);
  visit("patient_owes", c.patient_owes);
  visit("currency", c.currency);
  visit("diagnoses", c.diagnoses);
  visit("items", c.items);
  visit("source", c.source);
  visit("line", c.line);
}

template <Of<Absence> T, class Visit>
void each_field(T& a, Visit&& visit) {
  visit("section", a.section);
  visit("kind", a.kind);
  visit("what", a.what);
  visit("null_flavor", a.null_flavor);
  visit("line", a.line);
}

template <Of<Section> T, class Visit>
void each_field(T& s, Visit&& visit) {
  visit("kind", s.kind);
  visit("code", s.code);
  visit("title", s.title);
  visit("text", s.text);
  visit("entry_count", s.entry_count);
  visit("line", s.line);
}

template <Of<Attachment> T, class Visit>
void each_field(T& a, Visit&& visit) {
  visit("media_type", a.media_type);
  visit("reference", a.reference);
  visit("size", a.size);
  visit("text", a.text);
  visit("is_readable", a.is_readable);
  visit("line", a.line);
}

template <Of<Modifier> T, class Visit>
void each_field(T& m, Visit&& visit) {
  visit("url", m.url);
  visit("of_what", m.of_what);
  visit("line", m.line);
}

template <Of<Record> T, class Visit>
void each_field(T& record, Visit&& visit) {
  visit("format", record.format);
  visit("document_id", record.document_id);
  visit("document_title", record.document_title);
  visit("document_type", record.document_type);
  visit("created", record.created);
  visit("author", record.author);
  visit("custodian", record.custodian);
  visit("patient", record.patient);
  visit("other_patients", record.other_patients);
  visit("allergies", record.allergies);
  visit("problems", record.problems);
  visit("medications", record.medications);
  visit("immunizations", record.immunizations);
  visit("results", record.results);
  visit("vital_signs", record.vital_signs);
  visit("encounters", record.encounters);
  visit("procedures", record.procedures);
  visit("social_history", record.social_history);
  visit("plan", record.plan);
  visit("goals", record.goals);
  visit("care_team", record.care_team);
  visit("functional_status", record.functional_status);
  visit("family_history", record.family_history);
  visit("devices", record.devices);
  visit("contacts", record.contacts);
  visit("coverages", record.coverages);
  visit("claims", record.claims);
  visit("notes", record.notes);
  visit("absences", record.absences);
  visit("sections", record.sections);
  visit("attachments", record.attachments);
  visit("modifiers", record.modifiers);
}

Value value_of(const std::string& text) { return text; }
Value value_of(bool is_so) { return is_so; }
template <std::integral Number>
Value value_of(Number number) {
  return number;
}
template <class Item>
Value value_of(const std::vector<Item>& items);

template <IsFact Fact>
Value value_of(const Fact& fact) {
  Value value = Value::object();
  if constexpr (std::same_as<Fact, Patient>) value.set("full_name", fact.name.full());
  each_field(fact, [&](std::string_view name, const auto& member) { value.set(name, value_of(member)); });
  return value;
}

template <class Item>
Value value_of(const std::vector<Item>& items) {
  Value all = Value::array();
  for (const auto& item : items) all.push(value_of(item));
  return all;
}

void read(const Value& value, std::string& text) { text = value.string_or(""); }
void read(const Value& value, bool& is_so) { is_so = value.boolean_or(false); }
template <std::integral Number>
void read(const Value& value, Number& number) {
  const auto read_number = value.integer_or(0);
  if (std::in_range<Number>(read_number)) number = static_cast<Number>(read_number);
}
template <class Item>
void read(const Value& value, std::vector<Item>& items);

template <IsFact Fact>
void read(const Value& value, Fact& fact) {
  each_field(fact, [&](std::string_view name, auto& member) { read(value[name], member); });
}

template <class Item>
void read(const Value& value, std::vector<Item>& items) {
  const auto* found = value.items();
  if (found == nullptr) return;
  items.reserve(found->size());
  for (const auto& item : *found) read(item, items.emplace_back());
}

}  // namespace

Value to_value(const Record& record) { return value_of(record); }

Record from_value(const Value& value) {
  Record record;
  read(value, record);
  return record;
}

}  // namespace bb::records
