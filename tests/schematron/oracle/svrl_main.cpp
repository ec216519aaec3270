// Prints what the engine says of documents, as SVRL: svrl SCHEMA PHASE FOLDER
// DOCUMENT..., into FOLDER/1.svrl, 2.svrl and so on.
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include <bb/core/files.hpp>
#include "harness/schematron/svrl.hpp"

namespace bb::schematron {
namespace {

namespace fs = std::filesystem;

// Files are found by the last part of the name they are asked by, beside the
// schema or in a folder below it.
FileResolver files_beside(const fs::path& schema) {
  return [folder = schema.parent_path()](const std::string& name) -> std::optional<std::string> {
    const auto wanted = fs::path(name).filename();
    for (const auto& place : {folder / wanted, folder / "templates" / wanted})
      if (auto text = read_text(place)) return *text;
    return std::nullopt;
  };
}

Status run(int count, char** arguments) {
  const fs::path schema_file = arguments[1];
  const auto resolve = files_beside(schema_file);
  BB_TRY(const auto text, read_text(schema_file));
  BB_TRY(const auto schema, read_schema(schema_file.filename(), text, resolve));
  BB_TRY(const auto vocabulary, Vocabulary::read(*schema, resolve));
  BB_TRY(const auto ruleset, Ruleset::create(schema, vocabulary, arguments[2]));
  Checker checker(ruleset);
  for (int i = 4; i < count; ++i) {
    BB_TRY(const auto bytes, read_text(arguments[i]));
    const auto document = xml::read(bytes);
    if (const auto* problem = std::get_if<xml::Problem>(&document))
      return Error{std::string(arguments[i]) + ": " + xml::describe(*problem)};
    BB_TRY(const auto report, checker.check(std::get<xml::Document>(document)));
    BB_CHECK(write_text(fs::path(arguments[3]) / (std::to_string(i - 3) + ".svrl"), write_svrl(*ruleset, report)));
  }
  return {};
}

}  // namespace
}  // namespace bb::schematron

int main(int count, char** arguments) {
  if (count < 5) {
    std::fputs("usage: svrl SCHEMA PHASE FOLDER DOCUMENT...\n", stderr);
    return 2;
  }
  const auto status = bb::schematron::run(count, arguments);
  if (!status) std::fprintf(stderr, "%s\n", status.error().what.c_str());
  return status ? 0 : 1;
}
