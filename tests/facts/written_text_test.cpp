// A record written as MyMedicare.gov's text and read again: what that format has a place for agrees
// (TXT-CMS-10 to -18), and every difference left has its reason.
#include <bb/records/cms_text.hpp>

#include "facts/copies.hpp"

namespace bb::facts {
namespace {

// The clinical sections of the text are the patient's own words (TXT-CMS-05).
records::Record self_entered(const char* stem) {
  auto record = sample_record(stem);
  const auto enter = [](auto& all) {
    for (auto& one : all) one.source = "self-entered";
  };
  enter(record.allergies);
  enter(record.problems);
  enter(record.medications);
  enter(record.immunizations);
  enter(record.vital_signs);
  for (auto& panel : record.results) enter(panel.observations);
  return record;
}

class CmsTextTest : public testing::TestWithParam<const char*> {};

TEST_P(CmsTextTest, TheTextWrittenFromItAgrees) {
  const auto record = self_entered(GetParam());
  const auto text = copy_from("b", records::write_cms_text(record, asked_at));
  EXPECT_EQ(text.format.substr(0, 8), "CMS text");
  EXPECT_EQ(in_lines(compare({copy_of("a", record), text}, "all", Tables::built_in())), "");
}

INSTANTIATE_TEST_SUITE_P(All, CmsTextTest, testing::Values("alice", "bruno", "dmitri", "zoe"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace bb::facts
