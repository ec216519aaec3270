// Every kind of mistake in a suite, as a vendor sees it.
#include <gmock/gmock.h>

#include <algorithm>

#include "suite_files.hpp"
#include "support/golden.hpp"

namespace bb::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path folder = fs::path(BB_SOURCE_DIR) / "tests/suite/mistakes";

std::vector<fs::path> mistakes() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// The suite's own name stands in the text, not where the source happens to be.
std::string lint_by_name(const fs::path& file, bool is_strict) {
  const auto name = file.filename().string();
  auto loaded = suite::read_suite(file);
  std::vector<Diagnostic> all = loaded.diagnostics;
  if (loaded.value) {
    const auto more = suite::lint_suite(*loaded.value, vocabulary(), {is_strict});
    all.insert(all.end(), more.begin(), more.end());
  }
  return replace_all(render(all), file.string(), name);
}

class MistakeTest : public ::testing::TestWithParam<fs::path> {};

TEST_P(MistakeTest, IsReportedWithPlaceExpectationAndNextStep) {
  const std::string golden = "suite/mistakes/" + GetParam().stem().string() + ".err";
  expect_golden(lint_by_name(GetParam(), false), golden);
}

TEST_P(MistakeTest, IsAnErrorWhenStrict) { EXPECT_THAT(lint_by_name(GetParam(), true), HasSubstr(" error: ")); }

INSTANTIATE_TEST_SUITE_P(Files, MistakeTest, ::testing::ValuesIn(mistakes()),
                         [](const auto& file) { return file.param.stem().string(); });

TEST(MistakesTest, AreAtLeastThirty) { EXPECT_GE(mistakes().size(), 30u); }

TEST(MistakesTest, TheSuiteTheyAreMadeFromHasNone) {
  EXPECT_EQ(lint_file(fs::path(BB_SOURCE_DIR) / "tests/suite/good/view.yaml", true), "");
}

TEST(MistakesTest, OfOneFileAreAllReportedAtOnce) {
  const std::string text = lint_by_name(folder / "all_at_once.yaml", false);
  for (const auto* part : {"'suite' takes ids",
                           "'version' takes a text, got the number 1.0",
                           "unknown key 'titel' in a suite",
                           "'e1' takes a URL",
                           "'level' takes one word of a few, got the text 'MUST'",
                           "'A 02' cannot name a requirement",
                           "'text' is empty",
                           "'from' takes a date",
                           "'type' takes one word of a few, got the text 'persn'",
                           "'default' of a number does not fit",
                           "input 'code' of type choice lacks 'choices'",
                           "'choices' is an empty list",
                           "'Format' cannot name an option",
                           "'default' is none of the choices",
                           "unknown key 'wnats' in role 'portal'",
                           "role 'inbox' lacks 'needs'",
                           "'timeout' takes a duration",
                           "'times' takes a whole number from 1 to 10",
                           "'only' cannot be 'claim'",
                           "'as' takes a text, got a list",
                           "'expect' takes a list of claims, got a map",
                           "'do' takes a role and what it does, got 'sign_in'",
                           "'each' belongs to a test, 'group' is a group",
                           "'title' takes a text, got the number 12",
                           "'locks' is an empty list",
                           "'check' is an empty list",
                           "'value' takes a reference",
                           "'status' takes a whole number from 100 to 599",
                           "'result' takes one word of a few",
                           "a claim has one subject, got 'json' and 'xpath'",
                           "'media_type' takes no matcher",
                           "'time' lacks a limit",
                           "'min' takes a number",
                           "'count' takes a whole number",
                           "'exists' takes true or false",
                           "'in' takes a list",
                           "'same' takes a list of two references or more",
                           "event 'http.callback' is not available yet",
                           "'evidence' takes one word of a few",
                           "unknown key 'expect' in an 'attest' step",
                           "unknown key 'jsn' in 'drop'",
                           "'set' lacks 'to'",
                           "a fault is one thing, got 'drop' and 'dup'",
                           "'defect' stands alone",
                           "'delay' takes a duration",
                           "a fault lacks 'in'",
                           "'empty' has neither 'steps' nor 'tests'",
                           "test 'text' is a map, got the text 'just a text'",
                           "unknown capability 'viw'",
                           "no test or group is called 'nothing'",
                           "no specification",
                           "two instances are called",
                           "option 'speed' is never 'fast'",
                           "'supports' takes a role and a capability"})
    EXPECT_THAT(text, HasSubstr(part));
}

}  // namespace
}  // namespace bb::test
