#include "portal/cms/payer_data.hpp"

#include <algorithm>
#include <array>

#include <bb/core/text.hpp>

#include "portal/cms/ids.hpp"
#include "portal/fhir/parts.hpp"

namespace bb::portal::cms {
namespace {

using fhir::Resource;

// Which of CMS's types of claims one of the CARIN profile is (FHIR-BB2-18). Medicare pays for no teeth: Oral is none.
struct ClaimType {
  std::string_view profile, name, code;
};
constexpr std::array<ClaimType, 4> claim_types{{
    {"C4BB-ExplanationOfBenefit-Inpatient-Institutional", "inpatient", "INPATIENT"},
    {"C4BB-ExplanationOfBenefit-Outpatient-Institutional", "outpatient", "OUTPATIENT"},
    {"C4BB-ExplanationOfBenefit-Pharmacy", "pde", "PDE"},
    {"C4BB-ExplanationOfBenefit-Professional-NonClinician", "carrier", "CARRIER"},
}};

const ClaimType* claim_type_of(const Value& claim) {
  const auto* profiles = claim["meta"]["profile"].items();
  if (profiles == nullptr) return nullptr;
  for (const auto& type : claim_types)
    for (const auto& profile : *profiles)
      if (profile.string_or("").find(type.profile) != std::string::npos) return &type;
  return nullptr;
}

std::string name_of(const Resource& resource) {
  const auto& name = resource.content["name"];
  if (name.is_string()) return name.string_or("");
  const auto& first = name[0];
  if (first["text"].is_string()) return first["text"].string_or("");
  auto words = first["given"][0].string_or("");
  if (const auto family = first["family"].string_or(""); !family.empty()) words += (words.empty() ? "" : " ") + family;
  return words;
}

// One patient's resources under CMS's ids, those referred to included.
class Renamed {
 public:
  Renamed(std::string account, const fhir::Store& store) : account_(std::move(account)), store_(store) {}

  void add(const Resource& original, std::string id) {
    ids_.emplace(original.reference(), original.type + "/" + id);
    originals_.emplace_back(&original, std::move(id));
  }

  std::vector<Resource> take() const {
    std::vector<Resource> made;
    for (const auto& [original, id] : originals_) {
      auto content = original->content;
      content.set("id", id);
      rename(content);
      made.push_back({original->type, id, std::move(content), original->last_updated_ns, {account_}});
    }
    return made;
  }

 private:
  void rename(Value& value) const {
    if (auto* items = value.items())
      for (auto& item : *items) rename(item);
    auto* members = value.members();
    if (members == nullptr) return;
    for (auto& member : *members) rename(member.value);
    const auto reference = value["reference"].string_or("");
    if (reference.empty() || reference.front() == '#') return;
    if (const auto known = ids_.find(reference); known != ids_.end()) {
      value.set("reference", known->second);
      return;
    }
    value.erase("reference");
    const auto slash = reference.find('/');
    const auto* target =
        slash == reference.npos ? nullptr : store_.find(reference.substr(0, slash), reference.substr(slash + 1));
    if (value.find("display") == nullptr)
      value.set("display", target == nullptr || name_of(*target).empty() ? "not named" : name_of(*target));
  }

  std::string account_;
  const fhir::Store& store_;
  std::map<std::string, std::string, std::less<>> ids_;
  std::vector<std::pair<const Resource*, std::string>> originals_;
};

void add_mbi(Value& patient, std::string_view account, const Defects& defects) {
  const auto system =
      defects.is_on(Defect::cms_old_medicare_number) ? "http://hl7.org/fhir/sid/us-medicare" : std::string(mbi_system);
  if (patient.find("identifier") == nullptr) patient.set("identifier", Value::array());
  patient.find("identifier")
      ->push(Value::object({{"type", fhir::concept_of("http://terminology.hl7.org/CodeSystem/v2-0203", "MC")},
                            {"system", system},
                            {"value", mbi_of(account)}}));
}

void add_eob_type(Value& claim, std::string_view code) {
  claim.find("type")->find("coding")->push(Value::object({{"system", eob_type_system}, {"code", code}}));
}

}  // namespace

PayerData::PayerData(const Patients& patients, const fhir::Store& store, const Defects& defects) {
  // Parts of Medicare by the order in which coverages stand.
  constexpr std::string_view parts = "abcd";
  for (const auto& patient : patients.all()) {
    Renamed renamed(patient.id, store);
    const auto id = patient_id_of(patient.id);
    std::size_t coverage_count = 0;
    for (const auto& one : store.all()) {
      if (one.owners.size() != 1 || one.owners.front() != patient.id) continue;
      if (one.type == "Patient") renamed.add(one, id);
      if (one.type == "Coverage" && coverage_count < parts.size())
        renamed.add(one, std::string("part-") + parts[coverage_count++] + "-" + id);
      const auto* claim = one.type == "ExplanationOfBenefit" ? claim_type_of(one.content) : nullptr;
      if (claim != nullptr) renamed.add(one, claim_id_of(claim->name, patient.id + "\n" + one.id));
    }
    for (auto& made : renamed.take()) {
      if (made.type == "Patient") add_mbi(made.content, patient.id, defects);
      if (made.type == "ExplanationOfBenefit") add_eob_type(made.content, claim_type_of(made.content)->code);
      if (made.type == "Patient" && defects.is_on(Defect::cms_strips_minus)) made.content.set("id", made.id.substr(1));
      resources_.push_back(std::move(made));
    }
  }
}

std::vector<const Resource*> PayerData::all(std::string_view account, std::string_view type) const {
  std::vector<const Resource*> found;
  for (const auto& one : resources_)
    if (one.type == type && one.owners.front() == account) found.push_back(&one);
  return found;
}

const Resource* PayerData::find(std::string_view type, std::string_view id) const {
  const auto found = std::find_if(resources_.begin(), resources_.end(),
                                  [&](const Resource& one) { return one.type == type && one.id == id; });
  return found == resources_.end() ? nullptr : &*found;
}

}  // namespace bb::portal::cms
