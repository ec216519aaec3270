// ucum.cpp - a reader of UCUM terms by recursive descent:
//   main-term = ["/"] term;  term = component {("." | "/") component}
//   component = simple [annotation] | annotation | factor | "(" term ")"
//   simple    = [prefix] atom [exponent]
#include "harness/facts/ucum.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include <bb/core/text.hpp>

#include "harness/facts/ucum_units.hpp"

namespace bb::facts {
namespace {

constexpr std::size_t term_bytes_max = 200;
constexpr int depth_max = 16;
constexpr int exponent_max = 99;
constexpr double tolerance = 0.005;  // XFMT-04

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Unit power(const Unit& unit, int exponent) {
  Unit out;
  out.factor = std::pow(unit.factor, exponent);
  out.offset = exponent == 1 ? unit.offset : 0;
  for (std::size_t i = 0; i < unit.dimensions.size(); ++i) out.dimensions[i] = unit.dimensions[i] * exponent;
  for (const auto& [code, count] : unit.arbitrary)
    if (count * exponent != 0) out.arbitrary[code] = count * exponent;
  return out;
}

// A temperature scale is one only where it stands alone; in a product it counts degrees.
Unit product(const Unit& a, const Unit& b) {
  Unit out;
  out.factor = a.factor * b.factor;
  for (std::size_t i = 0; i < a.dimensions.size(); ++i) out.dimensions[i] = a.dimensions[i] + b.dimensions[i];
  out.arbitrary = a.arbitrary;
  for (const auto& [code, count] : b.arbitrary)
    if ((out.arbitrary[code] += count) == 0) out.arbitrary.erase(code);
  return out;
}

struct Atom {
  Unit unit;
  Metric metric = Metric::no;
};
using Atoms = std::unordered_map<std::string_view, Atom>;

std::optional<Unit> parse_term(std::string_view term, const Atoms& atoms);

// Each unit is defined by units above it, so one pass resolves all.
const Atoms& known_atoms() {
  static const Atoms atoms = [] {
    Atoms made;
    for (std::size_t i = 0; i < base_units.size(); ++i) {
      Atom atom{{}, Metric::yes};
      atom.unit.dimensions[i] = 1;
      made.emplace(base_units[i], std::move(atom));
    }
    for (const auto& row : unit_atoms) {
      auto unit = row.is.empty() ? Unit{} : parse_term(row.is, made).value();
      if (row.is.empty()) unit.arbitrary[std::string(row.code)] = 1;
      unit.factor *= row.factor;
      unit.offset = row.offset;
      made.emplace(row.code, Atom{std::move(unit), row.metric});
    }
    return made;
  }();
  return atoms;
}

std::optional<Unit> unit_of(std::string_view code, const Atoms& atoms) {
  if (const auto found = atoms.find(code); found != atoms.end()) return found->second.unit;
  for (const auto& prefix : unit_prefixes) {
    if (!code.starts_with(prefix.code)) continue;
    const auto found = atoms.find(code.substr(prefix.code.size()));
    if (found == atoms.end() || found->second.metric == Metric::no) continue;
    auto unit = found->second.unit;
    unit.factor *= prefix.factor;
    unit.offset /= prefix.factor;
    return unit;
  }
  return std::nullopt;
}

class TermReader {
 public:
  TermReader(std::string_view text, const Atoms& atoms) : rest_(text), atoms_(atoms) {}

  std::optional<Unit> read_all() {
    auto unit = read_main();
    return rest_.empty() ? unit : std::nullopt;
  }

 private:
  std::optional<Unit> read_main() {
    auto unit = rest_.starts_with('/') ? std::optional(Unit{}) : read_component();
    return unit ? read_factors(*std::move(unit)) : std::nullopt;
  }

  std::optional<Unit> read_factors(Unit unit) {
    while (rest_.starts_with('.') || rest_.starts_with('/')) {
      const int exponent = rest_.front() == '/' ? -1 : 1;
      rest_.remove_prefix(1);
      const auto next = read_component();
      if (!next) return std::nullopt;
      unit = product(unit, power(*next, exponent));
    }
    return unit;
  }

