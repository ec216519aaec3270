#include "pull/document_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bb::rest::pull {
namespace {

using ::testing::HasSubstr;

void expect_the_letter(const Result<std::vector<ListedDocument>>& read) {
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_EQ(read->size(), 1u);
  const auto& document = read->front();
  EXPECT_EQ(document.title, "Letter");
  EXPECT_EQ(document.location, "https://clinic.example/d/1");
  EXPECT_EQ(document.format, "CCDA");
  EXPECT_EQ(document.media_type, "text/xml");
  EXPECT_EQ(document.type, "Consult");
  EXPECT_EQ(document.start, "2012-08-06");
  EXPECT_EQ(document.end, "2012-08-07");
}

TEST(DocumentListTest, ReadsBundlesInEachOfTheirForms) {
  expect_the_letter(read_bundle(R"({"resourceType": "Bundle", "entry": [{"title": "Letter", "content": {
    "resourceType": "DocumentReference", "location": "https://clinic.example/d/1", "format": "CCDA",
    "mimeType": "text/xml", "type": "Consult", "period": {"start": "2012-08-06", "end": "2012-08-07"}}}]})"));
  // As FHIR has types and periods, and a later FHIR its entries.
  expect_the_letter(read_bundle(R"({"resourceType": "Bundle", "entry": [{"title": "Letter", "resource": {
    "location": "https://clinic.example/d/1", "format": "CCDA", "mimeType": "text/xml",
    "type": {"coding": [{"code": "Consult"}]},
    "context": {"period": {"start": "2012-08-06", "end": "2012-08-07"}}}}]})"));
  const auto empty = read_bundle(R"({"resourceType": "Bundle"})");
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->empty());
}

TEST(DocumentListTest, ReadsAtomInEachOfItsForms) {
  expect_the_letter(read_atom(R"(<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Letter</title>
    <content type="text/xml"><DocumentReference xmlns="http://hl7.org/fhir">
    <location value="https://clinic.example/d/1"/>
    <format value="CCDA"/><mimeType value="text/xml"/><type><coding><code value="Consult"/></coding></type>
    <context><period><start value="2012-08-06"/><end value="2012-08-07"/></period></context>
    </DocumentReference></content></entry></feed>)"));
  expect_the_letter(read_atom(R"(<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title> Letter </a:title>
    <location>https://clinic.example/d/1</location><format>CCDA</format><mimeType>text/xml</mimeType>
    <type><![CDATA[Consult]]></type>
    <period><start>2012-08-06</start><end>2012-08-07</end></period></a:entry></a:feed>)"));
  const auto empty = read_atom("<feed/>");
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->empty());
}

TEST(DocumentListTest, SaysWhatIsNoList) {
  const auto why_json = [](std::string_view text) { return read_bundle(text).error().what; };
  EXPECT_THAT(why_json("<html>"), HasSubstr("no JSON"));
  EXPECT_THAT(why_json("[]"), HasSubstr("expected a Bundle"));
  EXPECT_THAT(why_json(R"({"resourceType": "Patient"})"), HasSubstr("expected a Bundle"));
  EXPECT_THAT(why_json(R"({"entry": {}})"), HasSubstr("expected 'entry' to be an array, got object"));
  EXPECT_THAT(why_json(R"({"entry": [1]})"), HasSubstr("entries to be objects, got integer"));
  EXPECT_THAT(why_json(std::string(200'000, '[')), HasSubstr("no JSON"));
  const auto why_xml = [](std::string_view text) { return read_atom(text).error().what; };
  EXPECT_THAT(why_xml("{}"), HasSubstr("no XML: line 1"));
  EXPECT_THAT(why_xml("<feed><entry></feed>"), HasSubstr("no XML: line 1, column"));
  EXPECT_THAT(why_xml("<html/>"), HasSubstr("expected an Atom feed"));
  EXPECT_THAT(why_xml("<!DOCTYPE feed [<!ENTITY x 'y'>]><feed>&x;</feed>"), HasSubstr("no XML"));
}

TEST(DocumentListTest, IsBounded) {
  const auto of_type = [](std::size_t size) {
    return R"({"entry": [{"content": {"type": ")" + std::string(size, 'x') + R"("}}]})";
  };
  EXPECT_TRUE(read_bundle(of_type(entry_text_bytes_max)));
  EXPECT_THAT(read_bundle(of_type(entry_text_bytes_max + 1)).error().what, HasSubstr("texts of at most 4096 bytes"));
  const auto of_entries = [](std::size_t count) {
    std::string text = "<feed>";
    for (std::size_t i = 0; i < count; ++i) text += "<entry/>";
    return text + "</feed>";
  };
  EXPECT_TRUE(read_atom(of_entries(list_entries_max)));
  EXPECT_THAT(read_atom(of_entries(list_entries_max + 1)).error().what, HasSubstr("at most 100000 entries"));
  const std::string blanks(list_bytes_max + 1, ' ');
  EXPECT_THAT(read_bundle(blanks).error().what, HasSubstr("at most 16777216 bytes"));
  EXPECT_THAT(read_atom(blanks).error().what, HasSubstr("at most 16777216 bytes"));
}

}  // namespace
}  // namespace bb::rest::pull
