#include "harness/documents/recognise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bb::documents {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Formats& formats() {
  static const auto read = Formats::read(std::filesystem::path(BB_SOURCE_DIR) / "conformance/documents/formats.yaml");
  EXPECT_TRUE(read) << (read ? "" : read.error().what);
  return *read;
}

Recognition recognise(const std::string& xml) {
  const auto document = xml::read(xml);
  EXPECT_TRUE(std::holds_alternative<xml::Document>(document)) << xml;
  return formats().recognise(std::get<xml::Document>(document));
}

std::string document_of(const std::string& content) {
  return "<ClinicalDocument xmlns='urn:hl7-org:v3'>" + content + "</ClinicalDocument>";
}

std::string template_id(const std::string& root, const std::string& extension = {}) {
  return "<templateId root='" + root + "'" + (extension.empty() ? "" : " extension='" + extension + "'") + "/>";
}

const std::string header = "2.16.840.1.113883.10.20.22.1.1";
const std::string ccd = "2.16.840.1.113883.10.20.22.1.2";

TEST(RecogniseTest, TellsTheReleasesOfCcdaByTheExtensionOfTheHeaderTemplate) {
  EXPECT_EQ(recognise(document_of(template_id(header))).format, "ccda-1.1");
  EXPECT_EQ(recognise(document_of(template_id(header, "2014-06-09"))).format, "ccda-2.0");
  EXPECT_EQ(recognise(document_of(template_id(header, "2015-08-01"))).format, "ccda-2.1");
  EXPECT_EQ(recognise(document_of(template_id(header, "2023-05-01"))).format, "ccda-4.1");
  EXPECT_EQ(recognise(document_of(template_id(header, "2024-05-01"))).format, "ccda-5.0");
}

TEST(RecogniseTest, JudgesByTheNewestClaimAndNamesAll) {
  const auto found = recognise(document_of(template_id(header) + template_id(header, "2015-08-01") + template_id(ccd)));
  EXPECT_EQ(found.format, "ccda-2.1");
  EXPECT_THAT(found.claims, ElementsAre("C-CDA R2.1", "C-CDA R1.1"));
  EXPECT_EQ(found.document_type, "ccd");
  EXPECT_EQ(found.document_title, "Continuity of Care Document");
}

TEST(RecogniseTest, TakesTheDocumentTemplateWhereTheHeaderTemplateIsMissing) {
  EXPECT_EQ(recognise(document_of(template_id(ccd, "2015-08-01"))).format, "ccda-2.1");
}

TEST(RecogniseTest, KnowsNoReleaseOfAnUnknownExtension) {
  EXPECT_EQ(recognise(document_of(template_id(header, "2031-01-01"))).format, "cda");
}

TEST(RecogniseTest, KnowsTheOlderFormats) {
  EXPECT_EQ(recognise(document_of(template_id("2.16.840.1.113883.3.88.11.32.1"))).format, "c32");
  EXPECT_EQ(recognise(document_of(template_id("2.16.840.1.113883.10.20.1"))).format, "ccd-1.0");
  EXPECT_EQ(recognise(document_of(template_id("2.16.840.1.113883.3.88.11.62.1"))).format, "c62");
  EXPECT_EQ(recognise(document_of("<component><nonXMLBody/></component>")).format, "c62");
  EXPECT_EQ(recognise("<ContinuityOfCareRecord xmlns='urn:astm-org:CCR'/>").format, "ccr");
}

TEST(RecogniseTest, IsNotMisledByNamesOutsideOfTheirNamespace) {
  EXPECT_EQ(recognise("<ClinicalDocument/>").format, "xml");
  EXPECT_EQ(recognise("<ContinuityOfCareRecord/>").format, "xml");
  EXPECT_EQ(recognise(document_of("<x:templateId xmlns:x='urn:x' root='" + header + "'/>")).format, "cda");
}

TEST(RecogniseTest, SaysWhatAFileThatIsNoXmlLooksLike) {
  const auto title = [](std::string_view bytes) { return Formats::recognise_other(bytes).title; };
  EXPECT_EQ(title(""), "empty file");
  EXPECT_EQ(title("{\\rtf1"), "RTF");
  EXPECT_EQ(title("\x89PNG\r\n"), "PNG image");
  EXPECT_EQ(title("\xFF\xD8\xFF\xE0"), "JPEG image");
  EXPECT_EQ(title(std::string(128, '\0') + "DICM....."), "DICOM image");
  EXPECT_EQ(title("\xEF\xBB\xBF {\"resourceType\": \"Bundle\"}"), "JSON");
  EXPECT_EQ(title("<ClinicalDocument"), "damaged CDA document");
  EXPECT_EQ(title("<a>"), "damaged XML");
  EXPECT_EQ(title("-----BEGIN PRIVATE KEY-----\nMII"), "PEM of 'PRIVATE KEY' that is no certificate and no CMS");
  EXPECT_EQ(title("-----BEGIN X"), "PEM of 'X' that is no certificate and no CMS");
  EXPECT_EQ(title("\x30\x82\x05\x0A\x30"), "DER that is no whole certificate and no whole CMS");
  EXPECT_EQ(title("\x30\x85\x05\x0A\x30"), "binary data");
  EXPECT_EQ(title("hello"), "text");
  EXPECT_EQ(title(std::string_view("a\0b", 3)), "binary data");
}

TEST(RecogniseTest, RefusesATableThatIsNoTable) {
  const auto file = std::filesystem::path(testing::TempDir()) / "formats.yaml";
  EXPECT_THAT(Formats::read(file).error().what, testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace bb::documents