  // "{reads}"; false where it is never closed.
  bool skip_annotation() {
    if (!rest_.starts_with('{')) return true;
    const auto end = rest_.find('}');
    if (end == std::string_view::npos) return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::optional<Unit> read_component() {
    if (rest_.empty()) return std::nullopt;
    if (rest_.front() == '(') return read_group();
    if (rest_.front() == '{') return skip_annotation() ? std::optional(Unit{}) : std::nullopt;
    auto unit = read_simple();
    return unit && skip_annotation() ? unit : std::nullopt;
  }

  std::optional<Unit> read_group() {
    if (++depth_ > depth_max) return std::nullopt;
    rest_.remove_prefix(1);
    auto unit = read_main();
    if (!unit || !rest_.starts_with(')')) return std::nullopt;
    rest_.remove_prefix(1);
    --depth_;
    return unit;
  }

  // A factor "100", a power "10*3" or "10^3", or a unit with its exponent.
  std::optional<Unit> read_simple() {
    if (rest_.starts_with("10*") || rest_.starts_with("10^")) {
      rest_.remove_prefix(3);
      const auto exponent = read_exponent();
      if (!exponent) return std::nullopt;
      Unit unit;
      unit.factor = std::pow(10.0, *exponent);
      return unit;
    }
    if (is_digit(rest_.front())) {
      Unit unit;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + digits(0), unit.factor);
      if (error != std::errc{} || unit.factor <= 0) return std::nullopt;
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      return unit;
    }
    const auto length = code_length();
    auto unit = unit_of(rest_.substr(0, length), atoms_);
    if (!unit) return std::nullopt;
    rest_.remove_prefix(length);
    const bool has_exponent =
        !rest_.empty() && (is_digit(rest_.front()) || rest_.front() == '+' || rest_.front() == '-');
    if (!has_exponent) return unit;
    const auto exponent = read_exponent();
    return exponent ? std::optional(power(*unit, *exponent)) : std::nullopt;
  }

  std::size_t digits(std::size_t from) const {
    while (from < rest_.size() && is_digit(rest_[from])) ++from;
    return from;
  }

  std::optional<int> read_exponent() {
    const bool has_sign = rest_.starts_with('+') || rest_.starts_with('-');
    const bool is_negative = rest_.starts_with('-');
    if (has_sign) rest_.remove_prefix(1);
    int exponent = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + digits(0), exponent);
    if (error != std::errc{} || exponent > exponent_max) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return is_negative ? -exponent : exponent;
  }

  // Up to what ends a unit; digits inside of brackets belong to it.
  std::size_t code_length() const {
    bool is_bracketed = false;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '[') is_bracketed = true;
      if (c == ']') is_bracketed = false;
      if (is_bracketed) continue;
      if (is_digit(c) || c == '.' || c == '/' || c == '(' || c == ')' || c == '{' || c == '+' || c == '-') return i;
    }
    return rest_.size();
  }

  std::string_view rest_;
  const Atoms& atoms_;
  int depth_ = 0;
};

std::optional<Unit> parse_term(std::string_view term, const Atoms& atoms) { return TermReader(term, atoms).read_all(); }

const UnitSpelling* find_spelling(std::string_view term) {
  std::string plain = to_lower(term);
  std::erase(plain, ' ');
  for (const auto& row : unit_spellings)
    if (row.written == plain) return &row;
  return nullptr;
}

// What stands before the number: "<", "<=", ">=", ">", or nothing.
std::string_view comparator_of(std::string_view value) {
  for (const std::string_view word : {"<=", ">=", "<", ">"})
    if (value.starts_with(word)) return word;
  return {};
}

}  // namespace

bool Unit::is_commensurable(const Unit& other) const {
  return dimensions == other.dimensions && arbitrary == other.arbitrary;
}

std::optional<Unit> parse_unit(std::string_view term) {
  term = trim(term);
  if (term.empty()) return Unit{};
  if (term.size() > term_bytes_max) return std::nullopt;
  const auto* spelling = find_spelling(term);
  if (spelling != nullptr && spelling->is_stronger) return parse_term(spelling->ucum, known_atoms());
  auto unit = parse_term(term, known_atoms());
  return unit || spelling == nullptr ? unit : parse_term(spelling->ucum, known_atoms());
}

