#include "programs/defect_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::programs {

namespace po = boost::program_options;

void add_defect_options(po::options_description& options) {
  auto add = options.add_options();
  add("defect", po::value<std::vector<std::string>>()->value_name("NAME"), "switch one fault on");
  add("list-defects", "explain the faults and end");
  add("json", "with --list-defects: as JSON");
}

Result<std::string> list_defects(const po::variables_map& given, const std::vector<DefectText>& table) {
  const bool is_json = given.count("json") > 0;
  if (given.count("list-defects") == 0) {
    if (is_json) return Error{"--json goes with --list-defects only"};
    return std::string();
  }
  auto list = Value::array();
  std::string text;
  std::size_t width = 0;
  for (const auto& row : table) width = std::max(width, row.name.size());
  for (const auto& row : table) {
    auto value = Value::object({{"name", row.name}, {"explanation", row.explanation}});
    if (!row.rows.empty()) value.set("requirements", Value::strings(split(row.rows, ' ')));
    list.push(std::move(value));
    text += fmt::format("{:<{}}  {}{}\n", row.name, width, row.explanation,
                        row.rows.empty() ? "" : fmt::format(" ({})", row.rows));
  }
  return is_json ? to_json(list) + "\n" : text;
}

Result<std::optional<std::size_t>> read_defect(const po::variables_map& given, const std::vector<DefectText>& table) {
  if (given.count("defect") == 0) return std::optional<std::size_t>();
  const auto& names = given["defect"].as<std::vector<std::string>>();
  if (names.size() > 1) return Error{fmt::format("--defect may be given once, got '{}' and '{}'", names[0], names[1])};
  const auto& name = names.front();
  std::vector<std::string> known;
  for (const auto& row : table) {
    if (row.name == name) return std::optional(known.size());
    known.emplace_back(row.name);
  }
  const auto near = nearest(name, known);
  return Error{fmt::format("unknown defect '{}'; {}--list-defects explains all", name,
                           near ? "did you mean '" + *near + "'? " : "")};
}

}  // namespace bb::programs
