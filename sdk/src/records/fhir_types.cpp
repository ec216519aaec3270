#include "fhir_types.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/records/html.hpp>

#include "code_systems.hpp"
#include "dates.hpp"

namespace bb::records {
namespace {

constexpr std::size_t narrative_bytes_max = 256 * 1024;
constexpr std::size_t attached_bytes_max = 256 * 1024;
constexpr std::string_view absent_reason_url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

std::string without_scheme(std::string_view url) {
  const auto at = url.find("://");
  return std::string(at == std::string_view::npos ? url : url.substr(at + 3));
}

// "30 years"; where no unit stands in words, by its code.
std::string age_in_words(FhirNode age) {
  const auto words = age["unit"].text();
  return collapse_whitespace(age["comparator"].text() + age["value"].text() + " " +
                             (words.empty() ? age["code"].text() : words));
}

bool is_ucum(FhirNode quantity) { return quantity["system"].is("http://unitsofmeasure.org"); }

Quantity plain(std::string value) { return {std::move(value), {}}; }

// "250 mg / 5 mL" as "250/5 mg/mL", the way of a CDA ratio.
Quantity read_ratio(FhirNode ratio) {
  const auto numerator = read_fhir_quantity(ratio["numerator"]);
  const auto denominator = read_fhir_quantity(ratio["denominator"]);
  if (numerator.value.empty() || denominator.value.empty()) return numerator;
  return {numerator.value + "/" + denominator.value, ratio_unit(numerator.unit, denominator.unit)};
}

// R4's concept map between data-absent-reason and NullFlavor, and of the reasons that
// it leaves out those with a flavor of the same meaning; the first of a flavor stands for it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> flavors{{{"unknown", "UNK"},
                                                                                 {"asked-unknown", "ASKU"},
                                                                                 {"temp-unknown", "NAV"},
                                                                                 {"not-asked", "NASK"},
                                                                                 {"asked-declined", "ASKU"},
                                                                                 {"masked", "MSK"},
                                                                                 {"not-applicable", "NA"},
                                                                                 {"as-text", "OTH"},
                                                                                 {"unsupported", "UNC"},
                                                                                 {"negative-infinity", "NINF"},
                                                                                 {"positive-infinity", "PINF"},
                                                                                 {"not-permitted", "OTH"}}};

std::string null_flavor_of(std::string_view reason) {
  if (reason.empty()) return {};
  for (const auto& [word, flavor] : flavors)
    if (word == reason) return std::string(flavor);
  return "NI";
}

}  // namespace

Code read_coding(FhirNode coding) {
  Code code;
  code.code = coding["code"].text();
  code.system = code_system_of_url(coding["system"].text());
  code.system_name = code_system_name(code.system);
  code.display = coding["display"].text();
  return code;
}

bool is_broken_off_status(std::string_view status) {
  return status == "cancelled" || status == "aborted" || status == "suspended" || status == "held";
}

Code read_concept(FhirNode concept_node) {
  Code chosen;
  std::string other_words;
  for (const auto coding : concept_node.all("coding")) {
    auto code = read_coding(coding);
    if (other_words.empty()) other_words = code.display;
    // A null flavor says that there is no code.
    if (code.code.empty() || code.system == null_flavors) continue;
    if (chosen.code.empty() || (chosen.system_name.empty() && !code.system_name.empty())) chosen = std::move(code);
  }
  if (chosen.display.empty()) chosen.display = concept_node["text"].text();
  if (chosen.display.empty()) chosen.display = other_words;
  return chosen;
}

Code read_laterality(FhirNode body_site) {
  for (const auto extension : body_site.all("extension"))
    if (extension["url"].is(laterality_extension_url)) return read_concept(extension["valueCodeableConcept"]);
  return {};
}

bool has_code(FhirNode concept_node, std::string_view code) {
  for (const auto coding : concept_node.all("coding"))
    if (coding["code"].is(code)) return true;
  return false;
}

std::string data_absent_reason_of(std::string_view null_flavor) {
  for (const auto& [word, flavor] : flavors)
    if (flavor == null_flavor) return std::string(word);
  return "unknown";
}

