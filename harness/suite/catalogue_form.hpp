// harness/suite/catalogue_form.hpp - requirements, wherever they stand: in a
// suite, a YAML catalogue or a CSV one.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/suite/form.hpp"
#include "harness/suite/model.hpp"

namespace bb::suite {

// A map of requirements by id, added to the catalogue.
void read_requirement_map(Form& form, const YamlNode& map, Catalogue& into);

// Letters, digits, '-', '_' and '.'.
bool is_requirement_id(std::string_view text);

// `spec`: short names to URLs.
std::vector<std::pair<std::string, std::string>> read_spec(Form& form, const YamlNode& node);

}  // namespace bb::suite
