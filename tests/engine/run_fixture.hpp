// run_fixture.hpp - suites as text, run against connectors in memory.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <bb/core/diagnostic.hpp>
#include <bb/core/files.hpp>
#include "harness/engine/recorded_run.hpp"
#include "harness/engine/run.hpp"
#include "harness/evidence/run_folder.hpp"
#include "harness/evidence/run_view.hpp"
#include "harness/suite/reader.hpp"
#include "support/fake_connector.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {

// What every suite here begins with; `tests:` follows.
inline constexpr std::string_view suite_head = R"(format: bluebridge-suite/1
suite: demo
version: "1.0.0"
title: A suite for tests
requirements:
  R-A: {level: SHALL, text: A must hold.}
  R-B: {level: SHALL, text: B must hold.}
  R-S: {level: SHOULD, text: S should hold.}
  R-OLD: {level: SHALL, text: Was asked once., status: historic, until: "2014-01-01"}
inputs:
  patient: {type: person, title: Test patient, default: alice}
  word: {type: text, title: A word, default: hello}
options:
  transport: {title: Transmit by, choices: [direct, rest], default: direct}
roles:
  portal: {needs: [session, view, download, share], wants: [activity, probe], title: The portal}
  inbox: {needs: [inbox], title: Where it arrives}
tests:
)";

inline constexpr std::string_view target_text = R"(format: bluebridge-target/1
target: fake
title: A portal in memory
version: "1.0"
roles:
  portal: {connector: org.example.fake}
  inbox: {connector: org.example.fake}
patients:
  alice: {account: alice, secrets: {password: {env: BB_TEST_PASSWORD}}, family_name: Newman}
  bob: {account: bob, secrets: {password: {env: BB_TEST_PASSWORD}}, family_name: Öz}
  carol: {account: carol, role: caregiver, family_name: Carter}
)";

class RunFixture : public testing::Test {
 protected:
  engine::RunInput load(const std::string& tests, std::string target = std::string(target_text),
                        std::string_view head = suite_head) {
    const auto suite_file = folder_.path() / "demo.yaml";
    const auto target_file = folder_.path() / "target.yaml";
    EXPECT_TRUE(write_text(suite_file, std::string(head) + tests));
    EXPECT_TRUE(write_text(target_file, target));
    auto suite = suite::read_suite(suite_file);
    EXPECT_TRUE(suite.is_good()) << render(suite.diagnostics);
    auto read = suite::read_target(target_file);
    EXPECT_TRUE(read.is_good()) << render(read.diagnostics);
    engine::RunInput input;
    if (suite.value) input.suites.push_back(*std::move(suite.value));
    if (read.value) input.target = *std::move(read.value);
    return input;
  }

  // The run as a report would see it.
  evidence::RunView run(const engine::RunInput& input) {
    options.out = folder_.path() / "runs";
    const auto result = engine::run(input, options, connectors);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    if (!result) return {};
    run_folder = result->folder;
    auto view = evidence::read_run(result->folder);
    EXPECT_TRUE(view) << (view ? "" : view.error().what);
    if (!view) return {};
    EXPECT_EQ(view->verdict.word, result->verdict.word);
    EXPECT_EQ(view->verdict.exit_status, result->verdict.exit_status);
    EXPECT_THAT(view->problems, testing::IsEmpty());
    return *std::move(view);
  }
  evidence::RunView run(const std::string& tests) { return run(load(tests)); }

  // Another process goes on with a run, with connectors of its own.
  Result<engine::RunResult> try_resume(const std::filesystem::path& run, FakeConnectors& with,
                                       bool is_detached = false) {
    BB_TRY(const auto folder, evidence::RunFolder::open(run));
    BB_TRY(auto before, engine::RecordedRun::open(run));
    if (redo.skipped || redo.failed) before.begin_redo(redo);
    auto target = suite::read_target(before.target_file());
    EXPECT_TRUE(target.is_good());
    engine::RunInput input;
    input.suites = before.suites();
    input.target = *std::move(target.value);
    engine::RunOptions again;
    again.program_version = options.program_version;
    again.is_detached = is_detached;
    again.jobs = options.jobs;
    before.restore_options(again);
    return engine::resume(input, again, *folder, before, with);
  }
  evidence::RunView resume(const std::filesystem::path& run, FakeConnectors& with, bool is_detached = false) {
    const auto result = try_resume(run, with, is_detached);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    auto view = evidence::read_run(run);
    EXPECT_TRUE(view) << (view ? "" : view.error().what);
    if (!view || !result) return {};
    EXPECT_THAT(view->problems, testing::IsEmpty());
    EXPECT_EQ(view->verdict.word, result->verdict.word);
    EXPECT_EQ(view->verdict.exit_status, result->verdict.exit_status);
    return *std::move(view);
  }

  static const evidence::TestView& find(const evidence::RunView& view, const std::string& name) {
    for (const auto& test : view.tests)
      if (test.name == name) return test;
    ADD_FAILURE() << "no test " << name;
    static const evidence::TestView none;
    return none;
  }
  static std::string outcome(const evidence::RunView& view, const std::string& name) {
    return std::string(evidence::to_word(find(view, name).outcome));
  }
  static std::string requirement(const evidence::RunView& view, const std::string& id) {
    for (const auto& row : view.requirements)
      if (row.id == id) return row.is_tested ? std::string(evidence::to_word(row.outcome)) : "not tested";
    return "unknown";
  }

  TemporaryFolder folder_;
  engine::RecordedRun::Redo redo;  // of what is gone on with
  FakeConnectors connectors;
  engine::RunOptions options;
  std::filesystem::path run_folder;
};

}  // namespace bb::test