std::string read_absent_reason(FhirNode element) {
  for (const auto extension : element.all("extension"))
    if (extension["url"].is(absent_reason_url)) return null_flavor_of(extension["valueCode"].text());
  for (const auto coding : element.all("coding")) {
    if (code_system_of_url(coding["system"].text()) == null_flavors) return coding["code"].text();
    if (coding["system"].text().ends_with("/data-absent-reason")) return null_flavor_of(coding["code"].text());
  }
  return {};
}

std::string read_fhir_date(FhirNode date) { return iso_date(date.text()); }

Interval read_fhir_interval(FhirNode choice) {
  const auto name = choice.name();
  if (name.ends_with("Period")) return {read_fhir_date(choice["start"]), read_fhir_date(choice["end"])};
  if (name.ends_with("DateTime") || name.ends_with("Date") || name.ends_with("Instant"))
    return {read_fhir_date(choice), {}};
  return {};
}

std::string read_fhir_moment(FhirNode choice) {
  const auto interval = read_fhir_interval(choice);
  if (!interval.low.empty()) return interval.low;
  if (!interval.high.empty()) return "before " + interval.high;
  if (choice.name().ends_with("Age")) {
    const auto age = age_in_words(choice);
    return age.empty() ? age : "at age " + age;
  }
  if (choice.name().ends_with("Range")) {
    const auto range = read_fhir_range(choice).text();
    return range.empty() ? range : "at age " + range;
  }
  return choice.text();
}

Quantity read_fhir_quantity(FhirNode quantity) {
  auto value = quantity["value"].text();
  if (value.empty()) return {};
  auto unit = quantity[is_ucum(quantity) ? "code" : "unit"].text();
  if (unit.empty()) unit = quantity[is_ucum(quantity) ? "unit" : "code"].text();
  return {quantity["comparator"].text() + value, readable_unit(unit)};
}

std::string read_unit_alone(FhirNode quantity) {
  if (!quantity["value"].text().empty()) return {};
  if (const auto unit = quantity["unit"].text(); !unit.empty()) return readable_unit(unit);
  const auto code = read_coding(quantity);
  return is_ucum(quantity) ? readable_unit(code.code) : in_words(code);
}

Quantity read_fhir_range(FhirNode range) {
  const auto low = read_fhir_quantity(range["low"]);
  const auto high = read_fhir_quantity(range["high"]);
  if (!low.value.empty() && !high.value.empty()) {
    if (!low.unit.empty() && !high.unit.empty() && low.unit != high.unit)
      return plain(low.text() + " - " + high.text());
    return {low.value + "-" + high.value, low.unit.empty() ? high.unit : low.unit};
  }
  if (!low.value.empty()) return {">=" + low.value, low.unit};
  if (!high.value.empty()) return {"<=" + high.value, high.unit};
  return {};
}

Quantity read_fhir_value(FhirNode choice) {
  const auto name = choice.name();
  if (name.ends_with("CodeableConcept")) return plain(in_words(read_concept(choice)));
  if (name.ends_with("Coding")) return plain(in_words(read_coding(choice)));
  if (name.ends_with("Quantity") || name.ends_with("Age") || name.ends_with("Duration"))
    return read_fhir_quantity(choice);
  if (name.ends_with("Range")) return read_fhir_range(choice);
  if (name.ends_with("Ratio")) return read_ratio(choice);
  if (name.ends_with("DateTime") || name.ends_with("Date") || name.ends_with("Instant"))
    return plain(read_fhir_date(choice));
  if (name.ends_with("Period")) {
    const auto period = read_fhir_interval(choice);
    return plain(period.high.empty() ? period.low : period.low + " - " + period.high);
  }
  if (name.ends_with("SampledData")) return plain(choice ? "sampled data" : "");
  return plain(choice.text());
}

