// small_definitions.hpp - definitions of R4 in little, as published: two resources,
// some types, a profile of each kind of restriction, an extension.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/json.hpp>

#include "harness/fhir/checker.hpp"
#include "harness/fhir/published.hpp"

namespace bb::fhir::test {

inline std::string structure(std::string_view name, std::string_view kind, std::string_view base,
                             std::string_view elements, std::string_view more = "\"derivation\": \"specialization\"") {
  std::string text = R"({"resourceType": "StructureDefinition", "fhirVersion": "4.0.1", "kind": ")" +
                     std::string(kind) + R"(", "type": ")" + std::string(name) +
                     R"(", "url": "http://hl7.org/fhir/StructureDefinition/)" + std::string(name) + R"(", "title": ")" +
                     std::string(name) + R"(", )" + std::string(more);
  if (!base.empty())
    text += R"(, "baseDefinition": "http://hl7.org/fhir/StructureDefinition/)" + std::string(base) + "\"";
  return text + R"(, "snapshot": {"element": [)" + std::string(elements) + "]}}";
}

// An element: "Patient.name", "0..*", "HumanName", further members.
inline std::string element(std::string_view id, std::string_view range, std::string_view type,
                           std::string_view more = "") {
  const auto dots = range.find("..");
  std::string text = R"({"id": ")" + std::string(id) + R"(", "min": )" + std::string(range.substr(0, dots)) +
                     R"(, "max": ")" + std::string(range.substr(dots + 2)) + "\"";
  if (!type.empty()) {
    text += R"(, "type": [)";
    std::string_view rest = type;
    while (!rest.empty()) {
      const auto bar = rest.find('|');
      text += R"({"code": ")" + std::string(rest.substr(0, bar)) + "\"}";
      rest = bar == std::string_view::npos ? "" : rest.substr(bar + 1);
      if (!rest.empty()) text += ", ";
    }
    text += "]";
  }
  if (!more.empty()) text += ", " + std::string(more);
  return text + "}";
}

inline std::string list(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ",\n") + item;
  return text;
}

inline std::string primitive(std::string_view name) {
  const std::string type(name);
  return structure(name, "primitive-type", "Element",
                   list({element(type, "0..*", ""), element(type + ".id", "0..1", "string"),
                         element(type + ".extension", "0..*", "Extension"), element(type + ".value", "0..1", name)}));
}

inline std::string reference_to(std::string_view id, std::string_view range, std::string_view target) {
  return element(id, range, "",
                 R"("type": [{"code": "Reference", "targetProfile": ["http://hl7.org/fhir/StructureDefinition/)" +
                     std::string(target) + R"("]}])");
}

inline std::string resource_elements(const std::string& name) {
  return list({element(name, "0..*", "", R"("constraint": [{"key": "dom-6"}])"),
               element(name + ".id", "0..1", "string"), element(name + ".meta", "0..1", "Meta"),
               element(name + ".text", "0..1", "Narrative"), element(name + ".contained", "0..*", "Resource"),
               element(name + ".extension", "0..*", "Extension")});
}

