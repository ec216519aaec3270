#include "portal/patients.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <system_error>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/records/ccda.hpp>

#include "portal/resource_file.hpp"

namespace bb::portal {
namespace {

constexpr std::uint64_t document_bytes_max = 64ull * 1024 * 1024;

Patient make_stranger() {
  Patient stranger;
  stranger.id = "stranger";
  auto& record = stranger.record;
  record.document_id = "2.999.1^stranger";
  record.document_title = "Health summary";
  record.document_type = {"34133-9", "2.16.840.1.113883.6.1", "LOINC", "Summarization of Episode Note"};
  record.created = "2024-03-01";
  record.author = "Sample Author";
  record.custodian = "Sample Clinic";
  record.patient.name = {{"Sam", "Quill"}, "Strangerson", "", ""};
  record.patient.birth_date = "1931-12-24";
  record.patient.gender = "male";
  record.patient.ids = {{"2.999.2", "stranger-1"}};
  records::Allergy allergy;
  allergy.substance = {"1191", "2.16.840.1.113883.6.88", "RxNorm", "aspirin"};
  allergy.status = "active";
  record.allergies = {allergy};
  records::Problem problem;
  problem.problem = {"90560007", "2.16.840.1.113883.6.96", "SNOMED CT", "Gout"};
  problem.status = "active";
  problem.onset = "2001";
  record.problems = {problem};
  records::Medication medication;
  medication.drug = {"197319", "2.16.840.1.113883.6.88", "RxNorm", "allopurinol 100 MG Oral Tablet"};
  medication.start = "2001-05";
  medication.status = "active";
  record.medications = {medication};
  stranger.document = records::write_ccda(record);
  return stranger;
}

// What the files of several patients may have in common.
bool is_common(std::string_view type) {
  constexpr std::array<std::string_view, 7> types{"Endpoint", "Location",     "Medication",      "Organization",
                                                  "Patient",  "Practitioner", "PractitionerRole"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

// An id that another patient's file has already would show one's data to the other.
void leave_out_others(const std::string& patient, std::vector<Value>& resources,
                      std::map<std::string, std::string>& patient_by_reference, std::vector<std::string>& warnings) {
  std::erase_if(resources, [&](const Value& one) {
    const auto type = one["resourceType"].string_or("");
    if (is_common(type)) return false;
    const auto reference = type + "/" + one["id"].string_or("");
    const auto& first = patient_by_reference.emplace(reference, patient).first->second;
    if (first == patient) return false;
    warnings.push_back(reference + " of '" + patient + "' is left out: '" + first +
                       "' has a resource of the same type and id; give each its own id");
    return true;
  });
}

Result<Summary> read_summary(const std::filesystem::path& file) {
  BB_TRY(auto document, read_text(file, document_bytes_max));
  auto record = records::read_ccda(document);
  if (!record) return Error{file.string() + ": " + record.error().what};
  return Summary{std::move(document), *std::move(record)};
}

}  // namespace

const Patient* Patients::find(std::string_view id) const {
  const auto found = std::find_if(patients_.begin(), patients_.end(), [&](const auto& p) { return p->id == id; });
  return found == patients_.end() ? nullptr : found->get();
}

Patients Patients::with(Patient changed) const {
  auto next = *this;
  for (auto& patient : next.patients_)
    if (patient->id == changed.id) patient = std::make_shared<const Patient>(changed);
  return next;
}

const Patient& Patients::other_than(const Patient& patient) const {
  static const Patient stranger = make_stranger();
  if (patients_.size() < 2) return stranger;
  const auto found =
      std::find_if(patients_.begin(), patients_.end(), [&](const auto& p) { return p->id == patient.id; });
  return found == patients_.end() || found + 1 == patients_.end() ? *patients_.front() : **(found + 1);
}

Result<std::vector<std::filesystem::path>> find_documents(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::recursive_directory_iterator entry(folder, code);
  if (code) return Error{"cannot read the records folder " + folder.string() + ": " + code.message()};
  std::vector<std::filesystem::path> documents;
  for (; entry != std::filesystem::recursive_directory_iterator(); entry.increment(code)) {
    if (code) return Error{"cannot read the records folder " + folder.string() + ": " + code.message()};
    if (entry->is_regular_file(code) && to_lower(entry->path().extension().string()) == ".xml")
      documents.push_back(entry->path().lexically_relative(folder));
  }
  std::sort(documents.begin(), documents.end());
  return documents;
}

Result<LoadedPatients> load_patients(const std::filesystem::path& folder, const People& people) {
  LoadedPatients loaded;
  std::vector<Patient> patients;
  std::map<std::string, std::string> patient_by_reference;
  for (const auto& person : people.all()) {
    if (person.record.empty()) continue;
    const auto file = folder / person.record;
    auto own = read_summary(file);
    if (!own) {
      loaded.warnings.push_back(own.error().what);
      continue;
    }
    patients.push_back({person.account, std::move(own->document), std::move(own->record)});
    for (const auto& path : person.summaries) {
      auto summary = read_summary(folder / path);
      if (summary)
        patients.back().summaries.push_back(*std::move(summary));
      else
        loaded.warnings.push_back(summary.error().what);
    }
    patients.back().withheld = person.withheld;
    const auto add = [&](Result<std::vector<Value>> read, std::vector<Value>& to) {
      if (!read) return loaded.warnings.push_back(read.error().what);
      to = *std::move(read);
      leave_out_others(person.account, to, patient_by_reference, loaded.warnings);
    };
    if (!person.claims.empty()) add(read_claims(folder / person.claims), patients.back().claims);
    if (!person.dispensing.empty()) add(read_resources(folder / person.dispensing), patients.back().dispensing);
    if (!person.resources.empty()) add(read_resources(folder / person.resources), patients.back().resources);
  }
  if (patients.empty()) {
    std::string why = "no readable C-CDA document in " + folder.string();
    for (const auto& warning : loaded.warnings) why += "\n  " + warning;
    return Error{why};
  }
  loaded.patients = Patients(patients);
  return loaded;
}

}  // namespace bb::portal
