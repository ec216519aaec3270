#include "harness/cli/yaml_text.hpp"

#include <bb/core/json.hpp>

namespace bb::cli {
namespace {

bool is_block(const Value& value) { return (value.is_object() || value.is_array()) && value.size() > 0; }

void put(std::string& out, const Value& value, std::size_t indent) {
  const std::string blanks(indent, ' ');
  const auto put_child = [&](const Value& child) {
    if (is_block(child)) {
      out += '\n';
      put(out, child, indent + 2);
    } else {
      out += ' ' + to_json(child) + '\n';
    }
  };
  if (const auto* members = value.members()) {
    for (const auto& member : *members) {
      out += blanks + member.key + ':';
      put_child(member.value);
    }
  } else if (const auto* items = value.items()) {
    for (const auto& item : *items) {
      out += blanks + '-';
      put_child(item);
    }
  }
}

}  // namespace

std::string to_yaml(const Value& value) {
  if (!is_block(value)) return to_json(value) + '\n';
  std::string out;
  put(out, value, 0);
  return out;
}

}  // namespace bb::cli
