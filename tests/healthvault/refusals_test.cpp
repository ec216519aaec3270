// Each rule of a message's form, broken once: what a platform answers with 3 INVALID_XML.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "example_messages.hpp"

namespace bb::healthvault::test {
namespace {

using testing::HasSubstr;

template <class M>
std::string refusal(std::string_view info, int version = M::latest) {
  const auto read = read_request_info<M>(info, version);
  return read ? "" : read.error().what;
}

template <class M>
std::string answer_refusal(std::string_view inside, int version = M::latest) {
  const auto read = read_answer_info<M>(
      "<wc:info xmlns:wc=\"" + answer_namespace(M::name, version) + "\">" + std::string{inside} + "</wc:info>",
      version);
  return read ? "" : read.error().what;
}

std::string of_thing(const std::string& inside) {
  return refusal<PutThings>("<info><thing>" + inside + "</thing></info>");
}

TEST(HealthvaultRefusalsTest, TheRoot) {
  EXPECT_THAT(refusal<GetPersonInfo>("<infos/>"),
              HasSubstr("line 1, column 1: expected 'info' in no namespace, found 'infos'"));
  EXPECT_THAT(refusal<GetPersonInfo>("<info xmlns='urn:x'/>"), HasSubstr("expected 'info' in no namespace"));
  EXPECT_THAT(refusal<GetPersonInfo>("<info a='1'/>"), HasSubstr("an attribute that it has no use for"));
  EXPECT_EQ(refusal<GetPersonInfo>("<info/>"), "");
  const auto other = read_answer_info<GetThings>("<w:info xmlns:w='urn:com.microsoft.wc.methods.response.GetThings'/>");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().what,
              HasSubstr("expected 'info' of the namespace 'urn:com.microsoft.wc.methods.response.GetThings3'"));
}

TEST(HealthvaultRefusalsTest, OrderAndPresenceOfElements) {
  EXPECT_THAT(refusal<CreateConnectRequest>("<info><question>q</question></info>"),
              HasSubstr("line 1, column 7: expected 'friendly-name', found 'question'"));
  EXPECT_THAT(refusal<CreateConnectRequest>("<info><friendly-name>n</friendly-name></info>"),
              HasSubstr("expected 'question', found the end of 'info'"));
  EXPECT_THAT(refusal<GetPersonInfo>("<info>\n <effective-record-permissions>1</effective-record-permissions>\n"
                                     " <group-membership>1</group-membership></info>"),
              HasSubstr("line 3, column 2: expected the end of 'info', found 'group-membership'"));
  EXPECT_THAT(refusal<GetPersonInfo>("<info><group-membership xmlns='urn:x'>1</group-membership></info>"),
              HasSubstr("found 'group-membership' of the namespace 'urn:x'"));
  EXPECT_THAT(refusal<RemoveThings>("<info></info>"), HasSubstr("expected 'thing-id', found the end of 'info'"));
  EXPECT_THAT(refusal<GetPersonInfo>("<info>words</info>"), HasSubstr("holds text beside its elements"));
  EXPECT_EQ(refusal<GetPersonInfo>("<info> <!-- words --> <?words?></info>"), "");
}

TEST(HealthvaultRefusalsTest, Values) {
  EXPECT_THAT(refusal<GetPersonInfo>("<info><group-membership>yes</group-membership></info>"),
              HasSubstr("'group-membership' is not true or false but a text of 3 bytes"));
  EXPECT_THAT(refusal<GetRecordOperations>("<info><record-operation-sequence-number/></info>"),
              HasSubstr("is not a number but empty"));
  EXPECT_THAT(refusal<GetRecordOperations>("<info><record-operation-sequence-number>9223372036854775808"
                                           "</record-operation-sequence-number></info>"),
              HasSubstr("is not a number"));
  EXPECT_THAT(refusal<RemoveThings>("<info><thing-id>not a guid, a secret</thing-id></info>"),
              HasSubstr("is not a GUID but a text of 20 bytes"));
  EXPECT_THAT(refusal<RemoveThings>("<info><thing-id>11111111-aaaa-4aaa-8aaa-00000000000g</thing-id></info>"),
              HasSubstr("is not a GUID"));
  EXPECT_THAT(refusal<RemoveThings>("<info><thing-id>11111111-aaaa-4aaa-8aaa-0000000000011</thing-id></info>"),
              HasSubstr("is not a GUID"));
  EXPECT_THAT(refusal<AssociateAlternateId>("<info><alternate-id></alternate-id></info>"),
              HasSubstr("is not a text but empty"));
  for (const std::string wrong :
       {"2014-01-31", "2014-01-31t12:00:00Z", "2014-02-30T12:00:00Z", "10000-01-01T00:00:00Z", "now", ""})
    EXPECT_THAT(refusal<GetServiceDefinition>("<info><updated-date>" + wrong + "</updated-date></info>"),
                HasSubstr("is not a dateTime"))
        << wrong;
  for (const std::string right : {"2014-01-31T12:00:00", "2014-01-31T12:00:00.1234567Z", "9999-12-31T23:59:59.999Z",
                                  "0001-01-01T00:00:00", "2014-01-31T12:00:00-08:00"})
    EXPECT_EQ(refusal<GetServiceDefinition>("<info><updated-date>" + right + "</updated-date></info>"), "") << right;
}

TEST(HealthvaultRefusalsTest, Words) {
  EXPECT_THAT(of_thing("<thing-state>active</thing-state>"),
              HasSubstr("'thing' needs a 'thing-state' that is Active or Deleted"));
  EXPECT_THAT(
      refusal<GetThings>("<info><group><filter><thing-state>Gone</thing-state></filter><format/></group></info>"),
      HasSubstr("Active or Deleted"));
  EXPECT_THAT(refusal<GetThings>("<info><group><format/><intents><intent>see</intent></intents></group></info>"),
              HasSubstr("view, download or transmit"));
  EXPECT_THAT(answer_refusal<QueryPermissions>(
                  "<thing-type-permission><thing-type-id>" + id_a +
                  "</thing-type-id><online-access-permissions><permission>read</permission></online-access-permissions>"
                  "</thing-type-permission><other-settings/>"),
              HasSubstr("All, Read, Update, Create or Delete"));
  EXPECT_THAT(answer_refusal<GetRecordOperations>(
                  "<latest-record-operation-sequence-number>1</latest-record-operation-sequence-number><operations>"
                  "<record-operation><operation>Remove</operation><sequence-number>1</sequence-number><thing-id "
                  "version-stamp='" +
                  id_a + "'>" + id_a + "</thing-id><type-id>" + id_a + "</type-id></record-operation></operations>"),
              HasSubstr("Create, Update or Delete"));
}

TEST(HealthvaultRefusalsTest, Things) {
  EXPECT_THAT(of_thing("<flags>-1</flags>"), HasSubstr("a number from 0 to 4294967295"));
  EXPECT_THAT(of_thing("<flags>4294967296</flags>"), HasSubstr("a number from 0 to 4294967295"));
  EXPECT_EQ(of_thing("<flags>4294967295</flags>"), "");
  EXPECT_THAT(of_thing("<data-other>x</data-other>"), HasSubstr("expected"));  // of version 1
  EXPECT_THAT(of_thing("<blob-payload/>"), HasSubstr("expected 'blob', found the end of 'blob-payload'"));
  const std::string blob_info = "<blob-info><name/><content-type>a/b</content-type></blob-info>";
  EXPECT_THAT(of_thing("<blob-payload><blob>" + blob_info + "<base64data>*</base64data></blob></blob-payload>"),
              HasSubstr("'base64data' is not base64"));
  EXPECT_THAT(of_thing("<blob-payload><blob>" + blob_info +
                       "<base64data>AA==</base64data><blob-ref-url>u</blob-ref-url></blob></blob-payload>"),
              HasSubstr("found 'blob-ref-url'"));
  EXPECT_THAT(of_thing("<updated-end-date/>"), HasSubstr("is not a dateTime but empty"));
}

TEST(HealthvaultRefusalsTest, LengthsInCharacters) {
  const auto letters = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "\xC3\xA9";
    return text;
  };
  const auto of_blob = [](const std::string& name, const std::string& type) {
    return of_thing("<blob-payload><blob><blob-info><name>" + name + "</name><content-type>" + type +
                    "</content-type></blob-info><base64data>QQ==</base64data></blob></blob-payload>");
  };
  EXPECT_EQ(of_blob(letters(255), letters(1024)), "");
  EXPECT_THAT(of_blob(letters(256), "a/b"), HasSubstr("'blob-info' needs a 'name' of at most 255 characters"));
  EXPECT_THAT(of_blob("a", letters(1025)), HasSubstr("needs a 'content-type' of at most 1024 characters"));
  EXPECT_EQ(of_thing("<tags>" + letters(512) + "</tags>"), "");
  EXPECT_THAT(of_thing("<tags>" + letters(513) + "</tags>"),
              HasSubstr("'thing' needs 'tags' of at most 512 characters"));
}

