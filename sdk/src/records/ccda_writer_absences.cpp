// What is not so, not known or not there, as C-CDA entries. The readers tell by the
// section and by negationInd what is meant; a code that itself says "no known ..." is
// not negated again.
#include <array>

#include "ccda_writer.hpp"
#include "cda_statements.hpp"
#include "code_systems.hpp"

namespace bb::records::ccda_out {
namespace {

const Code any_allergy{"419199007", std::string(snomed_ct), "SNOMED CT", "Allergy to substance"};
const Code any_problem{"55607006", std::string(snomed_ct), "SNOMED CT", "Problem"};
const Code any_drug{"410942007", std::string(snomed_ct), "SNOMED CT", "Drug or medicament"};
const Code any_procedure{"71388002", std::string(snomed_ct), "SNOMED CT", "Procedure"};
const Code no_vaccine{"998", std::string(cvx), "CVX", "no vaccine administered"};

// How the absences of a section are stated.
struct Form {
  std::string_view section, element, class_code;
  const Code* anything =
      nullptr;  // what is denied where nothing in particular is; of those a code may itself say "no known"
  std::string_view template_root = {}, release = {};
  std::string_view concern = {};  // template of the act around it
  std::string_view product = {};  // template of what would be taken or given
};
const std::array<Form, 13> forms{{
    {"allergies", "observation", "OBS", &any_allergy, "2.16.840.1.113883.10.20.22.4.7", release_2_0,
     "2.16.840.1.113883.10.20.22.4.30"},
    {"problems", "observation", "OBS", &any_problem, "2.16.840.1.113883.10.20.22.4.4", release_2_1,
     "2.16.840.1.113883.10.20.22.4.3"},
    {"medications",
     "substanceAdministration",
     "SBADM",
     &any_drug,
     "2.16.840.1.113883.10.20.22.4.16",
     release_2_0,
     {},
     "2.16.840.1.113883.10.20.22.4.23"},
    {"immunizations",
     "substanceAdministration",
     "SBADM",
     &no_vaccine,
     "2.16.840.1.113883.10.20.22.4.52",
     release_2_1,
     {},
     "2.16.840.1.113883.10.20.22.4.54"},
    {"procedures", "procedure", "PROC", &any_procedure, "2.16.840.1.113883.10.20.22.4.14", release_2_0},
    {"goals", "observation", "OBS", nullptr, "2.16.840.1.113883.10.20.22.4.121"},
    {"results", "observation", "OBS"},
    {"vital_signs", "observation", "OBS"},
    {"social_history", "observation", "OBS"},
    {"functional_status", "observation", "OBS"},
    {"encounters", "act", "ACT"},
    {"plan", "act", "ACT"},
    {"care_team", "act", "PCPR"},
}};

// The statement is of `what`; what is not known has no code, only words in its text.
struct Denial {
  const Absence& absence;
  const Form& form;
  Code what;  // empty = not known
  bool is_negated = false;
};

Denial denial_of(const Absence& absence, const Form& form) {
  if (absence.kind == "unknown" && absence.what.code != drug_treatment_unknown) return {absence, form, {}, false};
  if (form.anything != nullptr && says_none_known(absence.what)) return {absence, form, absence.what, false};
  // "None" is told by a code for the whole kind, or by none.
  const bool is_kind = form.section == "allergies" || form.section == "immunizations" || is_anything(absence.what);
  const bool is_general = absence.kind == "none_known" && !(is_kind && !absence.what.code.empty());
  if (!is_general) return {absence, form, absence.what, true};
  return {absence, form, form.anything == nullptr ? Code{} : *form.anything, true};
}

void write_missing(XmlWriter& xml, std::string_view element, std::string_view xsi_type, const Absence& absence) {
  // OTH would say that the words are the name.
  const bool is_told = !absence.null_flavor.empty() && absence.null_flavor != "OTH";
  xml.empty(element, {{"xsi:type", xsi_type},
                      {"nullFlavor", is_told ? std::string_view(absence.null_flavor) : std::string_view("UNK")}});
}

void write_what(XmlWriter& xml, std::string_view element, std::string_view xsi_type, const Denial& denial) {
  if (is_empty(denial.what)) return write_missing(xml, element, xsi_type, denial.absence);
  write_code(xml, element, denial.what, xsi_type);
}

// "Allergy to drug" is denied by its kind, penicillin by its substance.
void write_allergy(Draft& draft, const Denial& denial) {
  auto& xml = draft.xml;
  const bool is_of_a_kind = denial.absence.kind != "negated";
  if (is_of_a_kind)
    write_what(xml, "value", "CD", denial);
  else
    write_code(xml, "value", any_allergy, "CD");
  const XmlScope participant(xml, "participant", {{"typeCode", "CSM"}});
  const XmlScope role(xml, "participantRole", {{"classCode", "MANU"}});
  const XmlScope entity(xml, "playingEntity", {{"classCode", "MMAT"}});
  if (is_of_a_kind) return xml.empty("code", {{"nullFlavor", "NA"}});
  write_what(xml, "code", {}, denial);
}

void write_denied(Draft& draft, const Denial& denial, std::size_t index) {
  auto& xml = draft.xml;
  const auto& form = denial.form;
  const auto mood = form.section == "plan" ? "INT" : form.section == "goals" ? "GOL" : "EVN";
  const XmlScope scope(
      xml, form.element,
      {{"classCode", form.class_code}, {"moodCode", mood}, {"negationInd", denial.is_negated ? "true" : ""}});
  write_templates(xml, form.template_root, form.release);
  write_act_id(draft, "absence", index);
  const bool is_of_a_product = form.element == "substanceAdministration";
  const bool is_of_a_value = form.section == "allergies" || form.section == "problems";
  if (is_of_a_value)
    write_fixed_code(draft, "ASSERTION", "2.16.840.1.113883.5.4", "ActCode", "Assertion");
  else if (form.section == "encounters")
    write_fixed_code(draft, "48767-8", loinc, "LOINC", "Annotation comment");
  else if (!is_of_a_product)
    write_what(xml, "code", {}, denial);
  const auto words = is_empty(denial.what) ? in_words(denial.absence.what) : std::string();
  if (!words.empty() && form.section != "encounters") xml.text("text", words);
  write_status(draft, form.section == "goals" ? "active" : "completed");
  if (form.section == "immunizations")
    write_time(xml, "effectiveTime", {});
  else if (!form.template_root.empty() && form.section != "goals")
    write_interval(xml, {}, {}, HighEnd::left_out_when_empty, is_of_a_product ? "IVL_TS" : "");
  if (form.section == "medications") xml.empty("doseQuantity", {{"nullFlavor", "NA"}});
  if (form.section == "allergies") return write_allergy(draft, denial);
  if (form.section == "problems") return write_what(xml, "value", "CD", denial);
  if (form.section == "care_team") {
    const XmlScope performer(xml, "performer", {{"typeCode", "PRF"}});
    const XmlScope assigned(xml, "assignedEntity");
    xml.empty("id", {{"nullFlavor", "UNK"}});
    return write_what(xml, "code", {}, denial);
  }
  if (form.section == "encounters") {
    // An encounter of CDA has no negationInd; the act around it has.
    const XmlScope relation(xml, "entryRelationship", {{"typeCode", "COMP"}});
    const XmlScope encounter(xml, "encounter", {{"classCode", "ENC"}, {"moodCode", "EVN"}});
    write_what(xml, "code", {}, denial);
    if (!words.empty()) xml.text("text", words);
    return;
  }
  if (!is_of_a_product) return;
  const XmlScope consumable(xml, "consumable");
  const XmlScope manufactured(xml, "manufacturedProduct", {{"classCode", "MANU"}});
  write_templates(xml, form.product, release_2_0);
  const XmlScope material(xml, "manufacturedMaterial");
  if (denial.what.system != snomed_ct) return write_what(xml, "code", {}, denial);
  // No code of a product denies the whole kind; HL7 puts SNOMED CT's beside.
  const XmlScope code(xml, "code", {{"nullFlavor", "OTH"}});
  write_code(xml, "translation", denial.what);
}

void write_denial(Draft& draft, const Denial& denial, std::size_t index) {
  auto& xml = draft.xml;
  const XmlScope entry(xml, "entry", {{"typeCode", "DRIV"}});
  if (denial.form.concern.empty()) return write_denied(draft, denial, index);
  const XmlScope act(xml, "act", {{"classCode", "ACT"}, {"moodCode", "EVN"}});
  write_templates(xml, denial.form.concern, release_2_1);
  write_act_id(draft, "absence-concern", index);
  write_fixed_code(draft, "CONC", "2.16.840.1.113883.5.6", "ActClass", "Concern");
  write_status(draft, "active");
  write_interval(xml, {}, {}, HighEnd::left_out_when_empty);
  const XmlScope relation(xml, "entryRelationship", {{"typeCode", "SUBJ"}});
  write_denied(draft, denial, index);
}

}  // namespace

void write_absences(Draft& draft, std::string_view section) {
  for (const auto& form : forms) {
    if (form.section != section) continue;
    const auto& absences = draft.record.absences;
    for (std::size_t i = 0; i < absences.size(); ++i)
      if (absences[i].section == section && is_stated(absences[i]))
        write_denial(draft, denial_of(absences[i], form), i);
  }
}

}  // namespace bb::records::ccda_out
