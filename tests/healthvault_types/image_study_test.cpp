// DICOM files as a thing. What the published files say was read from their bytes by another program.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/healthvault/image_study.hpp>

#include "thing_data.hpp"

namespace bb::healthvault {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ImageStudyTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(folder())) GTEST_SKIP() << "SKIPPED: no published DICOM files at " << folder();
  }
  static std::filesystem::path folder() { return bb::test::published_folder() / "dicom"; }
  static std::string bytes_of(const std::string& file) {
    const auto bytes = read_text(folder() / file);
    EXPECT_TRUE(bytes) << file;
    return bytes ? *bytes : std::string{};
  }
  static DicomHeader header_of(const std::string& file) {
    const auto header = read_dicom_header(bytes_of(file));
    EXPECT_TRUE(header) << file << (header ? "" : ": " + header.error().what);
    return header ? *header : DicomHeader{};
  }
};

TEST_F(ImageStudyTest, ReadsTheHeaderOfAComputedTomography) {
  const auto header = header_of("pydicom/CT_small.dcm");
  EXPECT_EQ(header.study_uid, "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322");
  EXPECT_EQ(header.series_uid, "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322");
  EXPECT_EQ(header.study_time, "2004-01-19T07:27:30");
  EXPECT_EQ(header.series_time, "1997-04-30T11:29:36");
  EXPECT_EQ(header.patient_name, "CompressedSamples CT1");
  EXPECT_EQ(header.modality, "CT");
  EXPECT_EQ(header.study_description, "e+1");
  EXPECT_EQ(header.institution, "JFK IMAGING CENTER");
}

TEST_F(ImageStudyTest, ReadsEveryTransferSyntaxAlike) {
  for (const auto* file : {"MR_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "MR_small_expb.dcm"}) {
    const auto header = header_of(std::string("pydicom/") + file);
    EXPECT_EQ(header.study_uid, "1.3.6.1.4.1.5962.1.2.4.20040826185059.5457") << file;
    EXPECT_EQ(header.series_uid, "1.3.6.1.4.1.5962.1.3.4.1.20040826185059.5457") << file;
    EXPECT_EQ(header.study_time, "2004-08-26T18:50:59") << file;
    EXPECT_EQ(header.patient_name, "CompressedSamples MR1") << file;
  }
}

TEST_F(ImageStudyTest, TakesTheSeriesTimeWhereNoAcquisitionIsTold) {
  EXPECT_EQ(header_of("nema-wg04/MR4_JLSL.dcm").series_time, "1995-03-30T15:56:14.63");
  EXPECT_EQ(header_of("nema-wg04/CT2_J2KI.dcm").series_time, "1996-05-21T09:49:06.9");
}

TEST_F(ImageStudyTest, WritesTheUidsOfTheFiles) {
  // HV-TYPE-12.
  const auto header = header_of("pydicom/CT_small.dcm");
  auto second = header;
  second.series_uid = "1.2.3";
  const auto study = image_study_thing({{"one.dcm", header}, {"three.dcm", second}, {"two & a half.dcm", header}});
  ASSERT_TRUE(study);
  EXPECT_THAT(violations(*study), IsEmpty()) << study->bytes;
  EXPECT_THAT(study->bytes,
              HasSubstr("<study-instance-uid>1.3.6.1.4.1.5962.1.2.1.20040119072730.12322</study-instance-uid>"));
  EXPECT_THAT(study->bytes, HasSubstr("<images><image-blob-name>one.dcm</image-blob-name></images><images>"
                                      "<image-blob-name>two &amp; a half.dcm</image-blob-name></images>"));
  EXPECT_THAT(study->bytes,
              HasSubstr("<series-instance-uid>1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322</series-instance-uid>"));
  EXPECT_THAT(study->bytes, HasSubstr("<modality><text>CT</text><code><value>CT</value><family>dicom</family>"));
  const auto read = read_ok(*study);
  ASSERT_EQ(read.record.attachments.size(), 3u);
  EXPECT_EQ(read.record.attachments[0].reference, "one.dcm");
  EXPECT_EQ(read.record.procedures[0].start, "2004-01-19T07:27:30");
}

TEST_F(ImageStudyTest, MakesUpNothing) {
  auto header = header_of("pydicom/CT_small.dcm");
  const auto error_of = [](const std::vector<StudyImage>& images) {
    const auto study = image_study_thing(images);
    return study ? std::string("none") : study.error().what;
  };
  EXPECT_THAT(error_of({}), HasSubstr("without images"));
  auto other = header;
  other.study_uid = "1.2";
  EXPECT_THAT(error_of({{"a", header}, {"b", other}}), HasSubstr("is of study 1.2, expected 1.3.6"));
  other.study_uid = "";
  EXPECT_THAT(error_of({{"a", other}}), HasSubstr("(0020,000D)"));
  header.study_time = "";
  EXPECT_THAT(error_of({{"a", header}}), HasSubstr("expected its date (0008,0020)"));
}

TEST_F(ImageStudyTest, SaysWhereAFileIsNoDicom) {
  EXPECT_THAT(read_dicom_header("PDF").error().what, HasSubstr("expected 'DICM' at byte 128"));
  const auto bytes = bytes_of("pydicom/CT_small.dcm");
  EXPECT_THAT(read_dicom_header(bytes.substr(0, 600)).error().what, HasSubstr("the file has"));
  for (std::size_t length = 0; length < 2000; ++length) static_cast<void>(read_dicom_header(bytes.substr(0, length)));
}

TEST_F(ImageStudyTest, ReadsAllPublishedFilesOrSaysWhy) {
  std::size_t read = 0, refused = 0, found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder())) {
    if (entry.path().extension() != ".dcm") continue;
    const auto bytes = *read_text(entry.path());
    const auto header = read_dicom_header(bytes);
    if (!header) {
      ++refused;
      EXPECT_THAT(header.error().what,
                  testing::AnyOf(HasSubstr("DICM"), HasSubstr("deflated"), HasSubstr("DICOM file, byte")))
          << entry.path();
      continue;
    }
    ++read;
    // Explicit, the smaller byte first: as its bytes stand there.
    const auto at = bytes.find(std::string_view("\x20\0\x0D\0UI", 6));
    if (at == std::string::npos) continue;
    ++found;
    EXPECT_FALSE(header->study_uid.empty()) << entry.path();
    EXPECT_TRUE(bytes.substr(at + 8).starts_with(header->study_uid)) << entry.path();
  }
  EXPECT_GT(read, 40u);
  EXPECT_GT(found, 30u);
  EXPECT_LT(refused, 10u);
}

}  // namespace
}  // namespace bb::healthvault
