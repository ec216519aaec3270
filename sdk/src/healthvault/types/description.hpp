// description.hpp - the description of the thing types (thing_types.yaml) as it is used.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/healthvault/thing_types.hpp>

namespace bb::healthvault::types {

inline constexpr std::string_view loinc_oid = "2.16.840.1.113883.6.1";

// How the content of an element is read and written. A group has elements.
enum class Kind {
  group,
  text,
  words,        // a codable value as its words
  code,         // a codable value as its code
  codable,      // a codable value
  display,      // a general measurement as its words
  measurement,  // a general measurement as value and unit
  quantity,     // a value in the platform's unit, and what was entered
  integer,      // not negative
  decimal,
  boolean,
  size,
  unit,
  interpretation,
  range_minimum,
  range_maximum,
  full_name,
  date_time,
  approx_date_time,
  approx_date,
  year,
  years,  // a whole number of years: "45 years"
};

// Without a type: any of the family.
struct CodeSystem {
  std::string oid, name, family, type;
};

struct Test {
  std::string code, display, unit;
};
// An observation that has a type of its own.
struct Measure {
  Test test;
  std::vector<std::string> codes;  // of LOINC, by which a fact is one
  std::vector<Test> by_unit;       // tests of their own by the unit of the value
  const Test& test_in(std::string_view unit) const;
};

struct Unit {
  std::string ucum;
  std::vector<std::string> names;
  double factor = 1;
};
struct Quantity {
  std::string element;
  std::vector<Unit> units;
  const Unit* by_name(std::string_view name) const;  // blind to case
  const Unit* by_ucum(std::string_view ucum) const;
};

using Words = std::vector<std::pair<std::string, std::string>>;

struct Element {
  std::string name;
  Kind kind = Kind::group;
  std::string group;  // of `groups`; empty: `elements`
  std::vector<Element> elements;
  std::string to;  // path of the field; "*": that of the element around
  std::string each;
  std::string scheme;  // of the items of `each` that are texts
  std::string constant;
  std::string unit;  // field beside `to`
  const Quantity* quantity = nullptr;
  const Measure* measure = nullptr;
  Words words;  // record, type
  Words codes;  // record, code
  std::string vocabulary;
  Words constants;  // of the items of `each`
  bool is_list = false;
  bool is_top = false;  // `each` is a list of the record, not of the fact
  bool is_many = false;
  bool is_required = false, is_blank_allowed = false, is_weak = false, is_read_only = false, is_appended = false;
};

struct Type {
  ThingType type;
  std::vector<Element> elements;
  Words constants;
  std::string lone;
  std::string rest;
  std::string only;  // "done", "planned" or empty
  std::string when_field, when_value;
  bool is_superseded = false;
  bool is_read_only = false;
  std::string root_namespace;  // of a document

  bool has_measures() const;
  // Whether each occurrence of the element is a fact of its own.
  bool is_fact(const Element& element) const { return element.each == type.fact && !element.is_top; }
};

struct Never {
  std::string field, value, why;
};

struct Description {
  std::vector<CodeSystem> systems;
  std::map<std::string, Measure, std::less<>> measures;
  std::map<std::string, Quantity, std::less<>> quantities;
  Words interpretations;
  std::vector<Never> never;
  std::map<std::string, std::vector<Element>, std::less<>> groups;
  std::vector<Type> types;  // described ones and documents
  std::vector<ThingType> all;

  const Type* find(std::string_view id) const;
  const std::vector<Element>& elements_of(const Element& element) const;
};

// Read once.
const Description& description();

}  // namespace bb::healthvault::types
