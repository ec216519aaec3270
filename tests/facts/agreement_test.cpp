// Copies that our own writers make of one record state the same facts.
#include "facts/copies.hpp"

namespace bb::facts {
namespace {

class SampleTest : public testing::TestWithParam<const char*> {};

TEST_P(SampleTest, ADocumentAgreesWithItself) {
  const auto text = sample_text(GetParam());
  const auto comparison = compare({copy_from("a", text), copy_from("b", text)}, "all", Tables::built_in());
  EXPECT_TRUE(comparison.agrees());
  EXPECT_EQ(in_lines(comparison), "");
  EXPECT_GT(comparison.rows.size(), 1u);
}

TEST_P(SampleTest, TheCcdaWrittenFromItAgrees) {
  const auto text = sample_text(GetParam());
  const auto written = records::write_ccda(sample_record(GetParam()));
  const auto comparison = compare({copy_from("a", text), copy_from("b", written)}, "all", Tables::built_in());
  EXPECT_EQ(in_lines(comparison), "");
}

TEST_P(SampleTest, ThePageWrittenFromItAgrees) {
  const auto text = sample_text(GetParam());
  const auto page = records::write_html_fragment(sample_record(GetParam()));
  const auto comparison = compare({copy_from("a", text), copy_from("b", page)}, "all", Tables::built_in());
  EXPECT_EQ(in_lines(comparison), "");
}

INSTANTIATE_TEST_SUITE_P(All, SampleTest, testing::Values("alice", "bruno", "dmitri", "zoe"),
                         [](const auto& one) { return std::string(one.param); });

TEST(TablesTest, TheBuiltInTableIsRead) {
  const auto& tables = Tables::built_in();
  EXPECT_FALSE(tables.format("VA text").has_codes);
  EXPECT_TRUE(tables.format("FHIR R4").has_codes);
  EXPECT_FALSE(tables.format("VA text").holds(Kind::goal));
  EXPECT_FALSE(tables.format("VA text").holds(Kind::allergy, "planned"));
  EXPECT_EQ(tables.status("In-Progress"), "active");
}

}  // namespace
}  // namespace bb::facts
