// dump_elements - the tree of FHIR files, one element a line:
// depth, line, column, form, listed or -, name, resource type, value, separated by tabs, with
// "file NAME" before each file; a file that is refused is one line "refused", its place and why.
// With --ndjson each line of a file is a resource; with --only-time the milliseconds alone.
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/fhir/element.hpp>

namespace {

using bb::fhir::Element;

const char* name_of(Element::Form form) {
  switch (form) {
    case Element::Form::object:
      return "object";
    case Element::Form::string:
      return "string";
    case Element::Form::number:
      return "number";
    case Element::Form::boolean:
      return "boolean";
    case Element::Form::none:
      break;
  }
  return "none";
}

void print(const Element& element, int depth) {
  std::printf("%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\n", depth, element.place.line, element.place.column,
              name_of(element.form), element.is_listed ? "listed" : "-", element.name.c_str(),
              element.resource_type.c_str(), bb::to_json(bb::Value(element.value)).c_str());
  for (const auto& child : element.children) print(child, depth + 1);
}

void print(const bb::fhir::Reading& reading) {
  if (const auto* problem = std::get_if<bb::xml::Problem>(&reading)) {
    std::printf("refused\t%d\t%d\t%s\n", problem->line, problem->column, problem->what.c_str());
    return;
  }
  const auto& document = std::get<bb::fhir::Document>(reading);
  print(document.root, 0);
  for (const auto& problem : document.problems)
    std::printf("problem\t%d\t%d\t%s\t%s\n", problem.place.line, problem.place.column, problem.path.c_str(),
                problem.what.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  bool is_ndjson = false, is_time = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    is_ndjson = is_ndjson || argument == "--ndjson";
    is_time = is_time || argument == "--only-time";
    if (argument.starts_with("--")) continue;
    const auto bytes = bb::read_text(std::string(argument));
    if (!bytes) return 1;
    std::printf("file %s\n", argv[i]);
    const auto start = std::chrono::steady_clock::now();
    const auto readings =
        is_ndjson ? bb::fhir::read_ndjson(*bytes) : std::vector<bb::fhir::Reading>{bb::fhir::read(*bytes)};
    const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
    if (is_time)
      std::printf("%.2f ms\n", spent.count());
    else
      for (const auto& reading : readings) print(reading);
  }
  return 0;
}
