#include "cda_types.hpp"

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "code_systems.hpp"
#include "dates.hpp"
#include "encapsulated_data.hpp"

namespace bb::records {
namespace {

std::string bound(XmlNode node) { return is_null_flavored(node) ? std::string{} : node.attribute("value"); }

bool is_exclusive(XmlNode node) { return read_boolean(node, "inclusive") == false; }

Quantity read_bound(XmlNode node) {
  return {collapse_whitespace(bound(node)), readable_unit(collapse_whitespace(node.attribute("unit")))};
}

// "12-16", "<5", ">=60"; where the units differ "13 mg/dL - 2 g/dL". A centre
// stands alone; a width without both ends is told beside what there is.
Quantity read_range(XmlNode node) {
  const auto low = read_bound(node.child("low"));
  const auto high = read_bound(node.child("high"));
  Quantity range;
  if (!low.value.empty() && !high.value.empty()) {
    if (!low.unit.empty() && !high.unit.empty() && low.unit != high.unit) return {low.text() + " - " + high.text(), {}};
    return {low.value + "-" + high.value, low.unit.empty() ? high.unit : low.unit};
  }
  if (!low.value.empty())
    range = {(is_exclusive(node.child("low")) ? ">" : ">=") + low.value, low.unit};
  else if (!high.value.empty())
    range = {(is_exclusive(node.child("high")) ? "<" : "<=") + high.value, high.unit};
  else
    range = read_bound(node.child("center"));
  if (range.value.empty()) range.unit.clear();
  if (const auto width = read_bound(node.child("width")).text(); !width.empty())
    return {range.text() + (range.value.empty() ? "width " : ", width ") + width, {}};
  return range;
}

// Of words the beginning, of other data its media type and size.
std::string read_data(XmlNode node) {
  const auto data = read_encapsulated_data(node);
  if (!data.bytes) return data.media_type + ", cannot be decoded";
  if (!data.is_text()) return fmt::format("{}, {}", data.media_type, counted(data.bytes->size(), "byte"));
  return shorten(collapse_whitespace(to_utf8_lossy(*data.bytes)), xml_text_bytes_max);
}

// What a physical quantity says that is no number: "trace".
std::string words_of_translation(const XmlDocument& document, XmlNode node) {
  for (const auto translation : node.children("translation"))
    if (auto words = read_words(document, translation.child("originalText")); !words.empty()) return words;
  return read_words(document, node.child("originalText"));
}

std::string joined(const std::vector<std::string>& parts) { return join(parts, " "); }

// The parts of one kind. A part that is only the name at birth (qualifier BR)
// gives way where another of its kind stands beside it.
std::vector<std::string> name_parts(XmlNode name, std::string_view kind) {
  std::vector<std::string> current, at_birth;
  for (const auto part : name.children(kind)) {
    auto text = part.text();
    if (text.empty() || is_null_flavored(part)) continue;
    const bool is_birth_name = (" " + part.attribute("qualifier") + " ").find(" BR ") != std::string::npos;
    (is_birth_name ? at_birth : current).push_back(std::move(text));
  }
  return current.empty() ? at_birth : current;
}

}  // namespace

std::string readable_unit(const std::string& unit) {
  if (unit == "1") return {};
  if (unit.size() > 2 && unit.front() == '{' && unit.find('}') == unit.size() - 1)
    return unit.substr(1, unit.size() - 2);
  return unit;
}

std::string ratio_unit(const std::string& numerator, const std::string& denominator) {
  if (denominator.empty()) return numerator;
  const bool is_compound = denominator.find_first_of("/.") != std::string::npos;
  return numerator + (is_compound ? "/(" + denominator + ")" : "/" + denominator);
}

bool is_null_flavored(XmlNode node) { return !node.attribute("nullFlavor").empty(); }

std::optional<bool> read_boolean(XmlNode node, std::string_view attribute) {
  const auto text = node.attribute(attribute);
  const auto word = trim(text);
  if (word == "true" || word == "1") return true;
  if (word == "false" || word == "0") return false;
  return std::nullopt;
}

std::string read_words(const XmlDocument& document, XmlNode node) {
  if (!node) return {};
  if (auto text = node.text(); !text.empty()) return text;
  auto target = node.child("reference").attribute("value");
  if (!target.starts_with('#')) return {};
  target.erase(0, 1);
  return document.referred_text(target);
}

Code read_code(const XmlDocument& document, XmlNode node) {
  Code code;
  if (!node) return code;
  XmlNode coded = node;
  const auto translations = node.children("translation");
  if (is_null_flavored(node) || node.attribute("code").empty()) {
    coded = XmlNode();
    for (const auto translation : translations)
      if (!coded && !is_null_flavored(translation) && !translation.attribute("code").empty()) coded = translation;
  }
  code.code = collapse_whitespace(coded.attribute("code"));
  code.system = collapse_whitespace(coded.attribute("codeSystem"));
  code.system_name = code_system_name(code.system);
  if (code.system_name.empty()) code.system_name = collapse_whitespace(coded.attribute("codeSystemName"));

  code.display = collapse_whitespace(node.attribute("displayName"));
  if (code.display.empty()) code.display = read_words(document, node.child("originalText"));
  for (const auto translation : translations)
    if (code.display.empty()) code.display = collapse_whitespace(translation.attribute("displayName"));
  return code;
}

Code read_qualifier(const XmlDocument& document, XmlNode coded, std::string_view name) {
  for (const auto qualifier : coded.children("qualifier"))
    if (qualifier.child("name").attribute("code") == name) return read_code(document, qualifier.child("value"));
  return {};
}

std::string read_time(XmlNode node) {
  return is_null_flavored(node) ? std::string{} : iso_from_hl7(trim(node.attribute("value")));
}

Interval read_interval(XmlNode node) {
  if (is_null_flavored(node)) return {};
  Interval interval{read_time(node.child("low")), read_time(node.child("high"))};
  if (interval.low.empty()) interval.low = read_time(node);
  if (interval.low.empty() && interval.high.empty()) interval.low = read_time(node.child("center"));
  return interval;
}

std::string read_moment(XmlNode node) {
  const auto interval = read_interval(node);
  return interval.low.empty() ? interval.high : interval.low;
}

std::string Quantity::text() const { return unit.empty() || value.empty() ? value : value + " " + unit; }

Quantity read_quantity(const XmlDocument& document, XmlNode node) {
  if (!node) return {};
  const auto type = node.xsi_type();
  if (node.child("low") || node.child("high") || node.child("center") || node.child("width")) return read_range(node);
  if (node.child("numerator")) {
    const auto numerator = read_quantity(document, node.child("numerator"));
    const auto denominator = read_quantity(document, node.child("denominator"));
    if (numerator.value.empty() || denominator.value.empty()) return numerator;
    return {numerator.value + "/" + denominator.value, ratio_unit(numerator.unit, denominator.unit)};
  }
  if (type == "CD" || type == "CE" || type == "CO" || type == "CV" || type == "CS") {
    const auto code = read_code(document, node);
    return {in_words(code), {}};
  }
  if (type == "BL" && !is_null_flavored(node))
    if (const auto truth = read_boolean(node, "value")) return {*truth ? "true" : "false", {}};
  if (type == "TS") return {read_time(node), {}};
  if (is_base64(node)) return {is_null_flavored(node) ? std::string{} : read_data(node), {}};
  if (type == "ST" || type == "ED") return {is_null_flavored(node) ? std::string{} : read_words(document, node), {}};
  if (node.has_attribute("value") && !is_null_flavored(node))
    return {collapse_whitespace(node.attribute("value")), readable_unit(collapse_whitespace(node.attribute("unit")))};
  if (auto words = words_of_translation(document, node); !words.empty())
    return {words, readable_unit(collapse_whitespace(node.attribute("unit")))};
  return {is_null_flavored(node) ? std::string{} : read_words(document, node), {}};
}

PersonName read_name(XmlNode node) {
  PersonName name;
  if (is_null_flavored(node)) return name;
  name.given = name_parts(node, "given");
  name.family = joined(name_parts(node, "family"));
  name.prefix = joined(name_parts(node, "prefix"));
  name.suffix = joined(name_parts(node, "suffix"));
  // A name that is not divided into parts stays whole.
  if (name.given.empty() && name.family.empty() && node.children().empty()) name.family = node.text();
  return name;
}

Address read_address(XmlNode node) {
  Address address;
  if (is_null_flavored(node)) return address;
  const auto part = [&](std::string_view kind) {
    const auto child = node.child(kind);
    return is_null_flavored(child) ? std::string{} : child.text();
  };
  for (const auto line : node.children("streetAddressLine"))
    if (auto text = line.text(); !text.empty() && !is_null_flavored(line)) address.lines.push_back(std::move(text));
  address.city = part("city");
  address.state = part("state");
  address.postal_code = part("postalCode");
  address.country = part("country");
  return address;
}

std::string read_identifier(XmlNode node) {
  if (is_null_flavored(node)) return {};
  const auto root = collapse_whitespace(node.attribute("root"));
  const auto extension = collapse_whitespace(node.attribute("extension"));
  if (root.empty() || extension.empty()) return root + extension;
  return root + "^" + extension;
}

}  // namespace bb::records
