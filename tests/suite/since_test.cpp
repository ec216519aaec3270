// L07: two versions of a suite.
#include <gmock/gmock.h>

#include "suite_files.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SinceTest : public SuiteFiles {
 protected:
  suite::Suite read(const std::string& name, const std::string& text) const {
    const auto loaded = suite::read_suite(write(name, text));
    EXPECT_TRUE(loaded.is_good()) << render(loaded.diagnostics);
    return loaded.value.value_or(suite::Suite{});
  }
  // The good suite in this version with one text replaced, after its 1.9.0.
  std::string lint(const std::string& version, const std::string& from = "", const std::string& to = "") const {
    const auto versioned = [](const std::string& number) { return replace_all(good_suite(), "1.0.0", number); };
    const auto now = read("now.yaml", replace_all(versioned(version), from, to));
    return replace_all(render(suite::lint_since(now, read("before.yaml", versioned("1.9.0")))), now.source->name, "");
  }
};

TEST_F(SinceTest, ARenamedIdNeedsANewMajorVersion) {
  EXPECT_EQ(lint("1.10.0", "  stranger:\n", "  unknown:\n"),
            ":3:10: error: test 'stranger' of version 1.9.0 is gone [L07]\n"
            "    3 | version: \"1.10.0\"\n      |          ^~~~~~~~ keep the id, or make this version 2.0.0\n");
  EXPECT_THAT(lint("1.9.1", "SEND-01", "SEND-02"), HasSubstr("requirement 'SEND-01' of version 1.9.0 is gone"));
  EXPECT_THAT(lint("1.9.1", "  patient:", "  person:"), HasSubstr("input 'patient' of version 1.9.0 is gone"));
  EXPECT_THAT(lint("1.9.1", "transport:", "way:"), HasSubstr("option 'transport' of version 1.9.0 is gone"));
  EXPECT_THAT(lint("1.9.1", "  inbox: {", "  box: {"), HasSubstr("role 'inbox' of version 1.9.0 is gone"));
  EXPECT_THAT(lint("2.0.0", "  stranger:\n", "  unknown:\n"), IsEmpty());
}

TEST_F(SinceTest, WhatIsKeptIsFineAndMoreMayCome) {
  EXPECT_THAT(lint("1.9.0"), IsEmpty());
  EXPECT_THAT(lint("1.10.0", "  send:\n", "  more: {steps: [{attest: It is so.}]}\n  send:\n"), IsEmpty());
  EXPECT_THAT(lint("1.8.10"), HasSubstr("version 1.8.10 comes before 1.9.0 [L07]"));
}

}  // namespace
}  // namespace bb::test
