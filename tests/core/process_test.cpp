#include <bb/core/process.hpp>

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
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
  auto child = ChildProcess::start(shell("exec sleep 30"));
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

TEST(ProcessTest, WritesStandardErrorToAFile) {
  const auto errors = std::filesystem::path(testing::TempDir()) / ("process_test." + std::to_string(::getpid()));
  for (const std::string word : {"longer", "new"}) {
    auto options = shell("echo out; echo " + word + " >&2");
    options.errors_to = errors;
    auto child = ChildProcess::start(options);
    ASSERT_TRUE(child);
    EXPECT_EQ(child->read_rest(), "out\n");
    EXPECT_EQ(*read_text(errors), word + "\n");
  }
  std::filesystem::remove(errors);
  auto options = shell("true");
  options.errors_to = "/nowhere/errors";
  EXPECT_THAT(ChildProcess::start(options).error().what, HasSubstr("cannot write to /nowhere/errors"));
}

TEST(ProcessTest, KillsACommandThatTakesTooLong) {
  const auto before = monotonic_ns();
  EXPECT_THAT(run_command(shell("sleep 30"), 50).error().what, HasSubstr("took longer than 50 ms"));
  // Closing both outputs early must not turn the limit off.
  EXPECT_THAT(run_command(shell("exec >&- 2>&-; exec sleep 30"), 50).error().what, HasSubstr("took longer than 50 ms"));
  EXPECT_LT(monotonic_ns() - before, 20 * ns_per_second);
}

TEST(BoundedTest, TheInputStandsOnStandardInput) {
  const auto result = run_bounded({"/usr/bin/cat", {}, {}, false}, std::string("a\0b\n", 4), {});
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->out, std::string("a\0b\n", 4));
  EXPECT_EQ(result->status, 0);
}

TEST(BoundedTest, OurEnvironmentIsNotPassedOn) {
  ::setenv("BB_TEST_SECRET", "s3cret", 1);
  const auto result = run_bounded({"/usr/bin/env", {}, {}, false}, "", {});
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->out, "LC_ALL=C.UTF-8\nPATH=/usr/bin:/bin\n");
}

TEST(BoundedTest, TimeOutputAndCpuEnd) {
  EXPECT_THAT(run_bounded({"/usr/bin/sleep", {"30"}, {}, false}, "", {.time_ms_max = 50}).error().what,
              HasSubstr("took longer than 50 ms"));
  EXPECT_THAT(run_bounded({"/usr/bin/yes", {}, {}, false}, "", {.output_bytes_max = 1000}).error().what,
              HasSubstr("printed more than 1000 bytes"));
  const auto busy = run_bounded(shell("while :; do :; done"), "", {.cpu_seconds_max = 1});
  ASSERT_TRUE(busy) << busy.error().what;
  EXPECT_GE(busy->status, 128);
}

TEST(BoundedTest, MemoryEnds) {
  const auto result = run_bounded({"/usr/bin/python3", {"-IS", "-c", "x = bytearray(400 * 1024 * 1024)"}, {}, false},
                                  "", {.memory_bytes_max = 200ull * 1024 * 1024});
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_THAT(result->err, HasSubstr("MemoryError"));
}

TEST(BoundedTest, NoFileIsWrittenOrRead) {
  if (!confinement().has_landlock) GTEST_SKIP() << "the kernel has no Landlock";
  const auto file = testing::TempDir() + "bounded-test";
  const auto result = run_bounded(shell("echo x > " + file + "; read line < /etc/passwd; echo \"$line\""), "", {});
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->out, "\n");
  EXPECT_THAT(result->err, HasSubstr("cannot create " + file));
  EXPECT_THAT(result->err, HasSubstr("cannot open /etc/passwd"));
  EXPECT_NE(::access(file.c_str(), F_OK), 0);
}

TEST(BoundedTest, NoProcessAndNoConnectionIsMade) {
  if (!confinement().has_seccomp) GTEST_SKIP() << "the kernel has no seccomp";
  EXPECT_THAT(run_bounded(shell("/usr/bin/true; echo still here"), "", {})->err, HasSubstr("annot fork"));
  const auto result =
      run_bounded({"/usr/bin/python3", {"-IS", "-c", "import _socket\n_socket.socket(2, 1)"}, {}, false}, "", {});
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_THAT(result->err, HasSubstr("PermissionError"));
}

TEST(BoundedTest, AProgramIsFoundByItsName) {
  EXPECT_EQ(find_program("cat")->filename(), "cat");
  EXPECT_FALSE(find_program("no-such-program-here"));
}

}  // namespace
}  // namespace bb
