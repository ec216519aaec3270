// The envelope of a request: HV-ENV-02 to -10 and -15, each with what breaks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/date_time.hpp>
#include <bb/healthvault/request.hpp>

#include "example_messages.hpp"
#include "support/must.hpp"

namespace bb::healthvault::test {
namespace {

using bb::test::must;
using testing::HasSubstr;

const std::string secret = "a secret of 32 bytes, as it were";

Header full_header() {
  return {.method = "GetThings",
          .method_version = 3,
          .target_person_id = id_a,
          .record_id = id_b,
          .session = AuthSession{"ASAAA+/=", id_c},
          .culture_code = "en-US",
          .msg_time = at,
          .version = "a \"connector\" <1.0>"};
}

std::string signed_body(const Header& header, const std::string& info = "<info></info>") {
  const auto prepared = prepare(header, info);
  return finish(prepared,
                HeaderCode{MacAlgorithm::hmac_sha256, mac(MacAlgorithm::hmac_sha256, secret, prepared.header)});
}

std::string refusal(std::string_view body, const EnvelopeLimits& limits = {}) {
  const auto read = read_request(body, limits);
  return read ? "" : read.error().what;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto found = text.find(from);
  EXPECT_NE(found, std::string::npos) << from;
  return text.replace(found, from.size(), to);
}

TEST(HealthvaultEnvelopeTest, IsTheOneOfTheDocumentation) {
  // Section 1 of the catalogue, element by element.
  Header header = full_header();
  header.target_person_id.clear();
  header.version = "CONNECTOR/1.0";
  const auto body = signed_body(header);
  const auto shape = replaced(
      replaced(body, base64_encode(mac(MacAlgorithm::hmac_sha256, secret, prepare(header, "<info></info>").header)),
               "CODE"),
      sha256_base64("<info></info>"), "HASH");
  EXPECT_EQ(shape,
            "<wc-request:request xmlns:wc-request=\"urn:com.microsoft.wc.request\">"
            "<auth><hmac-data algName=\"HMACSHA256\">CODE</hmac-data></auth><header><method>GetThings</method>"
            "<method-version>3</method-version><record-id>" +
                id_b +
                "</record-id><auth-session><auth-token>ASAAA+/="
                "</auth-token><offline-person-info><offline-person-id>" +
                id_c +
                "</offline-person-id></offline-person-info>"
                "</auth-session><culture-code>en-US</culture-code><msg-time>" +
                at +
                "</msg-time><msg-ttl>1800</msg-ttl>"
                "<version>CONNECTOR/1.0</version><info-hash><hash-data "
                "algName=\"SHA256\">HASH</hash-data></info-hash></header>"
                "<info></info></wc-request:request>");
}

TEST(HealthvaultEnvelopeTest, IsReadAsItWasWritten) {
  const auto body = signed_body(full_header(), write_request_info<GetThings>(things_request(3)));
  const auto read = must(read_request(body));
  EXPECT_EQ(read.header.method, "GetThings");
  EXPECT_EQ(read.header.method_version, 3);
  EXPECT_EQ(read.header.target_person_id, id_a);
  EXPECT_EQ(read.header.record_id, id_b);
  EXPECT_EQ(read.header.session->token, "ASAAA+/=");
  EXPECT_EQ(read.header.session->offline_person_id, id_c);
  EXPECT_EQ(read.header.culture_code, "en-US");
  EXPECT_EQ(read.header.msg_time, at);
  EXPECT_EQ(read.header.msg_ttl_s, 1800);
  EXPECT_EQ(read.header.version, "a \"connector\" <1.0>");
  EXPECT_TRUE(is_info_intact(read));
  EXPECT_TRUE(is_header_intact(read, secret));
  EXPECT_FALSE(is_header_intact(read, secret + "x"));
  EXPECT_TRUE(must(read_request_info<GetThings>(read.info_bytes)) == things_request(3));
  EXPECT_TRUE(must(read_request_info<GetThings>(read)) == things_request(3));
}

TEST(HealthvaultEnvelopeTest, AMessageIsReadByTheVersionOfItsHeader) {
  // Version 2 knows no intents; the place is that in the body.
  auto header = full_header();
  header.method_version = 2;
  const auto body = "\n" + signed_body(header, "<info><group><format/><intents/></group></info>");
  const auto read = read_request_info<GetThings>(must(read_request(body)));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("found 'intents'"));
  EXPECT_THAT(read.error().what, HasSubstr("line 2, column " + std::to_string(body.find("<intents/>"))));
}

TEST(HealthvaultEnvelopeTest, OneByteOfHeaderOrInfoBreaksIt) {
  const auto body = signed_body(full_header(), "<info><group><format/></group></info>");
  // HV-ENV-07: one space inside info.
  const auto info = replaced(body, "<group>", "<group >");
  EXPECT_FALSE(is_info_intact(must(read_request(info))));
  EXPECT_TRUE(is_header_intact(must(read_request(info)), secret));
  // HV-ENV-08: one byte of the header. HV-ENV-09: what a serializer rewrites.
  for (const auto& [from, to] : {std::pair{"en-US", "en-GB"},
                                 {"<header>", "<header >"},
                                 {"<method>", " <method>"},
                                 {"algName=\"SHA256\"", "algName='SHA256'"}}) {
    const auto text = replaced(body, from, to);
    EXPECT_FALSE(is_header_intact(must(read_request(text)), secret)) << to;
  }
  const auto hash = replaced(body, "<hash-data algName=\"SHA256\">", "<hash-data algName=\"SHA256\">AAAA");
  EXPECT_FALSE(is_info_intact(must(read_request(hash))));
  Received without_hash = must(read_request(body));
  without_hash.header.info_hash.clear();
  EXPECT_FALSE(is_info_intact(without_hash));
  Received without_code = must(read_request(body));
  without_code.code.reset();
  EXPECT_FALSE(is_header_intact(without_code, secret));
}

TEST(HealthvaultEnvelopeTest, BytesAroundTheHashedPartsDoNotCount) {
  const auto body = signed_body(full_header());
  auto around = "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- <info> -->" + body + "\n";
  around = replaced(around, "<header>", "\n <!-- <info> --><header>");
  const auto read = must(read_request(around));
  EXPECT_TRUE(is_info_intact(read));
  EXPECT_TRUE(is_header_intact(read, secret));
}

TEST(HealthvaultEnvelopeTest, AnonymousRequestsNameAnApplication) {
  // HV-ENV-05
  Header header{
      .method = "CreateAuthenticatedSessionToken", .method_version = 2, .app_id = id_a, .msg_time = at, .version = "x"};
  const auto body = finish(prepare(header, "<info></info>"));
  const auto read = must(read_request(body));
  EXPECT_EQ(read.header.app_id, id_a);
  EXPECT_FALSE(read.header.session);
  EXPECT_FALSE(read.code);
  EXPECT_TRUE(is_info_intact(read));
  EXPECT_THAT(refusal(signed_body(header)), HasSubstr("'auth' stands before a header without 'auth-session'"));
  EXPECT_THAT(refusal(finish(prepare(full_header(), "<info></info>"))),
              HasSubstr("'auth' is missing before a header with 'auth-session'"));
  EXPECT_THAT(
      refusal(replaced(signed_body(full_header()), "</auth-session>", "</auth-session><app-id>" + id_a + "</app-id>")),
      HasSubstr("found 'app-id'"));
}

TEST(HealthvaultEnvelopeTest, OrderAndNamespacesOfItsChildren) {
  // HV-ENV-02
  const std::string space = "xmlns:r=\"urn:com.microsoft.wc.request\"";
  EXPECT_THAT(refusal("<request/>"), HasSubstr("expected 'request' of the namespace 'urn:com.microsoft.wc.request'"));
  EXPECT_THAT(refusal("<r:request xmlns:r=\"urn:x\"/>"), HasSubstr("expected 'request'"));
  EXPECT_THAT(refusal("<r:request " + space + "/>"),
              HasSubstr("expected 'auth' or 'header' in no namespace, found the end of 'request'"));
  EXPECT_THAT(refusal("<request xmlns=\"urn:com.microsoft.wc.request\"><header/></request>"),
              HasSubstr("in no namespace, found 'header'"));
  const auto body = signed_body(full_header());
  const auto header = prepare(full_header(), "<info></info>").header;
  EXPECT_THAT(refusal(replaced(body, header, "")), HasSubstr("expected 'header' in no namespace, found 'info'"));
  EXPECT_THAT(refusal(replaced(body, "<info></info>", "")),
              HasSubstr("expected 'info' in no namespace, found the end of 'request'"));
  EXPECT_THAT(refusal(replaced(body, "<info></info>", "<info></info><info></info>")),
              HasSubstr("expected the end of 'request' in no namespace, found 'info'"));
  EXPECT_THAT(refusal(replaced(replaced(body, "<info></info>", ""), "<auth>", "<info></info><auth>")),
              HasSubstr("found 'info'"));
  EXPECT_THAT(refusal(replaced(body, "<info></info>", "<wc-request:info></wc-request:info>")),
              HasSubstr("in no namespace, found 'info'"));
  // What is hashed can be read where it stands alone.
  EXPECT_THAT(refusal(replaced(body, "<info></info>", "<info><wc-request:a/></info>")),
              HasSubstr("uses the prefix 'wc-request'"));
}

TEST(HealthvaultEnvelopeTest, OrderOfTheHeadersChildren) {
  // HV-ENV-03: each pair of neighbours the wrong way around.
  const auto body = signed_body(full_header());
  const std::vector<std::string> names{"method",       "method-version", "target-person-id", "record-id",
                                       "auth-session", "culture-code",   "msg-time",         "msg-ttl",
                                       "version",      "info-hash"};
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const auto begin = body.find("<" + names[i] + ">");
    const auto middle = body.find("<" + names[i + 1] + ">", begin);
    const auto end_tag = "</" + names[i + 1] + ">";
    const auto end = body.find(end_tag, middle) + end_tag.size();
    const auto swapped = body.substr(0, begin) + body.substr(middle, end - middle) +
                         body.substr(begin, middle - begin) + body.substr(end);
    EXPECT_THAT(refusal(swapped), HasSubstr("expected")) << names[i];
  }
  for (const auto& name : {"method", "method-version", "auth-session", "msg-time", "msg-ttl", "version"}) {
    const auto begin = body.find("<" + std::string{name} + ">");
    const auto end_tag = "</" + std::string{name} + ">";
    EXPECT_NE(refusal(body.substr(0, begin) + body.substr(body.find(end_tag) + end_tag.size())), "") << name;
  }
}

