// The real program: exit statuses, streams, help, JSON, completion.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include "harness/cli/demo_target.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/cli/yaml_text.hpp"
#include "support/temporary_folder.hpp"

namespace bb::cli {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string program = std::string(BB_BINARY_DIR) + "/bin/bluebridge";
const std::string conformance = std::string(BB_SOURCE_DIR) + "/conformance";

CommandResult bluebridge(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment = {}) {
  auto result = run_command(
      {.program = program, .arguments = arguments, .environment = environment, .is_stderr_captured = true}, 60'000);
  EXPECT_TRUE(result) << result.error().what;
  return result ? *result : CommandResult{.status = -1, .out = {}, .err = {}};
}

TEST(CommandTest, ExplainsItselfOnStandardOutput) {
  const auto result = bluebridge({"--help"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, IsEmpty());
  for (const auto& verb : all_verbs()) EXPECT_THAT(result.out, HasSubstr("  " + verb.name));
}

TEST(CommandTest, ExplainsEveryVerb) {
  for (const auto& verb : all_verbs()) {
    auto words = split(verb.name, ' ');
    words.emplace_back("--help");
    const auto result = bluebridge(words);
    EXPECT_EQ(result.status, 0) << verb.name;
    EXPECT_THAT(result.out, AllOf(HasSubstr("usage: bluebridge " + verb.name), HasSubstr("example:")));
    EXPECT_THAT(result.err, IsEmpty()) << verb.name;
  }
}

TEST(CommandTest, ListsNoVerbThatIsNotThereYet) {
  const auto help = bluebridge({"--help"}).out;
  EXPECT_THAT(help, Not(HasSubstr("\n  serve")));
}

TEST(CommandTest, SaysWhichVerbsComeLater) {
  for (const auto* verb : {"serve"}) {
    const auto result = bluebridge({verb, "x"});
    EXPECT_EQ(result.status, 2) << verb;
    EXPECT_THAT(result.err, HasSubstr(std::string("'") + verb + "' is not available in this version"));
    EXPECT_THAT(result.out, IsEmpty());
  }
}

TEST(CommandTest, NamesTheNearestVerb) {
  const auto result = bluebridge({"rnu"});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err, "bluebridge: unknown verb 'rnu'; did you mean 'run'?\n");
  EXPECT_EQ(bluebridge({"frobnicate"}).err, "bluebridge: unknown verb 'frobnicate'; see 'bluebridge --help'\n");
  EXPECT_THAT(bluebridge({"reprot"}).err, HasSubstr("did you mean 'report'?"));
  EXPECT_THAT(bluebridge({"suite", "lnit"}).err, HasSubstr("did you mean 'suite lint'?"));
}

TEST(CommandTest, AsksForTheSecondWordOfAGroup) {
  const auto result = bluebridge({"suite"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("'suite' needs one more word: list, lint, coverage, mutate"));
}

TEST(CommandTest, ExplainsEveryGroup) {
  for (const auto* group : {"suite", "connector", "completion"})
    for (const auto* help : {"--help", "-h"}) {
      const auto result = bluebridge({group, help});
      EXPECT_EQ(result.status, 0) << group;
      EXPECT_THAT(result.err, IsEmpty());
      const std::string word = std::string(group) == "completion" ? "bash\n" : "VERB ...\n";
      EXPECT_THAT(result.out,
                  AllOf(HasSubstr(std::string("usage: bluebridge ") + group + " " + word), HasSubstr("example:\n  ")));
      for (const auto& verb : all_verbs())
        if (verb.name.starts_with(std::string(group) + " ")) {
          EXPECT_THAT(result.out, HasSubstr("  " + verb.name));
        }
    }
}

TEST(CommandTest, HelpIsAVerbToo) {
  for (const auto& [words, option] : std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>>{
           {{"help"}, {"--help"}},
           {{"help", "run"}, {"run", "--help"}},
           {{"help", "suite"}, {"suite", "--help"}},
           {{"help", "help"}, {"--help"}},
           {{"help", "--help"}, {"--help"}},
           {{"help", "run", "--help"}, {"run", "--help"}},
           {{"help", "suite", "lint"}, {"suite", "lint", "--help"}}}) {
    const auto result = bluebridge(words);
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, Not(IsEmpty()));
    EXPECT_EQ(result.out, bluebridge(option).out);
  }
  const auto unknown = bluebridge({"help", "rnu"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'run'?"));
  for (const auto& [words, after] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{{{"help", "run", "extra"}, "run"},
                                                                     {{"help", "run", "extra", "more"}, "run"},
                                                                     {{"help", "suite", "lint", "extra"}, "suite lint"},
                                                                     {{"help", "help", "extra"}, "help"}}) {
    const auto result = bluebridge(words);
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_EQ(result.err, "bluebridge: help: expected one verb, got 'extra' after '" + after + "'\n");
  }
  EXPECT_THAT(bluebridge({"help", "suite", "extra"}).err, HasSubstr("unknown verb 'suite extra'"));
}

TEST(CommandTest, NamesTheLevelsOfAConnectorTest) {
  const auto result = bluebridge({"connector", "test", "--strictness", "9", "x.so"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("unknown value '9' of '--strictness'; expected one of 1, 2, 3, 4, 5\n"));
}

TEST(CommandTest, RefusesSuitesThatSayDifferentThingsOfOneRequirement) {
  test::TemporaryFolder folder;
  const auto suite = [&](const std::string& id, const std::string& level) {
    const auto file = (folder.path() / (id + ".yaml")).string();
    EXPECT_TRUE(write_text(file, "format: bluebridge-suite/1\nsuite: " + id +
                                     "\nversion: \"1.0.0\"\nrequirements:\n  R-1: {level: " + level +
                                     ", text: It is so.}\ntests:\n  t:\n    title: Is it so here\n    verifies: R-1\n"
                                     "    steps: [attest: It is so]\n"));
    return file;
  };
  const auto target = (folder.path() / "t.yaml").string();
  ASSERT_TRUE(write_text(target, "format: bluebridge-target/1\ntarget: t\nroles: {}\n"));
  const auto run = [&](const std::string& other) {
    return bluebridge({"run", suite("a", "SHOULD"), other, "--target", target, "--plan"});
  };
  EXPECT_EQ(run(suite("b", "SHOULD")).status, 0);
  const auto result = run(suite("c", "SHALL"));
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("nothing was run"), HasSubstr("level is '"), HasSubstr("[T09]")));
}

TEST(CommandTest, RefusesMoreInstancesThanARunTakes) {
  test::TemporaryFolder folder;
  const auto suite = (folder.path() / "s.yaml").string();
  const auto target = (folder.path() / "t.yaml").string();
  ASSERT_TRUE(write_text(target, "format: bluebridge-target/1\ntarget: t\nroles: {}\npatients: {a: {}, b: {}}\n"));
  std::string values = "[a0";
  for (int i = 1; i < 100; ++i) values += ", a" + std::to_string(i);
  const auto lint = [&](const std::string& more) {
    EXPECT_TRUE(write_text(suite,
                           "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\ntests:\n  t:\n    title: Is "
                           "it so of ${each.a} and ${each.b}\n    each: {a: " +
                               values + "], b: " + values + more + "}\n    steps: [attest: It is so]\n"));
    return bluebridge({"suite", "lint", suite});
  };
  EXPECT_EQ(lint("]").status, 0);
  const auto too_many = lint(", b0]");
  EXPECT_EQ(too_many.status, 2);
  EXPECT_THAT(too_many.out, HasSubstr("there are more than 10000, and a run takes no more [L04]"));
  // How many people there are, the target says.
  EXPECT_NE(lint("], c: $target.people").status, 2);
  const auto run = bluebridge({"run", suite, "--target", target, "--plan"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("more than 10000"));
}

TEST(CommandTest, WantsAVerb) {
  const auto result = bluebridge({});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr("expected a verb"));
}

TEST(CommandTest, NamesTheNearestOption) {
  const auto result = bluebridge({"run", "pledge.data_holder", "--tagret", "x.yaml"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("did you mean '--target'?"), HasSubstr("see 'bluebridge run --help'")));
}

TEST(CommandTest, RefusesARunWithoutATarget) {
  const auto result = bluebridge({"run", "pledge.data_holder"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("'--target FILE' is missing"));
}

TEST(CommandTest, RefusesATargetThatIsNotThere) {
  const auto result = bluebridge({"run", "pledge.data_holder", "--target", "/nowhere/target.yaml"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("/nowhere/target.yaml"));
  EXPECT_THAT(result.out, IsEmpty());
}

TEST(CommandTest, RefusesAnswersWithoutTheEvidenceAskedFor) {
  test::TemporaryFolder folder;
  const auto write = [&](const char* name, const std::string& text) {
    EXPECT_TRUE(write_text(folder.path() / name, text));
    return (folder.path() / name).string();
  };
  const auto suite = write("s.yaml",
                           "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\ntests:\n  t:\n"
                           "    title: The page can be read\n"
                           "    steps: [{attest: It is so., evidence: screenshot}]\n");
  const auto target = write("t.yaml", "format: bluebridge-target/1\ntarget: t\nroles: {}\n");
  const auto answers = write("a.yaml",
                             "format: bluebridge-answers/1\nby: {name: Ada}\ndate: \"2026-11-20\"\n"
                             "answers:\n  s/t: yes\n");
  const auto result = bluebridge({"run", suite, "--target", target, "--answers", answers});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("nothing was run:\n" + answers + ":5:3: error: the answer names no evidence"));
  EXPECT_THAT(result.out, IsEmpty());
}

TEST(CommandTest, RefusesTheSameSuiteTwice) {
  const auto result = bluebridge({"run", "pledge.data_holder", "pledge.data_holder", "--target", "x.yaml"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("are both suite 'pledge.data_holder'; a run takes each suite once"));
}

TEST(CommandTest, NamesTheNearestSuite) {
  const auto result = bluebridge({"run", "pledge.data_hodler", "--target", "x.yaml"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'pledge.data_holder'?"));
}

TEST(CommandTest, RefusesBadValuesOfOptions) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--jobs", "0"}, "'--jobs' is '0', expected a whole number from 1 to 256"},
      {{"--jobs", "257"}, "'--jobs' is '257'"},
      {{"--rule-date", "yesterday"}, "'--rule-date' is 'yesterday'"},
      {{"--rule-date", ""}, "'--rule-date' is empty, expected DATE"},
      {{"--rule-date="}, "'--rule-date' is empty, expected DATE"},
      {{"--rule-date"}, "the DATE of '--rule-date' is missing"},
      {{"--rule-date", "2026-02-30"}, "'--rule-date' is '2026-02-30'"},
      {{"--rule-date", "9999-12-31"}, "expected a day from 1678-01-01 to 2261-12-31, such as 2026-11-21"},
      {{"--answers", ""}, "'--answers' is empty, expected FILE"},
      {{"--in-process=1"}, "'--in-process' takes no value"},
      {{"--json"}, "'--json' is for '--plan'; of a run: --report json=PATH"},
      {{"--plugins", "/nowhere"}, "'--plugins' is '/nowhere', which is no folder"},
      {{"--report", "htm=x"}, "unknown report format 'htm'; did you mean 'html'?"},
      {{"--report", "html"}, "expected FORMAT=PATH"},
      {{"--report", "html=/nowhere/x.html"}, "'--report' is 'html=/nowhere/x.html': /nowhere is no folder"},
      {{"--report", "junit=/tmp"}, "/tmp is a folder, expected a file"},
      {{"--max-failures", "0"}, "'--max-failures' is '0', expected a whole number from 1 to 1000000"},
      {{"--seed", "-1"}, "'--seed' is '-1'"},
      {{"--input", "x"}, "'--input' is 'x', expected NAME=VALUE"},
      {{"--conformance", "/nowhere"}, "'--conformance' is '/nowhere', which is no folder"},
  };
  for (const auto& [options, expected] : cases) {
    std::vector<std::string> words = {"run", "pledge.data_holder", "--target", "x.yaml"};
    words.insert(words.end(), options.begin(), options.end());
    const auto result = bluebridge(words);
    EXPECT_EQ(result.status, 2) << expected;
    EXPECT_THAT(result.err, HasSubstr(expected));
  }
}

TEST(CommandTest, SaysItsVersion) {
  const auto result = bluebridge({"version", "--json"});
  EXPECT_EQ(result.status, 0);
  const auto json = parse_json(result.out);
  ASSERT_TRUE(json) << json.error().what;
  EXPECT_TRUE((*json)["version"].is_string());
  EXPECT_EQ((*json)["abi"], Value("1.0"));
  EXPECT_EQ(bluebridge({"--version"}).out, bluebridge({"version"}).out);
}

TEST(CommandTest, ListsSuitesAsJson) {
  const auto result = bluebridge({"suite", "list", "--json"});
  EXPECT_EQ(result.status, 0) << result.err;
  const auto json = parse_json(result.out);
  ASSERT_TRUE(json) << json.error().what;
  ASSERT_GT((*json)["suites"].size(), 0u);
  EXPECT_TRUE((*json)["suites"][std::size_t{0}]["suite"].is_string());
}

TEST(CommandTest, FindsConformanceThroughTheEnvironment) {
  test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "suites");
  const auto result = bluebridge({"suite", "list", "--json"}, {{"BLUEBRIDGE_CONFORMANCE", folder.path().string()}});
  EXPECT_EQ(result.status, 0);
  const auto json = parse_json(result.out);
  ASSERT_TRUE(json) << json.error().what;
  EXPECT_EQ((*json)["suites"].size(), 0u);
}

TEST(CommandTest, LintsItsOwnSuiteWithoutAWord) {
  const auto result = bluebridge({"suite", "lint", "pledge.data_holder"});
  EXPECT_EQ(result.status, 0) << result.out << result.err;
  EXPECT_EQ(result.out, "1 file, 0 errors, 0 warnings\n");
}

TEST(CommandTest, LintCountsFilesAndMistakesInGoodGrammar) {
  const std::string folder = std::string(BB_SOURCE_DIR) + "/tests/suite/";
  const std::string good = folder + "good/view.yaml";
  EXPECT_EQ(bluebridge({"suite", "lint", good, good}).out, "2 files, 0 errors, 0 warnings\n");
  const auto one = bluebridge({"suite", "lint", folder + "mistakes/10_unknown_claim_key.yaml"});
  EXPECT_THAT(one.out, EndsWith("\n1 file, 1 error, 0 warnings\n"));
  const auto warning = bluebridge({"suite", "lint", folder + "mistakes/42_inbox_without_lock.yaml"});
  EXPECT_THAT(warning.out, EndsWith("\n1 file, 0 errors, 1 warning\n"));
}

TEST(CommandTest, LintsAMistakeWithItsPlace) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "bad.yaml";
  ASSERT_TRUE(write_text(file, "format: bluebridge-suite/1\nsuite: bad\nversion: \"1.0.0\"\ntets: {}\n"));
  const auto result = bluebridge({"suite", "lint", file.string()});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("bad.yaml:4:1: error:"), HasSubstr("tets"), HasSubstr("did you mean 'tests'?")));
  const auto json = parse_json(bluebridge({"suite", "lint", "--json", file.string()}).out);
  ASSERT_TRUE(json) << json.error().what;
  EXPECT_EQ((*json)["diagnostics"][std::size_t{0}]["severity"], Value("error"));
  EXPECT_EQ((*json)["not_shown"], Value(0));
}

TEST(CommandTest, LintOfAFileThatIsNotThereSaysAllOfTheOthers) {
  const auto mistakes = std::string(BB_SOURCE_DIR) + "/tests/suite/mistakes/";
  test::TemporaryFolder folder;
  const auto result = bluebridge({"suite", "lint", "pledge.data_hodler", mistakes + "10_unknown_claim_key.yaml",
                                  folder.path().string(), mistakes + "20_unknown_verb.yaml"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr("error: 'pledge.data_hodler' is neither a file nor an installed suite; did you mean "
                      "'pledge.data_holder'?\n"),
            HasSubstr("10_unknown_claim_key.yaml:"), HasSubstr("20_unknown_verb.yaml:"),
            HasSubstr(folder.path().string() + ": it is a folder"), EndsWith("\n4 files, 4 errors, 0 warnings\n")));
}

TEST(CommandTest, LintShowsMistakesOfShapeAndOfMeaningAtOnce) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "bad.yaml";
  std::string text =
      "format: bluebridge-suite/1\nsuite: bad\nversion: \"1.0.0\"\ntitel: Bad\nroles:\n  portal: {needs: [view]}\n"
      "tests:\n";
  for (int i = 0; i < 120; ++i)
    text += "  t" + std::to_string(i) + ":\n    title: Test number " + std::to_string(i) +
            "\n    steps: [{do: portal.lits, expect: [result: ok]}]\n";
  ASSERT_TRUE(write_text(file, text));
  const auto result = bluebridge({"suite", "lint", file.string()});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.out, AllOf(HasSubstr("unknown key 'titel'"), HasSubstr("unknown verb 'lits' of role 'portal'"),
                                HasSubstr("bad.yaml: 21 more of the like are not shown\n"), HasSubstr("121 errors")));
  const auto json = parse_json(bluebridge({"suite", "lint", "--json", file.string()}).out);
  ASSERT_TRUE(json) << json.error().what;
  EXPECT_EQ((*json)["errors"], Value(121));
  EXPECT_EQ((*json)["not_shown"], Value(21));
  EXPECT_EQ((*json)["diagnostics"].size(), 100u);
}

