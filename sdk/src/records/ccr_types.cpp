#include "ccr_types.hpp"

#include <array>

#include <bb/core/text.hpp>

#include "code_systems.hpp"
#include "dates.hpp"

namespace bb::records::ccr {
namespace {

std::string read_moment(XmlNode node) {
  for (const auto* kind : {"ExactDateTime", "ApproximateDateTime", "Age"}) {
    const auto said = node.child(kind);
    if (!said) continue;
    const auto words = said.child("Text") ? said.child("Text").text() : said.text();
    const auto iso = iso_date(words);
    return iso.empty() ? words : iso;
  }
  return {};
}

bool says_end(XmlNode date_time) {
  const auto type = to_lower(date_time.child("Type").child("Text").text());
  return type.find("stop") != std::string::npos || type.find("end") != std::string::npos ||
         type.find("resol") != std::string::npos;
}

void add_parts(XmlNode name, const char* kind, std::string& joined) {
  for (const auto part : name.children(kind))
    if (const auto text = part.text(); !text.empty()) joined += (joined.empty() ? "" : " ") + text;
}

std::string read_gender(XmlNode person) {
  const auto words = to_lower(person.child("Gender").child("Text").text());
  for (const auto* known : {"male", "female", "other", "unknown"})
    if (words == known) return words;
  return {};
}

PersonName read_person_name(XmlNode actor) {
  PersonName name;
  const auto names = actor.child("Person").child("Name");
  auto parts = names.child("CurrentName");
  if (!parts) parts = names.child("BirthName");
  for (const auto* kind : {"Given", "Middle"})
    for (const auto part : parts.children(kind))
      if (auto text = part.text(); !text.empty()) name.given.push_back(std::move(text));
  add_parts(parts, "Family", name.family);
  add_parts(parts, "Title", name.prefix);
  add_parts(parts, "Suffix", name.suffix);
  if (name.full().empty()) name.family = names.child("DisplayName").text();
  return name;
}

Actor read_actor(XmlNode node) {
  constexpr std::size_t bytes_max = 200;
  Actor actor;
  actor.node = node;
  actor.organization = node.child("Organization").child("Name").text(bytes_max);
  actor.name = shorten(read_person_name(node).full(), bytes_max);
  if (actor.name.empty()) actor.name = actor.organization;
  if (actor.name.empty()) actor.name = node.child("InformationSystem").child("Name").text(bytes_max);
  if (const auto number = node.child("Telephone").child("Value").text(bytes_max); !number.empty())
    actor.telephone = "tel:" + number;
  return actor;
}

}  // namespace

Code read_description(XmlNode node) {
  Code code;
  code.display = node.child("Text").text();
  const auto coded = node.child("Code");
  code.code = coded.child("Value").text();
  if (code.code.empty()) return code;
  code.system_name = coded.child("CodingSystem").text();
  code.system = code_system_oid(code.system_name);
  if (!code.system.empty()) code.system_name = code_system_name(code.system);
  return code;
}

Span read_span(XmlNode object) {
  Span span;
  for (const auto node : object.children("DateTime")) {
    if (const auto range = node.child("DateTimeRange")) {
      if (span.start.empty()) span.start = read_moment(range.child("BeginRange"));
      if (span.end.empty()) span.end = read_moment(range.child("EndRange"));
      continue;
    }
    auto& bound = says_end(node) ? span.end : span.start;
    if (bound.empty()) bound = read_moment(node);
  }
  return span;
}

std::string read_measure(XmlNode node) {
  const auto value = node.child("Value").text();
  const auto unit = node.child("Units").child("Unit").text();
  return value.empty() || unit.empty() ? value : value + " " + unit;
}

Actors::Actors(XmlNode root) {
  for (const auto actor : root.child("Actors").children("Actor"))
    actors_.emplace(actor.child("ActorObjectID").text(), read_actor(actor));
}

const Actor& Actors::find(XmlNode link) const {
  const auto found = actors_.find(link.child("ActorID").text());
  return found == actors_.end() ? nobody_ : found->second;
}

Patient read_patient(XmlNode actor) {
  Patient patient;
  const auto person = actor.child("Person");
  patient.name = read_person_name(actor);
  patient.birth_date = read_moment(person.child("DateOfBirth"));
  patient.gender = read_gender(person);
  for (const auto id : actor.children("IDs"))
    if (auto value = id.child("ID").text(); !value.empty()) patient.ids.push_back({"", std::move(value)});
  for (const auto node : actor.children("Address")) {
    Address address;
    for (const auto* line : {"Line1", "Line2"})
      if (auto text = node.child(line).text(); !text.empty()) address.lines.push_back(std::move(text));
    address.city = node.child("City").text();
    address.state = node.child("State").text();
    address.postal_code = node.child("PostalCode").text();
    address.country = node.child("Country").text();
    if (address != Address{}) patient.addresses.push_back(std::move(address));
  }
  for (const auto telephone : actor.children("Telephone"))
    if (const auto value = telephone.child("Value").text(); !value.empty()) patient.telecoms.push_back("tel:" + value);
  for (const auto mail : actor.children("EMail"))
    if (const auto value = mail.child("Value").text(); !value.empty()) patient.telecoms.push_back("mailto:" + value);
  return patient;
}

}  // namespace bb::records::ccr
