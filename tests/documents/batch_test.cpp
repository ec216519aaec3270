#include "harness/documents/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <set>

#include <bb/core/text.hpp>

#include "harness/documents/render.hpp"

namespace bb::documents {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// An input is words: each is a document, checked by doing what it says.
std::size_t play(const Input& input, ReportSink& sink) {
  std::size_t passed_over_count = 0;
  for (const auto& word : split(input.name, ' ')) {
    if (word == "die-between") std::abort();
    if (word == "pass-over") {
      ++passed_over_count;
      continue;
    }
    if (!sink.begin(word)) continue;
    if (word == "segv") {
      ::signal(SIGSEGV, SIG_DFL);  // not the handler of a sanitizer
      ::raise(SIGSEGV);
    }
    if (word == "exit") ::_exit(7);
    if (word == "hang") ::pause();
    if (word == "slow") ::usleep(100'000);
    if (word.starts_with("brief")) ::usleep(30'000);
    DocumentReport report;
    report.name = word;
    report.vendor = std::to_string(::getpid());
    if (word == "large") report.findings.push_back({.rule = "r", .message = std::string(100'000, 'x')});
    sink.end(report);
  }
  return passed_over_count;
}

struct Played {
  std::vector<std::string> lines;  // "NAME" or "NAME: FAILURE"
  std::vector<std::size_t> done_counts;
  std::set<std::string> workers;  // that a report came from
  BatchEnd end;
};

Played run(const std::vector<std::string>& names, BatchOptions options = {},
           const std::function<void(const DocumentReport&)>& on_report = {}) {
  std::vector<Input> inputs;
  for (const auto& name : names) inputs.push_back({.name = name});
  Played played;
  const auto end = run_batch(
      inputs, play, options,
      [&](const DocumentReport& report) {
        played.lines.push_back(report.name + (report.failure.empty() ? "" : ": " + report.failure));
        if (!report.vendor.empty()) played.workers.insert(report.vendor);
        if (on_report) on_report(report);
      },
      [&](std::size_t done_count) { played.done_counts.push_back(done_count); });
  EXPECT_TRUE(end) << end.error().what;
  if (end) played.end = *end;
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD) << "a worker was left";
  return played;
}

TEST(BatchTest, GivesReportsInTheOrderOfTheInputs) {
  for (const std::size_t worker_count : {1u, 2u, 5u}) {
    const auto played = run({"slow", "a b", "c", "slow d", "e"}, {.worker_count = worker_count});
    EXPECT_THAT(played.lines, ElementsAre("slow", "a", "b", "c", "slow", "d", "e"));
    EXPECT_THAT(played.done_counts, ElementsAre(1, 2, 3, 4, 5));
  }
}

TEST(BatchTest, ADeadWorkerCostsTheDocumentThatItWasAbout) {
  const auto played = run({"a segv b segv", "c", "exit", "d"}, {.worker_count = 2});
  EXPECT_THAT(played.lines, ElementsAre("a", "segv: the check was ended by signal 11 (Segmentation fault)", "b",
                                        "segv: the check was ended by signal 11 (Segmentation fault)", "c",
                                        "exit: the check ended early with status 7", "d"));
}

TEST(BatchTest, ADeathBetweenDocumentsCostsTheRestOfTheInput) {
  const auto played = run({"a die-between b", "c"});
  EXPECT_THAT(played.lines, ElementsAre("a", "a die-between b: the check was ended by signal 6 (Aborted)", "c"));
  EXPECT_THAT(played.done_counts, ElementsAre(1, 2));
}

TEST(BatchTest, ADocumentThatTakesTooLongIsEnded) {
  const auto played = run({"a hang b", "c"}, {.worker_count = 2, .deadline_ms = 200});
  EXPECT_THAT(played.lines, ElementsAre("a", "hang: the check took longer than 200 ms and was ended", "b", "c"));
}

TEST(BatchTest, AReaderThatTakesItsTimeCostsNoDocument) {
  const auto played = run({"a", "slow", "b"}, {.worker_count = 2, .deadline_ms = 300},
                          [](const DocumentReport&) { ::usleep(500'000); });
  EXPECT_THAT(played.lines, ElementsAre("a", "slow", "b"));
}

TEST(BatchTest, HoldsNoMoreThanItMayAndLosesNothing) {
  std::vector<std::string> names{"slow"};
  for (int i = 0; i < 50; ++i) names.emplace_back("large large");
  const auto played = run(names, {.worker_count = 3, .deadline_ms = 60'000, .held_bytes_max = 1000, .window = 4});
  EXPECT_EQ(played.lines.size(), 101u);
  EXPECT_EQ(played.lines.front(), "slow");
}

// "a0 a1 ... an"
std::string words(const std::string& word, int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) all.push_back(word + std::to_string(i));
  return join(all, " ");
}

TEST(BatchTest, SharesTheDocumentsOfOneInput) {
  const auto input = words("brief", 20);
  for (const std::size_t worker_count : {1u, 2u, 3u}) {
    const auto played = run({input, "b"}, {.worker_count = worker_count});
    EXPECT_EQ(join(played.lines, " "), input + " b");
    EXPECT_EQ(played.workers.size(), worker_count);
    EXPECT_THAT(played.done_counts, ElementsAre(1, 2));
  }
  EXPECT_EQ(run({words("brief", 8)}, {.worker_count = 3}).workers.size(), 1u) << "too few to be shared";
}

TEST(BatchTest, ADeadWorkerCostsOneDocumentOfASharedInput) {
  const auto played = run({words("brief", 10) + " segv " + words("brief", 4) + " hang exit z"},
                          {.worker_count = 3, .deadline_ms = 700});
  EXPECT_EQ(join(played.lines, " "), words("brief", 10) +
                                         " segv: the check was ended by signal 11 (Segmentation fault) " +
                                         words("brief", 4) + " hang: the check took longer than 700 ms and was ended " +
                                         "exit: the check ended early with status 7 z");
  EXPECT_THAT(played.done_counts, ElementsAre(1));
}

TEST(BatchTest, ADeathBetweenDocumentsCostsTheRestOfASharedInput) {
  const auto input = words("brief", 12) + " die-between a b";
  const auto played = run({input, "c"}, {.worker_count = 3});
  ASSERT_GE(played.lines.size(), 2u);
  EXPECT_EQ(played.lines.back(), "c");
  EXPECT_EQ(played.lines[played.lines.size() - 2], input + ": the check was ended by signal 6 (Aborted)");
  EXPECT_LE(played.lines.size(), 14u);
  EXPECT_THAT(played.done_counts, ElementsAre(1, 2));
}

TEST(BatchTest, HoldsNoMoreOfASharedInputThanItMayAndLosesNothing) {
  auto input = words("a", 10);
  for (int i = 0; i < 5; ++i) input += " slow large large large large large large";
  const auto played = run({input, "b"}, {.worker_count = 4, .deadline_ms = 60'000, .held_bytes_max = 1000});
  EXPECT_EQ(join(played.lines, " "), input + " b");
}

TEST(BatchTest, ASignalEndsItAndEveryWorker) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto played = run({"a", "hang", "hang", "b"}, {.worker_count = 2},
                            [&](const DocumentReport&) { ::kill(::getpid(), signal); });
    EXPECT_TRUE(played.end.is_cancelled);
    EXPECT_THAT(played.lines, ElementsAre("a"));
  }
}

TEST(BatchTest, CountsWhatWasPassedOverOnce) {
  EXPECT_EQ(run({"a pass-over segv pass-over", "pass-over", "b"}).end.passed_over_count, 3u);
  EXPECT_EQ(run({words("brief", 20) + " pass-over"}, {.worker_count = 3}).end.passed_over_count, 1u);
}

TEST(BatchTest, ChecksNothingWithoutInputs) { EXPECT_THAT(run({}).lines, ElementsAre()); }

TEST(BatchTest, SaysHowLongItWillTake) {
  EXPECT_EQ(progress_line(0, 10, 5), "0 of 10 done");
  EXPECT_EQ(progress_line(5, 10, 0.5), "5 of 10 done");
  EXPECT_EQ(progress_line(5, 10, 2), "5 of 10 done, 2.5 a second, 2 s left");
  EXPECT_EQ(progress_line(1200, 100'000, 12), "1200 of 100000 done, 100 a second, 17 min left");
  EXPECT_EQ(progress_line(10, 10, 1), "10 of 10 done, 10 a second, 0 s left");
}

TEST(ReportValueTest, ComesBackAsItWas) {
  DocumentReport report;
  report.name = "visit.xml";
  report.byte_count = 12;
  report.recognition = {"ccda-2.1", "C-CDA R2.1", "ccd", "Continuity of Care Document", {"C-CDA R2.1", "CCD"}};
  report.vendor = "Example";
  report.findings.push_back({.rule = "r1",
                             .line = 2,
                             .column = 3,
                             .character = 4,
                             .xpath = "/a/b",
                             .message = "wrong",
                             .expected = "this",
                             .found = "that",
                             .requirement = "REQ-1",
                             .hint = "mend it"});
  report.findings.push_back({.rule = "r2", .level = Level::note, .message = "\x1b and \xE2\x82\xAC"});
  report.unjudged = {{"r3", "no value set", 4}};
  report.missing = {"the schema"};
  report.ignored = {{"r4", 5}};
  report.dropped_count = 6;
  report.failure = "it ended";
  report.source = {{2, 1, "<a/>"}, {3, 401, ""}};
  const auto again = from_value(to_value_with_source(report));
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(to_value_with_source(*again), to_value_with_source(report));
  EXPECT_EQ(to_value(report).find("source"), nullptr) << "the text is not part of what is published";
  EXPECT_EQ(render_text(*again), render_text(report));
}

TEST(ReportValueTest, RefusesWhatIsNoReport) {
  DocumentReport report;
  report.findings.push_back({.rule = "r"});
  auto value = to_value(report);
  ASSERT_TRUE(from_value(value));
  value.find("findings")->items()->front().set("level", "grave");
  EXPECT_THAT(from_value(value).error().what, HasSubstr("unknown level 'grave'"));
  value.erase("findings");
  EXPECT_THAT(from_value(value).error().what, StartsWith("'findings' is null, expected an array"));
  EXPECT_THAT(from_value(Value()).error().what, HasSubstr("'document' is null"));
}

}  // namespace
}  // namespace bb::documents
