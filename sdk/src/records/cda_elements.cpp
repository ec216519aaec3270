#include "cda_elements.hpp"

#include <optional>

#include <bb/core/text.hpp>

#include "code_systems.hpp"
#include "dates.hpp"

namespace bb::records {
namespace {

bool has_space(std::string_view text) { return text.find_first_of(" \t\r\n") != std::string_view::npos; }

// The schema's type uid: an OID, a UUID or a word.
bool is_uid(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_alphanumeric && c != '.' && c != '-') return false;
  }
  const bool is_oid = text.find_first_not_of("0123456789.") == std::string_view::npos;
  if (!is_oid) return text.find('.') == std::string_view::npos;
  return (text[0] == '0' || text[0] == '1' || text[0] == '2') && text.back() != '.' &&
         text.find("..") == std::string_view::npos && text.find(".0") == std::string_view::npos;
}

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (point == std::string_view::npos) return digits(text);
  return digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

// A unit that PQ can carry: words become a UCUM annotation.
std::string unit_code(std::string_view unit) {
  if (unit.empty()) return "1";
  if (!has_space(unit)) return std::string(unit);
  return {};
}

struct Bounds {
  std::string low, high;
  bool is_inclusive = true;
};
// "<5", ">=60", "12-16".
std::optional<Bounds> parse_bounds(std::string_view value) {
  for (const std::string_view sign : {"<=", ">=", "<", ">"}) {
    if (!value.starts_with(sign)) continue;
    const auto number = value.substr(sign.size());
    if (!is_decimal(number)) return std::nullopt;
    Bounds bounds;
    bounds.is_inclusive = sign.size() == 2;
    (sign[0] == '<' ? bounds.high : bounds.low) = number;
    return bounds;
  }
  const auto dash = value.find('-', 1);
  if (dash == std::string_view::npos) return std::nullopt;
  Bounds bounds{std::string(value.substr(0, dash)), std::string(value.substr(dash + 1)), true};
  if (!is_decimal(bounds.low) || !is_decimal(bounds.high)) return std::nullopt;
  return bounds;
}

void write_bounds(XmlWriter& xml, const Bounds& bounds, std::string_view unit) {
  const XmlScope value(xml, "value", {{"xsi:type", "IVL_PQ"}});
  const std::string_view inclusive = bounds.is_inclusive ? "" : "false";
  if (!bounds.low.empty()) xml.empty("low", {{"value", bounds.low}, {"unit", unit}, {"inclusive", inclusive}});
  if (!bounds.high.empty()) xml.empty("high", {{"value", bounds.high}, {"unit", unit}, {"inclusive", inclusive}});
}

// A quantity that is no number: PQ lets a translation say it in words.
void write_quantity_in_words(XmlWriter& xml, std::string_view element, std::string_view words, std::string_view unit,
                             std::string_view xsi_type) {
  const XmlScope quantity(xml, element, {{"xsi:type", xsi_type}, {"nullFlavor", "OTH"}, {"unit", unit}});
  const XmlScope translation(xml, "translation", {{"nullFlavor", "OTH"}});
  xml.text("originalText", words);
}

void write_laterality(XmlWriter& xml, const Code& laterality) {
  const XmlScope qualifier(xml, "qualifier");
  xml.empty("name", {{"code", snomed_laterality},
                     {"codeSystem", snomed_ct},
                     {"codeSystemName", "SNOMED CT"},
                     {"displayName", "Laterality"}});
  write_code(xml, "value", laterality);
}

}  // namespace

void write_template(XmlWriter& xml, std::string_view root, std::string_view extension) {
  xml.empty("templateId", {{"root", root}, {"extension", extension}});
}

void write_identifier(XmlWriter& xml, std::string_view identifier, std::string_view element) {
  const auto caret = identifier.find('^');
  const auto root = identifier.substr(0, caret);
  const auto extension = caret == std::string_view::npos ? std::string_view{} : identifier.substr(caret + 1);
  if (is_uid(root)) return xml.empty(element, {{"root", root}, {"extension", extension}});
  xml.empty(element, {{"nullFlavor", "UNK"}, {"extension", identifier}});
}

void write_code(XmlWriter& xml, std::string_view element, const Code& code, std::string_view xsi_type,
                std::string_view narrative_id, const Code& laterality) {
  const bool is_coded = !code.code.empty() && !has_space(code.code);
  const bool has_side = !in_words(laterality).empty();
  const std::string_view system = is_coded && is_uid(code.system) ? std::string_view(code.system) : "";
  const std::string_view name = is_coded ? std::string_view(code.system_name) : "";
  const std::string_view null_flavor = is_coded ? "" : code.display.empty() ? "UNK" : "OTH";
  const XmlAttributes attributes{{"xsi:type", xsi_type},        {"code", is_coded ? std::string_view(code.code) : ""},
                                 {"codeSystem", system},        {"codeSystemName", name},
                                 {"displayName", code.display}, {"nullFlavor", null_flavor}};
  // Without words there is nothing that the narrative could repeat.
  const bool has_text = !code.display.empty() && (!narrative_id.empty() || !is_coded);
  if (!has_text && !has_side) return xml.empty(element, attributes);
  const XmlScope scope(xml, element, attributes);
  if (has_text && narrative_id.empty()) {
    xml.text("originalText", code.display);
  } else if (has_text) {
    const XmlScope original(xml, "originalText");
    xml.empty("reference", {{"value", "#" + std::string(narrative_id)}});
  }
  if (has_side) write_laterality(xml, laterality);
}

