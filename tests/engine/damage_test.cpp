// A run folder that is not as the run wrote it proves nothing.
#include <sys/stat.h>

#include <functional>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "harness/evidence/run_reader.hpp"
#include "run_fixture.hpp"
#include "support/chained_events.hpp"

namespace bb::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class DamageTest : public RunFixture {
 protected:
  DamageTest() {
    connectors.on("bb.download/1 fetch", [](const FakeCall&) { return content(std::string(5000, 'x')); });
  }

  evidence::RunView run_all() {
    return run(R"(
  get: {title: It downloads, verifies: R-A, steps: [{do: portal.download, with: {format: a}}, {do: portal.formats}]}
  last: {title: It lists, verifies: R-B, steps: [{do: portal.formats}]}
  should: {title: It should, verifies: R-S, steps: [{check: [{value: $word, is: hello}]}]}
)");
  }

  fs::path events() const { return run_folder / "events.ndjson"; }
  evidence::RunView read() const {
    auto view = evidence::read_run(run_folder);
    EXPECT_TRUE(view) << (view ? "" : view.error().what);
    return view ? *std::move(view) : evidence::RunView{};
  }
  // What is read of a run whose lines were changed so.
  evidence::RunView read_changed(const std::function<void(std::vector<std::string>& lines)>& change) {
    EXPECT_EQ(run_all().verdict.word, "conformant");
    auto lines = split(*read_text(events()), '\n');
    lines.pop_back();
    change(lines);
    EXPECT_TRUE(write_text(events(), rechained(join(lines, "\n") + "\n")));
    return read();
  }
  static std::size_t find_line(const std::vector<std::string>& lines, std::string_view type, std::string_view of = "") {
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (lines[i].find("\"type\":\"" + std::string(type) + "\"") != std::string::npos &&
          lines[i].find(of) != std::string::npos)
        return i;
    ADD_FAILURE() << "no " << type << " of " << of;
    return 0;
  }
  static void replace(std::string& line, std::string_view from, std::string_view to) {
    EXPECT_THAT(line, HasSubstr(std::string(from)));
    line = replace_all(line, from, to);
  }
  // Numbers as a careful forger would leave them.
  static void renumber(std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i)
      lines[i] = "{\"n\":" + std::to_string(i + 1) + lines[i].substr(lines[i].find(','));
  }
  static void expect_damaged(const evidence::RunView& view, const std::string& problem) {
    EXPECT_TRUE(view.is_damaged);
    EXPECT_EQ(view.verdict.word, "inconclusive");
    EXPECT_EQ(view.verdict.exit_status, 3);
    EXPECT_THAT(view.problems, Contains(HasSubstr(problem)));
    EXPECT_THAT(view.verdict.sentence, HasSubstr("the evidence is damaged and proves nothing: "));
  }
};

TEST_F(DamageTest, GarbageBetweenTheLinesIsDamage) {
  const auto view = read_changed([](auto& lines) { lines.insert(lines.begin() + 5, "\xff\xfe{garbage"); });
  expect_damaged(view, "line 6: not an event, ignored");
  EXPECT_THAT(view.verdict.sentence, HasSubstr("line 6"));
}

TEST_F(DamageTest, LinesThatCannotBeReadAreDamage) {
  const auto view = read_changed([](auto& lines) {
    for (auto& line : lines)
      if (line.find("step_judged") != std::string::npos) replace(line, "\"claims\":[", "\"claims\":{\"a\":[");
  });
  expect_damaged(view, "not an event");
  EXPECT_FALSE(view.tests.at(0).steps.at(0).outcome);
}

TEST_F(DamageTest, AMissingAnAddedAndAMovedLineAreDamage) {
  expect_damaged(read_changed([](auto& lines) { lines.erase(lines.begin() + 3); }),
                 "line 4: the event's number is 5, expected 4");
  expect_damaged(read_changed([](auto& lines) { lines.insert(lines.begin() + 3, lines[3]); }),
                 "line 5: the event's number is 4, expected 5");
  expect_damaged(read_changed([](auto& lines) { std::swap(lines[3], lines[4]); }), "line 4: the event's number is 5");
}

TEST_F(DamageTest, OneGapIsToldOnce) {
  const auto view = read_changed(
      [](auto& lines) { lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(find_line(lines, "call_done"))); });
  EXPECT_THAT(view.problems, ElementsAre(HasSubstr("the event's number is")));
}

TEST_F(DamageTest, ManyProblemsAreCountedAndNotAllListed) {
  const auto view = read_changed([](auto& lines) { lines.insert(lines.begin() + 1, 1000, "garbage"); });
  EXPECT_THAT(view.problems, SizeIs(51));
  EXPECT_THAT(view.problems.back(), HasSubstr("more of the like are not listed"));
}

TEST_F(DamageTest, AStepWhoseOutcomeDoesNotFollowFromItsClaimsIsDamage) {
  const auto view = read_changed(
      [](auto& lines) { replace(lines[find_line(lines, "step_judged", "\"get\"")], "\"held\"", "\"violated\""); });
  expect_damaged(view, "is said to be 'pass', but its claims make it 'fail'");
}