TEST(CommandTest, LintComparesASuiteWithTheVersionBefore) {
  const std::string now = std::string(BB_SOURCE_DIR) + "/tests/suite/good/view.yaml";
  test::TemporaryFolder folder;
  const auto before = (folder.path() / "before.yaml").string();
  const auto text = read_text(now);
  ASSERT_TRUE(text);
  ASSERT_TRUE(write_text(before, replace_all(*text, "  stranger:", "  nobody:")));
  const auto result = bluebridge({"suite", "lint", now, "--since", before});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.out, HasSubstr("test 'nobody' of version 1.0.0 is gone [L07]"));
  EXPECT_EQ(bluebridge({"suite", "lint", now, "--since", now}).status, 0);
  EXPECT_EQ(bluebridge({"suite", "lint", now, "--since", "/nowhere.yaml"}).status, 2);
  EXPECT_THAT(bluebridge({"suite", "lint", now, now, "--since", before}).err,
              HasSubstr("'--since' compares one suite, got 2"));
}

TEST(CommandTest, ListsConnectorsAsJson) {
  test::TemporaryFolder folder;
  const auto result = bluebridge({"connector", "list", "--json", "--plugins", folder.path().string()});
  EXPECT_EQ(result.status, 0) << result.err;
  const auto json = parse_json(result.out);
  ASSERT_TRUE(json) << json.error().what;
  EXPECT_EQ((*json)["connectors"].size(), 0u);
}