PersonName read_human_name(FhirNode node) {
  PersonName name;
  for (const auto given : node.all("given"))
    if (auto text = given.text(); !text.empty()) name.given.push_back(std::move(text));
  const auto joined = [&](std::string_view kind) {
    std::vector<std::string> parts;
    for (const auto part : node.all(kind))
      if (auto text = part.text(); !text.empty()) parts.push_back(std::move(text));
    return join(parts, " ");
  };
  name.family = joined("family");
  name.prefix = joined("prefix");
  name.suffix = joined("suffix");
  // A name that is not divided into parts stays whole.
  if (name.given.empty() && name.family.empty()) name.family = node["text"].text();
  return name;
}

PersonName read_best_name(FhirNode person) {
  FhirNode best;
  int best_rank = 8;
  for (const auto name : person.all("name")) {
    const auto use = name["use"].text();
    int rank = use == "official" ? 0 : use == "usual" ? 1 : use == "old" || use == "maiden" ? 3 : 2;
    // One whose time ended, whenever that was: a reader has no clock.
    if (name["period"]["end"]) rank += 4;
    if (rank >= best_rank || read_human_name(name).full().empty()) continue;
    best = name;
    best_rank = rank;
  }
  return read_human_name(best);
}

Address read_fhir_address(FhirNode node) {
  Address address;
  for (const auto line : node.all("line"))
    if (auto text = line.text(); !text.empty()) address.lines.push_back(std::move(text));
  address.city = node["city"].text();
  address.state = node["state"].text();
  address.postal_code = node["postalCode"].text();
  address.country = node["country"].text();
  if (address == Address{})
    if (auto text = node["text"].text(); !text.empty()) address.lines.push_back(std::move(text));
  return address;
}

std::vector<std::string> read_contact_points(FhirNode owner) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> schemes{
      {{"phone", "tel:"}, {"sms", "tel:"}, {"fax", "fax:"}, {"email", "mailto:"}}};
  std::vector<std::string> uris;
  for (const auto point : owner.all("telecom")) {
    auto value = point["value"].text();
    if (value.empty()) continue;
    for (const auto& [system, scheme] : schemes)
      if (point["system"].is(system) && !value.starts_with(scheme)) value.insert(0, scheme);
    uris.push_back(std::move(value));
  }
  return uris;
}

Identifier read_fhir_identifier(FhirNode identifier) {
  // The systems of identifiers that HL7 gives an OID.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> known{
      {{"hl7.org/fhir/sid/us-ssn", "2.16.840.1.113883.4.1"},
       {"hl7.org/fhir/sid/us-npi", "2.16.840.1.113883.4.6"},
       {"hl7.org/fhir/sid/us-mbi", "2.16.840.1.113883.4.927"},
       {"hl7.org/fhir/sid/us-medicare", "2.16.840.1.113883.4.572"}}};
  const auto bare = [](std::string_view uri) {
    for (const std::string_view scheme : {"urn:oid:", "urn:uuid:"})
      if (uri.starts_with(scheme)) uri.remove_prefix(scheme.size());
    return std::string(uri);
  };
  auto value = identifier["value"].text();
  const auto system = identifier["system"].text();
  if (system == "urn:ietf:rfc:3986") return {bare(value), {}};
  for (const auto& [url, oid] : known)
    if (without_scheme(system) == url) return {std::string(oid), std::move(value)};
  return {bare(system), std::move(value)};
}

std::string in_one(const Identifier& identifier) {
  if (identifier.root.empty() || identifier.extension.empty()) return identifier.root + identifier.extension;
  return identifier.root + "^" + identifier.extension;
}

std::string read_narrative(FhirNode narrative) {
  return shorten(trim(html_to_text(narrative["div"].raw())), narrative_bytes_max);
}

std::string read_attached_text(FhirNode attachment) {
  const auto type = to_lower(attachment["contentType"].text());
  const auto data = attachment["data"].raw();
  if (!type.starts_with("text/") || data.empty()) return {};
  const auto bytes = base64_decode(data);
  if (!bytes) return {};
  const auto text = shorten(to_utf8_lossy(*bytes), attached_bytes_max);
  return type.starts_with("text/html") ? html_to_text(text) : text;
}

}  // namespace bb::records
