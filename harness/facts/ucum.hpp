// harness/facts/ucum.hpp - units of measure, so that 178 [lb_av] and 80.7 kg are one fact.
//
// A reader of UCUM terms (the grammar of "The Unified Code for Units of Measure",
// section 2) over the units that health records use, and of the spellings that text
// files have instead ("mmHg", "lbs", "K/uL"). It knows no substances: mg/dL and
// mmol/L of the same thing stay apart. docs/reference/facts.md has the table.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bb::facts {

// A unit as a multiple of base units. `offset` is that of a temperature: a value
// in it is (value + offset) * factor in kelvin.
struct Unit {
  double factor = 1;
  double offset = 0;
  // Metre, second, gram, radian, kelvin, coulomb, candela; "mol" is a number in UCUM.
  std::array<int, 7> dimensions{};
  // Units that nothing converts to: "[iU]" to its exponent.
  std::map<std::string, int, std::less<>> arbitrary = {};

  bool is_commensurable(const Unit& other) const;
};

// The unit a UCUM term names, or the usual spelling of one. Empty is 1. Nothing
// where it is not known.
std::optional<Unit> parse_unit(std::string_view term);

// A number as a document writes it: "7.2", "1,200", "5.5E3", ".5".
struct Number {
  double value = 0;
  double last_digit = 0;  // what one step of its last digit is: 0.1
};
std::optional<Number> parse_number(std::string_view text);

struct Quantity {
  std::string value;  // as it stands: "7.2", ">= 60", "negative"
  std::string unit;
};

enum class Agreement { agree, differ, not_comparable };

// XFMT-04: values in one unit have to be equal; in two units equal after conversion, where
// rounding is allowed with a tolerance of 0.5 % or half a step of the last digit of the
// value that says less. A sign and a comparator (<, <=, >=, >) have to be the same.
// Units that measure different things differ; so do units that are not known and not
// written alike. A value without a number is not comparable: compare it as words.
enum class Rounding {
  after_conversion,  // of what was measured
  none,              // of doses, counts and money
};
Agreement compare(const Quantity& a, const Quantity& b, Rounding rounding = Rounding::after_conversion);

// A value and its unit in one text, "10 mg" or "1,200 mL/h". The unit is empty where
// there is none; nothing where the text does not begin with a number.
std::optional<Quantity> split_quantity(std::string_view text);

}  // namespace bb::facts
