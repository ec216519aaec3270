// The oracle for the schema is python's jsonschema; our own subset must agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/process.hpp>
#include "harness/report/report.hpp"
#include "support/run_view_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace bb::report {
namespace {

using test::conformant_run;
using test::killed_run;
using test::mixed_run;
using testing::HasSubstr;

const std::string schema_file = std::string(BB_SOURCE_DIR) + "/conformance/schemas/report.schema.json";

constexpr auto validate_script = R"(
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
errors = list(Draft202012Validator(schema).iter_errors(json.load(open(sys.argv[2]))))
for error in errors:
    print('/'.join(map(str, error.absolute_path)) + ': ' + error.message)
sys.exit(1 if errors else 0)
)";

CommandResult run_python(const std::vector<std::string>& arguments) {
  auto result = run_command(
      {.program = "/usr/bin/python3", .arguments = arguments, .environment = {}, .is_stderr_captured = true}, 30'000);
  EXPECT_TRUE(result) << result.error().what;
  return result ? *result : CommandResult{.status = -1, .out = {}, .err = {}};
}

#define SKIP_WITHOUT_JSONSCHEMA()                                                    \
  if (run_python({"-c", "from jsonschema import Draft202012Validator"}).status != 0) \
  GTEST_SKIP() << "python's jsonschema is not installed (Debian package python3-jsonschema)"

class JsonTest : public testing::Test {
 protected:
  std::string findings(const std::string& json) {
    const auto file = folder_.path() / "report.json";
    const auto written = write_text(file, json);
    EXPECT_TRUE(written) << written.error().what;
    const auto result = run_python({"-c", validate_script, schema_file, file.string()});
    return result.out + result.err;
  }
  test::TemporaryFolder folder_;
};

TEST_F(JsonTest, FitsItsSchema) {
  SKIP_WITHOUT_JSONSCHEMA();
  for (const auto& run : {conformant_run(), mixed_run(), killed_run(), test::damaged_run(), test::empty_run(),
                          test::part_run(), test::resumed_run()})
    EXPECT_EQ(findings(render_json(run)), "");
}

TEST_F(JsonTest, HasTheOptionsOfASuiteAndWhereTheyWereChosen) {
  auto run = conformant_run();
  EXPECT_EQ(to_value(run)["suites"][std::size_t{0}].find("options"), nullptr);
  run.suites[0].options = test::direct_options();
  EXPECT_EQ(to_json(to_value(run)["suites"][std::size_t{0}]["options"]),
            R"([{"name":"direct_as","title":"Version of the statement","value":"1.2","from":"default"},)"
            R"({"name":"recipients","value":"all","from":"target"}])");
  SKIP_WITHOUT_JSONSCHEMA();
  EXPECT_EQ(findings(render_json(run)), "");
  run.suites[0].options[0].from = "somewhere";
  EXPECT_THAT(findings(render_json(run)), HasSubstr("'somewhere' is not one of"));
}

TEST_F(JsonTest, HasWhatConnectorsBroke) {
  EXPECT_EQ(to_value(conformant_run()).find("connectors"), nullptr);
  auto run = conformant_run();
  run.are_connectors_checked = true;
  run.notices = test::notices();
  const auto value = to_value(run);
  const auto& notices = value["connectors"]["notices"];
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(
      to_json(notices[std::size_t{0}]),
      R"({"severity":"plugin misbehaving","rule":"BB-R030","header":"bb/abi/base.h:150","instance":"portal/alice",)"
      R"("what":"view.read: the call gave BB_E_NOT_FOUND without a message","count":2,"more":true})");
  EXPECT_EQ(notices[std::size_t{1}]["severity"].string_or(""), "host misbehaving");
  SKIP_WITHOUT_JSONSCHEMA();
  EXPECT_EQ(findings(render_json(run)), "");
}

TEST_F(JsonTest, FitsItsSchemaWhateverTheSystemSent) {
  SKIP_WITHOUT_JSONSCHEMA();
  auto run = mixed_run();
  run.tests[1].steps[0].claims[1].found = "\x1b[31m \xFF \x01";
  EXPECT_EQ(findings(render_json(run)), "");
}

TEST_F(JsonTest, HasASchemaThatIsClosed) {
  SKIP_WITHOUT_JSONSCHEMA();
  auto report = to_value(mixed_run());
  report.set("extra", 1);
  EXPECT_THAT(findings(to_json(report)), HasSubstr("'extra' was unexpected"));
}

TEST_F(JsonTest, TellsOfAnArrivalTheWholeWaitThatItComesNearestTo) {
  SKIP_WITHOUT_JSONSCHEMA();
  auto run = conformant_run();
  const evidence::WaitView wait{"demo", "send", "message", "inbox.message", "a@b.example", "2026-11-21T12:00:00.000Z",
                                ""};
  auto asking = wait;
  asking.wanted = {"Visit", "", "c@d.example", "1@a.example"};
  run.arrivals = {{"inbox", "7", "", "", wait, {}},
                  {"inbox", "8", "A visit", "", asking, {{"subject", "'Visit'", "'A visit'"}}, "d@d.example"}};
  auto report = to_value(run);
  EXPECT_EQ(findings(to_json(report)), "");
  auto arrivals = report["arrivals"].items()[0];
  arrivals[0].find("nearest")->erase("step");
  report.set("arrivals", std::move(arrivals));
  EXPECT_THAT(findings(to_json(report)), HasSubstr("'step' is a required property"));
}

TEST_F(JsonTest, HasASchemaThatOurOwnValidatorReadsToo) {
  const auto text = read_text(schema_file);
  ASSERT_TRUE(text) << text.error().what;
  const auto schema = parse_json(*text);
  ASSERT_TRUE(schema) << schema.error().what;
  for (const auto& finding : check_schema(*schema)) ADD_FAILURE() << finding.pointer << ": " << finding.message;
  for (const auto& finding : validate(*schema, to_value(mixed_run())))
    ADD_FAILURE() << finding.pointer << ": " << finding.message;
}

TEST_F(JsonTest, HoldsNamesOfBodiesNotBodies) {
  const auto json = render_json(conformant_run());
  EXPECT_THAT(json, HasSubstr("\"response_body_blob\""));
  EXPECT_THAT(json, testing::Not(HasSubstr("good-bye")));
}

TEST_F(JsonTest, SaysThatAPartIsAPart) {
  const auto report = to_value(test::part_run());
  EXPECT_EQ(to_json(report["run"]["part"]), R"({"tests":2,"of":23})");
  EXPECT_EQ(report["verdict"]["word"], Value("conformant, in part: 2 of 23 tests were run"));
  EXPECT_EQ(report["verdict"]["exit_status"], Value(0));
  EXPECT_EQ(report["requirements"][std::size_t{0}]["left_out"], Value(1));
  EXPECT_EQ(report["requirements"][std::size_t{1}]["left_out"], Value(3));
  EXPECT_EQ(report["requirements"][std::size_t{1}]["outcome"], Value("untested"));
  EXPECT_TRUE(to_value(conformant_run())["run"]["part"].is_null());
}

TEST_F(JsonTest, SaysThatAKilledRunIsIncomplete) {
  const auto report = to_value(killed_run());
  EXPECT_EQ(report["run"]["complete"], Value(false));
  EXPECT_TRUE(report["run"]["finished"].is_null());
  EXPECT_EQ(report["tests"][1]["outcome"], Value("not run"));
  EXPECT_EQ(report["verdict"]["exit_status"], Value(3));
}

TEST_F(JsonTest, SaysHowManyProcessesMadeTheRun) {
  EXPECT_TRUE(to_value(conformant_run())["run"]["processes"].is_null());
  EXPECT_EQ(to_value(test::resumed_run())["run"]["processes"], Value(3));
}

}  // namespace
}  // namespace bb::report
