// Stages: what a placeholder stands for, and what is said of a wrong file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include "harness/cli/stage.hpp"
#include "support/temporary_folder.hpp"

namespace bb::cli {
namespace {

using testing::HasSubstr;

Value names() {
  return *parse_json(R"({"run": "/r", "portal": {"url": "https://a", "url_port": 8443, "smart": {"clients": [
    {"client_id": "a.b", "key": "one"}, {"client_id": "c", "key": "two"}]}}})");
}

TEST(StageTest, APlaceholderIsWhatAProgramSaid) {
  EXPECT_EQ(*fill_text("", names()), "");
  EXPECT_EQ(*fill_text("${run}/a of ${portal.url}:${portal.url_port}", names()), "/r/a of https://a:8443");
  EXPECT_EQ(*fill_text("$run {run} $", names()), "$run {run} $");
  EXPECT_EQ(*fill_text("${portal.smart.clients[client_id=c].key}", names()), "two");
  // A dot within brackets is part of what is chosen.
  EXPECT_EQ(*fill_text("${portal.smart.clients[client_id=a.b].key}", names()), "one");
}

TEST(StageTest, AWholePlaceholderKeepsItsKind) {
  const auto filled =
      fill_value(*parse_json(R"({"port": "${portal.url_port}", "at": ["x${portal.url_port}"], "n": 1})"), names());
  EXPECT_EQ(*filled, *parse_json(R"({"port": 8443, "at": ["x8443"], "n": 1})"));
}

TEST(StageTest, APlaceholderWithoutContentNamesWhatThereIs) {
  EXPECT_THAT(fill_text("${portal.uri}", names()).error().what, HasSubstr("there is: url, url_port, smart"));
  EXPECT_THAT(fill_text("${platform.url}", names()).error().what, HasSubstr("there is: run, portal"));
  EXPECT_THAT(fill_text("${run.x}", names()).error().what, HasSubstr("names 'x', which is not there"));
  EXPECT_THAT(fill_text("a ${run", names()).error().what, HasSubstr("'${run' is not closed"));
  EXPECT_THAT(fill_text("${portal.smart.clients[c].key}", names()).error().what, HasSubstr("expected [key=value]"));
  EXPECT_THAT(fill_text("${portal.smart.clients[client_id=d].key}", names()).error().what,
              HasSubstr("none of 'clients' has client_id 'd'"));
  EXPECT_FALSE(fill_value(*parse_json(R"({"a": [{"b": "${x}"}]})"), names()));
}

TEST(StageTest, AWrongFileIsToldWithThePlaceOfEachMistake) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "s.yaml";
  const auto said = [&](const std::string& text) {
    EXPECT_TRUE(write_text(file, text));
    const auto stage = read_stage(Places{}, file.string());
    return stage ? std::string() : stage.error().what;
  };
  const std::string good = "format: bluebridge-stage/1\ntarget: {}\nruns: [{suites: a}]\n";
  EXPECT_EQ(said(good), "");
  EXPECT_THAT(said("format: bluebridge-stage/1\n"), testing::AllOf(HasSubstr("'target'"), HasSubstr("'runs'")));
  EXPECT_THAT(said(good + "program: []\n"), HasSubstr("s.yaml:4:1: error: unknown key 'program'"));
  EXPECT_THAT(said(good + "programs: [{program: x}]\n"), HasSubstr("'name'"));
  EXPECT_THAT(said(good + "files: {../x: y}\n"), HasSubstr("'../x' is no name of a file"));
  EXPECT_THAT(said("format: bluebridge-stage/1\ntarget: {}\nruns: []\n"), HasSubstr("at least one run"));
  EXPECT_THAT(said("format: bluebridge-suite/1\n"), HasSubstr("bluebridge-stage/1"));
  EXPECT_THAT(read_stage(Places{}, "/nowhere.yaml").error().what, HasSubstr("/nowhere.yaml"));
}

TEST(StageTest, EachOfOursCanBeRead) {
  Places places;
  places.conformance = std::filesystem::path(BB_SOURCE_DIR) / "conformance";
  const auto names = installed_stages(places);
  EXPECT_GE(names.size(), 15u);
  for (const auto& name : names) {
    const auto stage = read_stage(places, name);
    EXPECT_TRUE(stage) << (stage ? "" : stage.error().what);
  }
}

}  // namespace
}  // namespace bb::cli
