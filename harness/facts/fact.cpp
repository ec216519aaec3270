#include "harness/facts/fact.hpp"

#include <map>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::facts {
namespace {

using namespace records;

constexpr std::string_view self_entered = "self-entered";

class FactReader {
 public:
  explicit FactReader(std::vector<Fact>& out) : out_(out) {}

  Fact& begin(Kind kind, const Code& code, int line, std::string_view date_name = "date",
              const std::string& date = {}) {
    auto& fact = out_.emplace_back();
    fact.kind = kind;
    fact.name = code.display;
    fact.code = code;
    fact.date = date;
    fact.date_name = date_name;
    fact.line = line;
    return fact;
  }

 private:
  std::vector<Fact>& out_;
};

// Only what is said is kept; what is missing is seen beside what is there.
void add(Fact& fact, std::string_view name, How how, const std::string& value, const std::string& unit = {}) {
  if (!value.empty()) fact.attributes.push_back({name, how, value, unit});
}
void add(Fact& fact, std::string_view name, const Code& code) {
  const auto words = in_words(code);
  if (!words.empty()) fact.attributes.push_back({name, How::name, words, {}, {}, code});
}
void add(Fact& fact, std::string_view name, std::vector<std::string> names) {
  std::erase(names, std::string{});
  if (!names.empty()) fact.attributes.push_back({name, How::set, {}, {}, std::move(names)});
}
void add(Fact& fact, std::string_view name, const std::vector<Code>& codes) {
  Attribute out{name, How::set, {}};
  for (const auto& code : codes) {
    auto words = in_words(code);
    if (words.empty()) continue;
    out.names.push_back(std::move(words));
    out.codes.push_back(code);
  }
  if (!out.names.empty()) fact.attributes.push_back(std::move(out));
}

// XFMT-08: whether the patient says so; whose word it is otherwise is no fact.
void add_source(Fact& fact, const std::string& source) {
  if (source == self_entered) add(fact, "source", How::words, source);
}

// Whatever its statement is, what is planned has not been completed.
void add_status(Fact& fact, const std::string& mood, const std::string& status) {
  if (!is_planned(mood) || status != "completed") add(fact, "status", How::status, status);
}

void add_mood(Fact& fact, const std::string& mood) {
  if (is_planned(mood)) add(fact, "planned", How::words, "planned");
}

// Of a problem or a procedure.
template <class Sited>
void add_body_site(Fact& fact, const Sited& sited) {
  add(fact, "body site", sited.body_site);
  add(fact, "laterality", sited.laterality);
}

// "10 mg" with its unit apart.
void add_amount(Fact& fact, std::string_view name, const std::string& text) { add(fact, name, How::amount, text); }

void add_identity(std::vector<Fact>& out, const Patient& patient, std::string_view title) {
  auto& fact = out.emplace_back();
  fact.kind = Kind::identity;
  fact.name = title;
  auto plain = patient.name;
  plain.prefix.clear();  // "Ms." is no name
  add(fact, "name", How::words, plain.full());
  add(fact, "birth date", How::date, patient.birth_date);
  add(fact, "sex", How::sex, patient.gender);
}

// What is observed is often a value alone, "to run again": it is the name then.
void add_observation(FactReader& facts, Kind kind, const Observation& o, const std::string& panel_date = {}) {
  const bool has_test = !in_words(o.test).empty();
  auto& fact = facts.begin(kind, o.test, o.line, "date", o.date.empty() ? panel_date : o.date);
  if (!has_test)
    fact.name = o.unit.empty() ? o.value : o.value + " " + o.unit;
  else if (!o.value.empty())
    fact.attributes.push_back({"value", How::quantity, o.value, o.unit, {}, o.unit.empty() ? o.value_code : Code{}});
  add(fact, "further values", o.further_values);
  add(fact, "interpretation", How::interpretation, o.interpretation);
  add(fact, "reference range", How::words, o.reference_range);
  add(fact, "status", How::status, o.status);
  add(fact, "end", How::date, o.end);
  add_source(fact, o.source);
}

void add_claim(FactReader& facts, const Claim& c) {
  auto& fact = facts.begin(Kind::claim, c.id.empty() ? c.type : Code{}, c.line, "start", c.start);
  if (!c.id.empty()) fact.name = c.id;
  add(fact, "type", c.type);
  add(fact, "status", How::status, c.status);
  add(fact, "provider", How::words, c.provider);
  add(fact, "end", How::date, c.end);
  add_amount(fact, "charged", c.charged);
  add_amount(fact, "approved", c.approved);
  add_amount(fact, "paid", c.paid);
  add_amount(fact, "patient owes", c.patient_owes);
  add(fact, "diagnoses", c.diagnoses);
  for (const auto& i : c.items) {
    auto& item = facts.begin(Kind::claim_item, i.service, i.line, "start", i.start);
    item.context = c.id + (i.number.empty() ? "" : " line " + i.number);
    add(item, "end", How::date, i.end);
    add_amount(item, "quantity", i.quantity);
    add_amount(item, "charged", i.charged);
    add_amount(item, "allowed", i.allowed);
    add(item, "provider", How::words, i.provider);
  }
}

// That nothing is known of anything is what a copy without the section says too.
void add_absence(FactReader& facts, const Absence& a) {
  if (a.kind == "unknown" && in_words(a.what).empty()) return;
  auto& fact = facts.begin(Kind::absence, a.what, a.line);
  fact.context = a.section;
  // "No known allergies" needs no name; of what in particular is a matter of coding.
  if (a.kind == "none_known") {
    fact.name = "none known";
    fact.code = {};
  }
  add(fact, "statement", How::words, a.kind == "none_known" ? "none known" : a.kind == "negated" ? "not so" : a.kind);
}

void add_care(FactReader& facts, const Record& record) {
  for (const auto& p : record.procedures) {
    auto& fact = facts.begin(Kind::procedure, p.procedure, p.line, "start", p.start);
    add(fact, "end", How::date, p.end);
    add_status(fact, p.mood, p.status);
    add_body_site(fact, p);
    add_mood(fact, p.mood);
    add_source(fact, p.source);
  }
  for (const auto& e : record.encounters) {
    auto& fact = facts.begin(Kind::encounter, e.type, e.line, "start", e.start);
    add(fact, "end", How::date, e.end);
    add(fact, "location", How::words, e.location);
    add_mood(fact, e.mood);
    add_source(fact, e.source);
  }
  for (const auto& o : record.social_history) add_observation(facts, Kind::social_history, o);
  for (const auto& p : record.plan) {
    auto& fact = facts.begin(Kind::plan, p.what, p.line, "date", p.date);
    add(fact, "status", How::status, p.status);
  }
  for (const auto& o : record.goals) add_observation(facts, Kind::goal, o);
  for (const auto& m : record.care_team) {
    auto& fact = facts.begin(Kind::care_team, {}, m.line, "start", m.start);
    fact.name = m.name;
    add(fact, "role", m.role);
    add(fact, "organization", How::words, m.organization == m.name ? std::string{} : m.organization);
    add(fact, "end", How::date, m.end);
    add_source(fact, m.source);
  }
  for (const auto& o : record.functional_status) add_observation(facts, Kind::functional_status, o);
}

void add_surroundings(FactReader& facts, const Record& record) {
  for (const auto& f : record.family_history) {
    auto& fact = facts.begin(Kind::family_history, f.condition, f.line);
    fact.context = in_words(f.relative);
    add(fact, "onset", How::date, f.onset);
    add(fact, "status", How::status, f.status);
    add_source(fact, f.source);
  }
  for (const auto& d : record.devices) {
    auto& fact = facts.begin(Kind::device, d.device, d.line, "date", d.date);
    add(fact, "id", How::words, d.id);
    add(fact, "status", How::status, d.status);
    add_source(fact, d.source);
  }
  for (const auto& c : record.contacts) {
    auto& fact = facts.begin(Kind::contact, {}, c.line);
    fact.name = c.name;
    add(fact, "relationship", c.relationship);
    add(fact, "telecoms", c.telecoms);
    add_source(fact, c.source);
  }
  for (const auto& c : record.coverages) {
    auto& fact = facts.begin(Kind::coverage, c.plan.empty() ? c.type : Code{}, c.line, "start", c.start);
    if (!c.plan.empty()) fact.name = c.plan;
    add(fact, "payer", How::words, c.payer);
    add(fact, "member id", How::words, c.member_id);
    add(fact, "group id", How::words, c.group_id);
    add(fact, "end", How::date, c.end);
    add(fact, "status", How::status, c.status);
    add_source(fact, c.source);
  }
  for (const auto& c : record.claims) add_claim(facts, c);
  for (const auto& a : record.absences) add_absence(facts, a);
}

}  // namespace

