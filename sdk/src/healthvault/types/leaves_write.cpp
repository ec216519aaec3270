#include <bb/records/record.hpp>

#include "codes.hpp"
#include "dates.hpp"
#include "fields.hpp"
#include "leaves.hpp"
#include "numbers.hpp"

namespace bb::healthvault::types {
namespace {

using Markup = std::optional<std::string>;

Markup if_said(std::string markup) { return markup.empty() ? Markup{} : Markup(std::move(markup)); }

Markup second_of(const Words& words, std::string_view first) {
  for (const auto& [one, second] : words)
    if (one == first) return second;
  return std::nullopt;
}

std::string interpretation(const std::string& text) {
  if (const auto words = second_of(description().interpretations, text))
    return write_words(*words, text, flag_vocabulary);
  return write_words(text);
}

Markup write_quantity(const Element& element, const std::string& value, const std::string& ucum) {
  const auto number = number_of(value);
  const auto* unit = element.quantity->by_ucum(ucum);
  if (!number || unit == nullptr || *number <= 0) return std::nullopt;
  const auto& name = unit->names.front();
  return text_element(element.quantity->element, text_of(*number * unit->factor)) + "<display units=\"" + name +
         "\" units-code=\"" + name + "\">" + value + "</display>";
}

LeafWrite write_measurement(const std::string& value, const std::string& unit, const std::string& value_path,
                            const std::string& unit_path) {
  LeafWrite write{text_element("display", unit.empty() ? value : value + " " + unit), {value_path}};
  if (!number_of(value) || unit.empty()) return write;
  write.markup += element("structured", text_element("value", value) + element("units", write_words(unit)));
  write.used.push_back(unit_path);
  return write;
}

Markup write_simple(const Element& element, const std::string& text) {
  switch (element.kind) {
    case Kind::text:
      return element.words.empty() ? if_said(text_markup(text)) : second_of(element.words, text);
    case Kind::boolean:
      return second_of(element.words, text);
    case Kind::decimal:
      return number_of(text) ? Markup(text) : std::nullopt;
    case Kind::size:
      return integer_of(text, 1, 2147483647) ? Markup(text) : std::nullopt;
    case Kind::words:
      if (const auto code = second_of(element.codes, text)) return write_words(text, *code, element.vocabulary);
      return if_said(write_words(text));
    case Kind::unit:
      return if_said(write_words(text));
    case Kind::interpretation:
      return if_said(interpretation(text));
    case Kind::display:
      return text_element("display", text);
    case Kind::date_time:
      return write_date_time(text);
    case Kind::approx_date_time:
      return write_approx_date_time(text);
    case Kind::approx_date:
      return write_approx_date(text);
    case Kind::years:
      if (!text.ends_with(years_word) ||
          !integer_of(std::string_view(text).substr(0, text.size() - years_word.size()), 0, 200))
        return std::nullopt;
      return text.substr(0, text.size() - years_word.size());
    case Kind::range_minimum:
      return if_said(range_of(text).minimum);
    case Kind::range_maximum:
      return if_said(range_of(text).maximum);
    default:
      return std::nullopt;
  }
}

// The parent of the field: "" of "value", "observations.0" of "observations.0.value".
std::string around(const std::string& path) {
  const auto dot = path.rfind('.');
  return dot == std::string::npos ? std::string{} : path.substr(0, dot);
}

std::optional<LeafWrite> from(Markup markup, const std::string& path) {
  if (!markup) return std::nullopt;
  return LeafWrite{std::move(*markup), {path}};
}

}  // namespace

std::optional<LeafWrite> write_leaf(const Element& element, const Value& fact, const std::string& path) {
  if (element.kind == Kind::codable) {
    auto markup = write_codable(value_at(fact, path));
    if (markup.empty()) return std::nullopt;
    LeafWrite write{std::move(markup), {}};
    for (const auto& [part, text] : leaves_of(value_at(fact, path)))
      if (part != "system" || is_system(text)) write.used.push_back(joined(path, part));
    return write;
  }
  if (element.kind == Kind::full_name) {
    // Says again what its parts say.
    const auto base = around(path);
    records::PersonName name;
    if (const auto* given = value_at(fact, path).items())
      for (const auto& one : *given) name.given.push_back(one.string_or(""));
    name.family = text_at(fact, joined(base, "family"));
    name.prefix = text_at(fact, joined(base, "prefix"));
    name.suffix = text_at(fact, joined(base, "suffix"));
    if (name.full().empty()) return std::nullopt;
    return LeafWrite{text_markup(name.full()), {}};
  }
  const auto text = text_at(fact, path);
  if (text.empty()) return std::nullopt;
  const auto unit_path = joined(around(path), "unit");
  if (element.kind == Kind::quantity) {
    auto write = from(write_quantity(element, text, text_at(fact, unit_path)), path);
    if (write) write->used.push_back(unit_path);
    return write;
  }
  if (element.kind == Kind::integer) {
    if (!integer_of(text, 0, 2147483647) || text_at(fact, unit_path) != element.measure->test.unit) return std::nullopt;
    return LeafWrite{text, {path, unit_path}};
  }
  if (element.kind == Kind::measurement) return write_measurement(text, text_at(fact, unit_path), path, unit_path);
  if (element.kind == Kind::year) {
    const auto year = integer_of(std::string_view(text).substr(0, 4), 1000, 3000);
    if (!year || (text.size() > 4 && text[4] != '-')) return std::nullopt;
    return LeafWrite{text.substr(0, 4), text.size() == 4 ? std::vector{path} : std::vector<std::string>{}};
  }
  return from(write_simple(element, text), path);
}

std::string write_constant(const Element& element) { return text_element(constant_name(element), element.constant); }

}  // namespace bb::healthvault::types