TEST(HealthvaultEnvelopeTest, ASessionIsOfNobodyOrOnePerson) {
  // HV-ENV-04
  auto header = full_header();
  header.session = AuthSession{"T"};
  EXPECT_EQ(must(read_request(signed_body(header))).header.session->offline_person_id, "");
  header.session = AuthSession{"T", "", "user token"};
  EXPECT_EQ(must(read_request(signed_body(header))).header.session->user_token, "user token");
  EXPECT_THAT(refusal(replaced(signed_body(full_header()), "</auth-session>",
                               "<user-auth-token>u</user-auth-token></auth-session>")),
              HasSubstr("found 'user-auth-token'"));
  EXPECT_THAT(refusal(replaced(signed_body(full_header()), "<offline-person-info>",
                               "<offline-person-info><offline-person-info/>")),
              HasSubstr("expected 'offline-person-id'"));
  header.session = AuthSession{""};
  EXPECT_THAT(refusal(signed_body(header)), HasSubstr("'auth-token' is not a text but empty"));
}

TEST(HealthvaultEnvelopeTest, ValuesOfTheHeader) {
  const auto body = signed_body(full_header());
  EXPECT_THAT(refusal(replaced(body, at, "today")), HasSubstr("'msg-time' is not a dateTime"));
  EXPECT_THAT(refusal(replaced(body, "<msg-ttl>1800", "<msg-ttl>long")), HasSubstr("'msg-ttl' is not a number"));
  EXPECT_THAT(refusal(replaced(body, id_b, "7")), HasSubstr("'record-id' is not a GUID"));
  EXPECT_THAT(refusal(replaced(body, "algName=\"SHA256\"", "algName=\"MD5\"")), HasSubstr("the algName SHA256"));
  EXPECT_THAT(refusal(replaced(body, "algName=\"HMACSHA256\"", "algName=\"HMACMD5\"")),
              HasSubstr("HMACSHA256 or HMACSHA1"));
  // HV-ENV-14: what no method has is refused as a version, not as XML.
  for (const auto* version : {"0", "-3", "4294967299"})
    EXPECT_FALSE(
        has_version(*find_method("GetThings"),
                    must(read_request(replaced(body, "<method-version>3", std::string{"<method-version>"} + version)))
                        .header.method_version))
        << version;
}

