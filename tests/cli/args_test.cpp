#include "harness/cli/args.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/verbs.hpp"

namespace bb::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

VerbSpec sample_verb() {
  VerbSpec verb;
  verb.name = "weigh";
  verb.arguments = "THING...";
  verb.argument_count_min = 1;
  verb.argument_count_max = 2;
  verb.summary = "weigh things";
  verb.example = "bluebridge weigh stone";
  verb.options = {{"out", "DIR", "where to"},
                  {"unit", "UNIT", "gram or pound", Completes::words, {"gram", "pound"}},
                  {"note", "K=V", "a note", Completes::nothing, {}, true},
                  {"json", "", "as JSON"}};
  return verb;
}

std::string error_of(const std::vector<std::string>& words) {
  const auto args = read_args(sample_verb(), words);
  return args ? "none" : args.error().what;
}

TEST(ArgsTest, ReadsArgumentsAndOptionsInAnyOrder) {
  const auto args =
      read_args(sample_verb(), {"--out", "a", "stone", "--json", "feather", "--note=x=1", "--note", "y=2"});
  ASSERT_TRUE(args) << args.error().what;
  EXPECT_THAT(args->positional, ElementsAre("stone", "feather"));
  EXPECT_EQ(args->value("out"), "a");
  EXPECT_TRUE(args->has("json"));
  EXPECT_THAT(args->values("note"), ElementsAre("x=1", "y=2"));
}

TEST(ArgsTest, TakesWhatFollowsTwoDashesForArguments) {
  const auto args = read_args(sample_verb(), {"--", "--json"});
  ASSERT_TRUE(args) << args.error().what;
  EXPECT_THAT(args->positional, ElementsAre("--json"));
}

TEST(ArgsTest, NamesTheNearestOption) {
  EXPECT_EQ(error_of({"stone", "--jsn"}), "unknown option '--jsn'; did you mean '--json'?");
  EXPECT_EQ(error_of({"stone", "--colour"}), "unknown option '--colour'");
}

TEST(ArgsTest, DoesNotGuessShortenedOptions) { EXPECT_THAT(error_of({"stone", "--js"}), HasSubstr("unknown option")); }

TEST(ArgsTest, NamesTheNearestWordOfAnOption) {
  EXPECT_EQ(error_of({"stone", "--unit", "grm"}), "unknown value 'grm' of '--unit'; did you mean 'gram'?");
  EXPECT_EQ(error_of({"stone", "--unit", "furlong"}),
            "unknown value 'furlong' of '--unit'; expected one of gram, pound");
  EXPECT_EQ(error_of({"stone", "--unit", "pound"}), "none");
}

TEST(ArgsTest, WantsAsManyArgumentsAsTheVerbTakes) {
  EXPECT_EQ(error_of({}), "expected THING..., got nothing");
  EXPECT_EQ(error_of({"a"}), "none");
  EXPECT_EQ(error_of({"a", "b"}), "none");
  EXPECT_EQ(error_of({"a", "b", "c"}), "unexpected 'c'; expected THING...");
}

TEST(ArgsTest, TakesAnOptionTwiceOnlyWhereItSaysSo) {
  EXPECT_EQ(error_of({"a", "--out", "x", "--out", "y"}), "'--out' is given 2 times, expected once");
  EXPECT_EQ(error_of({"a", "--note", "x=1", "--note", "y=1"}), "none");
}

TEST(ArgsTest, SaysThatAValueIsMissing) { EXPECT_THAT(error_of({"a", "--out"}), HasSubstr("'--out' is missing")); }

TEST(ArgsTest, LetsHelpThroughWithoutArguments) {
  const auto args = read_args(sample_verb(), {"--help"});
  ASSERT_TRUE(args) << args.error().what;
  EXPECT_TRUE(args->has("help"));
}

TEST(ArgsTest, ReadsNumbersWithinTheirBoundsOnly) {
  Args args;
  const auto number = [&](const char* text) {
    args.options["jobs"] = {text};
    return args.number("jobs", 4, 1, 8);
  };
  EXPECT_EQ(*number("1"), 1);
  EXPECT_EQ(*number("8"), 8);
  EXPECT_EQ(number("0").error().what, "'--jobs' is '0', expected a whole number from 1 to 8");
  EXPECT_FALSE(number("9"));
  EXPECT_FALSE(number("4x"));
  EXPECT_FALSE(number(""));
  EXPECT_FALSE(number("99999999999999999999"));
  args.options.clear();
  EXPECT_EQ(*args.number("jobs", 4, 1, 8), 4);
}

TEST(ArgsTest, ReadsPairs) {
  Args args;
  args.options["input"] = {"a=1", "b=x=y", "c="};
  const auto pairs = args.pairs("input");
  ASSERT_TRUE(pairs) << pairs.error().what;
  EXPECT_EQ(pairs->at("b"), "x=y");
  EXPECT_EQ(pairs->at("c"), "");
  args.options["input"] = {"a=1", "b=2", "a=3"};
  EXPECT_EQ(args.pairs("input").error().what, "'--input' gives 'a' twice");
  args.options["input"] = {"=1"};
  EXPECT_EQ(args.pairs("input").error().what, "'--input' is '=1', expected NAME=VALUE");
  args.options["input"] = {"a"};
  EXPECT_FALSE(args.pairs("input"));
}

TEST(HelpTest, HasAnExampleForEveryVerb) {
  for (const auto& verb : all_verbs()) {
    const auto help = help_text(verb);
    EXPECT_THAT(help, HasSubstr("usage: bluebridge " + verb.name));
    EXPECT_THAT(verb.example, HasSubstr(verb.name)) << verb.name;
    EXPECT_THAT(help, HasSubstr("example:\n  " + verb.example));
    for (const auto& option : verb.options) EXPECT_THAT(help, HasSubstr("--" + option.name)) << verb.name;
  }
}

TEST(HelpTest, HasExamplesThatTheVerbItselfReads) {
  // Goal: an example of the help can be pasted.
  for (const auto& verb : all_verbs()) {
    if (verb.example.find('<') != std::string::npos) continue;  // a shell construct
    std::vector<std::string> words;
    std::string rest = verb.example.substr(std::string("bluebridge ").size() + verb.name.size());
    for (std::size_t at = 0; (at = rest.find_first_not_of(' ', at)) != std::string::npos;) {
      const auto end = std::min(rest.find(' ', at), rest.size());
      words.push_back(rest.substr(at, end - at));
      at = end;
    }
    const auto args = read_args(verb, words);
    EXPECT_TRUE(args) << verb.example << ": " << args.error().what;
  }
}

}  // namespace
}  // namespace bb::cli
