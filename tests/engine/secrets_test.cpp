// What is secret reaches connectors, and nothing that a run leaves.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <bb/core/text.hpp>

#include "run_fixture.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class SecretsTest : public RunFixture {
 protected:
  void expect_nowhere(const std::string& secret) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(run_folder)) {
      if (!entry.is_regular_file()) continue;
      EXPECT_THAT(*read_text(entry.path()), Not(HasSubstr(secret))) << entry.path();
    }
  }
};

TEST_F(SecretsTest, SecretInputsReachConnectorsAndNothingElse) {
  auto input = load(R"(
  probe:
    title: A secret is used
    steps: [{do: portal.download, with: {format: $word}}]
)");
  for (auto& given : input.suites[0].inputs)
    if (given.name == "word") given.type = "secret";
  options.inputs["word"] = "canary-9137";
  std::string used;
  connectors.on("bb.download/1 fetch", [&](const FakeCall& call) {
    used = call.operation.arguments["format_id"].string_or("");
    return content("you said canary-9137");
  });
  run(input);
  EXPECT_EQ(used, "canary-9137");
  expect_nowhere("canary-9137");
}

TEST_F(SecretsTest, AnOptionThatReadsAsASecretIsNotShown) {
  ::setenv("BB_TEST_CANARY", "canary 4711", 1);
  auto input = load("\n  get: {title: It gets, steps: [{do: portal.formats}]}\n",
                    replace_all(std::string(target_text), "BB_TEST_PASSWORD", "BB_TEST_CANARY"));
  input.suites[0].options[0].choices = {"canary 4711"};
  input.suites[0].options[0].default_value = "canary 4711";
  const auto view = run(input);
  ::unsetenv("BB_TEST_CANARY");
  EXPECT_EQ(view.suites.at(0).options.at(0).value, "[secret password]");
}

TEST_F(SecretsTest, SecretsOfTheTargetAreNotEvenInTheFirstLine) {
  // The value of a secret may stand in the target once more: in an address, in
  // a fact of a person, percent-encoded.
  ::setenv("BB_TEST_CANARY", "canary 4711", 1);
  EXPECT_TRUE(write_text(folder_.path() / "token", "canary-0815\n"));
  std::string target = replace_all(std::string(target_text), "portal: {connector: org.example.fake}",
                                   "portal: {connector: org.example.fake, secrets: {key: {file: token}}, config: "
                                   "{base_url: \"https://a.example/?key=canary-0815&p=canary%204711\"}}");
  target = replace_all(target, "password: {env: BB_TEST_PASSWORD}}, family_name: Newman",
                       "password: {env: BB_TEST_CANARY}}, family_name: canary 4711");
  options.notes = {"canary-0815"};
  options.inputs["word"] = "canary-0815";
  const auto view = run(load(R"(
  each: {title: "It repeats", each: {person: $target.people}, steps: [{do: portal.formats, as: $each.person}]}
)",
                             target));
  ::unsetenv("BB_TEST_CANARY");
  EXPECT_EQ(view.verdict.word, "conformant");
  EXPECT_THAT(*read_text(run_folder / "events.ndjson"),
              testing::AllOf(HasSubstr("https://a.example/?key=[secret key]&p=[secret password]"),
                             HasSubstr("\"family_name\":\"[secret password]\"")));
  expect_nowhere("canary");
}

}  // namespace
}  // namespace bb::test
