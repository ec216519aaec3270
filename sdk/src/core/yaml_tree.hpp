// yaml_tree.hpp - the tree of a YAML text from its events, and what of YAML is
// not used here.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/core/yaml.hpp>

namespace bb::yaml {

// Whether a plain scalar stands for nothing.
bool is_null_word(std::string_view text);

// The tree as far as the text can be followed, or nothing; adds every mistake
// to `diagnostics`.
std::optional<YamlNode> read_tree(const std::shared_ptr<const Source>& source, std::vector<Diagnostic>& diagnostics);

}  // namespace bb::yaml
