#include "harness/cli/stage.hpp"

#include <fmt/format.h>

#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>
#include "harness/suite/form.hpp"

namespace bb::cli {
namespace {

namespace fs = std::filesystem;
using suite::Form;

constexpr std::string_view stage_format = "bluebridge-stage/1";

Stage::Program read_program(Form& form, const YamlNode& node, bool is_prepared) {
  Stage::Program program;
  if (is_prepared) {
    if (!form.expect_map(node, "a program", {"program", "arguments", "environment"})) return program;
  } else {
    if (!form.expect_map(node, "a program", {"name", "program", "arguments", "environment", "has_defects"}))
      return program;
    form.require(node, "name", "a program");
  }
  form.require(node, "program", "a program");
  form.take(node, "name", program.name);
  form.take(node, "program", program.program);
  form.take(node, "arguments", program.arguments);
  form.take(node, "has_defects", program.has_defects);
  if (const auto* environment = node.find("environment"); environment != nullptr)
    if (form.expect_map(*environment, "'environment'")) program.environment = to_value(*environment);
  return program;
}

std::vector<Stage::Program> read_programs(Form& form, const YamlNode& root, std::string_view key, bool are_prepared) {
  std::vector<Stage::Program> programs;
  const auto* list = root.find(key);
  if (list == nullptr) return programs;
  if (!list->is_list()) form.error(list->place, fmt::format("'{}' is a list of programs", key));
  for (const auto& node : list->items) programs.push_back(read_program(form, node, are_prepared));
  return programs;
}

// A text is the file as it is; anything else is written as JSON, which is YAML.
std::vector<Stage::File> read_files(Form& form, const YamlNode& root, std::string_view key) {
  std::vector<Stage::File> files;
  const auto* map = root.find(key);
  if (map == nullptr || !form.expect_map(*map, fmt::format("'{}'", key))) return files;
  for (const auto& member : map->members) {
    if (fs::path(member.key).filename() != member.key)
      form.error(member.key_place, fmt::format("'{}' is no name of a file", member.key));
    files.push_back({member.key, member.value.is_scalar() ? member.value.text : to_json(to_value(member.value))});
  }
  return files;
}

Stage::Run read_run(Form& form, const YamlNode& node) {
  Stage::Run run;
  if (!form.expect_map(node, "a run", {"suites", "arguments", "answers", "attested"})) return run;
  form.require(node, "suites", "a run");
  form.take(node, "suites", run.suites);
  form.take(node, "arguments", run.arguments);
  form.take(node, "answers", run.answers);
  form.take(node, "attested", run.attested);
  return run;
}

void read_root(Form& form, const YamlNode& root, Stage& stage) {
  if (!form.expect_map(root, "a stage",
                       {"format", "title", "needs_browser", "files", "prepared", "programs", "secrets", "target",
                        "runs", "environment", "waits"}))
    return;
  form.take(root, "title", stage.title);
  form.take(root, "needs_browser", stage.needs_browser);
  stage.files = read_files(form, root, "files");
  stage.secrets = read_files(form, root, "secrets");
  stage.prepared = read_programs(form, root, "prepared", true);
  stage.programs = read_programs(form, root, "programs", false);
  if (const auto* target = form.require(root, "target", "a stage"); target != nullptr)
    if (form.expect_map(*target, "'target'")) stage.target = to_value(*target);
  if (const auto* runs = form.require(root, "runs", "a stage"); runs != nullptr) {
    if (!runs->is_list() || runs->items.empty()) form.error(runs->place, "'runs' is a list of at least one run");
    for (const auto& node : runs->items) stage.runs.push_back(read_run(form, node));
  }
  if (const auto* environment = root.find("environment"); environment != nullptr)
    if (form.expect_map(*environment, "'environment'")) stage.environment = to_value(*environment);
  if (const auto* waits = root.find("waits"); waits != nullptr && form.expect_map(*waits, "'waits'"))
    for (const auto& wait : waits->members)
      if (const auto text = form.text(wait.value, fmt::format("'{}'", wait.key))) stage.waits[wait.key] = *text;
}

fs::path find_stage(const Places& places, const std::string& name) {
  const auto installed = places.stages() / (name + ".yaml");
  std::error_code ignored;
  return name.find('/') == std::string::npos && fs::exists(installed, ignored) ? installed : fs::path(name);
}

// What stands behind a dot, with what is chosen of a list: "clients[client_id=demo]".
Result<const Value*> step_into(const Value* value, std::string_view step, std::string_view path) {
  const auto bracket = step.find('[');
  const auto key = step.substr(0, bracket);
  const auto* found = value->find(key);
  if (found == nullptr) {
    std::vector<std::string> known;
    if (const auto* members = value->members())
      for (const auto& member : *members) known.push_back(member.key);
    return Error{fmt::format("'${{{}}}' names '{}', which is not there; there is: {}", path, key, join(known, ", "))};
  }
  if (bracket == std::string_view::npos) return found;
  const auto equals = step.find('=', bracket);
  if (equals == std::string_view::npos || !step.ends_with(']'))
    return Error{fmt::format("'${{{}}}' chooses by '{}', expected [key=value]", path, step.substr(bracket))};
  const auto member = step.substr(bracket + 1, equals - bracket - 1);
  const auto wanted = step.substr(equals + 1, step.size() - equals - 2);
  for (std::size_t i = 0; i < found->size(); ++i)
    if ((*found)[i][member].string_or("") == wanted) return &(*found)[i];
  return Error{fmt::format("'${{{}}}': none of '{}' has {} '{}'", path, key, member, wanted)};
}

Result<const Value*> look_up(std::string_view path, const Value& names) {
  const Value* value = &names;
  std::string_view rest = path;
  while (!rest.empty()) {
    // A dot within brackets belongs to what is chosen.
    std::size_t end = 0;
    for (int depth = 0; end < rest.size() && (depth > 0 || rest[end] != '.'); ++end)
      depth += rest[end] == '[' ? 1 : rest[end] == ']' ? -1 : 0;
    BB_TRY(value, step_into(value, rest.substr(0, end), path));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return value;
}

std::string text_of(const Value& value) {
  const auto* text = value.string();
  return text != nullptr ? *text : to_json(value);
}

}  // namespace

Result<Stage> read_stage(const Places& places, const std::string& name) {
  Stage stage;
  stage.file = find_stage(places, name);
  std::vector<Diagnostic> diagnostics;
  if (const auto opened = suite::open_yaml_file(stage.file, diagnostics)) {
    Form form(diagnostics);
    if (form.expect_format(*opened->tree, stage_format, opened->beginning())) read_root(form, *opened->tree, stage);
  }
  if (has_errors(diagnostics)) return Error{"this stage cannot be used:\n" + render(std::move(diagnostics))};
  return stage;
}

Result<std::string> fill_text(std::string_view text, const Value& names) {
  std::string filled;
  for (;;) {
    const auto begin = text.find("${");
    filled.append(text.substr(0, begin));
    if (begin == std::string_view::npos) return filled;
    const auto end = text.find('}', begin);
    if (end == std::string_view::npos)
      return Error{fmt::format("'{}' is not closed by '}}'", shorten(text.substr(begin), 40))};
    BB_TRY(const auto* value, look_up(text.substr(begin + 2, end - begin - 2), names));
    filled += text_of(*value);
    text.remove_prefix(end + 1);
  }
}

Result<Value> fill_value(const Value& value, const Value& names) {
  if (const auto* text = value.string()) {
    if (text->starts_with("${") && text->find('}') == text->size() - 1) {
      BB_TRY(const auto* found, look_up(std::string_view(*text).substr(2, text->size() - 3), names));
      return *found;
    }
    BB_TRY(auto filled, fill_text(*text, names));
    return Value(std::move(filled));
  }
  if (const auto* items = value.items()) {
    auto list = Value::array();
    for (const auto& item : *items) {
      BB_TRY(auto filled, fill_value(item, names));
      list.push(std::move(filled));
    }
    return list;
  }
  if (const auto* members = value.members()) {
    auto map = Value::object();
    for (const auto& member : *members) {
      BB_TRY(auto filled, fill_value(member.value, names));
      map.set(member.key, std::move(filled));
    }
    return map;
  }
  return value;
}

}  // namespace bb::cli
