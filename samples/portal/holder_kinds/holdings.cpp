#include "portal/holder_kinds/holdings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/read.hpp>

#include "portal/documents.hpp"
#include "portal/fhir/paths.hpp"
#include "portal/holder_kinds/own_copies.hpp"

namespace bb::portal {
namespace {

constexpr std::string_view claim = "ExplanationOfBenefit";
constexpr std::string_view fill = "MedicationDispense";

bool is_of(const Value& resource, std::string_view type) { return resource["resourceType"].string_or("") == type; }

const Value* find_of(const std::vector<Value>& resources, std::string_view type) {
  const auto found =
      std::find_if(resources.begin(), resources.end(), [&](const Value& one) { return is_of(one, type); });
  return found == resources.end() ? nullptr : &*found;
}

// The name of the organisation that is referred to.
std::string organization_named_by(const std::vector<Value>& resources, const Value& reference) {
  const auto wanted = reference["reference"].string_or("");
  for (const auto& one : resources)
    if (is_of(one, "Organization") && "Organization/" + one["id"].string_or("") == wanted)
      return one["name"].string_or("");
  return reference["display"].string_or("");
}

// The vaccinations of the record as FHIR, about the patient of `resources`.
std::vector<Value> vaccinations_of(const records::Record& record, const std::string& patient) {
  records::Record part;
  part.patient = record.patient;
  part.immunizations = record.immunizations;
  std::vector<Value> found;
  const auto bundle = parse_json(records::write_fhir_bundle(part));
  const auto* entries = bundle ? (*bundle)["entry"].items() : nullptr;
  if (entries == nullptr) return found;
  for (const auto& entry : *entries) {
    auto one = entry["resource"];
    if (!is_of(one, "Immunization")) continue;
    one.set("id", fmt::format("{}-vaccination-{}", patient, found.size() + 1));
    one.set("patient", Value::object({{"reference", "Patient/" + patient}}));
    found.push_back(std::move(one));
  }
  return found;
}

// For holder-codes-only: what stands beside a code in words goes.
void drop_names(std::vector<Value>& resources) {
  for (auto& resource : resources)
    fhir::visit_objects(resource, [](Value& object) {
      if (object.find("coding") != nullptr) object.erase("text");
      if (object.find("code") != nullptr && object.find("system") != nullptr) object.erase("display");
    });
}

// The portal's Patient is the holder's too: as the record names them.
void name_as(std::vector<Value>& resources, const records::Patient& patient) {
  for (auto& one : resources) {
    if (!is_of(one, "Patient")) continue;
    auto name = Value::object({{"family", patient.name.family}, {"given", Value::strings(patient.name.given)}});
    if (!patient.name.suffix.empty()) name.set("suffix", Value::strings({patient.name.suffix}));
    auto names = Value::array();
    names.push(std::move(name));
    one.set("name", std::move(names));
  }
}

// The names of HL7's claim types, where a claim has the code alone.
void name_types(std::vector<Value>& resources) {
  for (auto& one : resources) {
    if (!is_of(one, claim)) continue;
    auto* codings = one.find("type") == nullptr ? nullptr : one.find("type")->find("coding");
    if (codings == nullptr || codings->items() == nullptr) continue;
    for (auto& coding : *codings->items()) {
      auto name = coding["code"].string_or("");
      const bool is_type = coding["system"].string_or("") == "http://terminology.hl7.org/CodeSystem/claim-type";
      if (!is_type || name.empty() || name.front() < 'a' || name.front() > 'z' || coding.find("display") != nullptr)
        continue;
      name.front() = static_cast<char>(name.front() - 'a' + 'A');  // "professional" is Professional
      coding.set("display", name);
    }
  }
}

// How much for how long, from whom, and how often again: what a record has no members for, as "Label: value; ...".
std::string fill_in_words(const Value& dispense) {
  const auto& prescription = dispense["contained"][0];
  std::vector<std::string> parts;
  if (const auto how = dispense["dosageInstruction"][0]["text"].string_or(""); !how.empty())
    parts.push_back("Directions: " + how);
  const auto& quantity = dispense["quantity"];
  if (quantity["value"].is_number())
    parts.push_back("Quantity: " + to_json(quantity["value"]) + " " + quantity["unit"].string_or(""));
  if (dispense["daysSupply"]["value"].is_number())
    parts.push_back("Days of supply: " + to_json(dispense["daysSupply"]["value"]));
  if (const auto who = prescription["requester"]["display"].string_or(""); !who.empty())
    parts.push_back("Prescriber: " + who);
  if (const auto left = dispense["note"][0]["text"].string_or(""); !left.empty()) parts.push_back(left);
  const auto& codings = dispense["medicationCodeableConcept"]["coding"];
  for (std::size_t i = 0; i < codings.size(); ++i)
    if (codings[i]["system"].string_or("") == "http://hl7.org/fhir/sid/ndc")
      parts.push_back("NDC: " + codings[i]["code"].string_or(""));
  return join(parts, "; ");
}

Result<records::Record> record_of(const std::vector<Value>& resources) {
  return records::read_record(to_json(bundle_of(resources)));
}

void spoil(std::vector<Value>& resources, const Defects& defects) {
  if (defects.is_on(Defect::holder_claims_missing))
    std::erase_if(resources, [](const Value& one) { return is_of(one, claim); });
  if (defects.is_on(Defect::holder_fill_missing)) {
    const auto last =
        std::find_if(resources.rbegin(), resources.rend(), [](const Value& one) { return is_of(one, fill); });
    if (last != resources.rend()) resources.erase(std::next(last).base());
  }
  if (defects.is_on(Defect::holder_codes_only)) drop_names(resources);
}

std::vector<Value> resources_of(HolderKind kind, const Patient& patient) {
  if (kind == HolderKind::pharmacy) return patient.dispensing;
  auto resources = patient.claims;
  if (const auto* payers = find_of(resources, "Patient"); payers != nullptr)
    for (auto& one : vaccinations_of(patient.record, (*payers)["id"].string_or("")))
      resources.push_back(std::move(one));
  return resources;
}

std::string keeper_of(HolderKind kind, const std::vector<Value>& resources) {
  const auto* first = find_of(resources, kind == HolderKind::payer ? "Coverage" : fill);
  if (first == nullptr) return {};
  return organization_named_by(resources,
                               kind == HolderKind::payer ? (*first)["payor"][0] : (*first)["performer"][0]["actor"]);
}

Result<Patient> held_by(HolderKind kind, const Patient& patient, const Defects& defects) {
  auto own = patient;
  own.own_form = resources_of(kind, patient);
  const auto keeper = keeper_of(kind, own.own_form);
  name_as(own.own_form, patient.record.patient);
  name_types(own.own_form);
  spoil(own.own_form, defects);
  BB_TRY(auto record, record_of(own.own_form));
  record.patient = patient.record.patient;
  record.custodian = keeper;
  record.document_title = kind == HolderKind::payer ? "Coverage and claims" : "Dispensing history";
  record.created = patient.record.created;
  std::size_t number = 0;
  for (const auto& resource : own.own_form)
    if (is_of(resource, fill) && number < record.medications.size())
      record.medications[number++].instructions = fill_in_words(resource);
  own.document = records::write_ccda(record);
  own.record = std::move(record);
  own.summaries.clear();
  return own;
}

}  // namespace

Result<Patients> as_held_by(HolderKind kind, const Patients& patients, const Defects& defects) {
  if (kind == HolderKind::provider) return patients;
  std::vector<Patient> held;
  for (const auto& patient : patients.all()) {
    if ((kind == HolderKind::payer ? patient.claims : patient.dispensing).empty()) continue;
    BB_TRY(auto own, held_by(kind, patient, defects));
    held.push_back(std::move(own));
  }
  if (held.empty())
    return Error{fmt::format(
        "--holder {0}: no patient has a file of '{1}' in people.yaml; name one, for example "
        "'alice: {{record: alice.xml, {1}: alice.{1}.json}}'",
        kind == HolderKind::payer ? "payer" : "pharmacy", kind == HolderKind::payer ? "claims" : "dispensing")};
  return Patients(std::move(held));
}

}  // namespace bb::portal
