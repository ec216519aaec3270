#include "harness/fhir/primitives.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bb::fhir {
namespace {

void expect(std::string_view type, std::initializer_list<std::string_view> good,
            std::initializer_list<std::string_view> bad) {
  for (const auto text : good) EXPECT_EQ(expected_format(type, text), "") << type << " '" << text << "'";
  for (const auto text : bad) EXPECT_NE(expected_format(type, text), "") << type << " '" << text << "'";
}

// The examples and regular expressions of datatypes.html.
TEST(FhirPrimitivesTest, KnowsDatesOfTheCalendar) {
  expect("date", {"2018", "1973-06", "1905-08-23", "2000-02-29", "9999-12-31"},
         {"", "0000", "1900-02-29", "2001-02-29", "1973-13", "1973-00", "1973-6", "1973-06-31", "1973-06-00", "73",
          "1973-06-1", "1973/06/01", "1973-06-01T00:00:00Z", "19730601", " 1973"});
  expect("dateTime",
         {"2018", "1973-06", "1905-08-23", "2015-02-07T13:28:17-05:00", "2017-01-01T00:00:00.000Z",
          "2017-01-01T23:59:60+14:00"},
         {"2015-02-07T13:28:17", "2015-02-07T13:28Z", "2015-02-07T24:00:00Z", "2015-02-07T13:60:00Z",
          "2015-02-07T13:28:61Z", "2015-02-07T13:28:17+14:01", "2015-02-07T13:28:17+15:00", "2015-02-07T13:28:17.Z",
          "2015-02T13:28:17Z", "2015-02-07 13:28:17Z"});
  expect("instant", {"2015-02-07T13:28:17.239+02:00", "2017-01-01T00:00:00Z"}, {"2015", "2015-02-07"});
  expect("time", {"13:28:17", "00:00:00.5"}, {"13:28", "24:00:00", "13:28:17Z"});
}

TEST(FhirPrimitivesTest, KnowsNumbers) {
  expect("integer", {"0", "-0", "-1", "2147483647", "-2147483648"},
         {"", "01", "+1", "2147483648", "1.0", "99999999999"});
  expect("positiveInt", {"1", "2147483647"}, {"0", "-1"});
  expect("unsignedInt", {"0", "7"}, {"-1", "-0"});
  expect("decimal", {"0", "-0.5", "1.00", "1e5", "1.2E-3"}, {"", "01", ".5", "1.", "1e", "0x1", "1,5", "NaN"});
  expect("boolean", {"true", "false"}, {"True", "1", ""});
}

TEST(FhirPrimitivesTest, KnowsNames) {
  expect("id", {"a", "A-1.b", std::string(64, 'x')}, {"", "a b", "a_b", "/a", std::string(65, 'x')});
  expect("code", {"a", "a b"}, {"", " a", "a ", "a  b"});
  expect("uri", {"http://x.org/a", "urn:oid:1.2.3", "relative/a", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
         {"", "http://x.org/a b", "urn:oid:3.1", "urn:oid:1.02", "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
          "urn:uuid:c757873d"});
  expect("canonical", {"http://x.org/a|1.0", "#a"}, {"a", "ValueSet/a"});
  expect("oid", {"urn:oid:2.16.840.1"}, {"2.16.840.1", "urn:oid:1", "urn:oid:1."});
  expect("string", {"a", "\t a\n"}, {"", std::string_view("a\0b", 3), "\x01"});
  expect("base64Binary", {"YWJj", "YWI=", "YQ==", "YWJj\nYWJj\n"}, {"", "YWJ", "YW Jj", "Y===", "YW=j", "%%%%"});
}

TEST(FhirPrimitivesTest, KnowsNothingOfOtherTypes) { EXPECT_EQ(expected_format("xhtml", "<"), ""); }

}  // namespace
}  // namespace bb::fhir