TEST(HealthvaultRefusalsTest, AQueryNamesThingsInOneWay) {
  const auto group = [](std::string_view inside) {
    return refusal<GetThings>("<info><group>" + std::string{inside} + "<format/></group></info>");
  };
  EXPECT_EQ(group("<id>" + id_a + "</id>"), "");
  EXPECT_THAT(group("<id>" + id_a + "</id><client-thing-id>x</client-thing-id>"), HasSubstr("found 'client-thing-id'"));
  EXPECT_THAT(group("<id>" + id_a + "</id><key version-stamp='" + id_b + "'>" + id_a + "</key>"),
              HasSubstr("found 'key'"));
  EXPECT_THAT(refusal<GetThings>("<info><group max='-1'><format/></group></info>"),
              HasSubstr("'max' and 'max-full' from 0 on"));
  // Version 3 alone knows intents.
  EXPECT_THAT(refusal<GetThings>("<info><group><format/><intents/></group></info>", 2), HasSubstr("found 'intents'"));
}

TEST(HealthvaultRefusalsTest, BytesThatCannotStandAlone) {
  // data-xml is carried byte by byte, so it declares its prefixes itself.
  const auto info = [](std::string_view outside, std::string_view data) {
    return "<info><thing><data-xml " + std::string{outside} + ">" + std::string{data} + "</data-xml></thing></info>";
  };
  EXPECT_THAT(refusal<PutThings>(info("xmlns:p='urn:p'", "<p:a/>")),
              HasSubstr("'data-xml' uses the prefix 'p', which is declared outside of it"));
  EXPECT_THAT(refusal<PutThings>(info("xmlns:p='urn:p'", "<a><b p:c='1'/></a>")), HasSubstr("uses the prefix 'p'"));
  EXPECT_EQ(refusal<PutThings>(info("xmlns:p='urn:p'", "<a/>")), "");
  EXPECT_EQ(refusal<PutThings>(info("", "<p:a xmlns:p='urn:p' p:c='1'><p:b xml:lang='en'/></p:a>")), "");
}

