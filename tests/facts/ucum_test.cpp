// Units of measure. Conversions were computed by another program, the UCUM library of
// the Lister Hill Center (@lhncbc/ucum-lhc 7); terms are examples of UCUM itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/facts/ucum.hpp"

namespace bb::facts {
namespace {

struct Conversion {
  const char* from;
  double value;
  const char* to;
  double result;
};

constexpr Conversion conversions[] = {
    {"[lb_av]", 178, "kg", 80.73944186},
    {"[ft_i]", 5, "cm", 152.4},
    {"[in_i]", 70, "cm", 177.8},
    {"[degF]", 98.6, "Cel", 37},
    {"Cel", 37, "[degF]", 98.59999999999997},
    {"mm[Hg]", 120, "kPa", 15.99864},
    {"mg/dL", 1.5, "g/L", 0.015},
    {"10*3/uL", 7.2, "10*9/L", 7.199999999999999},
    {"10*3/uL", 250, "/nL", 250},
    {"10*6/uL", 4.5, "10*12/L", 4.5},
    {"g/dL", 14, "g/L", 140},
    {"ug/mL", 2, "mg/L", 2},
    {"ng/mL", 5, "ug/L", 5},
    {"mmol/L", 140, "mol/m3", 140},
    {"/min", 60, "Hz", 1},
    {"kg/m2", 25, "g/cm2", 2.5},
    {"h", 2, "min", 120},
    {"wk", 3, "d", 21},
    {"mo", 18, "a", 1.5},
    {"[tsp_us]", 1, "mL", 4.928921593750003},
    {"[tbs_us]", 1, "mL", 14.786764781250007},
    {"[foz_us]", 8, "mL", 236.5882365000001},
    {"[oz_av]", 16, "g", 453.59237},
    {"U/L", 40, "ukat/L", 0.6666666666666666},
    {"[gr]", 1, "mg", 64.79891},
    {"cm[H2O]", 30, "mm[Hg]", 22.066838181245405},
    {"%", 5, "g/dg", 0.005},
    {"mL/min", 100, "L/h", 6},
    {"[Cal]", 1, "kJ", 4.184},
    {"deg", 180, "rad", 3.141592653589793},
    {"mosm/kg", 290, "osm/kg", 0.29000000000000004},
    {"[gal_us]", 1, "L", 3.7854117840000012},
    {"[drp]", 1, "uL", 49.99999999999999},
    {"[stone_av]", 12, "kg", 76.20351816},
    {"[pt_us]", 1, "mL", 473.1764730000002},
    {"bar", 1, "mm[Hg]", 750.0637554192107},
    {"atm", 1, "kPa", 101.325},
    {"m[Hg]", 2, "Pa", 266644},
    {"kg.m/s2", 1, "N", 1},
    {"(mg/mL)/(g/L)", 1, "1", 1.0000000000000002},
    {"10*-3", 5, "1", 0.005},
    {"[yd_i]", 20, "m", 18.288000000000004},
    {"[mi_i]", 3, "km", 4.828032},
};

TEST(UcumTest, ConvertsAsAnotherProgramDoes) {
  for (const auto& [from, value, to, result] : conversions) {
    const auto a = parse_unit(from);
    const auto b = parse_unit(to);
    ASSERT_TRUE(a) << from;
    ASSERT_TRUE(b) << to;
    EXPECT_TRUE(a->is_commensurable(*b)) << from << " " << to;
    const double converted = (value + a->offset) * a->factor / b->factor - b->offset;
    EXPECT_NEAR(converted, result, 1e-6 * std::max(1.0, result)) << from << " " << to;
  }
}

TEST(UcumTest, KnowsTheUnitsOfHealthRecords) {
  for (const auto* term : {"mg/dL",
                           "g/dL",
                           "mmol/L",
                           "meq/L",
                           "10*3/uL",
                           "10^3/uL",
                           "10*6/uL",
                           "10*9/L",
                           "{count}",
                           "/[HPF]",
                           "mm[Hg]",
                           "[in_i]",
                           "[lb_av]",
                           "[degF]",
                           "Cel",
                           "kg/m2",
                           "mL/min/{1.73_m2}",
                           "m[iU]/mL",
                           "u[iU]/mL",
                           "[iU]/L",
                           "U/L",
                           "ng/mL",
                           "pg/mL",
                           "fL",
                           "pg",
                           "%",
                           "%{vol}",
                           "{ratio}",
                           "mm/h",
                           "mosm/kg",
                           "[pH]",
                           "L/min",
                           "ug/kg/min",
                           "[drp]",
                           "[tsp_us]",
                           "{tbl}",
                           "{puff}",
                           "1",
                           "/min",
                           "{breaths}/min",
                           "mg/g{creat}",
                           "10*-3",
                           "[CFU]/mL"})
    EXPECT_TRUE(parse_unit(term)) << term;
}

TEST(UcumTest, RefusesWhatIsNoUnit) {
  for (const auto* term : {"bananas", "mg/", "/", "mg//dL", "(mg", "mg)", "{open", "mg dL", "k[lb_av]", "10*", "m2m",
                           ".", "((((((((((((((((((m))))))))))))))))))", "m999"})
    EXPECT_FALSE(parse_unit(term)) << term;
  EXPECT_FALSE(parse_unit(std::string(201, 'm')));
}

TEST(UcumTest, ReadsWhatTextsWriteForUnits) {
  for (const auto& [written, ucum] : {std::pair{"mmHg", "mm[Hg]"},
                                      {"lbs", "[lb_av]"},
                                      {"K/uL", "10*3/uL"},
                                      {"F", "[degF]"},
                                      {"C", "Cel"},
                                      {"mcg", "ug"},
                                      {"bpm", "/min"},
                                      {"MG/DL", "mg/dL"},
                                      {"x10E3/uL", "10*3/uL"}})
    EXPECT_EQ(compare({"7", written}, {"7", ucum}), Agreement::agree) << written;
}

struct Comparison {
  Quantity a, b;
  Agreement expected;
};

// XFMT-04, and both sides of its borders.
TEST(UcumTest, ComparesValuesWithinTheTolerance) {
  const auto agree = Agreement::agree, differ = Agreement::differ, not_comparable = Agreement::not_comparable;
  const Comparison cases[] = {
      {{"7.2", "%"}, {"7.20", "%"}, agree},
      {{"7.2", "%"}, {"7.3", "%"}, differ},
      {{"120", "mm[Hg]"}, {"121", "mm[Hg]"}, differ},
      {{"178", "[lb_av]"}, {"80.7", "kg"}, agree},
      {{"178", "[lb_av]"}, {"81.1", "kg"}, agree},   // 0.45 %
      {{"178", "[lb_av]"}, {"81.3", "kg"}, differ},  // 0.69 %
      {{"98.6", "[degF]"}, {"37", "Cel"}, agree},
      {{"98.6", "[degF]"}, {"37.0", "Cel"}, agree},
      {{"98.6", "[degF]"}, {"37.2", "Cel"}, differ},
      {{"70", "[in_i]"}, {"177.8", "cm"}, agree},
      {{"250", "10*3/uL"}, {"250", "10*9/L"}, agree},
      {{"1,200", "mg"}, {"1.2", "g"}, agree},
      {{"1.5E3", "mg"}, {"1500", "mg"}, agree},
      {{"10", "mg"}, {"10", "ug"}, differ},
      {{"10", "mg"}, {"10", "mL"}, differ},
      {{"10", "mg/dL"}, {"10", "mmol/L"}, differ},
      {{"5", "[iU]"}, {"5", "[CFU]"}, differ},
      {{"5", "{tbl}"}, {"5", "{puff}"}, agree},  // annotations say nothing to UCUM
      {{"5", "sticks"}, {"5", "sticks"}, agree},
      {{"5", "sticks"}, {"5", "stones"}, differ},
      {{"<5", "mg/L"}, {"<5", "mg/L"}, agree},
      {{"<5", "mg/L"}, {"5", "mg/L"}, differ},
      {{"<5", "mg/L"}, {"<=5", "mg/L"}, differ},
      {{"< 5", "mg/L"}, {"<5", "mg/L"}, agree},
      {{"negative", ""}, {"5", ""}, not_comparable},
      {{"7.2", ""}, {"7.25", ""}, differ},  // one unit: nothing was rounded by conversion
      {{"1", "{tbl}"}, {"1.4", "{tbl}"}, differ},
      {{"13.2", "g/dL"}, {"-13.2", "g/dL"}, differ},
      {{"0.4", "g"}, {"-100", "mg"}, differ},
      {{"7.2", ""}, {"7.26", ""}, differ},
      {{"0", "mg"}, {"0", "g"}, agree},
      {{"-1.5", "mm"}, {"1.5", "mm"}, differ},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(compare(one.a, one.b), one.expected) << one.a.value << one.a.unit << " " << one.b.value << one.b.unit;
    EXPECT_EQ(compare(one.b, one.a), one.expected) << one.b.value << one.b.unit << " " << one.a.value << one.a.unit;
  }
}

TEST(UcumTest, NothingIsRoundedInADose) {
  EXPECT_EQ(compare({"1", "g"}, {"1400", "mg"}, Rounding::none), Agreement::differ);
  EXPECT_EQ(compare({"1", "g"}, {"1003", "mg"}, Rounding::none), Agreement::differ);
  EXPECT_EQ(compare({"0.5", "g"}, {"500", "mg"}, Rounding::none), Agreement::agree);
}

TEST(UcumTest, ReadsNumbersAsDocumentsWriteThem) {
  EXPECT_DOUBLE_EQ(parse_number("1,234,567.5")->value, 1234567.5);
  EXPECT_DOUBLE_EQ(parse_number("+.5")->value, 0.5);
  EXPECT_DOUBLE_EQ(parse_number("7.20")->last_digit, 0.01);
  EXPECT_DOUBLE_EQ(parse_number("1.5E3")->last_digit, 100);
  for (const auto* text : {"", "1,23", ",123", "12,34,567", "1.2.3", "1e", "e5", "five", "nan", "inf", "1/2", "1e999"})
    EXPECT_FALSE(parse_number(text)) << text;
}

TEST(UcumTest, SplitsAValueFromItsUnit) {
  EXPECT_EQ(split_quantity("10 mg")->unit, "mg");
  EXPECT_EQ(split_quantity(">= 60 mL/min")->value, ">= 60");
  EXPECT_EQ(split_quantity("5")->unit, "");
  EXPECT_FALSE(split_quantity("one tablet"));
  EXPECT_FALSE(split_quantity(""));
}

}  // namespace
}  // namespace bb::facts
