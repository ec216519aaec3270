#include <bb/core/process.hpp>

#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/time.hpp>

namespace bb {
namespace {

using ::testing::HasSubstr;

ChildProcess::Options shell(std::string script) { return {"/bin/sh", {"-c", std::move(script)}, {}, false}; }

TEST(ProcessTest, ReadsLinesAndTheExitStatus) {
  auto child = ChildProcess::start(shell("echo one; echo two; printf three; exit 7"));
  ASSERT_TRUE(child) << child.error().what;
  EXPECT_EQ(*child->read_line(5000), "one");
  EXPECT_EQ(*child->read_line(5000), "two");
  EXPECT_EQ(child->read_rest(), "three");
  EXPECT_EQ(child->wait(5000), 7);
}

TEST(ProcessTest, SaysWhyAProgramCannotStart) {
  EXPECT_THAT(ChildProcess::start({"/no/such/program", {}, {}, false}).error().what,
              HasSubstr("cannot start /no/such/program: No such file"));
}

TEST(ProcessTest, GivesUpWaitingForALine) {
  auto child = ChildProcess::start(shell("sleep 30"));
  ASSERT_TRUE(child);
  EXPECT_THAT(child->read_line(30).error().what, HasSubstr("said nothing within 30 ms"));
}

TEST(ProcessTest, TheDestructorEndsAndReapsEvenAChildThatIgnoresSigterm) {
  pid_t pid = 0;
  {
    auto child = ChildProcess::start(shell("trap '' TERM; echo ready; while :; do sleep 0.05; done"));
    ASSERT_TRUE(child);
    ASSERT_TRUE(child->read_line(5000));
    pid = child->pid();
    EXPECT_EQ(child->stop(100), 128 + SIGKILL);
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ProcessTest, PassesTheEnvironmentOn) {
  auto options = shell("echo $BB_TEST_WORD; echo err >&2; exit 3");
  options.environment["BB_TEST_WORD"] = "hello";
  const auto result = run_command(options, 5000);
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->out, "hello\n");
  EXPECT_EQ(result->err, "err\n");
  EXPECT_EQ(result->status, 3);
}

TEST(ProcessTest, KillsACommandThatTakesTooLong) {
  const auto before = monotonic_ns();
  EXPECT_THAT(run_command(shell("sleep 30"), 50).error().what, HasSubstr("took longer than 50 ms"));
  // Closing both outputs early must not turn the limit off.
  EXPECT_THAT(run_command(shell("exec >&- 2>&-; exec sleep 30"), 50).error().what, HasSubstr("took longer than 50 ms"));
  EXPECT_LT(monotonic_ns() - before, 20 * ns_per_second);
}

}  // namespace
}  // namespace bb