TEST(CommandTest, ShowsTheRestConnector) {
  const auto result = bluebridge({"connector", "show", "org.bluebridge.rest.portal", "--json"});
  EXPECT_EQ(result.status, 0) << result.err;
  const auto json = parse_json(result.out);
  ASSERT_TRUE(json) << json.error().what;
  EXPECT_EQ((*json)["type"], Value("org.bluebridge.rest.portal"));
  EXPECT_TRUE((*json)["config_schema"].is_object());
}

TEST(CommandTest, NamesADeviceThatIsMissing) {
  // In a mount namespace of its own, where /dev is empty.
  const auto without_devices = [](const std::string& command) {
    return run_command(
        {.program = "/usr/bin/unshare",
         .arguments = {"--map-root-user", "--mount", "/bin/sh", "-c", "mount -t tmpfs none /dev && exec " + command},
         .environment = {},
         .is_stderr_captured = true},
        60'000);
  };
  if (const auto possible = without_devices("true"); !possible || possible->status != 0)
    GTEST_SKIP() << "SKIPPED: no mount namespace can be made here";
  const auto result = without_devices(program + " connector show org.bluebridge.rest.portal");
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->status, 2);
  EXPECT_THAT(result->err, HasSubstr("bluebridge-connector-host: /dev/null cannot be read: No such file"));
}

