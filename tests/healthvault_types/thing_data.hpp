// thing_data.hpp - the published samples and schemas of thing types, and validation by them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <bb/healthvault/thing_types.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/xsd.hpp>

#include "healthvault/published_schema.hpp"

namespace bb::healthvault {

using test::healthvault_folder;
using test::schema_file;

// What the schema finds in an element; its name is looked for in the namespace of the schema, as the
// published schemas declare the elements of things, which stand in none.
inline std::vector<std::string> violations(const std::string& schema, const std::string& uri, std::string_view bytes) {
  const auto name = std::string(bytes.substr(1, bytes.find_first_of(" />") - 1));
  auto text = "<q:" + std::string(bytes.substr(1));
  if (const auto end = text.rfind("</" + name + ">"); end != std::string::npos) text.insert(end + 2, "q:");
  text.insert(name.size() + 3, " xmlns:q=\"" + uri + "\"");
  auto document = xml::read(text);
  if (auto* problem = std::get_if<xml::Problem>(&document)) return {xml::describe(*problem) + ": " + text};
  std::vector<std::string> found;
  for (const auto& one : test::compiled(schema)->validate(std::get<xml::Document>(document))) found.push_back(one.what);
  return found;
}

// What the published schemas find in a thing that we wrote.
inline std::vector<std::string> violations(const ThingXml& thing) {
  const auto* type = find_thing_type(thing.type_id);
  if (type == nullptr || type->schema.empty()) return {"no schema for " + thing.type_id};
  const auto text = schema_file(type->schema);
  if (!text) return {type->schema + " is not there"};
  const auto uri = test::space_of(*text);
  const auto common = thing.bytes.find("<common>");
  auto found = violations(type->schema, uri, std::string_view(thing.bytes).substr(0, common));
  if (common != std::string::npos)
    for (const auto& one : violations("common-alone.xsd", "urn:common", std::string_view(thing.bytes).substr(common)))
      found.push_back("common: " + one);
  return found;
}

inline ReadThings read_ok(const ThingXml& thing) {
  auto read = read_thing(thing);
  EXPECT_TRUE(read) << (read ? "" : read.error().what);
  return read ? *read : ReadThings{};
}

// The texts that the reader told of a place.
inline std::vector<std::string> told(const std::vector<Unheld>& unheld, std::string_view where) {
  std::vector<std::string> texts;
  for (const auto& one : unheld)
    if (one.where == where) texts.push_back(one.text);
  return texts;
}

}  // namespace bb::healthvault
