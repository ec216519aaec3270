#include "portal/copy_mistakes.hpp"

#include <algorithm>

#include <bb/records/ccda.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t panels_kept = 100;  // by people-cuts-long-records

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void take_over(records::Record& record, const records::Record& other) {
  append(record.allergies, other.allergies);
  append(record.problems, other.problems);
  append(record.medications, other.medications);
  append(record.results, other.results);
  append(record.encounters, other.encounters);
}

template <class T>
void drop_before(std::vector<T>& entries, std::string T::*date, const std::string& day) {
  std::erase_if(entries, [&](const T& entry) { return !(entry.*date).empty() && entry.*date < day; });
}

// What was entered under a former name.
bool drop_former(records::Record& record) {
  if (record.patient.former_names.empty()) return false;
  const auto& day = record.patient.former_names.front().until;
  drop_before(record.problems, &records::Problem::onset, day);
  drop_before(record.medications, &records::Medication::start, day);
  drop_before(record.encounters, &records::Encounter::start, day);
  drop_before(record.results, &records::ResultPanel::date, day);
  return true;
}

bool drop_former_names(records::Record& record) {
  const bool has_some = !record.patient.former_names.empty();
  record.patient.former_names.clear();
  return has_some;
}

bool unsay_corrections(records::Record& record) {
  bool has_some = false;
  for (auto& panel : record.results)
    for (auto& one : panel.observations)
      if (one.status == "corrected") {
        one.status = "completed";
        one.corrected.clear();
        has_some = true;
      }
  return has_some;
}

bool cut(records::Record& record) {
  if (record.results.size() <= panels_kept) return false;
  record.results.resize(panels_kept);
  return true;
}

bool take_over_from(const Patient* other, records::Record& record) {
  if (other != nullptr) take_over(record, other->record);
  return other != nullptr;
}

bool spoil(Patient& patient, Copy copy, const Patients& patients, const Patient* before, const Defects& defects) {
  auto& record = patient.record;
  const auto is_on = [&](Defect defect) { return defects.is_on(defect); };
  if (is_on(Defect::people_mixes_namesakes)) return take_over_from(namesake_of(patient, patients), record);
  if (is_on(Defect::people_mixes_in_text) && copy == Copy::text)
    return take_over_from(namesake_of(patient, patients), record);
  if (is_on(Defect::people_merges_twins)) return take_over_from(twin_of(patient, patients), record);
  if (is_on(Defect::people_splits_renamed)) return drop_former(record);
  if (is_on(Defect::people_drops_former_name)) return drop_former_names(record);
  if (is_on(Defect::people_cuts_long_records)) return cut(record);
  if (is_on(Defect::people_corrected_silently)) return unsay_corrections(record);
  if (before == nullptr) return false;
  const bool was_retracted = before->record.allergies.size() > record.allergies.size();
  const bool is_kept = (is_on(Defect::people_retracted_in_fhir) && copy == Copy::fhir) ||
                       (is_on(Defect::people_retracted_in_share) && copy == Copy::share);
  if (is_kept && was_retracted) {
    record.allergies = before->record.allergies;
    return true;
  }
  if (is_on(Defect::people_correction_not_in_text) && copy == Copy::text) {
    record.results = before->record.results;
    return true;
  }
  return false;
}

records::CcdaHead head_of(const Patient& patient) {
  return {"", "", patient.set_id, patient.version > 1 ? patient.version : 0, ""};
}

bool has_birth_date_and_family(const Patient& one, const Patient& other) {
  const auto &a = one.record.patient, &b = other.record.patient;
  return one.id != other.id && !a.birth_date.empty() && a.birth_date == b.birth_date && a.name.family == b.name.family;
}

}  // namespace

Copy copy_of(std::string_view format_id) {
  if (format_id == "blue-button-text") return Copy::text;
  if (format_id.starts_with("ccda-")) return Copy::ccda;
  return format_id == "pdf" || format_id == "html" ? Copy::pdf : Copy::fhir;
}

bool shows_withheld(Copy copy, const Defects& defects) {
  if (copy == Copy::share) return defects.is_on(Defect::proxy_sends_withheld);
  return copy != Copy::page && defects.is_on(Defect::proxy_downloads_withheld);
}

void mistake_copy(Patient& patient, Copy copy, const Patients& patients, const Patient* before,
                  const Defects& defects) {
  if (spoil(patient, copy, patients, before, defects))
    patient.document = records::write_ccda_version(patient.record, head_of(patient));
}

void mistake_version(Patient& patient, const Patient& before, const Defects& defects) {
  if (!defects.is_on(Defect::people_same_document_id)) return;
  patient.record.document_id = before.record.document_id;
  patient.document = records::write_ccda_version(patient.record, head_of(patient));
}

const Patient* namesake_of(const Patient& patient, const Patients& patients) {
  for (const auto& other : patients.all())
    if (has_birth_date_and_family(patient, other) &&
        other.record.patient.name.full() == patient.record.patient.name.full())
      return &other;
  return nullptr;
}

const Patient* twin_of(const Patient& patient, const Patients& patients) {
  for (const auto& other : patients.all())
    if (has_birth_date_and_family(patient, other) &&
        other.record.patient.name.full() != patient.record.patient.name.full())
      return &other;
  return nullptr;
}

}  // namespace bb::portal
