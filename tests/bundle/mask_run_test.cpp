// A run that is to be masked: nothing of its patients lies outside `unmasked` at any time, and
// nothing at all once it has ended, whatever was killed between.
#include "harness/bundle/mask_run.hpp"

#include <sys/stat.h>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "engine/run_fixture.hpp"
#include "harness/bundle/verify.hpp"
#include "harness/engine/rejudge.hpp"

namespace bb::bundle {
namespace {

namespace fs = std::filesystem;
using test::content;
using test::FakeCall;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* one_test = R"(
  get:
    title: The record is the patient's
    verifies: R-A
    steps: [{do: portal.download, with: {format: a}, expect: [{body: text, contains: $patient.family_name}]}]
)";

class MaskRunTest : public test::RunFixture {
 protected:
  MaskRunTest() {
    options.is_to_be_masked = true;
    connectors.on("bb.download/1 fetch", [](const FakeCall&) { return content("Alice Newman " + text_of_many); });
  }
  inline static const std::string text_of_many = std::string(5000, '.');

  // What a run writes that asks to be masked: the run folder, not its part.
  fs::path run_unmasked(const std::string& tests) {
    const auto view = run(load(tests, std::string(test::target_text) + "clock: virtual\n"));
    EXPECT_EQ(view.folder.filename(), "unmasked");
    return evidence::run_of_written(view.folder);
  }
  static bool has_name(const fs::path& folder, const fs::path& but = {}) {
    bool is_found = false;
    for (auto entries = fs::recursive_directory_iterator(folder); entries != fs::recursive_directory_iterator();
         ++entries) {
      if (entries->path() == but) entries.disable_recursion_pending();
      if (entries->is_regular_file())
        is_found |= to_lower(*read_text(entries->path())).find("newman") != std::string::npos;
    }
    return is_found;
  }
  static mode_t mode(const fs::path& path) {
    struct stat info = {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777;
  }
  static void expect_masked_whole(const fs::path& folder) {
    EXPECT_FALSE(fs::exists(folder / "unmasked"));
    EXPECT_FALSE(fs::exists(folder / "masking"));
    EXPECT_FALSE(has_name(folder));
    const auto verified = verify(folder);
    ASSERT_TRUE(verified) << verified.error().what;
    EXPECT_THAT(verified->problems, IsEmpty());
    EXPECT_THAT(verified->open, IsEmpty());
    EXPECT_TRUE(verified->run.is_masked);
    EXPECT_EQ(outcome(verified->run, "get"), "pass");
    const auto replay = engine::Replay::open(folder, nullptr);
    ASSERT_TRUE(replay) << replay.error().what;
    EXPECT_THAT(engine::rejudge(*replay)->differences, IsEmpty());
  }
};

TEST_F(MaskRunTest, OfARunThatHasEndedOnlyWhatIsMaskedIsLeft) {
  const auto folder = run_unmasked(one_test);
  EXPECT_EQ(mode(folder), 0700u);
  EXPECT_EQ(mode(folder / "unmasked"), 0700u);
  EXPECT_TRUE(has_name(folder / "unmasked"));
  EXPECT_FALSE(has_name(folder, folder / "unmasked"));
  const auto unread = evidence::read_run(folder);
  ASSERT_FALSE(unread);
  EXPECT_THAT(unread.error().what, HasSubstr("before it was masked: go on with 'bluebridge resume "));
  ASSERT_TRUE(is_to_be_masked(folder));
  const auto masked = mask_run(folder);
  ASSERT_TRUE(masked) << masked.error().what;
  expect_masked_whole(folder);
  EXPECT_FALSE(is_to_be_masked(folder));
}

// Each leaves the folder as a kill would.
TEST_F(MaskRunTest, MaskingThatWasKilledIsDoneAgain) {
  auto folder = run_unmasked(one_test);
  fs::create_directories(folder / "masking" / "blobs");  // it had begun
  ASSERT_TRUE(write_text(folder / "masking" / "run.json", "{"));
  ASSERT_TRUE(mask_run(folder));
  expect_masked_whole(folder);

  folder = run_unmasked(one_test);
  fs::create_directories(folder / "blobs");  // it was putting parts in their place
  ASSERT_TRUE(write_text(folder / "run.json", "{}"));
  ASSERT_TRUE(write_text(folder / "report.html", "of nothing"));
  ASSERT_TRUE(mask_run(folder));
  expect_masked_whole(folder);

  folder = run_unmasked(one_test);
  const auto kept = folder.parent_path() / "kept";
  fs::copy(folder / "unmasked", kept, fs::copy_options::recursive);
  ASSERT_TRUE(mask_run(folder));
  fs::rename(kept, folder / "unmasked");  // it was removing
  fs::remove(folder / "unmasked" / "events.ndjson");
  EXPECT_EQ(evidence::written_folder(folder), folder);
  ASSERT_TRUE(is_to_be_masked(folder));
  ASSERT_TRUE(mask_run(folder));
  expect_masked_whole(folder);
}

TEST_F(MaskRunTest, ARunThatWaitsIsMaskedAndCanStillBeGoneOnWith) {
  options.is_detached = true;
  connectors.add_function("bb.inbox/1 allocate");
  connectors.on("bb.inbox/1 allocate", [](const FakeCall&) {
    return test::emitted(Value::object({{"address", "https://inbox.example/1"}}));
  });
  bool has_arrived = false;
  connectors.on("bb.inbox/1 poll", [&](const FakeCall&) {
    Value items = Value::array();
    if (has_arrived) items.push(Value::object({{"id", "1"}, {"kind", "message"}, {"title", "of Alice Newman"}}));
    return test::emitted(Value::object({{"items", std::move(items)}}));
  });
  connectors.on("bb.inbox/1 read", [](const FakeCall&) { return content("of Alice Newman"); });
  const auto folder = run_unmasked(std::string(one_test) + R"(
  send:
    title: It arrives
    verifies: R-B
    steps:
      - do: portal.share
        with: {to: $inbox.address}
      - wait: inbox.message
        within: 1h
        expect: [{body: text, contains: $patient.family_name}]
)");
  ASSERT_TRUE(mask_run(folder));
  ASSERT_TRUE(fs::exists(folder / "unmasked" / "events.ndjson"));
  EXPECT_FALSE(has_name(folder, folder / "unmasked"));
  const auto waiting = evidence::read_run(folder);
  ASSERT_TRUE(waiting) << waiting.error().what;
  EXPECT_TRUE(waiting->is_waiting);
  EXPECT_THAT(waiting->problems, IsEmpty());
  // Who would hand it on is told.
  ASSERT_TRUE(verify(folder));
  EXPECT_THAT(verify(folder)->problems[0].what, HasSubstr("holds the run unmasked"));

  has_arrived = true;
  const auto ended = resume(evidence::written_folder(folder), connectors);
  EXPECT_EQ(outcome(ended, "send"), "pass");
  ASSERT_TRUE(mask_run(folder));
  expect_masked_whole(folder);
}

TEST_F(MaskRunTest, WhatIsDamagedIsNotMaskedAndStays) {
  const auto folder = run_unmasked(one_test);
  ASSERT_TRUE(write_text(folder / "unmasked" / "run.json", "{}"));
  EXPECT_THAT(mask_run(folder).error().what, HasSubstr("damaged"));
  EXPECT_TRUE(fs::exists(folder / "unmasked" / "events.ndjson"));
  EXPECT_FALSE(has_name(folder, folder / "unmasked"));
}

}  // namespace
}  // namespace bb::bundle