TEST(CommandTest, NamesTheNearestConnector) {
  const auto result = bluebridge({"connector", "show", "org.bluebridge.rest.portl"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("org.bluebridge.rest.portal"));
}

// Names of files below a folder, sorted by the file system's whim.
std::vector<std::string> files_below(const std::filesystem::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(folder).string());
  return files;
}

TEST(NewConnectorTest, MakesAProjectOfOneSmallSource) {
  const std::pair<std::vector<std::string>, std::string> languages[] = {{{}, "cpp"}, {{"--c"}, "c"}};
  for (const auto& [options, language] : languages) {
    test::TemporaryFolder folder;
    std::vector<std::string> words = {"connector", "new", "my-portal", "--out", folder.path().string()};
    words.insert(words.end(), options.begin(), options.end());
    const auto result = bluebridge(words);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("cmake -B build"));
    EXPECT_THAT(
        files_below(folder.path()),
        testing::UnorderedElementsAre("my-portal/.gitignore", "my-portal/CMakeLists.txt", "my-portal/README.md",
                                      "my-portal/my-portal.bbplugin.yaml", "my-portal/my-portal." + language,
                                      "my-portal/tests/my-portal.suite.yaml", "my-portal/tests/my-portal.target.yaml"));
    for (const auto& file : files_below(folder.path())) {
      const auto text = read_text(folder.path() / file);
      ASSERT_TRUE(text) << text.error().what;
      EXPECT_THAT(*text, Not(HasSubstr("@"))) << file;
    }
    const auto source = read_text(folder.path() / ("my-portal/my-portal." + language));
    EXPECT_LE(std::count(source->begin(), source->end(), '\n'), 40);
  }
}

