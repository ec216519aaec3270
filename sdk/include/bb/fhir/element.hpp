// bb/fhir/element.hpp - a FHIR resource as a tree of elements, the same whether
// it is written in JSON or in XML.
//
// The tree is what the file says and no more: it knows no definition, so it
// holds what FHIR does not allow too. What the two syntaxes write differently
// is levelled: `_birthDate` of JSON is one element with `birthDate`, the
// attributes `value`, `id` and `url` of XML are what the properties are in
// JSON, and a resource inside another one has the name of the element that
// holds it.
//
// Source: FHIR R4, json.html and xml.html.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <bb/xml/document.hpp>

namespace bb::fhir {

inline constexpr std::string_view xml_namespace = "http://hl7.org/fhir";

// Of one file; of all lines together where each is a resource.
inline constexpr std::size_t bytes_max = 64ull * 1024 * 1024;
inline constexpr int depth_max = 256;
inline constexpr std::size_t element_count_max = 2'000'000;

struct Element {
  // What stands in the file: XML has only objects, strings and none. `none` has
  // no value of its own, only `id` and `extension`.
  enum class Form { object, string, number, boolean, none };

  std::string name;           // as the file writes it: "valueQuantity"; of a root the resource's type
  std::string resource_type;  // "Patient" of what is a resource, else empty
  Form form = Form::object;
  // Of a primitive as it is written, with all digits of a number; of `div` the XHTML.
  std::string value;
  bool is_listed = false;  // stands in an array of JSON
  // In JSON of the key, of what stands in an array and of the root of the value;
  // in XML of the start tag, of a resource its own.
  xml::Position place;
  std::vector<Element> children;  // in the order of the file

  // The first of this name.
  const Element* find(std::string_view child) const;
  std::vector<const Element*> children_of(std::string_view child) const;
  // The value of the first of this name; empty where there is none.
  std::string_view value_of(std::string_view child) const;
};

enum class Syntax { json, xml };

// A fault of the way of writing that loses nothing: an empty array, a null that
// stands for nothing, text between elements.
struct Problem {
  xml::Position place;
  std::string path;  // "Patient.name[0].given[1]"
  std::string what;  // lower case: what is found and what is expected
};

struct Document {
  Syntax syntax = Syntax::json;
  Element root;
  std::vector<Problem> problems;
};

using Reading = std::variant<Document, xml::Problem>;

// Strict JSON (RFC 8259) in UTF-8 that is one object. A key that occurs twice, an
// object without end, more than the limits: a Problem with its place.
Reading read_json(std::string_view bytes);

// The root is of the namespace of FHIR. As secure as xml::read().
Reading read_xml(std::string_view bytes);

// By what the bytes begin with.
Reading read(std::string_view bytes);

// One resource a line, as bulk export gives them. Places are those of the whole
// file, empty lines are passed over, and a broken line does not end the reading.
std::vector<Reading> read_ndjson(std::string_view bytes);

// Whether this is meant to be FHIR: an object of JSON with `resourceType`, or XML
// whose root is of the namespace of FHIR. Sound it need not be.
bool looks_like_fhir(std::string_view bytes);
// Whether this is FHIR in JSON, more than one resource, each on a line of its own.
bool looks_like_ndjson(std::string_view bytes);

}  // namespace bb::fhir
