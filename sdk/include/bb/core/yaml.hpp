// bb/core/yaml.hpp - YAML text to a tree that knows where each part stands.
//
// A strict subset of YAML 1.2: one document, the core schema, keys that are
// plain words and unique. Anchors, aliases, merge keys and tags are mistakes,
// not features: a reader of a file sees all of it in its place. For files that
// people write; made by libyaml (ADR 9), which stays in yaml_events.cpp.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb {

inline constexpr std::size_t yaml_bytes_max = std::size_t{8} * 1024 * 1024;
inline constexpr std::size_t yaml_depth_max = 64;
inline constexpr std::size_t yaml_node_count_max = 1'000'000;

struct YamlMember;

// A scalar, a map in document order or a list.
struct YamlNode {
  enum class Kind { scalar, map, list };
  Kind kind = Kind::scalar;
  // A scalar's place spans its token on its first line, quotes included; that
  // of a map or a list is its beginning. A value left out stands at its key.
  Place place;
  std::string text;        // scalar, quotes and folding undone
  bool is_quoted = false;  // in quotes or a block: text whatever it looks like
  std::vector<YamlMember> members;
  std::vector<YamlNode> items;

  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
  bool is_scalar() const { return kind == Kind::scalar; }
  // Member by key, or nullptr when absent or when this is no map.
  const YamlNode* find(std::string_view key) const;
};

struct YamlMember {
  std::string key;
  Place key_place;
  YamlNode value;
};

struct Yaml {
  std::optional<YamlNode> root;  // nothing when the text is not YAML at all
  std::vector<Diagnostic> diagnostics;
  bool is_good() const { return root && !has_errors(diagnostics); }
};

// All mistakes at once, as far as the text can be followed and up to a
// thousand. Of a duplicate key the first value stays.
Yaml parse_yaml(std::shared_ptr<const Source> source);

// The value by the YAML 1.2 core schema: true false null ~, 12, 012 (twelve),
// 0o14, 0xC, 1.5e3, .inf; everything else, also yes and 2024-01-01, is text.
// An integer that does not fit 64 bits becomes a number.
Value to_value(const YamlNode& node);

// A whole file as a value, for files where places do not matter once they have
// been read. The error holds the rendered diagnostics.
[[nodiscard]] Result<Value> read_yaml(const std::filesystem::path& file);

}  // namespace bb
