#include "portal/certification_mistakes.hpp"

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/editions.hpp"

namespace bb::portal {
namespace {

constexpr std::int64_t day_ns = 86'400 * ns_per_second;
constexpr std::int64_t clock_error_ns = 600 * ns_per_second;

constexpr std::string_view assessment = "51848-0", health_concerns = "75310-3", equipment = "46264-8",
                           discharge_instructions = "8653-8", admission_diagnosis = "46241-6",
                           admission_reason = "8646-2", imaging_note = "18748-4", laboratory_note = "11502-2";

void drop_section(records::Record& record, std::string_view code) {
  std::erase_if(record.sections, [&](const records::Section& section) { return section.code.code == code; });
}

void change_notes(records::Record& record, std::string_view type, std::string_view from, std::string_view to) {
  for (auto& note : record.notes)
    if (note.type.code == type) note.text = replace_all(std::move(note.text), from, to);
}

// What stands in the notes of a type from one word up to another.
void cut_notes(records::Record& record, std::string_view type, std::string_view from, std::string_view to) {
  for (auto& note : record.notes) {
    const auto begin = note.text.find(from), end = note.text.find(to);
    if (note.type.code == type && begin < end && end != std::string::npos) note.text.erase(begin, end - begin);
  }
}

bool has_dated_entries(const records::Record& record) {
  return !record.allergies.empty() || !record.problems.empty() || !record.medications.empty() ||
         !record.immunizations.empty() || !record.results.empty() || !record.vital_signs.empty() ||
         !record.encounters.empty() || !record.procedures.empty() || !record.notes.empty();
}

// The first place alone.
std::string with_change(std::string text, std::string_view from, std::string_view to) {
  if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

std::string unstructured(const std::string& ccda) {
  const auto body = ccda.find("<structuredBody"), end = ccda.find("</structuredBody>");
  if (body == std::string::npos || end == std::string::npos) return ccda;
  return ccda.substr(0, body) + "<nonXMLBody><text mediaType=\"text/plain\">A scan of the record.</text></nonXMLBody>" +
         ccda.substr(end + std::string_view("</structuredBody>").size());
}

}  // namespace

Selection mistaken_selection(Selection selection, Way way, const Defects& defects) {
  auto& range = selection.range;
  if ((way == Way::view && defects.is_on(Defect::vdt_view_ignores_dates)) ||
      (way == Way::download && defects.is_on(Defect::vdt_download_ignores_dates)) ||
      (way == Way::share && defects.is_on(Defect::vdt_share_ignores_dates)))
    range = {};
  const bool is_long = range.from_ns && range.until_ns && *range.until_ns - *range.from_ns > day_ns;
  // Into the day before, in every zone.
  if (is_long && defects.is_on(Defect::vdt_leaves_last_day_out)) *range.until_ns -= day_ns + day_ns / 2;
  if (range.until_ns && defects.is_on(Defect::vdt_days_of_utc)) *range.until_ns = *range.until_ns / day_ns * day_ns - 1;
  return selection;
}

records::Record mistaken_part(records::Record part, const records::Record& whole, const Selection& selection,
                              const Defects& defects) {
  if (selection.range.is_open()) return part;
  if (defects.is_on(Defect::vdt_nothing_is_everything) && !has_dated_entries(part)) return whole;
  if (defects.is_on(Defect::vdt_keeps_current))
    for (const auto& problem : whole.problems)
      if (problem.status == "active") part.problems.push_back(problem);
  return part;
}

records::Record mistaken_page(records::Record shown, const Defects& defects) {
  const auto is_on = [&](Defect defect) { return defects.is_on(defect); };
  if (is_on(Defect::vdt_page_without_plan)) {
    drop_section(shown, assessment);
    shown.plan.clear();
  }
  if (is_on(Defect::vdt_page_without_goals)) shown.goals.clear();
  if (is_on(Defect::vdt_page_without_concerns)) drop_section(shown, health_concerns);
  if (is_on(Defect::vdt_page_cuts_udi))
    for (auto& section : shown.sections)
      if (section.code.code == equipment) section.text = section.text.substr(0, section.text.find("(17)"));
  if (is_on(Defect::vdt_page_without_provider)) shown.care_team.clear();
  if (is_on(Defect::vdt_page_without_instructions)) drop_section(shown, discharge_instructions);
  if (is_on(Defect::vdt_page_without_reason)) {
    drop_section(shown, admission_reason);
    drop_section(shown, admission_diagnosis);
  }
  if (is_on(Defect::vdt_page_without_locations))
    for (auto& encounter : shown.encounters) encounter.location.clear();
  if (is_on(Defect::vdt_lab_without_address)) cut_notes(shown, laboratory_note, "Laboratory: ", "Report date: ");
  if (is_on(Defect::vdt_no_reference_ranges))
    for (auto& panel : shown.results)
      for (auto& result : panel.observations) result.reference_range.clear();
  if (is_on(Defect::vdt_correction_unmarked)) change_notes(shown, laboratory_note, "Corrected report: ", "Result: ");
  if (is_on(Defect::vdt_no_imaging_report))
    std::erase_if(shown.notes, [](const records::Note& note) { return note.type.code == imaging_note; });
  if (is_on(Defect::vdt_page_without_sex)) {
    shown.patient.gender.clear();
    std::erase_if(shown.social_history,
                  [](const records::Observation& one) { return one.test.display.starts_with("Sex"); });
  }
  return shown;
}

std::string mistaken_ccda(std::string ccda, const Defects& defects) {
  const auto is_on = [&](Defect defect) { return defects.is_on(defect); };
  if (is_on(Defect::vdt_ccda_of_another_type))
    ccda = with_change(with_change(std::move(ccda), "code=\"34133-9\"", "code=\"34117-2\""),
                       "<templateId root=\"2.16.840.1.113883.10.20.22.1.2\" extension=\"2015-08-01\"/>", "");
  if (is_on(Defect::vdt_ccda_without_plan)) ccda = without_sections(std::move(ccda), {"18776-5"});
  if (is_on(Defect::vdt_ccda_without_goals)) ccda = without_sections(std::move(ccda), {"61146-7"});
  if (is_on(Defect::vdt_ccda_without_concerns))
    ccda = without_sections(std::move(ccda), {std::string(health_concerns)});
  if (is_on(Defect::vdt_ccda_without_udi))
    ccda = replace_all(std::move(ccda), "root=\"2.16.840.1.113883.3.3719\" extension=", "root=\"2.999.1\" extension=");
  if (is_on(Defect::vdt_ccda_of_old_guide))
    ccda = with_change(std::move(ccda),
                       "<templateId root=\"2.16.840.1.113883.10.20.22.1.1\" extension=\"2023-05-01\"/>", "");
  if (is_on(Defect::vdt_ccda_unstructured)) ccda = unstructured(ccda);
  return ccda;
}

void mistake_history(Activity::Page& page, const Defects& defects) {
  for (auto& event : page.events) {
    if (defects.is_on(Defect::vdt_history_merges_actions) && event.action == "download") event.action = "view";
    if (defects.is_on(Defect::vdt_history_clock_wrong)) event.at_unix_ns -= clock_error_ns;
    if (defects.is_on(Defect::vdt_history_one_user)) {
      event.actor_name = "User";
      event.actor_id = "user";
      event.actor_role = "patient";
    }
    if (defects.is_on(Defect::vdt_history_cuts_addressee))
      for (auto& to : event.to) to = to.substr(0, to.find('/', std::string_view("https://").size()));
  }
}

}  // namespace bb::portal
