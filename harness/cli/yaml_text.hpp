// harness/cli/yaml_text.hpp - a Value as YAML that our own readers accept.
#pragma once

#include <string>

#include <bb/core/value.hpp>

namespace bb::cli {

// Block style, texts in double quotes with JSON escapes. Keys must be plain
// words.
std::string to_yaml(const Value& value);

}  // namespace bb::cli
