#include "harness/fhir/narrative.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bb::fhir {
namespace {

std::vector<std::string> faults_of(const std::string& content) {
  std::vector<std::string> faults;
  for (const auto& fault : narrative_faults(R"(<div xmlns="http://www.w3.org/1999/xhtml">)" + content + "</div>"))
    faults.push_back(fault.what);
  return faults;
}

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(FhirNarrativeTest, AllowsTextTablesListsAndLinks) {
  EXPECT_THAT(faults_of(R"(<h1>A</h1><table class="x"><tbody><tr><td style="a">1 &lt; 2 &#160;</td></tr></tbody></table>
      <ul><li><a href="#x">b</a><a name="y"/><a href="https://x.org">c</a><a href="page.html">d</a></li></ul>)"),
              IsEmpty());
  EXPECT_THAT(faults_of(R"(<img src="#i" alt="x"/>)"), IsEmpty());
}

TEST(FhirNarrativeTest, RefusesWhatRunsOrIsNoFormatting) {
  EXPECT_THAT(faults_of("a<script>b</script>"), ElementsAre(HasSubstr("not allowed")));
  EXPECT_THAT(faults_of("a<form/><input/>").size(), 2u);
  EXPECT_THAT(faults_of(R"(<p onclick="x">a</p>)"), ElementsAre("the narrative runs a script"));
  EXPECT_THAT(faults_of(R"(<a href=" JavaScript:x">a</a>)"), ElementsAre(HasSubstr("scheme 'javascript'")));
  EXPECT_THAT(faults_of(R"(<a href="urn:uuid:1">a</a>)"), ElementsAre(HasSubstr("scheme 'urn'")));
}

TEST(FhirNarrativeTest, RefusesWhatIsNoXhtml) {
  EXPECT_THAT(faults_of("a &nbsp; b"), ElementsAre(HasSubstr("Entity 'nbsp' not defined")));
  EXPECT_THAT(faults_of("<p>"), ElementsAre(HasSubstr("the narrative is no XHTML")));
  EXPECT_EQ(narrative_faults("words").size(), 1u);
  EXPECT_EQ(narrative_faults("<div>a</div>").size(), 1u);
  EXPECT_EQ(narrative_faults("").size(), 1u);
}

TEST(FhirNarrativeTest, WantsSomethingToRead) {
  EXPECT_THAT(faults_of(" \n"), ElementsAre("the narrative holds nothing to read"));
}

}  // namespace
}  // namespace bb::fhir
