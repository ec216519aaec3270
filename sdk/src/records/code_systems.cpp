#include "code_systems.hpp"

#include <array>

#include <bb/core/text.hpp>

namespace bb::records {
namespace {

struct CodeSystem {
  std::string_view oid, name, url;
};

// Names as HL7's OID registry prints them, addresses from HL7 Terminology.
constexpr std::array<CodeSystem, 31> systems{{
    {snomed_ct, "SNOMED CT", "http://snomed.info/sct"},
    {loinc, "LOINC", "http://loinc.org"},
    {rxnorm, "RxNorm", "http://www.nlm.nih.gov/research/umls/rxnorm"},
    {cvx, "CVX", "http://hl7.org/fhir/sid/cvx"},
    {"2.16.840.1.113883.6.59", "CVX", "http://hl7.org/fhir/sid/cvx"},
    {"2.16.840.1.113883.6.103", "ICD-9-CM", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"2.16.840.1.113883.6.104", "ICD-9-CM procedures", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"2.16.840.1.113883.6.90", "ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm"},
    {"2.16.840.1.113883.6.4", "ICD-10-PCS", "http://www.cms.gov/Medicare/Coding/ICD10"},
    {"2.16.840.1.113883.6.12", "CPT", "http://www.ama-assn.org/go/cpt"},
    {"2.16.840.1.113883.6.14", "HCPCS", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"},
    {"2.16.840.1.113883.6.69", "NDC", "http://hl7.org/fhir/sid/ndc"},
    {"2.16.840.1.113883.4.9", "UNII", "http://fdasis.nlm.nih.gov"},
    {"2.16.840.1.113883.3.26.1.5", "NDF-RT", "http://hl7.org/fhir/ndfrt"},
    {"2.16.840.1.113883.3.26.1.1", "NCI Thesaurus", "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"},
    {"2.16.840.1.113883.6.8", "UCUM", "http://unitsofmeasure.org"},
    {"2.16.840.1.113883.6.238", "CDC Race and Ethnicity", "urn:oid:2.16.840.1.113883.6.238"},
    {"2.16.840.1.113883.6.259", "HSLOC", "https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html"},
    {"2.16.840.1.113883.5.1", "AdministrativeGender", "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender"},
    {"2.16.840.1.113883.5.2", "MaritalStatus", "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"},
    {"2.16.840.1.113883.5.4", "ActCode", "http://terminology.hl7.org/CodeSystem/v3-ActCode"},
    {"2.16.840.1.113883.5.6", "ActClass", "http://terminology.hl7.org/CodeSystem/v3-ActClass"},
    {"2.16.840.1.113883.5.83", "ObservationInterpretation",
     "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"},
    {"2.16.840.1.113883.5.88", "ParticipationFunction",
     "http://terminology.hl7.org/CodeSystem/v3-ParticipationFunction"},
    {"2.16.840.1.113883.5.112", "RouteOfAdministration",
     "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration"},
    {"2.16.840.1.113883.5.139", "TimingEvent", "http://terminology.hl7.org/CodeSystem/v3-TimingEvent"},
    {"2.16.840.1.113883.5.1063", "SeverityObservation", "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"},
    {"2.16.840.1.113883.5.111", "RoleCode", "http://terminology.hl7.org/CodeSystem/v3-RoleCode"},
    {"2.16.840.1.113883.6.345", "MED-RT", "http://va.gov/terminology/medrt"},
    {null_flavors, "NullFlavor", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"},
    {"2.16.840.1.113883.5.25", "Confidentiality", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"},
}};

const CodeSystem* find(std::string_view oid) {
  for (const auto& system : systems)
    if (system.oid == oid) return &system;
  return nullptr;
}

std::string letters_and_digits(std::string_view name) {
  std::string plain = to_lower(name);
  std::erase_if(plain, [](char c) { return (c < 'a' || c > 'z') && (c < '0' || c > '9'); });
  return plain;
}

// Of a web address what follows "http://" or "https://".
std::string_view without_scheme(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (url.starts_with(scheme)) return url.substr(scheme.size());
  return url;
}

}  // namespace

bool is_oid(std::string_view text) {
  for (const char c : text)
    if (c != '.' && (c < '0' || c > '9')) return false;
  return text.find('.') != std::string_view::npos;
}

std::string code_system_name(std::string_view oid) {
  const auto* system = find(oid);
  return system == nullptr ? std::string{} : std::string(system->name);
}

std::string code_system_oid(std::string_view name) {
  const auto plain = letters_and_digits(name);
  for (const auto& system : systems)
    if (letters_and_digits(system.name) == plain) return std::string(system.oid);
  return {};
}

std::string code_system_url(std::string_view oid) {
  if (const auto* system = find(oid)) return std::string(system->url);
  if (is_oid(oid)) return "urn:oid:" + std::string(oid);
  return oid.find(':') == std::string_view::npos ? std::string{} : std::string(oid);
}

std::string code_system_of_url(std::string_view url) {
  constexpr std::string_view oid_scheme = "urn:oid:";
  if (url.starts_with(oid_scheme)) return std::string(url.substr(oid_scheme.size()));
  const auto rest = without_scheme(url);
  for (const auto& system : systems)
    if (!rest.empty() && without_scheme(system.url) == rest) return std::string(system.oid);
  return std::string(url);
}

std::string in_words(const Code& code) {
  if (!code.display.empty()) return code.display;
  if (code.code.empty()) return {};
  return "code " + code.code + (code.system_name.empty() ? "" : " of " + code.system_name);
}

std::optional<Code> code_without_words(std::string_view words) {
  constexpr std::string_view begin = "code ", of = " of ";
  const auto at = words.find(of);
  if (!words.starts_with(begin) || at == std::string_view::npos || at < begin.size()) return std::nullopt;
  Code code;
  code.code = words.substr(begin.size(), at - begin.size());
  code.system = code_system_oid(words.substr(at + of.size()));
  code.system_name = code_system_name(code.system);
  if (code.system.empty() || in_words(code) != words) return std::nullopt;
  return code;
}

std::string code_label(const Code& code) {
  if (code.code.empty()) return {};
  return (code.system_name.empty() ? "code" : code.system_name) + " " + code.code;
}

}  // namespace bb::records