TEST(HealthvaultEnvelopeTest, EncodingAndHostileXml) {
  // HV-ENV-10, HV-ENV-15
  const auto body = signed_body(full_header());
  EXPECT_THAT(refusal("<?xml version=\"1.0\" encoding=\"windows-1252\"?>" + body), HasSubstr("not in UTF-8"));
  EXPECT_NE(refusal(replaced(body, "en-US", "en-\xE9")), "");
  EXPECT_THAT(refusal(replaced(body, "<info></info>", "<info>\xEF\xBB\xBF</info>")),
              testing::IsEmpty());  // of info's reader
  EXPECT_THAT(refusal(replaced(body, "<header>", "<header>\xEF\xBB\xBF")), HasSubstr("holds text beside its elements"));
  EXPECT_THAT(refusal("<!DOCTYPE r [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;&a;\">]>" + body), HasSubstr("DOCTYPE"));
  EXPECT_THAT(refusal("<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/x\">" + body), HasSubstr("DOCTYPE"));
  EXPECT_THAT(refusal(replaced(body, "en-US", "&undefined;")), HasSubstr("not well-formed"));
  EXPECT_EQ(refusal(body, {.bytes_max = body.size()}), "");
  EXPECT_THAT(refusal(body, {.bytes_max = body.size() - 1}), HasSubstr("at most"));
}