TEST(HealthvaultRefusalsTest, ASessionRequest) {
  const auto good = write_request_info<CreateAuthenticatedSessionToken>(session_request(2));
  ASSERT_EQ(refusal<CreateAuthenticatedSessionToken>(good), "");
  const auto changed = [&](std::string_view from, std::string_view to) {
    auto text = good;
    const auto found = text.find(from);
    EXPECT_NE(found, std::string::npos) << from;
    return refusal<CreateAuthenticatedSessionToken>(text.replace(found, from.size(), to));
  };
  EXPECT_THAT(changed("RSA-SHA1", "DSA-SHA1"), HasSubstr("an algorithm that the protocol has"));
  EXPECT_THAT(changed("digestMethod=\"SHA1\"", "digestMethod=\"MD5\""),
              HasSubstr("a digestMethod that fits its sigMethod"));
  EXPECT_THAT(changed("thumbprint=", "thumb="), HasSubstr("lacks its attribute 'thumbprint'"));
  EXPECT_THAT(changed("<hmac>HMACSHA256", "<hmac>HMACMD5"), HasSubstr("HMACSHA256 or HMACSHA1"));
  EXPECT_THAT(changed("appserver2>", "appserver>"), HasSubstr("not well-formed"));
  auto neither = session_request(2);
  neither.signature.reset();
  EXPECT_THAT(refusal<CreateAuthenticatedSessionToken>(write_request_info<CreateAuthenticatedSessionToken>(neither)),
              HasSubstr("needs a 'sig' or a 'hmacSig'"));
  // Version 1 knows no device's code.
  auto device = device_request();
  device.content = session_content(1);
  device.content_bytes = write_session_content(device.content, 1);
  EXPECT_THAT(
      refusal<CreateAuthenticatedSessionToken>(write_request_info<CreateAuthenticatedSessionToken>(device, 2), 1),
      HasSubstr("expected 'appserver'"));
}

TEST(HealthvaultRefusalsTest, ASecretThatTheApplicationChose) {
  // HV-AUTH-04 as some clients have it: `hmac` with algName and the secret.
  auto request = session_request(2);
  request.content.proposed_secret = "c2VjcmV0";
  request.content_bytes = write_session_content(request.content);
  EXPECT_THAT(request.content_bytes, HasSubstr("<hmac algName=\"HMACSHA256\">c2VjcmV0</hmac>"));
  const auto read =
      read_request_info<CreateAuthenticatedSessionToken>(write_request_info<CreateAuthenticatedSessionToken>(request));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_TRUE(*read == request);
}

TEST(HealthvaultRefusalsTest, HostileXml) {
  EXPECT_THAT(refusal<GetPersonInfo>("<!DOCTYPE info [<!ENTITY a 'aaaa'>]><info>&a;</info>"), HasSubstr("DOCTYPE"));
  EXPECT_THAT(refusal<GetPersonInfo>("<!DOCTYPE info SYSTEM 'file:///etc/passwd'><info/>"), HasSubstr("DOCTYPE"));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_NE(refusal<GetPersonInfo>("<info>" + deep), "");
  EXPECT_THAT(refusal<GetPersonInfo>("<?xml version='1.0' encoding='ISO-8859-1'?><info/>"),
              HasSubstr("not in UTF-8 but in 'ISO-8859-1'"));
  EXPECT_THAT(refusal<GetPersonInfo>(std::string("\xFF\xFE<\0i\0n\0f\0o\0/\0>\0", 16)), HasSubstr("not in UTF-8"));
  EXPECT_NE(refusal<GetPersonInfo>("<info>\xFF</info>"), "");
  EXPECT_NE(refusal<GetPersonInfo>(""), "");
}

}  // namespace
}  // namespace bb::healthvault::test
