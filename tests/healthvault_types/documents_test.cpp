// The type that a document is stored under.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "thing_data.hpp"

namespace bb::healthvault {
namespace {

using testing::HasSubstr;

const std::string ccda =
    R"(<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="2.16.840.1.113883.10.20.22.1.2"/></ClinicalDocument>)";
const std::string cda = R"(<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="1.2.3"/></ClinicalDocument>)";
const std::string ccr =
    R"(<ContinuityOfCareRecord xmlns="urn:astm-org:CCR"><Version>V1.0</Version></ContinuityOfCareRecord>)";

std::string type_of(std::string_view bytes) {
  const auto made = document_thing(bytes, "file.xml", "text/xml");
  return made ? find_thing_type(made->thing.type_id)->name : made.error().what;
}

std::string bytes_of(std::string_view bytes) {
  const auto made = document_thing(bytes, "file.xml", "text/xml");
  return made ? made->thing.bytes : made.error().what;
}

TEST(DocumentsTest, AreStoredUnderTheTypeOfTheirRoot) {
  // HV-TYPE-02.
  EXPECT_EQ(type_of(ccda), "Continuity of Care Document (CCD)");
  EXPECT_EQ(type_of(cda), "Clinical Document Architecture (CDA)");
  EXPECT_EQ(type_of(ccr), "Continuity of Care Record (CCR)");
  EXPECT_EQ(type_of("<ClinicalDocument/>"), "File");
  EXPECT_EQ(type_of("%PDF-1.4"), "File");
  EXPECT_EQ(type_of("not <well formed"), "File");
}

TEST(DocumentsTest, HaveNothingBeforeAndBehindTheirRoot) {
  // HV-TYPE-03.
  EXPECT_EQ(bytes_of("\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- made by x -->\n<?xml-stylesheet href=\"a\"?>" + ccr),
            ccr);
  EXPECT_EQ(bytes_of("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + ccda + "\n<!-- end -->\n"), ccda);
  EXPECT_EQ(bytes_of(ccr + "<!-- not </ContinuityOfCareRecord> -->"), ccr);
  const std::string empty = "<ContinuityOfCareRecord xmlns='urn:astm-org:CCR'/>";
  EXPECT_EQ(bytes_of(empty + "<!-- end -->"), empty);
  EXPECT_EQ(bytes_of(ccr), ccr);
}

TEST(DocumentsTest, OfAnotherEncodingBecomeUtf8) {
  const auto titled = [](const std::string& title) {
    return "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>" + title + "</title></ClinicalDocument>";
  };
  EXPECT_EQ(bytes_of("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + titled("caf\xE9")), titled("caf\xC3\xA9"));
  // "Ã©" in Latin-1, which would be "é" if its bytes were taken for UTF-8.
  EXPECT_EQ(bytes_of("<?xml version='1.0' encoding='ISO-8859-1'?>" + titled("\xC3\xA9")), titled("\xC3\x83\xC2\xA9"));
  std::string wide = "\xFF\xFE";
  for (const char c : titled("e")) wide += {c, '\0'};
  EXPECT_EQ(bytes_of(wide), titled("e"));
}

TEST(DocumentsTest, OfAnyOtherKindAreABlobWithNameSizeAndType) {
  const auto made = document_thing("%PDF-1.4", "a<b>.pdf", "application/pdf");
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->is_blob);
  EXPECT_EQ(made->thing.bytes,
            "<file><name>a&lt;b&gt;.pdf</name><size>8</size><content-type><text>application/pdf</text></content-type></"
            "file>");
}

TEST(DocumentsTest, WithoutBytesOrNameAreRefused) {
  EXPECT_THAT(type_of(""), HasSubstr("the document is empty"));
  EXPECT_FALSE(document_thing("x", "", ""));
  EXPECT_TRUE(document_thing("x", std::string(255, 'a'), ""));
  EXPECT_FALSE(document_thing("x", std::string(256, 'a'), ""));
}

TEST(DocumentsTest, AreReadBackAsTheyWereStored) {
  const auto thing = document_thing(ccr, "a", "")->thing;
  EXPECT_EQ(read_ok({thing.type_id, thing.bytes + "<common><source>x</source></common>"}).record.format, "CCR");
}

}  // namespace
}  // namespace bb::healthvault