TEST(NewConnectorTest, RefusesNamesThatCannotWork) {
  test::TemporaryFolder folder;
  const std::string longest(40, 'a');
  EXPECT_EQ(bluebridge({"connector", "new", longest, "--out", folder.path().string()}).status, 0);
  EXPECT_EQ(bluebridge({"connector", "new", "a", "--out", folder.path().string()}).status, 0);
  const std::pair<std::string, std::string> cases[] = {
      {"", "'' is no name for a connector"},
      {"My-Portal",
       "expected a lower-case letter, then lower-case letters, digits and '-', the last of them no '-', as in "
       "my-portal"},
      {"1st", "'1st' is no name"},
      {"-", "no name"},
      {"portal-", "'portal-' is no name"},
      {"my_portal", "'my_portal' is no name"},
      {"../escape", "'../escape' is no name"},
      {"a/b", "'a/b' is no name"},
      {"pört", "is no name"},
      {longest + "a", "41 characters, expected at most 40"},
      {"test", "'test' is a word of the build; choose another name, as in test-portal"}};
  for (const auto& [name, expected] : cases) {
    const auto result = bluebridge({"connector", "new", "--out", folder.path().string(), "--", name});
    EXPECT_EQ(result.status, 2) << name;
    EXPECT_THAT(result.err, HasSubstr(expected));
    EXPECT_THAT(result.out, IsEmpty());
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
}

TEST(NewConnectorTest, OverwritesNothing) {
  test::TemporaryFolder folder;
  const std::vector<std::string> words = {"connector", "new", "mine", "--out", folder.path().string()};
  ASSERT_TRUE(write_text(folder.path() / "mine", "a file of somebody's"));
  const auto at_file = bluebridge(words);
  EXPECT_EQ(at_file.status, 2);
  EXPECT_THAT(at_file.err, HasSubstr("mine' is there already, and nothing is overwritten"));
  EXPECT_EQ(*read_text(folder.path() / "mine"), "a file of somebody's");
  std::filesystem::remove(folder.path() / "mine");
  std::filesystem::create_symlink("/nowhere", folder.path() / "mine");
  EXPECT_EQ(bluebridge(words).status, 2);
  std::filesystem::remove(folder.path() / "mine");
  EXPECT_EQ(bluebridge(words).status, 0);
  EXPECT_EQ(bluebridge(words).status, 2);
}

TEST(NewConnectorTest, NeedsAFolderToMakeItIn) {
  const auto result = bluebridge({"connector", "new", "mine", "--out", "/nowhere"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("'--out' is '/nowhere', which is no folder"));
  EXPECT_THAT(bluebridge({"connector", "new"}).err, HasSubstr("expected NAME, got nothing"));
  EXPECT_THAT(bluebridge({"connector", "new", "a", "b"}).err, HasSubstr("unexpected 'b'"));
}

TEST(CheckCommandTest, JudgesByOwnRulesWithoutImportedData) {
  const test::TemporaryFolder folder;
  const auto alice = std::string(BB_SOURCE_DIR) + "/samples/records/alice.xml";
  const auto broken = (folder.path() / "broken.xml").string();
  const std::string realm = "<realmCode code=\"US\"/>";
  ASSERT_TRUE(write_text(broken, replace_all(*read_text(alice), realm, "")));

  EXPECT_EQ(bluebridge({"check", "--rules", "own", alice}).status, 0);
  const auto result = bluebridge({"check", "--rules", "own", broken});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("broken.xml:4:1: error: SHALL contain exactly one realmCode, US [CCDA-HDR-01]"),
                    HasSubstr("    expected " + realm), HasSubstr("    hint: ")));
  const auto report = parse_json(bluebridge({"check", "--rules", "own", "--json", broken}).out);
  ASSERT_TRUE(report);
  EXPECT_EQ((*report)["findings"][0]["requirement"].string_or(""), "CCDA-HDR-01");
}