TEST_F(DamageTest, AClaimOfNoKnownOutcomeIsDamage) {
  const auto view = read_changed(
      [](auto& lines) { replace(lines[find_line(lines, "step_judged", "\"get\"")], "\"held\"", "\"fine\""); });
  expect_damaged(view, "has a claim that is 'fine'");
}

TEST_F(DamageTest, ClaimsThatAreGoneAreDamage) {
  const auto view = read_changed([](auto& lines) {
    auto& line = lines[find_line(lines, "step_judged", "\"get\"")];
    line = line.substr(0, line.find("\"claims\":[")) + "\"claims\":[],\"saved\":[]}";
  });
  expect_damaged(view, "is said to be 'pass', but its claims make it 'skip'");
}

TEST_F(DamageTest, ATestWhoseOutcomeDoesNotFollowFromItsStepsIsDamage) {
  connectors.on("bb.download/1 formats", [](const FakeCall&) { return refusal(BB_E_FORBIDDEN); });
  EXPECT_EQ(outcome(run("  last: {title: It lists, verifies: R-B, steps: [{do: portal.formats}]}\n"), "last"), "fail");
  auto text = *read_text(events());
  const auto end = text.find("\"type\":\"test_done\"");
  ASSERT_NE(end, std::string::npos);
  text = text.substr(0, end) + replace_all(text.substr(end), "\"fail\"", "\"pass\"");
  EXPECT_TRUE(write_text(events(), text));
  expect_damaged(read(), "test 'last' is said to end as 'pass', but its steps make it 'fail'");
}

TEST_F(DamageTest, AStepThatWasTakenOutWithItsNumbersIsDamage) {
  const auto view = read_changed([](auto& lines) {
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(find_line(lines, "step_judged", "\"get\"")));
    renumber(lines);
  });
  expect_damaged(view, "test 'get' is said to end as 'pass', but its step 'download' was not judged");
}

TEST_F(DamageTest, ATestThatWasTakenOutWithItsNumbersIsDamage) {
  const auto view = read_changed([](auto& lines) {
    std::erase_if(lines, [](const std::string& line) {
      return line.find("\"test\":\"last\"") != std::string::npos && line.find("run_started") == std::string::npos;
    });
    renumber(lines);
  });
  expect_damaged(view, "the run is said to be done, but test 'demo/last' has no end");
  EXPECT_THAT(view.problems, Contains(HasSubstr("run_done counts")));
}

TEST_F(DamageTest, AnEndThatSaysSomethingElseThanTheTestsIsDamage) {
  expect_damaged(read_changed([](auto& lines) { replace(lines.back(), "\"pass\":3", "\"pass\":4"); }),
                 "run_done counts");
  expect_damaged(read_changed([](auto& lines) { replace(lines.back(), "\"conformant\"", "\"not conformant\""); }),
                 "run_done says 'not conformant' with status 0, its tests come to 'conformant' with status 0");
}

TEST_F(DamageTest, APartThatIsNotThePlanIsDamage) {
  options.filters = {"*/get"};
  EXPECT_EQ(run_all().verdict.word, "conformant, in part: 1 of 3 tests was run");
  auto text = *read_text(events());
  replace(text, "\"part\":{\"tests\":1,\"of\":3", "\"part\":{\"tests\":2,\"of\":3");
  EXPECT_TRUE(write_text(events(), text));
  expect_damaged(read(), "the run is said to be 2 tests of 3, its plan has 1");
}

TEST_F(DamageTest, EventsThatNameNothingKnownOrComeTooLateAreDamage) {
  expect_damaged(read_changed([](auto& lines) {
                   replace(lines[find_line(lines, "test_done", "\"last\"")], "\"last\"", "\"nobody\"");
                 }),
                 "'demo/nobody', which is not in the plan");
  expect_damaged(read_changed([](auto& lines) {
                   lines.push_back(lines[find_line(lines, "test_done", "\"last\"")]);
                   renumber(lines);
                 }),
                 "'test_done' after run_done");
  expect_damaged(read_changed([](auto& lines) { replace(lines.front(), "\"plan\":[", "\"plan\":5,\"other\":["); }),
                 "the plan of the run cannot be read");
}

TEST_F(DamageTest, ATornLastLineIsNoDamage) {
  const auto view = read_changed([](auto&) {});
  EXPECT_FALSE(view.is_damaged);
  fs::resize_file(events(), fs::file_size(events()) - 10);
  EXPECT_FALSE(read().is_damaged);
  EXPECT_FALSE(read().is_complete);
}

class BlobDamageTest : public DamageTest {
 protected:
  // The blob of what was downloaded.
  fs::path blob() {
    const auto view = run_all();
    EXPECT_EQ(view.verdict.word, "conformant");
    return run_folder / "blobs" / find(view, "get").steps.at(0).body_blob;
  }
  void expect_not_shown(const std::string& problem) const {
    const auto view = read();
    expect_damaged(view, problem);
    const auto& step = find(view, "get").steps.at(0);
    EXPECT_THAT(step.message.body, IsEmpty());
    EXPECT_THAT(step.body_blob, IsEmpty());
  }
};

