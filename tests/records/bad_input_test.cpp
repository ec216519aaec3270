// Bytes that are no document: an error that says where, never a crash, a hang
// or an unbounded answer. tests/cli/show_test.cpp has the files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>

#include <random>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string error_of(const std::string& bytes) {
  const auto record = read_record(bytes);
  return record ? "no error" : record.error().what;
}

std::string alice() { return *read_text(samples_folder() / "alice.xml"); }

std::string as_json(const std::string& bytes) {
  const auto record = read_record(bytes);
  EXPECT_TRUE(record) << (record ? "" : record.error().what);
  return record ? to_json(to_value(*record)) : "";
}

// The characters of a text in UTF-16, with a byte order mark.
std::string utf16(const std::string& utf8, bool is_big_endian) {
  std::string out;
  const auto put = [&](unsigned unit) {
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
    out += is_big_endian ? high : low;
    out += is_big_endian ? low : high;
  };
  put(0xFEFF);
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto first = static_cast<unsigned char>(utf8[i]);
    const int more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    unsigned code = more == 0 ? first : first & (0x3Fu >> more);
    for (int k = 0; k < more; ++k) code = code << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3Fu);
    if (code >= 0x10000) {
      put(0xD800 + ((code - 0x10000) >> 10));
      put(0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      put(code);
    }
  }
  return out;
}

TEST(BadInputTest, RefusesEverySingleByte) {
  EXPECT_THAT(error_of(""), StartsWith("line 1, column 1: "));
  for (int byte = 0; byte < 256; ++byte)
    EXPECT_THAT(error_of(std::string(1, static_cast<char>(byte))),
                testing::AnyOf(StartsWith("line "), StartsWith("expected CDA or CCR in XML")))
        << byte;
}

TEST(BadInputTest, RefusesRandomBytes) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random() % 300 + 1, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    EXPECT_THAT(error_of(bytes), testing::AnyOf(StartsWith("line "), StartsWith("expected CDA or CCR in XML")))
        << round;
  }
}

TEST(BadInputTest, RefusesADocumentCutAtAnyOfTwoHundredPlaces) {
  const auto text = alice();
  const auto end = text.rfind('>');
  for (std::size_t i = 0; i < 200; ++i) EXPECT_THAT(error_of(text.substr(0, end * i / 200)), StartsWith("line ")) << i;
  EXPECT_EQ(error_of(text.substr(0, end + 1)), "no error");
}

TEST(BadInputTest, SurvivesRandomChangesOfADocument) {
  std::mt19937 random(1);
  const auto text = alice();
  for (int round = 0; round < 300; ++round) {
    auto changed = text;
    for (int i = 0; i < 3; ++i) changed[random() % changed.size()] = static_cast<char>(random());
    if (const auto record = read_record(changed)) {
      EXPECT_FALSE(to_json(to_value(*record)).empty());
    } else {
      EXPECT_THAT(record.error().what, testing::AnyOf(StartsWith("line "), StartsWith("expected "))) << round;
    }
  }
}

TEST(BadInputTest, ReadsTheSameInEveryEncodingThatIsTold) {
  auto text = *read_text(samples_folder() / "zoe.xml");  // letters of many scripts
  text.erase(0, text.find("?>") + 2);                    // UTF-8 where nothing is said
  const auto expected = as_json(text);
  EXPECT_THAT(expected, HasSubstr("Ångström"));
  EXPECT_EQ(as_json("\xEF\xBB\xBF" + text), expected);
  EXPECT_EQ(as_json(utf16(text, false)), expected);
  EXPECT_EQ(as_json(utf16(text, true)), expected);
  EXPECT_EQ(as_json(utf16("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + text, true)), expected);
}

TEST(BadInputTest, ReadsLatin1WhereItIsTold) {
  const std::string name = "<title>Zo\xEB</title></ClinicalDocument>";
  const std::string root = "<ClinicalDocument xmlns='urn:hl7-org:v3'>";
  EXPECT_EQ(read_record("<?xml version='1.0' encoding='ISO-8859-1'?>" + root + name)->document_title, "Zoë");
  EXPECT_THAT(error_of(root + name), HasSubstr("not well-formed XML: Input is not proper UTF-8"));
}

TEST(BadInputTest, RefusesTricksOfEncoding) {
  const auto document = [](const std::string& encoding, const std::string& title) {
    return "<?xml version='1.0' encoding='" + encoding + "'?><ClinicalDocument xmlns='urn:hl7-org:v3'><title>" + title +
           "</title></ClinicalDocument>";
  };
  for (const auto& bytes : {
           document("UTF-8",
                    "\xC0\xBC"
                    "a"),                              // "<", overlong
           document("UTF-8", "\xED\xA0\x80"),          // a surrogate
           document("UTF-8", "\xF4\x90\x80\x80"),      // beyond Unicode
           document("UTF-8", std::string("a\0b", 3)),  // zero
           document("UTF-8", "\x1B[31m"),              // escape, which XML 1.0 forbids
           document("UTF-8", "&#0;"),
           document("UTF-8", "&#x1B;"),
           document("no-such-encoding", "a"),
           document("UTF-16", "a") + std::string(1, '\xFF'),
           utf16(document("UTF-16", "a"), false).substr(1),
       })
    EXPECT_THAT(error_of(bytes), AllOf(StartsWith("line "), HasSubstr("not well-formed XML"))) << bytes;
}

TEST(BadInputTest, ExpandsNoEntityAndFetchesNothing) {
  std::string laughs = "<!DOCTYPE x [<!ENTITY a0 'ha'>";
  for (int i = 1; i < 12; ++i) {
    laughs += "<!ENTITY a" + std::to_string(i) + " '";
    for (int k = 0; k < 10; ++k) laughs += "&a" + std::to_string(i - 1) + ";";
    laughs += "'>";
  }
  const std::string use = "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>&a11;&x;</title></ClinicalDocument>";
  for (const auto& doctype : {laughs + "]>", std::string("<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
                              std::string("<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>"),
                              std::string("<!DOCTYPE x [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>")})
    EXPECT_THAT(error_of(doctype + use), AllOf(HasSubstr("a DOCTYPE is not allowed"), Not(HasSubstr("root:"))));
  EXPECT_THAT(error_of(use), HasSubstr("not well-formed XML: Entity 'a11' not defined"));
}

TEST(BadInputTest, RefusesTenThousandLevels) {
  std::string xml = "<ClinicalDocument xmlns='urn:hl7-org:v3'>";
  for (int i = 0; i < 10'000; ++i) xml += "<component><section>";
  EXPECT_THAT(error_of(xml), HasSubstr("elements are nested deeper than 256"));
}

}  // namespace
}  // namespace bb::records