TEST(CheckCommandTest, RefusesAConformanceFolderWithoutItsRules) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "documents");
  std::filesystem::copy(conformance + "/documents/formats.yaml", folder.path() / "documents");
  const auto result = bluebridge({"check", "--conformance", folder.path().string(), "x.xml"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("document-rules.schema.json"));
}

TEST(CommandTest, RefusesToReportWhatIsNoRun) {
  test::TemporaryFolder folder;
  const auto result = bluebridge({"report", folder.path().string()});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr(folder.path().string()));
}

TEST(CommandTest, RefusesToMutateWhatIsNoRun) { EXPECT_EQ(bluebridge({"suite", "mutate", "/nowhere"}).status, 2); }

// A run without any connector: one question that nobody answered.
class SmallRunTest : public testing::Test {
 protected:
  std::string write(const char* name, const std::string& text) {
    EXPECT_TRUE(write_text(folder_.path() / name, text));
    return (folder_.path() / name).string();
  }
  std::vector<std::string> run_words() {
    return {"run",
            write("s.yaml",
                  "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\ntests:\n  t:\n"
                  "    title: The page can be read\n    steps: [{attest: It is so.}]\n"),
            "--target",
            write("t.yaml", "format: bluebridge-target/1\ntarget: t\nroles: {}\n"),
            "--out",
            (folder_.path() / "runs").string()};
  }
  std::string run() {
    const auto result = bluebridge(run_words());
    EXPECT_EQ(result.status, 3) << result.err;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "runs")) return entry.path().string();
    ADD_FAILURE() << "no run folder";
    return "";
  }
  // No file can be written at all, as on a full disk.
  CommandResult with_limited_output(const std::vector<std::string>& words) {
    std::string command = "ulimit -f 0; exec '" + program + "'";
    for (const auto& word : words) command += " '" + word + "'";
    command += " > '" + (folder_.path() / "out").string() + "'";
    auto result = run_command(
        {.program = "/bin/sh", .arguments = {"-c", command}, .environment = {}, .is_stderr_captured = true}, 60'000);
    EXPECT_TRUE(result) << result.error().what;
    return result ? *result : CommandResult{.status = -1, .out = {}, .err = {}};
  }
  test::TemporaryFolder folder_;
};

