// YAML, suite, target, catalogue (YAML and CSV) and answers readers, and the
// linter: no input makes them crash, hang or render nonsense.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>
#include "harness/suite/lint.hpp"
#include "harness/suite/reader.hpp"
#include "harness/suite/verbs.hpp"

namespace {

void expect(bool is_true) {
  if (!is_true) std::abort();
}

const bb::suite::Vocabulary& vocabulary() {
  static const auto read = bb::suite::read_vocabulary(std::filesystem::path(BB_SOURCE_DIR) / "conformance");
  expect(static_cast<bool>(read));
  return *read;
}

// Places lie inside the text that they are about.
void check_places(const bb::YamlNode& node) {
  expect(node.place.line >= 1 && node.place.column >= 1 && node.place.length >= 0);
  for (const auto& item : node.items) check_places(item);
  for (const auto& member : node.members) {
    expect(member.key_place.line >= 1 && member.key_place.column >= 1);
    check_places(member.value);
  }
}

class ScratchFile {
 public:
  ScratchFile() : folder_(std::filesystem::temp_directory_path() / ("bb-fuzz-yaml-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~ScratchFile() { std::filesystem::remove_all(folder_); }
  std::filesystem::path write(const char* name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto yaml = bb::parse_yaml(std::make_shared<const bb::Source>(bb::Source{"f.yaml", text}));
  expect(yaml.root || !yaml.diagnostics.empty());
  expect(bb::is_utf8(bb::render(yaml.diagnostics)));
  if (yaml.root) {
    check_places(*yaml.root);
    bb::to_json(bb::to_value(*yaml.root));
  }

  static const ScratchFile scratch;
  const auto suite = bb::suite::read_suite(scratch.write("f.yaml", text));
  expect(suite.value || !suite.diagnostics.empty());
  expect(bb::is_utf8(bb::render(suite.diagnostics)));
  if (suite.value) expect(bb::is_utf8(bb::render(bb::suite::lint_suite(*suite.value, vocabulary(), {}))));
  const auto file = scratch.write("f.yaml", text);
  const auto target = bb::suite::read_target(file);
  if (target.value && suite.value) bb::suite::lint_target(*target.value, {*suite.value});
  bb::render(bb::suite::read_catalogue(file).diagnostics);
  bb::render(bb::suite::read_answers(file).diagnostics);
  bb::render(bb::suite::read_catalogue(scratch.write("f.csv", text)).diagnostics);
  return 0;
}