std::optional<Number> parse_number(std::string_view text) {
  std::string plain(trim(text));
  if (plain.starts_with('+')) plain.erase(0, 1);
  // "1,200" and "12,345.5": a comma between groups of three digits.
  for (auto comma = plain.find(','); comma != std::string::npos; comma = plain.find(',', comma)) {
    const auto end = plain.find_first_not_of("0123456789", comma + 1);
    const auto group = (end == std::string::npos ? plain.size() : end) - comma - 1;
    if (comma == 0 || group != 3) return std::nullopt;
    plain.erase(comma, 1);
  }
  if (plain.empty() || plain.find_first_not_of("0123456789.eE+-") != std::string::npos) return std::nullopt;
  Number number;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), number.value);
  if (error != std::errc{} || end != plain.data() + plain.size()) return std::nullopt;
  const auto mantissa_end = std::min(plain.find_first_of("eE"), plain.size());
  const auto point = plain.find('.');
  int exponent = point < mantissa_end ? -static_cast<int>(mantissa_end - point - 1) : 0;
  if (mantissa_end < plain.size()) {
    const auto from = mantissa_end + (plain[mantissa_end + 1] == '+' ? 2 : 1);
    int given = 0;
    std::from_chars(plain.data() + from, plain.data() + plain.size(), given);
    exponent += given;
  }
  number.last_digit = std::pow(10.0, exponent);
  return number;
}

Agreement compare(const Quantity& a, const Quantity& b, Rounding rounding) {
  const std::string_view a_text = trim(a.value);
  const std::string_view b_text = trim(b.value);
  const auto a_comparator = comparator_of(a_text);
  const auto b_comparator = comparator_of(b_text);
  const auto a_number = parse_number(a_text.substr(a_comparator.size()));
  const auto b_number = parse_number(b_text.substr(b_comparator.size()));
  if (!a_number || !b_number) return Agreement::not_comparable;
  if (a_comparator != b_comparator) return Agreement::differ;
  const auto a_unit = parse_unit(a.unit);
  const auto b_unit = parse_unit(b.unit);
  const bool is_known = a_unit && b_unit;
  if (!is_known && trim(a.unit) != trim(b.unit)) return Agreement::differ;
  if (is_known && !a_unit->is_commensurable(*b_unit)) return Agreement::differ;
  const auto in_base = [&](const Number& number, const Unit& unit) {
    return (number.value + unit.offset) * unit.factor;
  };
  const Unit one;
  const auto& from = is_known ? *a_unit : one;
  const auto& to = is_known ? *b_unit : one;
  const double x = in_base(*a_number, from);
  const double y = in_base(*b_number, to);
  const double slack = 1e-9 * std::max(std::abs(x), std::abs(y));
  if (std::abs(x - y) <= slack) return Agreement::agree;
  const bool is_one_unit = from.factor == to.factor && from.offset == to.offset;
  if (is_one_unit || rounding == Rounding::none) return Agreement::differ;
  // In a temperature 0.5 % of kelvin would hide a degree: its scale's own number counts.
  const bool is_temperature = from.offset != 0 || to.offset != 0;
  if (!is_temperature && (x < 0) != (y < 0)) return Agreement::differ;
  const double size = std::max(std::abs(a_number->value * from.factor), std::abs(b_number->value * to.factor));
  const double step = std::max(a_number->last_digit * from.factor, b_number->last_digit * to.factor) / 2;
  const double relative = is_temperature ? 0 : tolerance * size;
  return std::abs(x - y) <= std::max(step, relative) + slack ? Agreement::agree : Agreement::differ;
}

std::optional<Quantity> split_quantity(std::string_view text) {
  text = trim(text);
  auto end = comparator_of(text).size();
  while (end < text.size() && text[end] == ' ') ++end;
  const auto number_begin = end;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.' || text[end] == ',')) ++end;
  if (!parse_number(text.substr(number_begin, end - number_begin))) return std::nullopt;
  return Quantity{std::string(text.substr(0, end)), std::string(trim(text.substr(end)))};
}

}  // namespace bb::facts