TEST_F(SmallRunTest, MutateWithoutAFaultToApplyMeasuresNothing) {
  const auto result = bluebridge({"suite", "mutate", run()});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.out, HasSubstr("0 faults: "));
}

TEST_F(SmallRunTest, AResultThatStandardOutputDoesNotTakeIsNoSuccess) {
  const auto folder = run();
  const std::vector<std::vector<std::string>> all = {{"report", folder, "--format", "html"},
                                                     {"suite", "list"},
                                                     {"connector", "list", "--json"},
                                                     {"completion", "bash"},
                                                     {"version"},
                                                     {"--help"},
                                                     {"run", "--help"}};
  for (const auto& words : all) {
    const auto result = with_limited_output(words);
    EXPECT_EQ(result.status, 3) << words.front();
    EXPECT_EQ(result.err, "bluebridge: standard output could not be written: File too large\n") << words.front();
  }
}

TEST_F(SmallRunTest, AReportFileThatCannotBeWrittenIsNoSuccess) {
  const auto folder = run();
  const auto result = with_limited_output({"report", folder, "--format", "html", "--out", folder + "/again.html"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("again.html"), HasSubstr("File too large")));
  EXPECT_FALSE(std::filesystem::exists(folder + "/again.html"));
}

TEST_F(SmallRunTest, AReportSaysThatTheEvidenceIsDamaged) {
  const auto folder = run();
  const auto events = std::filesystem::path(folder) / "events.ndjson";
  EXPECT_TRUE(write_text(events, *read_text(events) + "garbage\n"));
  const auto result = bluebridge({"report", folder});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, HasSubstr("The evidence of this run is damaged."));
  EXPECT_THAT(result.err, HasSubstr("note: the evidence of the run is damaged"));
  EXPECT_EQ(bluebridge({"suite", "mutate", folder}).status, 2);
}

