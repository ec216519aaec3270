#include "portal/sample_ccda.hpp"

namespace bb::portal_test {
namespace {

std::string section(const std::string& loinc, const std::string& title, const std::string& entries) {
  return "<component><section><code code=\"" + loinc + "\" codeSystem=\"2.16.840.1.113883.6.1\"/><title>" + title +
         "</title><text>" + title + "</text>" + entries + "</section></component>\n";
}

std::string medication(const std::string& code, const std::string& name, const std::string& day) {
  return R"(<entry><substanceAdministration classCode="SBADM" moodCode="EVN">
<templateId root="2.16.840.1.113883.10.20.22.4.16"/><statusCode code="active"/>
<effectiveTime xsi:type="IVL_TS"><low value=")" +
         day + R"("/></effectiveTime>
<consumable><manufacturedProduct classCode="MANU"><templateId root="2.16.840.1.113883.10.20.22.4.23"/>
<manufacturedMaterial><code code=")" +
         code + R"(" codeSystem="2.16.840.1.113883.6.88" displayName=")" + name +
         R"("/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>)";
}

std::string encounter(const std::string& name, const std::string& day) {
  return R"(<entry><encounter classCode="ENC" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.49"/>
<id root="2.999.3" extension=")" +
         day + R"("/><code code="99213" codeSystem="2.16.840.1.113883.6.12" displayName=")" + name +
         R"("/><effectiveTime value=")" + day + R"("/></encounter></entry>)";
}

}  // namespace

std::string ccda(const Names& names) {
  const auto allergy =
      R"(<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.30"/>
<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><entryRelationship typeCode="SUBJ">
<observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.7"/>
<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/>
<effectiveTime><low value="20120806"/></effectiveTime>
<value xsi:type="CD" code="416098002" codeSystem="2.16.840.1.113883.6.96" displayName="Allergy to drug"/>
<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT">
<code code="7980" codeSystem="2.16.840.1.113883.6.88" displayName=")" +
      names.allergen +
      R"("/></playingEntity></participantRole></participant></observation></entryRelationship></act></entry>)";
  const std::string problem =
      R"(<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.3"/>
<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><entryRelationship typeCode="SUBJ">
<observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.4"/>
<code code="55607006" codeSystem="2.16.840.1.113883.6.96"/><statusCode code="completed"/>
<effectiveTime><low value="20120806"/></effectiveTime>
<value xsi:type="CD" code="38341003" codeSystem="2.16.840.1.113883.6.96" displayName="Hypertensive disorder"/>
</observation></entryRelationship></act></entry>)";
  const std::string result =
      R"(<entry><organizer classCode="BATTERY" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.1"/>
<code code="57698-3" codeSystem="2.16.840.1.113883.6.1" displayName="Lipid panel"/><statusCode code="completed"/><component>
<observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.2"/>
<code code="2085-9" codeSystem="2.16.840.1.113883.6.1" displayName="HDL cholesterol"/><statusCode code="completed"/>
<effectiveTime value="20120806"/><value xsi:type="PQ" value="58" unit="mg/dL"/></observation></component></organizer></entry>)";
  return R"(<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sdtc="urn:hl7-org:sdtc">
<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.10.20.22.1.2"/><id root="2.999.1" extension=")" +
         names.family + R"("/>
<code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Health summary</title><effectiveTime value="20160101"/>
<recordTarget><patientRole><id root="2.999.2" extension="p-1"/><patient><name><given>)" +
         names.given + "</given><family>" + names.family + R"(</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19750501"/></patient></patientRole></recordTarget>
<component><structuredBody>
)" + section("48765-2", "Allergies", allergy) +
         section("10160-0", "Medications",
                 medication("314076", names.drug, "20120806") +
                     medication("197361", "Amlodipine 5 MG Oral Tablet", "20150301")) +
         section("11450-4", "Problems", problem) + section("30954-2", "Results", result) +
         section("46240-8", "Encounters",
                 encounter("Office visit", "20120806") + encounter("Follow-up visit", "20150301")) +
         "</structuredBody></component></ClinicalDocument>\n";
}

}  // namespace bb::portal_test
