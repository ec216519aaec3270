#include "portal/withheld.hpp"

#include <algorithm>

#include <bb/records/ccda.hpp>

namespace bb::portal {

records::Record without_entries(records::Record record, const std::vector<std::string>& names) {
  const auto is_named = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto drop = [&](auto& entries, const auto& code) {
    std::erase_if(entries, [&](const auto& entry) { return is_named(records::in_words(entry.*code)); });
  };
  drop(record.allergies, &records::Allergy::substance);
  drop(record.problems, &records::Problem::problem);
  drop(record.medications, &records::Medication::drug);
  drop(record.immunizations, &records::Immunization::vaccine);
  drop(record.vital_signs, &records::Observation::test);
  drop(record.encounters, &records::Encounter::type);
  drop(record.procedures, &records::Procedure::procedure);
  drop(record.plan, &records::PlanItem::what);
  for (auto& panel : record.results) drop(panel.observations, &records::Observation::test);
  std::erase_if(record.results, [&](const auto& panel) {
    return panel.observations.empty() || is_named(records::in_words(panel.panel));
  });
  std::erase_if(record.notes,
                [&](const auto& note) { return is_named(note.title) || is_named(records::in_words(note.type)); });
  // Texts as they stand tell what their entries tell.
  record.sections.clear();
  return record;
}

Patient without_withheld(const Patient& patient) {
  auto limited = patient;
  if (patient.withheld.empty()) return limited;
  limited.record = without_entries(std::move(limited.record), patient.withheld);
  limited.document = records::write_ccda_version(
      limited.record, {"", "", patient.set_id, patient.version > 1 ? patient.version : 0, ""});
  for (auto& summary : limited.summaries) {
    summary.record = without_entries(std::move(summary.record), patient.withheld);
    summary.document = records::write_ccda(summary.record);
  }
  return limited;
}

}  // namespace bb::portal