TEST(CommandTest, NamesTheNearestReportFormat) {
  const auto result = bluebridge({"report", "/nowhere", "--format", "jnuit"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'junit'?"));
}

TEST(CommandTest, NamesTheNearestDefect) {
  const auto result = bluebridge({"demo", "--defect", "view-emtpy"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'view-empty'?"));
}

TEST(CommandTest, RefusesATransportThatIsNotThere) {
  const auto result = bluebridge({"demo", "--transport", "pigeon"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err,
              HasSubstr("unknown value 'pigeon' of '--transport'; expected one of rest, direct, healthvault"));
}

TEST(CommandTest, SaysThatADefectOfDirectNeedsDirect) {
  const auto result = bluebridge({"demo", "--defect", "direct-sha1"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("add --transport direct"));
}

// Takes connections and never says a word.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, generic, size), 0);
    EXPECT_EQ(::listen(socket_, 64), 0);
    EXPECT_EQ(::getsockname(socket_, generic, &size), 0);
    url_ = "https://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~SilentServer() { ::close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  const std::string& url() const { return url_; }

 private:
  int socket_;
  std::string url_;
};

class CancelTest : public testing::Test {
 protected:
  // A target that leads to the silent server, with the sample patients.
  std::string target_file() {
    const auto people = read_demo_people(std::string(BB_SOURCE_DIR) + "/samples/records");
    EXPECT_TRUE(people) << people.error().what;
    ReadyPortal portal{.url = server_.url(),
                       .cleartext_url = "",
                       .inbox = server_.url() + "/inbox",
                       .ca_file = "/etc/ssl/certs/ca-certificates.crt",
                       .accounts = {}};
    for (const auto& person : people->people) portal.accounts.push_back(person.account);
    auto file = folder_.path() / "target.yaml";
    EXPECT_TRUE(write_text(file, to_yaml(demo_target(portal, *people))));
    return file.string();
  }
  ChildProcess::Options run_options() {
    ChildProcess::Options options;
    options.program = program;
    options.arguments = {"run", "pledge.data_holder", "--target", target_file(), "--out", out().string()};
    for (const auto* account : {"alice", "bruno", "zoe", "dmitri", "carol", "ruth"})
      options.environment[password_variable(account)] = "canary-password";
    return options;
  }
  std::filesystem::path out() const { return folder_.path() / "runs"; }
  // The run folder, once something is recorded in it.
  std::filesystem::path wait_for_run() const {
    for (int i = 0; i < 200; ++i) {
      std::error_code ignored;
      for (const auto& entry : std::filesystem::directory_iterator(out(), ignored))
        if (const auto events = read_text(entry.path() / "events.ndjson"); events && events->find('\n') != events->npos)
          return entry.path();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return {};
  }

  test::TemporaryFolder folder_;
  SilentServer server_;
};

TEST_F(CancelTest, EndsTheRunOnCtrlCWithReports) {
  auto child = ChildProcess::start(run_options());
  ASSERT_TRUE(child) << child.error().what;
  const auto run = wait_for_run();
  ASSERT_FALSE(run.empty()) << "no run folder within 10 s";
  ::kill(child->pid(), SIGINT);
  const auto status = child->wait(20'000);
  ASSERT_TRUE(status.has_value()) << "still running 20 s after Ctrl-C";
  EXPECT_EQ(*status, 5);
  for (const auto* name : {"report.html", "junit.xml", "report.json"})
    EXPECT_TRUE(std::filesystem::exists(run / name)) << name;
}

TEST_F(CancelTest, LeavesARunThatStillReportsAfterAKill) {
  auto child = ChildProcess::start(run_options());
  ASSERT_TRUE(child) << child.error().what;
  const auto run = wait_for_run();
  ASSERT_FALSE(run.empty()) << "no run folder within 10 s";
  ::kill(child->pid(), SIGKILL);
  ASSERT_TRUE(child->wait(5'000).has_value());
  const auto result = bluebridge({"report", run.string()});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("This run is incomplete."));
  EXPECT_THAT(result.err, HasSubstr("note: the run is incomplete"));
}

// What bash offers after `words`, one a line. The last word is being typed.
std::string complete(const std::vector<std::string>& words) {
  test::TemporaryFolder folder;
  const auto script_file = folder.path() / "completion.bash";
  const auto script = bluebridge({"completion", "bash"});
  EXPECT_EQ(script.status, 0);
  EXPECT_TRUE(write_text(script_file, script.out));
  auto command = "set -u; source '" + script_file.string() + "'; COMP_WORDS=(bluebridge";
  for (const auto& word : words) command += " '" + word + "'";
  command += "); COMP_CWORD=" + std::to_string(words.size()) + "; _bluebridge; printf '%s\\n' \"${COMPREPLY[@]}\"";
  auto result = run_command(
      {.program = "/bin/bash", .arguments = {"--norc", "-c", command}, .environment = {}, .is_stderr_captured = true},
      10'000);
  EXPECT_TRUE(result) << result.error().what;
  EXPECT_THAT(result->err, IsEmpty());
  return result->out;
}

TEST(CompletionTest, CompletesVerbs) {
  EXPECT_EQ(complete({"ru"}), "run\n");
  EXPECT_EQ(complete({"suite", "l"}), "list\nlint\n");
  EXPECT_EQ(complete({"connector", "n"}), "new\n");
  EXPECT_EQ(complete({"connector", "new", "--o"}), "--out\n");
}

TEST(CompletionTest, CompletesOptionsOfAVerb) {
  EXPECT_EQ(complete({"run", "x.yaml", "--ta"}), "--target\n--tag\n");
  EXPECT_EQ(complete({"suite", "lint", "--str"}), "--strict\n");
}

TEST(CompletionTest, CompletesWordsOfAnOption) {
  EXPECT_EQ(complete({"report", "r", "--format", "j"}), "junit\njson\n");
}

TEST(CompletionTest, CompletesFolders) {
  test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "runs-here");
  const auto typed = (folder.path() / "runs").string();
  EXPECT_EQ(complete({"report", typed}), typed + "-here\n");
}

}  // namespace
}  // namespace bb::cli
