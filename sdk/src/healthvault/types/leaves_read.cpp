#include <algorithm>
#include <cmath>

#include <bb/core/text.hpp>

#include "codes.hpp"
#include "dates.hpp"
#include "leaves.hpp"
#include "numbers.hpp"

namespace bb::healthvault::types {
namespace {

// What applications convert by differs in the last digits: 18 mg/dL for 1 mmol/L of glucose.
constexpr double factor_tolerance = 0.005;

std::optional<std::string> first_of(const Words& words, std::string_view second) {
  for (const auto& [first, one] : words)
    if (one == second) return first;
  return std::nullopt;
}

std::optional<std::string> read_text(const Element& element, const xmlNode* node, Marks& marks) {
  const auto text = text_of(node);
  if (text.empty() || has_elements(node)) return std::nullopt;
  marks.insert(node);
  if (element.words.empty()) return text;
  return first_of(element.words, text);
}

std::optional<std::string> read_boolean(const Element& element, const xmlNode* node, Marks& marks) {
  auto text = text_of(node);
  if (text == "1") text = "true";
  if (text == "0") text = "false";
  marks.insert(node);
  return first_of(element.words, text);
}

std::optional<std::string> read_number(const Element& element, const xmlNode* node, Marks& marks) {
  const auto text = text_of(node);
  if (element.kind == Kind::decimal ? !number_of(text) : !integer_of(text, 0, 2147483647)) return std::nullopt;
  marks.insert(node);
  return text;
}

std::optional<std::string> read_words_or_code(const Element& element, const xmlNode* node, Marks& marks) {
  if (!element.codes.empty()) {
    Marks read;
    const auto vocabulary = std::string_view(element.vocabulary).substr(element.vocabulary.find('/') + 1);
    if (const auto code = read_code(node, vocabulary, read))
      if (const auto word = first_of(element.codes, *code)) {
        marks.merge(read);
        return word;
      }
  }
  return read_words(node, marks);
}

std::optional<std::string> read_vocabulary(const xmlNode* node, std::string_view vocabulary, Marks& marks) {
  if (auto code = read_code(node, vocabulary.substr(vocabulary.find('/') + 1), marks)) return code;
  return read_words(node, marks);
}

// What was entered counts where it says what the platform's value says; else that does, and
// what was entered stays unmarked.
std::optional<LeafRead> read_quantity(const Quantity& quantity, const xmlNode* node) {
  const auto* base = child(node, quantity.element);
  if (base == nullptr) return std::nullopt;
  const auto value = number_of(text_of(base));
  if (!value) return std::nullopt;
  LeafRead read{text_of(base), quantity.units.front().ucum, {base}};
  const auto* display = child(node, "display");
  if (display == nullptr) return read;
  const auto* unit = quantity.by_name(xml::attribute(display, "units"));
  if (unit == nullptr) unit = quantity.by_name(xml::attribute(display, "units-code"));
  const auto entered = number_of(text_of(display));
  if (unit == nullptr || !entered) return read;
  const auto tolerance = half_of_last_digit(text_of(display)) * unit->factor + factor_tolerance * std::abs(*value);
  if (std::abs(*entered * unit->factor - *value) > tolerance) return read;
  return LeafRead{text_of(display), unit->ucum, {base, display}};
}

std::optional<LeafRead> read_measurement(const xmlNode* node) {
  LeafRead read;
  const auto* display = child(node, "display");
  const auto words = display == nullptr ? std::string{} : text_of(display);
  if (const auto* structured = child(node, "structured")) {
    const auto* value = child(structured, "value");
    const auto* units = child(structured, "units");
    if (value != nullptr && number_of(text_of(value))) {
      read.value = text_of(value);
      read.marks.insert(value);
      if (units != nullptr) read.unit = read_vocabulary(units, unit_vocabulary, read.marks).value_or("");
      if (words == text_of(value) || words == text_of(value) + " " + read.unit) read.marks.insert(display);
      return read;
    }
  }
  if (words.empty()) return std::nullopt;
  return LeafRead{words, {}, {display}};
}

std::optional<std::string> read_date_like(const Element& element, const xmlNode* node, Marks& marks) {
  if (element.kind == Kind::date_time) return read_date_time(node, marks);
  if (element.kind == Kind::approx_date) return read_date(node, marks);
  if (const auto* structured = child(node, "structured")) return read_date_time(structured, marks);
  const auto* words = child(node, "descriptive");
  if (words == nullptr || text_of(words).empty()) return std::nullopt;
  marks.insert(words);
  return text_of(words);
}

std::optional<std::string> read_simple(const Element& element, const xmlNode* node, Marks& marks) {
  switch (element.kind) {
    case Kind::text:
      return read_text(element, node, marks);
    case Kind::boolean:
      return read_boolean(element, node, marks);
    case Kind::integer:
    case Kind::decimal:
      return read_number(element, node, marks);
    case Kind::words:
      return read_words_or_code(element, node, marks);
    case Kind::code:
      return read_code(node, {}, marks);
    case Kind::unit:
      return read_vocabulary(node, unit_vocabulary, marks);
    case Kind::interpretation:
      return read_vocabulary(node, flag_vocabulary, marks);
    case Kind::date_time:
    case Kind::approx_date_time:
    case Kind::approx_date:
      return read_date_like(element, node, marks);
    case Kind::year:
      marks.insert(node);
      return integer_of(text_of(node), 1000, 3000) ? std::optional(text_of(node)) : std::nullopt;
    case Kind::years:
      marks.insert(node);
      return integer_of(text_of(node), 0, 200) ? std::optional(text_of(node) + std::string(years_word)) : std::nullopt;
    case Kind::display:
      if (const auto* display = child(node, "display"); display != nullptr && !text_of(display).empty()) {
        marks.insert(display);
        return text_of(display);
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<LeafRead> read_leaf(const Element& element, const xmlNode* node) {
  if (element.kind == Kind::quantity) return read_quantity(*element.quantity, node);
  if (element.kind == Kind::measurement) return read_measurement(node);
  LeafRead read;
  if (element.kind == Kind::codable) {
    auto code = read_codable(node, read.marks);
    if (!code) return std::nullopt;
    read.value = std::move(*code);
    return read;
  }
  if (element.kind == Kind::size) {
    const auto size = integer_of(text_of(node), 0, 2147483647);
    if (!size) return std::nullopt;
    return LeafRead{*size, {}, {node}};
  }
  const auto text = read_simple(element, node, read.marks);
  if (!text) return std::nullopt;
  read.value = *text;
  return read;
}

std::string_view constant_name(const Element& element) {
  return element.kind == Kind::approx_date_time ? "descriptive" : "text";
}

bool is_constant(const Element& element, const xmlNode* node) {
  return !element.constant.empty() && text_of(node, constant_name(element)) == element.constant;
}

Range range_of(std::string_view words) {
  if (words.starts_with(">=") && number_of(words.substr(2))) return {std::string(words.substr(2)), {}};
  if (words.starts_with("<=") && number_of(words.substr(2))) return {{}, std::string(words.substr(2))};
  const auto dash = words.find('-', 1);
  if (dash == std::string_view::npos) return {};
  const auto minimum = words.substr(0, dash);
  const auto maximum = words.substr(dash + 1);
  if (!number_of(minimum) || !number_of(maximum)) return {};
  return {std::string(minimum), std::string(maximum)};
}

std::string words_of(const Range& range) {
  if (range.minimum.empty()) return "<=" + range.maximum;
  if (range.maximum.empty()) return ">=" + range.minimum;
  return range.minimum + "-" + range.maximum;
}

}  // namespace bb::healthvault::types