TEST_F(BlobDamageTest, ABlobThatWasChangedIsToldAndNotShown) {
  const auto file = blob();
  EXPECT_TRUE(write_text(file, "<html>tampered</html>"));
  expect_not_shown("blob " + file.filename().string() + " was changed: its content now hashes to");
}

TEST_F(BlobDamageTest, ABlobThatIsALinkIsNotFollowed) {
  const auto file = blob();
  const auto elsewhere = folder_.path() / "elsewhere";
  fs::rename(file, elsewhere);  // even to the same content
  fs::create_symlink(elsewhere, file);
  expect_not_shown("it is a symbolic link");
}

TEST_F(BlobDamageTest, ABlobThatIsAPipeIsNotWaitedFor) {
  const auto file = blob();
  fs::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  expect_not_shown("it is no regular file");
}

TEST_F(BlobDamageTest, AFolderOfBlobsThatIsALinkIsNotFollowed) {
  blob();
  fs::rename(run_folder / "blobs", folder_.path() / "blobs");
  fs::create_directory_symlink(folder_.path() / "blobs", run_folder / "blobs");
  expect_not_shown("is no folder of its own");
}

TEST_F(BlobDamageTest, AChangedCopyOfTheSuiteIsDamage) {
  run_all();
  const auto event = parse_json(split(*read_text(events()), '\n').front());
  const auto name = (*event)["suites"][std::size_t{0}]["files"][std::size_t{0}]["blob"].string_or("?");
  EXPECT_TRUE(write_text(run_folder / "blobs" / name, "gone"));
  expect_damaged(read(), "was changed");
}

TEST_F(DamageTest, AChangedRunFileIsDamage) {
  run_all();
  const auto file = run_folder / "run.json";
  EXPECT_TRUE(write_text(file, replace_all(*read_text(file), "\"jobs\": 1", "\"jobs\": 2")));
  expect_damaged(read(), "run.json was changed: run_started says that it hashes to");
}

// The chain, by what it is: SHA-256 of the chain before and of the line up to its own.
TEST_F(DamageTest, TheChainIsThatOfTheReference) {
  run_all();
  std::string before;
  for (const auto& line : split(*read_text(events()), '\n')) {
    if (line.empty()) continue;
    const auto at = line.rfind(",\"chain\":\"");
    ASSERT_NE(at, std::string::npos);
    before = sha256_hex(before + line.substr(0, at));
    EXPECT_EQ(line.substr(at), ",\"chain\":\"" + before + "\"}");
  }
}

TEST_F(DamageTest, AChangeThatOnlyTheChainNoticesIsDamage) {
  run_all();
  const std::string honest = *read_text(events());
  const auto is_told = [&](const std::string& text, const std::string& problem) {
    EXPECT_TRUE(write_text(events(), text));
    const auto view = read();
    expect_damaged(view, problem);
    EXPECT_THAT(view.problems, SizeIs(1));
  };
  // In the words of a claim, which nothing follows from.
  is_told(replace_all(honest, R"(\"hello\")", R"(\"hallo\")"), "its chain does not follow from the lines before it");
  const auto last = honest.rfind(",\"chain\":");
  is_told(honest.substr(0, last) + "}\n", "it has no chain, and the lines before it have");
  EXPECT_TRUE(write_text(events(), honest));
  EXPECT_FALSE(read().is_damaged);
}

TEST_F(DamageTest, AStreamOfAnEarlierVersionHasNoChain) {
  run_all();
  std::string text;
  for (auto& line : split(*read_text(events()), '\n'))
    if (!line.empty()) text += line.substr(0, line.rfind(",\"chain\":")) + "}\n";
  EXPECT_TRUE(write_text(events(), text));
  EXPECT_FALSE(read().is_damaged);
}

TEST_F(DamageTest, EventsAndTheRunFileAreRegularFiles) {
  run_all();
  const auto elsewhere = folder_.path() / "elsewhere";
  fs::rename(run_folder / "run.json", elsewhere);
  expect_damaged(read(), "run.json");
  fs::create_symlink(elsewhere, run_folder / "run.json");
  expect_damaged(read(), "run.json: it is a symbolic link");
  fs::rename(events(), elsewhere);
  fs::create_symlink(elsewhere, events());
  EXPECT_THAT(evidence::read_run(run_folder).error().what,
              AllOf(HasSubstr("no readable run here"), HasSubstr("it is a symbolic link")));
  fs::remove(events());
  ASSERT_EQ(::mkfifo(events().c_str(), 0600), 0);
  EXPECT_THAT(evidence::read_run(run_folder).error().what, HasSubstr("it is no regular file"));
}

TEST_F(DamageTest, ALineWithoutAnEndIsDamageAndNotReadWhole) {
  EXPECT_EQ(run_all().verdict.word, "conformant");
  fs::resize_file(events(), fs::file_size(events()) + (std::uintmax_t{1} << 40));  // holds no bytes on the disk
  EXPECT_THAT(read().problems, Contains(HasSubstr("is longer than 67108864 bytes")));
  EXPECT_TRUE(read().is_damaged);
}

}  // namespace
}  // namespace bb::test