inline std::vector<std::string> published() {
  std::vector<std::string> all;
  for (const auto* name : {"string", "id", "uri", "canonical", "code", "date", "dateTime", "boolean", "decimal",
                           "positiveInt", "base64Binary", "xhtml"})
    all.push_back(primitive(name));
  const auto type = [&](const std::string& name, const std::vector<std::string>& elements) {
    std::vector<std::string> rows{element(name, "0..*", ""), element(name + ".id", "0..1", "string"),
                                  element(name + ".extension", "0..*", "Extension")};
    rows.insert(rows.end(), elements.begin(), elements.end());
    all.push_back(structure(name, "complex-type", "Element", list(rows)));
  };
  type("Element", {});
  type("BackboneElement", {});
  type("Meta", {element("Meta.versionId", "0..1", "id"), element("Meta.profile", "0..*", "canonical")});
  type("Narrative", {element("Narrative.status", "1..1", "code"), element("Narrative.div", "1..1", "xhtml")});
  type("HumanName", {element("HumanName.family", "0..1", "string"), element("HumanName.given", "0..*", "string"),
                     element("HumanName.period", "0..1", "Period")});
  type("Period", {element("Period.start", "0..1", "dateTime"), element("Period.end", "0..1", "dateTime")});
  type("Identifier", {element("Identifier.system", "0..1", "uri"), element("Identifier.value", "0..1", "string")});
  type("Coding", {element("Coding.system", "0..1", "uri"), element("Coding.code", "0..1", "code")});
  type("CodeableConcept",
       {element("CodeableConcept.coding", "0..*", "Coding"), element("CodeableConcept.text", "0..1", "string")});
  type("Quantity", {element("Quantity.value", "0..1", "decimal"), element("Quantity.unit", "0..1", "string")});
  type("Reference", {element("Reference.reference", "0..1", "string"), element("Reference.type", "0..1", "uri"),
                     element("Reference.display", "0..1", "string")});
  type("Extension", {element("Extension.url", "1..1", "uri"), element("Extension.value[x]", "0..1", "string|boolean")});
  all.push_back(structure("Resource", "resource", "", element("Resource", "0..*", ""), R"("abstract": true)"));
  all.push_back(structure("DomainResource", "resource", "Resource", element("DomainResource", "0..*", ""),
                          R"("abstract": true)"));
  const auto resource = [&](const std::string& name, const std::vector<std::string>& elements) {
    all.push_back(structure(name, "resource", "DomainResource", resource_elements(name) + ",\n" + list(elements)));
  };
  resource(
      "Patient",
      {element("Patient.active", "0..1", "boolean"), element("Patient.name", "0..*", "HumanName"),
       element("Patient.gender", "0..1", "code",
               R"("binding": {"strength": "required", "valueSet": "http://x.org/gender|1"})"),
       element("Patient.birthDate", "0..1", "date"), element("Patient.deceased[x]", "0..1", "boolean|dateTime"),
       element("Patient.photo", "0..1", "base64Binary"), element("Patient.number", "0..1", "positiveInt"),
       element("Patient.contact", "0..*", "BackboneElement"), element("Patient.contact.id", "0..1", "string"),
       element("Patient.contact.extension", "0..*", "Extension"), element("Patient.contact.name", "1..1", "HumanName"),
       element("Patient.contact.inner", "0..*", "", R"("contentReference": "#Patient.contact")"),
       reference_to("Patient.organization", "0..1", "Organization")});
  resource("Organization",
           {element("Organization.name", "0..1", "string"), element("Organization.identifier", "0..*", "Identifier")});
  resource("Observation", {element("Observation.code", "1..1", "CodeableConcept",
                                   R"("binding": {"strength": "required", "valueSet": "http://x.org/codes"})"),
                           element("Observation.category", "0..*", "CodeableConcept"),
                           reference_to("Observation.subject", "0..1", "Patient"),
                           element("Observation.value[x]", "0..1", "Quantity|string"),
                           element("Observation.language", "0..1", "code",
                                   R"("binding": {"strength": "required", "valueSet": "http://x.org/unlisted"})")});
  resource("Composition", {reference_to("Composition.subject", "0..1", "Patient")});
  resource("Bundle",
           {element("Bundle.type", "1..1", "code"), element("Bundle.entry", "0..*", "BackboneElement"),
            element("Bundle.entry.fullUrl", "0..1", "uri"), element("Bundle.entry.resource", "0..1", "Resource")});
  all.push_back(R"({"resourceType": "CodeSystem", "url": "http://x.org/system", "content": "complete", "concept": [
      {"code": "a", "concept": [{"code": "aa"}]}, {"code": "b"}]})");
  all.push_back(R"({"resourceType": "ValueSet", "url": "http://x.org/gender", "version": "1", "compose": {"include": [
      {"system": "http://x.org/g", "concept": [{"code": "female"}, {"code": "male"}]}]}})");
  all.push_back(R"({"resourceType": "ValueSet", "url": "http://x.org/codes", "compose": {"include": [
      {"system": "http://x.org/system", "filter": [{"property": "concept", "op": "is-a", "value": "a"}]}]}})");
  all.push_back(R"({"resourceType": "ValueSet", "url": "http://x.org/unlisted", "compose": {"include": [
      {"system": "http://snomed.info/sct"}]}})");
  return all;
}

// The definitions above and others beside them; none where one cannot be read.
inline std::shared_ptr<const Definitions> definitions(const std::vector<std::string>& more = {}) {
  auto texts = published();
  texts.insert(texts.end(), more.begin(), more.end());
  std::vector<std::string> kept;
  std::vector<std::string> notes;
  for (const auto& text : texts) {
    const auto value = parse_json(text);
    if (!value) return nullptr;
    kept.push_back(to_json(kept_of(*value, notes)));
  }
  auto read = Definitions::read(std::vector<std::string_view>(kept.begin(), kept.end()));
  return read && notes.empty() ? *read : nullptr;
}

}  // namespace bb::fhir::test
