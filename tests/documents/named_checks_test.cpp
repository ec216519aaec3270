#include "harness/documents/named_checks.hpp"

#include <gtest/gtest.h>

namespace bb::documents {
namespace {

TEST(NamedChecksTest, ATimeIsOfTheCalendarAndOfCdasForm) {
  for (const auto* good :
       {"2024", "202402", "20240229", "2000022923", "20240229235959", "20240229235959.123", "20240229235959.1-0500",
        "20240229+1400", "202402291530-0330", "202402291530-08", "19000228"})
    EXPECT_TRUE(is_time(good)) << good;
  for (const auto* bad : {"",
                          "202",
                          "20241",
                          "20230229",
                          "19000229",
                          "20240431",
                          "20241301",
                          "20240001",
                          "20240100",
                          "2024010124",
                          "202401012360",
                          "20240101235960",
                          "2024-02-29",
                          "20240229.5",
                          "20240229Z",
                          "20240229+1500",
                          "202402291530+5",
                          "202402291530+15",
                          "202402291530-080",
                          "202402291530-0560",
                          "2024022915300012",
                          "abcd"})
    EXPECT_FALSE(is_time(bad)) << bad;
}

TEST(NamedChecksTest, ATimeToTheDayHasEightDigits) {
  EXPECT_TRUE(is_time_to_the_day("20240229"));
  EXPECT_TRUE(is_time_to_the_day("202402291030-0500"));
  EXPECT_FALSE(is_time_to_the_day("202402"));
  EXPECT_FALSE(is_time_to_the_day("20240230"));
}

TEST(NamedChecksTest, TimesAreComparedAsFarAsBothAreKnown) {
  EXPECT_TRUE(is_in_order("2024", "20240101"));
  EXPECT_TRUE(is_in_order("20240101", "2024"));
  EXPECT_TRUE(is_in_order("20240101", "20240101"));
  EXPECT_FALSE(is_in_order("20240102", "20240101"));
  EXPECT_FALSE(is_in_order("2025", "20240101"));
  // 23:00-0800 is a day later elsewhere: hours are not compared.
  EXPECT_TRUE(is_in_order("202401012300-0800", "202401011000+0000"));
  EXPECT_TRUE(is_in_order("soon", "20240101"));
}

TEST(NamedChecksTest, AnOidStandsUnderAnArcThatIsGivenOut) {
  for (const auto* good :
       {"2.16.840.1.113883.6.1", "1.2.840.10008", "1.3.6.1.4.1.19376", "0.9.2342", "2.999", "1.0.3166"})
    EXPECT_TRUE(is_oid(good)) << good;
  for (const auto* bad :
       {"", "2", "3.1", "1.4", "1.22.333.4.555555.6.77", "0.40", "2..16", "2.16.", "2.016", "2.a", "urn:oid:2.16"})
    EXPECT_FALSE(is_oid(bad)) << bad;
}

TEST(NamedChecksTest, AUuidHasItsFiveGroups) {
  EXPECT_TRUE(is_uuid("9d6272e8-c061-530f-ac0b-ae5726fa8d8d"));
  EXPECT_TRUE(is_uuid("9D6272E8-C061-530F-AC0B-AE5726FA8D8D"));
  EXPECT_FALSE(is_uuid("9d6272e8c061-530f-ac0b-ae5726fa8d8d-"));
  EXPECT_FALSE(is_uuid("9d6272e8-c061-530f-ac0b-ae5726fa8d8"));
  EXPECT_FALSE(is_uuid("9d6272e8-c061-530f-ac0b-ae5726fa8d8g"));
}

TEST(NamedChecksTest, ALoincCodeHasItsCheckDigit) {
  // Codes of the LOINC table.
  for (const auto* good : {"2345-7", "34133-9", "48765-2", "10160-0", "11450-4", "8480-6", "72166-2", "8302-2"})
    EXPECT_TRUE(is_loinc(good)) << good;
  for (const auto* bad :
       {"", "-", "-7", "2345", "2345-", "2345-8", "2354-7", "23457", "12345678-9", "2345-77", "LP1234-5"})
    EXPECT_FALSE(is_loinc(bad)) << bad;
}

TEST(NamedChecksTest, ASnomedIdHasVerhoeffsDigit) {
  // Concepts of SNOMED CT; the last is of the US extension.
  for (const auto* good : {"419511003", "233604007", "46680005", "64572001", "138875005", "428071000124103"})
    EXPECT_TRUE(is_snomed(good)) << good;
  for (const auto* bad : {"", "29308", "419511004", "419511030", "0419511003", "41951100x", "1234567890123456789"})
    EXPECT_FALSE(is_snomed(bad)) << bad;
}

TEST(NamedChecksTest, AnNpiHasLuhnsDigitAfterItsPrefix) {
  // The example of CMS, "NPI check digit": 1234567893.
  EXPECT_TRUE(is_npi("1234567893"));
  EXPECT_FALSE(is_npi("1234567890"));
  EXPECT_FALSE(is_npi("123456789"));
  EXPECT_FALSE(is_npi("12345678931"));
  EXPECT_FALSE(is_npi("12345a7893"));
}

TEST(NamedChecksTest, AnRxnormCodeIsANumber) {
  EXPECT_TRUE(is_rxnorm("7982"));
  EXPECT_TRUE(is_rxnorm("12345678"));
  EXPECT_FALSE(is_rxnorm("123456789"));
  EXPECT_FALSE(is_rxnorm(""));
  EXPECT_FALSE(is_rxnorm("dummy"));
}

TEST(NamedChecksTest, ALanguageIsATag) {
  for (const auto* good : {"en", "en-US", "spa", "zh-Hant-TW"}) EXPECT_TRUE(is_language(good)) << good;
  for (const auto* bad : {"", "e", "english", "en-", "en_US", "-US", "en-123456789"})
    EXPECT_FALSE(is_language(bad)) << bad;
}

TEST(NamedChecksTest, Base64HoldsAByte) {
  EXPECT_TRUE(is_base64("JVBERi0="));
  EXPECT_TRUE(is_base64(" JVBE\n Ri0= "));
  EXPECT_FALSE(is_base64(""));
  EXPECT_FALSE(is_base64("JVBERi0"));
  EXPECT_FALSE(is_base64("%PDF"));
}

TEST(NamedChecksTest, AUriHasASchemeAndMore) {
  EXPECT_TRUE(is_uri("tel:+1-555-0100"));
  EXPECT_TRUE(is_uri("mailto:a@example.org"));
  EXPECT_FALSE(is_uri("555-0100"));
  EXPECT_FALSE(is_uri("tel:"));
  EXPECT_FALSE(is_uri(":x"));
  EXPECT_FALSE(is_uri("(555):1"));
}

TEST(NamedChecksTest, AScriptIsWhatABrowserRuns) {
  for (const auto* script :
       {"javascript:alert(1)", " JavaScript:x", "\x01 \x1Fjavascript:x", "java\tscript:x", "vbscript:x",
        "data:text/html,x", "DATA:text/html;base64,eA==", "data:image/svg+xml,x", "data:application/xhtml+xml,x"})
    EXPECT_TRUE(is_script(script)) << script;
  for (const auto* other : {"", "#a", "https://example.org/javascript:", "x/javascript:y", "?javascript:x",
                            "data:image/png;base64,eA==", "data:,html", "javascript"})
    EXPECT_FALSE(is_script(other)) << other;
}

TEST(NamedChecksTest, ElsewhereIsAnotherHost) {
  for (const auto* other : {"http://example.org", " HTTPS:x", "//example.org", "\x01//example.org", "\\\\example.org"})
    EXPECT_TRUE(is_elsewhere(other)) << other;
  for (const auto* own : {"", "#a", "a.css", "/a.css", "data:,x", "x?http://example.org"})
    EXPECT_FALSE(is_elsewhere(own)) << own;
}

TEST(NamedChecksTest, ALinkIsOfASchemeThatPeopleFollowOrOfNone) {
  for (const auto* link : {"#a", "", "HTTP://example.org", "https://example.org:8080/", "mailto:a@example.org",
                           "tel:+1-555-0100", "page.html", "a/b:c", "?time=10:30", "#10:30", "//example.org"})
    EXPECT_TRUE(is_link(link)) << link;
  for (const auto* other :
       {"javascript:x", "java\nscript:x", "data:text/plain,x", "file:///x", "ftp://x", ":x", " blob:x"})
    EXPECT_FALSE(is_link(other)) << other;
}

TEST(NamedChecksTest, RulesCallThemWithWhiteSpaceAroundAValue) {
  const auto& checks = named_checks();
  EXPECT_TRUE(checks.at("is-loinc").test({" 2345-7\n"}));
  EXPECT_FALSE(checks.at("is-loinc").test({"23 45-7"}));
  EXPECT_FALSE(checks.at("is-in-order").test({" 20240102", "20240101 "}));
}

}  // namespace
}  // namespace bb::documents
