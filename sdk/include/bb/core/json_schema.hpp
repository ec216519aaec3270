// bb/core/json_schema.hpp - the documented subset of JSON Schema 2020-12.
//
// type properties required additionalProperties items enum const pattern
// minimum maximum minLength maxLength minItems maxItems format (a note, which
// only who validates can give a meaning) default description title $schema $defs $ref (local, no cycles).
// items and additionalProperties take a schema or a boolean; pattern is RE2.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb {

struct SchemaFinding {
  std::string pointer;             // JSON Pointer into the instance, "" for the whole
  std::string message;             // lower case, both values
  bool is_unknown_member = false;  // the member's name is wrong, not its value
};

// What is wrong with the schema itself: keywords outside the subset, wrong
// shapes, cycles, bad patterns. Pointers are into the schema. Empty = good.
std::vector<SchemaFinding> check_schema(const Value& schema);

// What is wrong with a text of that `format`; empty = nothing.
using FormatCheck = std::function<std::string(std::string_view format, const std::string& text)>;

// Where `instance` departs from `schema`. The schema must have passed
// check_schema. Empty = valid. Without `check_format` every format is met.
std::vector<SchemaFinding> validate(const Value& schema, const Value& instance, const FormatCheck& check_format = {});

// The instance with defaults of the schema filled in, at every depth.
Value fill_defaults(const Value& schema, Value instance);

}  // namespace bb