TEST(HealthvaultEnvelopeTest, GrowsOldAndComesTooSoon) {
  // HV-ENV-06
  Header header;
  header.msg_time = "2014-01-31T12:00:00Z";
  header.msg_ttl_s = 60;
  const auto sent = *date_time_ns(header.msg_time);
  constexpr auto skew = 300 * ns_per_second;
  EXPECT_FALSE(is_expired(header, sent, skew));
  EXPECT_FALSE(is_expired(header, sent + 60 * ns_per_second, skew));
  EXPECT_TRUE(is_expired(header, sent + 60 * ns_per_second + 1, skew));
  EXPECT_FALSE(is_expired(header, sent - skew, skew));
  EXPECT_TRUE(is_expired(header, sent - skew - 1, skew));
  for (const auto* wrong : {"", "now", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"}) {
    header.msg_time = wrong;
    EXPECT_TRUE(is_expired(header, sent, skew)) << wrong;
  }
  header.msg_time = "2014-01-31T12:00:00Z";
  header.msg_ttl_s = INT64_MAX;
  EXPECT_FALSE(is_expired(header, sent + ns_per_second, skew));
  header.msg_ttl_s = -1;
  EXPECT_TRUE(is_expired(header, sent, skew));
}

TEST(HealthvaultEnvelopeTest, LivesForTenYearsAtMost) {
  constexpr auto ten_years_ns = std::int64_t{3660} * 24 * 60 * 60 * ns_per_second;
  Header header;
  for (const auto& [ttl_s, lives_ns] : {std::pair{std::int64_t{-1}, std::int64_t{0}},
                                        {0, 0},
                                        {1800, 1800 * ns_per_second},
                                        {8'000'000'000, ten_years_ns},
                                        {INT64_MAX, ten_years_ns}}) {
    header.msg_ttl_s = ttl_s;
    EXPECT_EQ(time_to_live_ns(header), lives_ns) << ttl_s;
  }
}

TEST(HealthvaultDateTimeTest, IsUtcAndReachesBeyondItsRange) {
  EXPECT_EQ(date_time_ns("2014-01-31T12:00:00Z"), 1'391'169'600 * ns_per_second);  // date -u -d ... +%s
  EXPECT_EQ(date_time_ns("2014-01-31T12:00:00"), date_time_ns("2014-01-31T12:00:00Z"));
  EXPECT_EQ(date_time_ns("2014-01-31T13:00:00+01:00"), date_time_ns("2014-01-31T12:00:00Z"));
  EXPECT_EQ(date_time_ns("9999-12-31T23:59:59.999Z"), INT64_MAX);
  EXPECT_EQ(date_time_ns("0001-01-01T00:00:00"), INT64_MIN);
  EXPECT_EQ(date_time_ns("2400-02-29T00:00:00Z"), INT64_MAX);
  EXPECT_FALSE(date_time_ns("2300-02-29T00:00:00Z"));  // no leap year
  EXPECT_FALSE(date_time_ns("0000-01-01T00:00:00Z"));
  // The end of a day, as XML Schema has it.
  EXPECT_EQ(date_time_ns("2014-01-31T24:00:00Z"), date_time_ns("2014-02-01T00:00:00Z"));
  EXPECT_EQ(date_time_ns("2014-12-31T24:00:00.000-05:00"), date_time_ns("2015-01-01T05:00:00Z"));
  EXPECT_EQ(date_time_ns("2261-12-31T24:00:00"), *date_time_ns("2261-12-31T23:59:59Z") + ns_per_second);
  EXPECT_EQ(date_time_ns("9999-12-31T24:00:00Z"), INT64_MAX);
  for (const auto* none : {"2014-01-31T24:00:01Z", "2014-01-31T24:01:00Z", "2014-01-31T24:00:00.001Z",
                           "2014-02-30T24:00:00Z", "2014-01-31T25:00:00Z"})
    EXPECT_FALSE(date_time_ns(none)) << none;
  EXPECT_EQ(date_time(1'391'169'600 * ns_per_second), "2014-01-31T12:00:00.000Z");
}

}  // namespace
}  // namespace bb::healthvault::test
