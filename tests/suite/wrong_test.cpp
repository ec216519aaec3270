// Two hundred small mistakes in a suite, a target and answers: each is told of at
// its line, with what was expected or what to do.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <bb/core/yaml.hpp>
#include "harness/checks/lint_xpath.hpp"
#include "suite_files.hpp"

namespace bb::test {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(BB_SOURCE_DIR) / "tests/suite/wrong";
constexpr std::array<std::string_view, 3> kinds{"suite", "target", "answers"};

std::string good(std::string_view kind) {
  const auto text = read_text(folder / (std::string(kind) + ".yaml"));
  return text ? *text : "";
}

struct Row {
  std::string kind, from, to, at, says;
  int line = 0;  // in mistakes.yaml
};

std::string member(const YamlNode& row, std::string_view key) {
  const auto* node = row.find(key);
  return node != nullptr ? node->text : "";
}

const std::vector<Row>& rows() {
  static const auto read = [] {
    std::vector<Row> found;
    const auto file = folder / "mistakes.yaml";
    const auto text = read_text(file);
    if (!text) return found;
    const auto tree = parse_yaml(std::make_shared<const Source>(Source{file.string(), *text}));
    if (!tree.root) return found;
    for (const auto& list : tree.root->members)
      for (const auto& row : list.value.items)
        found.push_back(
            {list.key, member(row, "from"), member(row, "to"), member(row, "at"), member(row, "says"), row.place.line});
    return found;
  }();
  return read;
}

int line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

class WrongTest : public SuiteFiles {
 protected:
  void SetUp() override {
    SuiteFiles::SetUp();
    for (const auto kind : kinds) write(std::string(kind) + ".yaml", good(kind));
  }

  // What a run would say of the three files before it looks at connectors and secrets.
  std::vector<Diagnostic> lint() const {
    std::vector<Diagnostic> all;
    const auto add = [&](const std::vector<Diagnostic>& more) { all.insert(all.end(), more.begin(), more.end()); };
    auto loaded = suite::read_suite(folder_ / "suite.yaml");
    add(loaded.diagnostics);
    std::vector<suite::Suite> suites;
    if (loaded.value) {
      add(suite::lint_suite(*loaded.value, vocabulary(), {}));
      add(checks::lint_xpaths(*loaded.value));
      suites.push_back(*std::move(loaded.value));
    }
    const auto target = suite::read_target(folder_ / "target.yaml");
    add(target.diagnostics);
    if (target.value) add(suite::lint_target(*target.value, suites));
    const auto answers = suite::read_answers(folder_ / "answers.yaml");
    add(answers.diagnostics);
    if (answers.value && target.value && !suites.empty() && suites[0].is_whole)
      add(suite::lint_answers(*answers.value, suites, &*target.value));
    return all;
  }
};

// Words by which a message without a note says what was expected.
bool says_what_to_do(const Diagnostic& found) {
  constexpr std::array<std::string_view, 16> words{
      " is a ",       "missing", "not possible", "expected", "takes", "lacks",   "unknown",  "must",
      "did you mean", "cannot",  "one of",       "empty",    "twice", "belongs", "is never", "stands alone"};
  return !found.note.empty() || std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return found.message.find(word) != std::string::npos;
  });
}

TEST_F(WrongTest, TheFilesWithoutAMistakeHaveNone) { EXPECT_EQ(render(lint()), ""); }

TEST_F(WrongTest, ThereAreTwoHundredAtLeast) { EXPECT_GE(rows().size(), 200u); }

TEST_F(WrongTest, EachIsToldOfAtItsLineWithWhatToDo) {
  for (const auto& row : rows()) {
    SCOPED_TRACE("mistakes.yaml:" + std::to_string(row.line) + ": " + row.to);
    const auto file = row.kind + ".yaml";
    auto text = good(row.kind);
    const auto offset = text.find(row.from);
    ASSERT_NE(offset, std::string::npos) << row.from;
    ASSERT_EQ(text.find(row.from, offset + 1), std::string::npos) << "stands twice: " << row.from;
    text.replace(offset, row.from.size(), row.to);
    const auto shown = row.at.empty() ? offset : text.find(row.at);
    ASSERT_NE(shown, std::string::npos) << row.at;
    write(file, text);
    const auto found = lint();
    const auto line = line_at(text, shown + (row.at.empty() ? text.substr(offset).find_first_not_of('\n') : 0));
    const bool is_told = std::any_of(found.begin(), found.end(), [&](const Diagnostic& one) {
      return one.severity == Severity::error && one.place.source && one.place.source->name == folder_ / file &&
             one.place.line == line && one.place.column >= 1 &&
             (one.message + " " + one.note).find(row.says) != std::string::npos;
    });
    EXPECT_TRUE(is_told) << "expected line " << line << ": " << row.says << "\nfound\n" << render(found);
    for (const auto& one : found) EXPECT_TRUE(one.severity == Severity::warning || says_what_to_do(one)) << render(one);
    write(file, good(row.kind));
  }
}

}  // namespace
}  // namespace bb::test
