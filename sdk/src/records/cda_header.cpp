#include "cda_header.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <bb/core/text.hpp>

#include "cda_types.hpp"
#include "readers.hpp"

namespace bb::records {
namespace {

struct Format {
  std::string_view root;       // of a document template; all below it where it ends with '.'
  std::string_view extension;  // empty = any, also none
  std::string_view name;
};

// The first that a document claims counts: a C32 claims to be a CCD too, a
// C-CDA R2.1 often an R1.1 too.
constexpr std::array<Format, 8> formats{{
    {"2.16.840.1.113883.10.20.22.1.", "2015-08-01", "C-CDA R2.1"},
    {"2.16.840.1.113883.10.20.22.1.", "2014-06-09", "C-CDA R2.0"},
    {"2.16.840.1.113883.10.20.22.1.", "", "C-CDA R1.1"},
    {"2.16.840.1.113883.3.88.11.62.1", "", "C62"},
    {"1.3.6.1.4.1.19376.1.2.20", "", "C62"},  // IHE XDS-SD, which C62 is made of
    {"2.16.840.1.113883.3.88.11.32.1", "", "C32"},
    {"2.16.840.1.113883.3.88.11.32.2", "", "C32"},
    {"2.16.840.1.113883.10.20.1", "", "CCD"},
}};

bool is_claimed_by(const Format& format, XmlNode id) {
  const auto root = collapse_whitespace(id.attribute("root"));
  const bool is_root = format.root.ends_with('.') ? root.starts_with(format.root) : root == format.root;
  return is_root && (format.extension.empty() || collapse_whitespace(id.attribute("extension")) == format.extension);
}

std::string read_format(XmlNode root) {
  const auto ids = root.children("templateId");
  for (const auto& format : formats)
    for (const auto id : ids)
      if (is_claimed_by(format, id)) return std::string(format.name);
  return "CDA R2";
}

// The legal name (use L), else the first that says something.
PersonName read_patient_name(XmlNode patient) {
  PersonName first;
  for (const auto node : patient.children("name")) {
    auto name = read_name(node);
    if (name.full().empty()) continue;
    if ((" " + node.attribute("use") + " ").find(" L ") != std::string::npos) return name;
    if (first.full().empty()) first = std::move(name);
  }
  return first;
}

// Names whose validTime has ended; with nullFlavor it is not known when.
std::vector<FormerName> read_former_names(XmlNode patient) {
  std::vector<FormerName> names;
  for (const auto node : patient.children("name")) {
    const auto end = node.child("validTime").child("high");
    auto name = read_name(node);
    if (end && !name.full().empty()) names.push_back({std::move(name), read_time(end)});
  }
  return names;
}

std::string read_gender(XmlNode patient) {
  const auto code = patient.child("administrativeGenderCode").attribute("code");
  if (code == "M") return "male";
  if (code == "F") return "female";
  // HL7's concept map from AdministrativeGender: "Undifferentiated" is other.
  if (code == "UN" || code == "OTH") return "other";
  if (code == "UNK") return "unknown";
  return {};
}

std::string read_language(XmlNode patient) {
  std::string first;
  for (const auto spoken : patient.children("languageCommunication")) {
    const auto code = collapse_whitespace(spoken.child("languageCode").attribute("code"));
    if (read_boolean(spoken.child("preferenceInd"), "value") == true && !code.empty()) return code;
    if (first.empty()) first = code;
  }
  return first;
}

void read_telecoms(XmlNode owner, std::vector<std::string>& telecoms) {
  for (const auto telecom : owner.children("telecom"))
    if (auto uri = collapse_whitespace(telecom.attribute("value")); !uri.empty() && !is_null_flavored(telecom))
      telecoms.push_back(std::move(uri));
}

// deceasedInd, else that there is a time of death.
void read_death(XmlNode person, Patient& patient) {
  for (const auto time : person.sdtc_children("deceasedTime"))
    if (patient.death_date.empty()) patient.death_date = read_time(time);
  for (const auto is_dead : person.sdtc_children("deceasedInd"))
    if (const auto answer = read_boolean(is_dead, "value"); answer && patient.deceased.empty())
      patient.deceased = *answer ? "yes" : "no";
  if (patient.deceased.empty() && !patient.death_date.empty()) patient.deceased = "yes";
}

Patient read_patient(const XmlDocument& document, XmlNode role) {
  Patient patient;
  const auto person = role.child("patient");
  patient.name = read_patient_name(person);
  patient.former_names = read_former_names(person);
  patient.birth_date = read_time(person.child("birthTime"));
  patient.gender = read_gender(person);
  patient.language = read_language(person);
  patient.race = read_code(document, person.child("raceCode"));
  for (const auto node : person.sdtc_children("raceCode"))
    if (auto race = read_code(document, node); race != Code{}) patient.further_races.push_back(std::move(race));
  read_death(person, patient);
  patient.ethnicity = read_code(document, person.child("ethnicGroupCode"));
  patient.marital_status = read_code(document, person.child("maritalStatusCode"));
  for (const auto id : role.children("id"))
    if (!read_identifier(id).empty())
      patient.ids.push_back(
          {collapse_whitespace(id.attribute("root")), collapse_whitespace(id.attribute("extension"))});
  for (const auto node : role.children("addr"))
    if (auto address = read_address(node); address != Address{}) patient.addresses.push_back(std::move(address));
  read_telecoms(role, patient.telecoms);
  return patient;
}

// C-CDA lists the care team here, C32 the healthcare providers.
void read_performers(const XmlDocument& document, XmlNode root, Record& record) {
  for (const auto documented : root.children("documentationOf"))
    for (const auto performer : documented.child("serviceEvent").children("performer"))
      record.care_team.push_back(read_care_team_member(document, performer));
}

}  // namespace

std::string read_author(XmlNode author) {
  const auto assigned = author.child("assignedAuthor");
  if (auto name = read_name(assigned.child("assignedPerson").child("name")).full(); !name.empty()) return name;
  const auto device = assigned.child("assignedAuthoringDevice");
  for (const auto* part : {"softwareName", "manufacturerModelName"})
    if (auto name = device.child(part).text(); !name.empty()) return name;
  return assigned.child("representedOrganization").child("name").text();
}

CareTeamMember read_care_team_member(const XmlDocument& document, XmlNode performer) {
  const auto assigned = performer.child("assignedEntity");
  CareTeamMember member;
  member.organization = assigned.child("representedOrganization").child("name").text();
  member.name = read_name(assigned.child("assignedPerson").child("name")).full();
  if (member.name.empty()) member.name = member.organization;
  member.role = read_code(document, performer.child("functionCode"));
  if (member.role == Code{}) member.role = read_code(document, assigned.child("code"));
  read_telecoms(assigned, member.telecoms);
  const auto interval = read_interval(performer.child("time"));
  member.start = interval.low;
  member.end = interval.high;
  member.line = performer.line();
  return member;
}

void read_header(const XmlDocument& document, XmlNode root, Record& record) {
  record.format = read_format(root);
  record.document_id = read_identifier(root.child("id"));
  record.document_title = root.child("title").text();
  record.document_type = read_code(document, root.child("code"));
  record.created = read_time(root.child("effectiveTime"));
  record.author = read_author(root.child("author"));
  record.custodian =
      root.child("custodian").child("assignedCustodian").child("representedCustodianOrganization").child("name").text();
  bool is_first = true;
  for (const auto target : root.children("recordTarget")) {
    if (record.other_patients.size() > statement_count_max) break;
    auto patient = read_patient(document, target.child("patientRole"));
    if (std::exchange(is_first, false))
      record.patient = std::move(patient);
    else
      record.other_patients.push_back(std::move(patient));
  }
  read_performers(document, root, record);
}

}  // namespace bb::records
