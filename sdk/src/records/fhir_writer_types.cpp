#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "code_systems.hpp"
#include "dates.hpp"
#include "fhir_types.hpp"
#include "fhir_writer.hpp"
#include "tables.hpp"
#include "uuid.hpp"

namespace bb::records::fhir_out {
namespace {

// A decimal as FHIR writes it; nothing for words, ranges and comparisons.
std::optional<double> decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

Value quantity(double number, std::string_view unit) {
  Value value = Value::object();
  value.set("value", Value(number));
  set_text(value, "unit", unit);
  if (!unit.empty() && unit.find(' ') == std::string::npos) {
    value.set("system", "http://unitsofmeasure.org");
    set_text(value, "code", unit);
  }
  return value;
}

// ">=12": the comparator, and the number behind it.
std::string_view take_comparator(std::string_view& text) {
  for (const std::string_view sign : {"<=", ">=", "<", ">"})
    if (text.starts_with(sign)) {
      text.remove_prefix(sign.size());
      return sign;
    }
  return {};
}

Value quantity_with_comparator(std::string_view text, std::string_view unit) {
  const auto comparator = take_comparator(text);
  const auto number = decimal(text);
  if (!number) return {};
  Value value = quantity(*number, unit);
  set_text(value, "comparator", comparator);
  return value;
}

// "12-16"
Value range_of(std::string_view text, std::string_view unit) {
  const auto dash = text.find('-', 1);
  if (dash == std::string_view::npos) return {};
  const auto low = decimal(text.substr(0, dash));
  const auto high = decimal(text.substr(dash + 1));
  if (!low || !high) return {};
  Value range = Value::object();
  range.set("low", quantity(*low, unit));
  range.set("high", quantity(*high, unit));
  return range;
}

}  // namespace

void set_text(Value& object, std::string_view key, std::string_view text) {
  if (auto clean = collapse_whitespace(to_utf8_lossy(text)); !clean.empty()) object.set(key, Value(std::move(clean)));
}

void set_date(Value& object, std::string_view key, std::string_view iso) { set_text(object, key, fhir_date_time(iso)); }

void set_period(Value& object, std::string_view key, std::string_view start, std::string_view end) {
  Value period = Value::object();
  set_date(period, "start", start);
  set_date(period, "end", end);
  if (period.size() > 0) object.set(key, std::move(period));
}

void append(Value& object, std::string_view key, Value item) {
  if (object.find(key) == nullptr) object.set(key, Value::array());
  object.find(key)->push(std::move(item));
}

Value list_of(Value one) {
  Value list = Value::array();
  list.push(std::move(one));
  return list;
}

Value coding(std::string_view system, std::string_view code, std::string_view display) {
  Value value = Value::object();
  set_text(value, "system", system);
  set_text(value, "code", code);
  set_text(value, "display", display);
  return value;
}

Value concept_of(Value one_coding) {
  Value value = Value::object();
  value.set("coding", Value::array()).push(std::move(one_coding));
  return value;
}

Value absent() {
  Value extension = Value::object();
  extension.set("url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
  extension.set("valueCode", "unknown");
  Value value = Value::object();
  value.set("extension", Value::array()).push(std::move(extension));
  return value;
}

void set_absent(Value& object, std::string_view key) { object.set("_" + std::string(key), absent()); }

Value codeable(const Code& code) {
  if (in_words(code).empty()) return absent();
  Value value = Value::object();
  if (!code.code.empty()) value = concept_of(coding(code_system_url(code.system), code.code, code.display));
  set_text(value, "text", code.display);
  return value;
}

Value text_only(std::string_view text) {
  Value value = Value::object();
  set_text(value, "text", text);
  return value;
}

Value display_only(std::string_view display) {
  Value value = Value::object();
  set_text(value, "display", display);
  return value;
}

Value quantity_of(std::string_view text) {
  if (text.find(';') != std::string_view::npos) return {};  // several doses
  const auto blank = text.find(' ');
  return quantity_with_comparator(text.substr(0, blank),
                                  blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1));
}

Value unit_alone(std::string_view words) {
  Value quantity = Value::object();
  if (const auto code = code_without_words(words)) {
    set_text(quantity, "system", code_system_url(code->system));
    set_text(quantity, "code", code->code);
    return quantity;
  }
  if (words.empty() || words.find_first_of("0123456789;") != std::string_view::npos) return {};
  set_text(quantity, "unit", words);
  return quantity;
}

void set_value(Value& resource, const Observation& observation) {
  if (in_words(observation.value_code) == observation.value && !observation.value.empty()) {
    resource.set("valueCodeableConcept", codeable(observation.value_code));
  } else if (auto number = quantity_with_comparator(observation.value, observation.unit); !number.is_null()) {
    resource.set("valueQuantity", std::move(number));
  } else if (auto range = range_of(observation.value, observation.unit); !range.is_null()) {
    resource.set("valueRange", std::move(range));
  } else if (!measured(observation).empty()) {
    set_text(resource, "valueString", measured(observation));
  } else {
    resource.set("dataAbsentReason", concept_of(coding(std::string(terminology) + "data-absent-reason",
                                                       data_absent_reason_of(observation.null_flavor))));
  }
}

Bundle::Bundle(const Record& record) : identity_(identity_of(record)) {}

Value Bundle::begin(std::string_view type, std::string_view us_core_profile) {
  Value resource = Value::object();
  resource.set("resourceType", Value(std::string(type)));
  resource.set("id", Value(uuid_of(fmt::format("{}/{}/{}", identity_, type, ++count_))));
  if (!us_core_profile.empty()) {
    Value meta = Value::object();
    meta.set("profile",
             Value::strings({fmt::format("http://hl7.org/fhir/us/core/StructureDefinition/{}", us_core_profile)}));
    resource.set("meta", std::move(meta));
  }
  return resource;
}

Value Bundle::add(Value resource) {
  const auto url = "urn:uuid:" + resource["id"].string_or("");
  Value entry = Value::object();
  entry.set("fullUrl", Value(url));
  entry.set("resource", std::move(resource));
  entries_.push(std::move(entry));
  Value reference = Value::object();
  reference.set("reference", Value(url));
  return reference;
}

void Bundle::add_first(Value resource) {
  add(std::move(resource));
  auto& entries = *entries_.items();
  std::rotate(entries.begin(), entries.end() - 1, entries.end());
}

Value identifier(const Identifier& id) {
  const auto address_of = [](std::string_view root) {
    if (root.empty() || root.find(':') != std::string_view::npos) return std::string(root);
    const bool is_oid = root.find_first_not_of("0123456789.") == std::string_view::npos;
    return (is_oid ? "urn:oid:" : "urn:uuid:") + to_lower(root);
  };
  Value value = Value::object();
  const auto root = address_of(id.root);
  set_text(value, "system", id.extension.empty() ? "urn:ietf:rfc:3986" : root);
  if (value.size() == 0) set_absent(value, "system");
  set_text(value, "value", id.extension.empty() ? root : id.extension);
  return value;
}

Value human_name(const PersonName& name) {
  Value value = Value::object();
  value.set("use", "official");
  set_text(value, "text", name.full());
  set_text(value, "family", name.family);
  if (!name.given.empty()) value.set("given", Value::strings(name.given));
  if (!name.prefix.empty()) value.set("prefix", Value::strings({name.prefix}));
  if (!name.suffix.empty()) value.set("suffix", Value::strings({name.suffix}));
  return value;
}

Value former_human_name(const FormerName& former) {
  Value value = human_name(former.name);
  value.set("use", "old");
  set_period(value, "period", {}, former.until);
  return value;
}

Value fhir_address(const Address& address) {
  Value value = Value::object();
  if (!address.lines.empty()) value.set("line", Value::strings(address.lines));
  set_text(value, "city", address.city);
  set_text(value, "state", address.state);
  set_text(value, "postalCode", address.postal_code);
  set_text(value, "country", address.country);
  return value;
}

Value contact_point(std::string_view uri) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> schemes{
      {{"tel:", "phone"}, {"fax:", "fax"}, {"mailto:", "email"}, {"http", "url"}}};
  Value value = Value::object();
  std::string_view system = "other";
  std::string_view rest = uri;
  for (const auto& [scheme, name] : schemes)
    if (to_lower(uri).starts_with(scheme)) {
      system = name;
      if (scheme.ends_with(':')) rest = uri.substr(scheme.size());
    }
  set_text(value, "system", system);
  set_text(value, "value", rest);
  return value;
}

}  // namespace bb::records::fhir_out