std::string Attribute::in_words() const {
  if (!names.empty()) return join(names, ", ");
  return unit.empty() ? value : value + " " + unit;
}

const Attribute* Fact::find(std::string_view attribute) const {
  for (const auto& one : attributes)
    if (one.name == attribute) return &one;
  return nullptr;
}

std::string Fact::title() const {
  if (const auto* person = find("name"); kind == Kind::identity && person != nullptr) return person->value;
  auto words = name.empty() ? in_words(code) : name;
  if (words.empty()) words = kind == Kind::absence ? "anything" : "not named";
  return context.empty() ? words : fmt::format("{}: {}", context, words);
}

std::optional<Kind> kind_of_section(std::string_view section) {
  for (const auto& names : kinds)
    if (to_lower(replace_all(names.title, " ", "_")) == section) return names.kind;
  return std::nullopt;
}

std::vector<Fact> facts_of(const Record& record) {
  std::vector<Fact> out;
  FactReader facts(out);
  add_identity(out, record.patient, patient_title);
  for (std::size_t i = 0; i < record.other_patients.size(); ++i)
    add_identity(out, record.other_patients[i], fmt::format("patient {}", i + 2));
  for (const auto& a : record.allergies) {
    auto& fact = facts.begin(Kind::allergy, a.substance, a.line, "onset", a.onset);
    add(fact, "reactions", a.reactions);
    add(fact, "severity", a.severity);
    add(fact, "criticality", How::words, a.criticality);
    add(fact, "status", How::status, a.status);
    add_source(fact, a.source);
  }
  for (const auto& p : record.problems) {
    auto& fact = facts.begin(Kind::problem, p.problem, p.line, "onset", p.onset);
    add(fact, "resolved", How::date, p.resolved);
    add(fact, "status", How::status, p.status);
    add_body_site(fact, p);
    add_source(fact, p.source);
  }
  for (const auto& m : record.medications) {
    auto& fact = facts.begin(Kind::medication, m.drug, m.line, "start", m.start);
    add(fact, "stop", How::date, m.stop);
    add_amount(fact, "dose", m.dose);
    add_amount(fact, "rate", m.rate);
    add(fact, "route", How::name, m.route);
    add(fact, "frequency", How::frequency, m.frequency);
    add(fact, "instructions", How::words, m.instructions);
    add_status(fact, m.mood, m.status);
    add_mood(fact, m.mood);
    add_source(fact, m.source);
  }
  for (const auto& i : record.immunizations) {
    auto& fact = facts.begin(Kind::immunization, i.vaccine, i.line, "date", i.date);
    add(fact, "status", How::status, i.status);
    add(fact, "lot", How::words, i.lot);
    add_mood(fact, i.mood);
    add_source(fact, i.source);
  }
  for (const auto& panel : record.results)
    for (const auto& o : panel.observations) add_observation(facts, Kind::result, o, panel.date);
  for (const auto& o : record.vital_signs) add_observation(facts, Kind::vital_sign, o);
  add_care(facts, record);
  add_surroundings(facts, record);
  return out;
}

std::vector<Modifiers> modifiers_of(const Record& record) {
  std::map<std::string, std::size_t> counts;
  for (const auto& m : record.modifiers) ++counts[fmt::format("modifierExtension {} of {}", m.url, m.of_what)];
  std::vector<Modifiers> out;
  for (const auto& [what, count] : counts) out.push_back({what, count});
  return out;
}

std::vector<std::string> words_alone(const Record& record) {
  std::vector<std::string> out;
  const auto title = [](const std::string& words, const Code& code) { return words.empty() ? in_words(code) : words; };
  for (const auto& note : record.notes) out.push_back("note " + title(note.title, note.type));
  for (const auto& section : record.sections)
    if (!section.text.empty()) out.push_back("text of " + title(section.title, section.code));
  for (const auto& attachment : record.attachments) out.push_back("attachment " + attachment.media_type);
  return out;
}

}  // namespace bb::facts
