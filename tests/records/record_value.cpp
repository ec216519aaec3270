#include "records/record_value.hpp"

#include <initializer_list>
#include <utility>

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
                        {"status", o.status}});
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
                        {"marital_status", code(p.marital_status)}});
}

Value allergy(const Allergy& a) {
  return Value::object({{"substance", code(a.substance)},
                        {"type", code(a.type)},
                        {"reactions", list(a.reactions, code)},
                        {"severity", code(a.severity)},
                        {"status", a.status},
                        {"onset", a.onset}});
}

Value problem(const Problem& p) {
  return Value::object(
      {{"problem", code(p.problem)}, {"status", p.status}, {"onset", p.onset}, {"resolved", p.resolved}});
}

Value medication(const Medication& m) {
  return Value::object({{"drug", code(m.drug)},
                        {"dose", m.dose},
                        {"route", m.route},
                        {"frequency", m.frequency},
                        {"instructions", m.instructions},
                        {"start", m.start},
                        {"stop", m.stop},
                        {"status", m.status}});
}

Value immunization(const Immunization& i) {
  return Value::object({{"vaccine", code(i.vaccine)}, {"date", i.date}, {"status", i.status}, {"lot", i.lot}});
}

Value panel(const ResultPanel& p) {
  return Value::object(
      {{"panel", code(p.panel)}, {"date", p.date}, {"observations", list(p.observations, observation)}});
}

Value encounter(const Encounter& e) {
  return Value::object(
      {{"id", e.id}, {"type", code(e.type)}, {"start", e.start}, {"end", e.end}, {"location", e.location}});
}

}  // namespace

Value to_value(const Record& record) {
  return Value::object({{"document_id", record.document_id},
                        {"document_title", record.document_title},
                        {"document_type", code(record.document_type)},
                        {"created", record.created},
                        {"author", record.author},
                        {"custodian", record.custodian},
                        {"patient", patient(record.patient)},
                        {"allergies", list(record.allergies, allergy)},
                        {"problems", list(record.problems, problem)},
                        {"medications", list(record.medications, medication)},
                        {"immunizations", list(record.immunizations, immunization)},
                        {"results", list(record.results, panel)},
                        {"vital_signs", list(record.vital_signs, observation)},
                        {"encounters", list(record.encounters, encounter)}});
}

}  // namespace bb::records