void write_time(XmlWriter& xml, std::string_view element, std::string_view iso) {
  const auto value = hl7_from_iso(iso);
  xml.empty(element, {{"value", value}, {"nullFlavor", value.empty() ? "UNK" : ""}});
}

void write_interval(XmlWriter& xml, std::string_view low, std::string_view high, HighEnd high_end,
                    std::string_view xsi_type) {
  const XmlScope scope(xml, "effectiveTime", {{"xsi:type", xsi_type}});
  write_time(xml, "low", low);
  if (high_end == HighEnd::always || !hl7_from_iso(high).empty()) write_time(xml, "high", high);
}

void write_amount(XmlWriter& xml, std::string_view element, std::string_view amount) {
  if (amount.empty()) return;
  const auto blank = amount.find(' ');
  const auto number = amount.substr(0, blank);
  const auto unit = blank == std::string_view::npos ? std::string_view{} : amount.substr(blank + 1);
  if (is_decimal(number) && !has_space(unit)) return xml.empty(element, {{"value", number}, {"unit", unit}});
  write_quantity_in_words(xml, element, amount, {}, {});
}

void write_value(XmlWriter& xml, const Observation& observation) {
  if (!observation.value_code.code.empty()) return write_code(xml, "value", observation.value_code, "CD");
  const auto unit = unit_code(observation.unit);
  const bool has_unit = !observation.unit.empty() && !unit.empty();
  if (observation.value.empty()) return xml.empty("value", {{"xsi:type", "PQ"}, {"nullFlavor", "UNK"}});
  if (is_decimal(observation.value) && !unit.empty())
    return xml.empty("value", {{"xsi:type", "PQ"}, {"value", observation.value}, {"unit", unit}});
  if (const auto bounds = parse_bounds(observation.value); bounds && has_unit) return write_bounds(xml, *bounds, unit);
  if (has_unit) return write_quantity_in_words(xml, "value", observation.value, unit, "PQ");
  const auto words = observation.unit.empty() ? observation.value : observation.value + " " + observation.unit;
  xml.text("value", words, {{"xsi:type", "ST"}});
}

void write_reference_range(XmlWriter& xml, std::string_view range) {
  const XmlScope reference(xml, "referenceRange");
  const XmlScope inner(xml, "observationRange");
  xml.text("text", range);
  const auto blank = range.find(' ');
  const auto unit = blank == std::string_view::npos ? std::string_view{} : range.substr(blank + 1);
  if (const auto bounds = parse_bounds(range.substr(0, blank)); bounds && !has_space(unit))
    return write_bounds(xml, *bounds, unit.empty() ? "1" : unit);
  xml.text("value", range, {{"xsi:type", "ST"}});
}

namespace {

void write_name_parts(XmlWriter& xml, const PersonName& name) {
  if (!name.prefix.empty()) xml.text("prefix", name.prefix);
  for (const auto& part : name.given) xml.text("given", part);
  if (name.given.empty()) xml.empty("given", {{"nullFlavor", "UNK"}});
  if (!name.family.empty()) xml.text("family", name.family);
  if (name.family.empty()) xml.empty("family", {{"nullFlavor", "UNK"}});
  if (!name.suffix.empty()) xml.text("suffix", name.suffix);
}

}  // namespace

void write_name(XmlWriter& xml, const PersonName& name) {
  if (name.full().empty()) return xml.empty("name", {{"nullFlavor", "UNK"}});
  const XmlScope scope(xml, "name", {{"use", "L"}});
  write_name_parts(xml, name);
}

void write_former_name(XmlWriter& xml, const FormerName& former) {
  const XmlScope scope(xml, "name");
  write_name_parts(xml, former.name);
  const XmlScope time(xml, "validTime");
  write_time(xml, "high", former.until);
}

void write_address(XmlWriter& xml, const Address& address) {
  const XmlScope scope(xml, "addr");
  const auto part = [&](std::string_view element, const std::string& text) {
    if (text.empty()) return xml.empty(element, {{"nullFlavor", "UNK"}});
    xml.text(element, text);
  };
  for (const auto& line : address.lines) xml.text("streetAddressLine", line);
  if (address.lines.empty()) part("streetAddressLine", {});
  part("city", address.city);
  part("state", address.state);
  part("postalCode", address.postal_code);
  part("country", address.country);
}

}  // namespace bb::records
