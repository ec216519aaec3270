#include "harness/engine/plan.hpp"

#include <bb/core/text.hpp>
#include "run_fixture.hpp"

namespace bb::engine {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class PlanTest : public test::RunFixture {
 protected:
  std::vector<PlannedTest> planned(const std::string& tests) {
    auto made = plan(load(tests), options);
    EXPECT_TRUE(made) << (made ? "" : made.error().what);
    return made ? *std::move(made) : std::vector<PlannedTest>{};
  }
  std::vector<std::string> names(const std::string& tests) {
    std::vector<std::string> names;
    for (const auto& test : planned(tests)) names.push_back(test.name);
    return names;
  }
  std::string error(const std::string& tests) {
    const auto made = plan(load(tests), options);
    return made ? "planned" : made.error().what;
  }
  std::vector<std::string> needs(const std::vector<PlannedTest>& tests, const std::string& name) {
    for (const auto& test : tests)
      if (test.name == name) return test.needs;
    return {"no test " + name};
  }
};

constexpr const char* check = "    steps: [{check: [{value: $word, is: hello}]}]\n";

std::string one(const std::string& id, const std::string& more = "") {
  return "  " + id + ":\n    title: The test " + id + "\n" + more + check;
}

TEST_F(PlanTest, KeepsTheOrderOfTheDocument) {
  EXPECT_THAT(names(one("b") + one("a") + one("c")), ElementsAre("b", "a", "c"));
}

TEST_F(PlanTest, EachMakesOneInstanceAValue) {
  EXPECT_THAT(names(one("get", "    each: {format: [text, ccda-2.1]}\n")), ElementsAre("get[text]", "get[ccda-2.1]"));
}

TEST_F(PlanTest, SeveralKeysCombineTheLastTurningFastest) {
  EXPECT_THAT(names(one("get", "    each: {format: [a, b], size: [1, 2]}\n")),
              ElementsAre("get[a,1]", "get[a,2]", "get[b,1]", "get[b,2]"));
}

TEST_F(PlanTest, TargetPeopleAreThePatients) {
  // carol has the role caregiver and is not one of them.
  EXPECT_THAT(names(one("get", "    each: {person: $target.people}\n")), ElementsAre("get[alice]", "get[bob]"));
}

TEST_F(PlanTest, TwoInstancesWithOneNameAreRefused) {
  EXPECT_THAT(error(one("get", "    each: {format: [a, a]}\n")), HasSubstr("two instances are called 'get[a]'"));
}

// The values 0 to `count` - 1.
std::string numbers(int count) {
  std::vector<std::string> words;
  for (int i = 0; i < count; ++i) words.push_back(std::to_string(i));
  return "[" + join(words, ", ") + "]";
}

TEST_F(PlanTest, ARunTakesTenThousandInstances) {
  const std::string most = "    each: {a: " + numbers(100) + ", b: " + numbers(100) + "}\n";
  EXPECT_EQ(names(one("get", most)).size(), 10'000u);
  EXPECT_THAT(error(one("get", most) + one("more", "    each: {a: [1]}\n")),
              HasSubstr("with the instances of test 'more' there are more than 10000"));
  // 2 patients: known only here.
  EXPECT_THAT(error(one("get", "    each: {a: " + numbers(100) + ", b: " + numbers(51) + ", p: $target.people}\n")),
              AllOf(HasSubstr("demo.yaml:19: with the instances of test 'get'"), HasSubstr("[L04]")));
}

TEST_F(PlanTest, TooManyInstancesAreRefusedBeforeTheyAreMade) {
  std::string keys;
  for (const char key : std::string("abcdefghijklmnopqrst"))
    keys += std::string(keys.empty() ? "" : ", ") + key + ": " + numbers(40);
  EXPECT_THAT(error(one("get", "    each: {" + keys + "}\n")), HasSubstr("more than 10000"));
}

TEST_F(PlanTest, InstancesWithTheSameValuesPairUp) {
  const auto tests = planned(one("get", "    each: {format: [a, b]}\n") +
                             one("check", "    needs: get\n    each: {format: [a, b]}\n"));
  EXPECT_THAT(needs(tests, "check[a]"), ElementsAre("get[a]"));
  EXPECT_THAT(needs(tests, "check[b]"), ElementsAre("get[b]"));
}

TEST_F(PlanTest, ASharedKeyPairsUpAlsoWhereOneSideHasMoreKeys) {
  const auto tests = planned(one("get", "    each: {format: [a, b]}\n") +
                             one("check", "    needs: get\n    each: {format: [a, b], size: [1, 2]}\n"));
  EXPECT_THAT(needs(tests, "check[b,2]"), ElementsAre("get[b]"));
}

TEST_F(PlanTest, WithoutASharedKeyAllInstancesAreNeeded) {
  const auto tests = planned(one("get", "    each: {format: [a, b]}\n") + one("all", "    needs: get\n") +
                             one("sized", "    needs: get\n    each: {size: [1, 2]}\n"));
  EXPECT_THAT(needs(tests, "all"), ElementsAre("get[a]", "get[b]"));
  EXPECT_THAT(needs(tests, "sized[1]"), ElementsAre("get[a]", "get[b]"));
}

TEST_F(PlanTest, OneInstanceCanBeNeededAlone) {
  const auto tests = planned(one("get", "    each: {format: [a, b]}\n") + one("check", "    needs: \"get[b]\"\n"));
  EXPECT_THAT(needs(tests, "check"), ElementsAre("get[b]"));
}

TEST_F(PlanTest, AGroupIsNeededAsAllItsTests) {
  const auto tests =
      planned(std::string("  group:\n    tests:\n      a:\n        title: In the group a\n        steps: "
                          "[{check: [{value: $word}]}]\n      b:\n        title: In the group b\n"
                          "        steps: [{check: [{value: $word}]}]\n") +
              one("after", "    needs: group\n"));
  EXPECT_THAT(needs(tests, "after"), ElementsAre("group.a", "group.b"));
}

TEST_F(PlanTest, ACircleIsRefusedAndShown) {
  EXPECT_THAT(error(one("a", "    needs: c\n") + one("b", "    needs: a\n") + one("c", "    needs: b\n")),
              HasSubstr("in a circle: a -> c -> b -> a"));
  EXPECT_THAT(error(one("a", "    needs: a\n")), HasSubstr("'a' needs itself"));
}

TEST_F(PlanTest, AnUnknownNeedIsRefusedWithTheNearestName) {
  EXPECT_THAT(error(one("download") + one("b", "    needs: downlod\n")),
              HasSubstr("needs 'downlod', which is no test or group; did you mean 'download'?"));
}

TEST_F(PlanTest, AFilterKeepsWhatIsNeeded) {
  options.filters = {"demo/c*"};
  EXPECT_THAT(names(one("a") + one("b", "    needs: a\n") + one("c", "    needs: b\n") + one("d")),
              ElementsAre("a", "b", "c"));
}

TEST_F(PlanTest, AFilterThatMatchesNothingIsRefused) {
  options.filters = {"demo/x"};
  EXPECT_THAT(error(one("a")),
              HasSubstr("no test matches the filter [\"demo/x\"]; '--plan' without them lists the tests"));
}

TEST_F(PlanTest, ATagSelectsAnyOfItsTests) {
  options.tags = {"slow", "other"};
  EXPECT_THAT(names(one("a", "    tags: slow\n") + one("b", "    tags: quick\n")), ElementsAre("a"));
}

TEST_F(PlanTest, StepsActAsThePersonOfTheNearestSignIn) {
  const std::string sign_in = "    steps: [{do: portal.sign_in, as: ";
  const auto tests = planned("  alice:\n    title: Alice signs in\n" + sign_in + "$patient}]\n" +
                             "  bob:\n    title: Bob signs in\n    needs: alice\n" + sign_in + "bob}]\n" +
                             "  get:\n    title: Get it\n    needs: bob\n    steps: [{do: portal.formats}, {do: "
                             "portal.list, as: alice}, {do: inbox.poll}]\n");
  ASSERT_EQ(tests.size(), 3u);
  EXPECT_THAT(tests[0].calls, ElementsAre("portal.sign_in as alice"));
  EXPECT_THAT(tests[2].calls, ElementsAre("portal.formats as bob", "portal.list as alice", "inbox.poll"));
}

TEST_F(PlanTest, AnInputThatIsNotAmongItsChoicesIsRefused) {
  options.options["transport"] = "pigeon";
  EXPECT_THAT(error(one("a")), HasSubstr("option 'transport' is 'pigeon', expected one of 'direct', 'rest'"));
}

TEST_F(PlanTest, AnUnknownPersonIsRefusedWithThosePresent) {
  options.inputs["patient"] = "mallory";
  EXPECT_THAT(error(one("a")), HasSubstr("names the person 'mallory'"));
  EXPECT_THAT(error(one("a")), HasSubstr("people there: alice, bob, carol"));
}

TEST(RequirementCountsTest, DatesAreInclusiveThenExclusive) {
  suite::Requirement row;
  row.from = "2014-01-01";
  row.until = "2015-01-01";
  EXPECT_FALSE(requirement_counts(row, "2013-12-31"));
  EXPECT_TRUE(requirement_counts(row, "2014-01-01"));
  EXPECT_TRUE(requirement_counts(row, "2014-12-31"));
  EXPECT_FALSE(requirement_counts(row, "2015-01-01"));
}

TEST(RequirementCountsTest, HistoricProposedUntestedAndUncheckedRowsNeverCount) {
  suite::Requirement row;
  EXPECT_TRUE(requirement_counts(row, "2026-01-01"));
  row.status = "house";
  EXPECT_TRUE(requirement_counts(row, "2026-01-01"));
  for (const std::string status : {"historic", "proposed"}) {
    row.status = status;
    EXPECT_FALSE(requirement_counts(row, "2026-01-01")) << status;
  }
  row = {};
  row.untested = "needs a second portal";
  EXPECT_FALSE(requirement_counts(row, "2026-01-01"));
  row = {};
  row.check = "none";
  EXPECT_FALSE(requirement_counts(row, "2026-01-01"));
}

}  // namespace
}  // namespace bb::engine
