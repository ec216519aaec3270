// What vendors wrote, written again in each of our formats: no fact is lost or made up
// on the way but what conformance/documents/facts.yaml says that the format has no place for.
#include <bb/records/cms_text.hpp>
#include <bb/records/pdf.hpp>

#include "facts/copies.hpp"
#include "harness/documents/pdf.hpp"
#include "support/published_folder.hpp"

namespace bb::facts {
namespace {

using records::Record;

// One document of each vendor, chosen for how much it says.
constexpr const char* documents[] = {
    "onc-2015/Allscripts/Inpatient_Summary.xml",
    "onc-2015/Amrita/sample1-ccd-api.xml",
    "onc-2015/Bizmatics_PrognoCIS/Bizmatics_CCDSample1.xml",
    "onc-2015/EMR_Direct/g9_CCDA_all-data_jeremy.xml",
    "onc-2015/EchoMan/TURNS00.xml",
    "onc-2015/Edaris_Forerun/newman-ccd.xml",
    "onc-2015/Get_Real_Health/Larson.xml",
    "onc-2015/Henry_Schein/newman-ccd.xml",
    "onc-2015/Intellichart/G9InpSample1V13.xml",
    "onc-2015/McKesson_Paragon/larson-ccd.xml",
    "onc-2015/OpenVista_CareVue/B1_INP_CCD_SAMPLE_1.xml",
    "onc-2015/Practice_Fusion/AliceNewmanApi.xml",
    "onc-cures/170.315_b1_toc_amb_ccd_r21_sample1_v13.xml",
    "onc-2015/SuccessEHS/AliceNewman.xml",
    "onc-2015/YourCareUniverse_MedHost/CCD_2222444_35351_1101.xml",
};

std::string page(const Record& record) {
  return "<!DOCTYPE html><html lang=\"en\"><body>" + records::write_html_fragment(record) + "</body></html>";
}

struct Writer {
  const char* format;
  std::string (*write)(const Record&);
};
constexpr Writer writers[] = {
    {"C-CDA", records::write_ccda},
    {"FHIR", records::write_fhir_bundle},
    {"VA text", [](const Record& record) { return records::write_va_text(record, asked_at); }},
    {"CMS text", [](const Record& record) { return records::write_cms_text(record, asked_at); }},
    {"HTML", page},
    {"PDF", records::write_pdf},
};

// The same facts as the patient's own.
template <class Facts>
void enter(Facts& facts) {
  for (auto& fact : facts) fact.source = "self-entered";
}
Record entered_by_the_patient(Record record) {
  enter(record.allergies);
  enter(record.problems);
  enter(record.medications);
  enter(record.immunizations);
  for (auto& panel : record.results) enter(panel.observations);
  enter(record.vital_signs);
  enter(record.encounters);
  enter(record.procedures);
  enter(record.social_history);
  enter(record.goals);
  enter(record.care_team);
  enter(record.functional_status);
  return record;
}

std::string lost_in(const Record& record, const Writer& writer) {
  auto written = read_copy("b", writer.write(record), documents::words_of_pdf);
  if (!written) return written.error().what;
  return in_lines(compare({copy_of("a", record), *std::move(written)}, "all", Tables::built_in()));
}

class VendorTest : public testing::TestWithParam<const char*> {};

TEST_P(VendorTest, NoFormatLosesOrInventsAFact) {
  const auto text = read_text(test::published_folder() / "ccda" / GetParam());
  if (!text) GTEST_SKIP() << text.error().what;
  const auto record = records::read_record(*text);
  ASSERT_TRUE(record) << record.error().what;
  ASSERT_GT(copy_of("a", *record).facts.size(), 10u);
  const auto own = entered_by_the_patient(*record);
  for (const auto& writer : writers) {
    EXPECT_EQ(lost_in(*record, writer), "") << writer.format;
    EXPECT_EQ(lost_in(own, writer), "") << "own, " << writer.format;
  }
}

INSTANTIATE_TEST_SUITE_P(All, VendorTest, testing::ValuesIn(documents), [](const auto& one) {
  const std::string path = one.param;
  const auto begin = path.find('/') + 1;
  std::string name = path.substr(0, path.rfind('.')).substr(begin);
  for (auto& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

}  // namespace
}  // namespace bb::facts
