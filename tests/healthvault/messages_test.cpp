#include <gtest/gtest.h>

#include <set>

#include "example_messages.hpp"

namespace bb::healthvault::test {
namespace {

TEST(HealthvaultMessagesTest, EachTypedMessageIsReadAsItWasWritten) {
  each_message([]<class M>(int version, const typename M::Request& request, const typename M::Answer& answer) {
    const auto question = write_request_info<M>(request, version);
    const auto read = read_request_info<M>(question, version);
    ASSERT_TRUE(read) << M::name << " " << version << ": " << read.error().what << "\n" << question;
    EXPECT_TRUE(*read == request) << M::name << " " << version << "\n" << question;
    const auto reply = write_answer_info<M>(answer, version);
    const auto read_back = read_answer_info<M>(reply, version);
    ASSERT_TRUE(read_back) << M::name << " " << version << ": " << read_back.error().what << "\n" << reply;
    EXPECT_TRUE(*read_back == answer) << M::name << " " << version << "\n" << reply;
  });
}

TEST(HealthvaultMessagesTest, TypedMethodsHaveTheVersionsOfTheCatalogue) {
  std::set<std::string_view> typed;
  each_message([&]<class M>(int, const typename M::Request&, const typename M::Answer&) {
    const auto* method = find_method(M::name);
    ASSERT_NE(method, nullptr) << M::name;
    EXPECT_EQ(method->version_max, M::latest) << M::name;
    typed.insert(M::name);
  });
  EXPECT_EQ(typed.size(), 40u);
}

TEST(HealthvaultMessagesTest, TheCatalogueHasItsMethodsAndNoOthers) {
  // Section 16 of the catalogue counts 48.
  EXPECT_EQ(methods().size(), 48u);
  EXPECT_EQ(find_method("getthings"), nullptr);
  EXPECT_EQ(find_method("GetThingsX"), nullptr);
  EXPECT_EQ(find_method(""), nullptr);
  const auto* things = find_method("GetThings");
  ASSERT_NE(things, nullptr);
  EXPECT_FALSE(has_version(*things, 0));
  EXPECT_TRUE(has_version(*things, 1));
  EXPECT_TRUE(has_version(*things, 3));
  EXPECT_FALSE(has_version(*things, 4));
  EXPECT_EQ(find_method("CreateAuthenticatedSessionToken")->caller, Caller::anonymous);
}

TEST(HealthvaultMessagesTest, AnAnswersNamespaceIsThatOfItsPublishedSchema) {
  const std::string space = "urn:com.microsoft.wc.methods.response.";
  EXPECT_EQ(answer_namespace("GetThings", 2), space + "GetThings");
  EXPECT_EQ(answer_namespace("GetThings", 3), space + "GetThings3");
  EXPECT_EQ(answer_namespace("PutThings", 2), space + "PutThings");
  EXPECT_EQ(answer_namespace("CreateAuthenticatedSessionToken", 2), space + "CreateAuthenticatedSessionToken2");
  EXPECT_TRUE(is_answer_namespace(space + "PutThings2", "PutThings", 2));
  EXPECT_FALSE(is_answer_namespace(space + "PutThings1", "PutThings", 1));
  EXPECT_FALSE(is_answer_namespace(space + "GetThings", "GetThings", 3));
  EXPECT_FALSE(is_answer_namespace(space + "RemoveThings", "PutThings", 2));
}

TEST(HealthvaultMessagesTest, DataXmlStaysByteByByte) {
  const std::string data = "<a  b = '1'\t><!-- c --><![CDATA[<d>]]>&#x41;</a >\r\n<common/>";
  const auto info = "<info><thing><data-xml>" + data + "</data-xml></thing></info>";
  const auto read = read_request_info<PutThings>(info);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->things.at(0).data.at(0).bytes, data);
  EXPECT_EQ(write_request_info<PutThings>(*read), info);
}

TEST(HealthvaultMessagesTest, GuidsAreLowerCaseOnceRead) {
  const auto read = read_request_info<RemoveThings>(
      "<info><thing-id version-stamp=\"AAAAAAAA-0000-4000-8000-00000000000B\">"
      "3D34D87E-7FC1-4153-800F-F56592CB0D17</thing-id></info>");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->keys.at(0), (ThingKey{weight_type, "aaaaaaaa-0000-4000-8000-00000000000b"}));
}

TEST(HealthvaultMessagesTest, TextThatXmlCannotHoldIsReplaced) {
  const auto info = write_request_info<AssociateAlternateId>({
      std::string("a\x01") + "b\xFF" + "c\xEF\xBF\xBE" + "d",
  });
  const auto read = read_request_info<AssociateAlternateId>(info);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->alternate_id,
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c\xEF\xBF\xBD"
            "d");
}

TEST(HealthvaultMessagesTest, AMissingVersionStampIsLeftToThePlatform) {
  // HV-PUT-03: 60 VERSION_STAMP_MISSING is not 3 INVALID_XML.
  const auto read = read_request_info<RemoveThings>("<info><thing-id>" + id_a + "</thing-id></info>");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->keys.at(0).version_stamp, "");
}

TEST(HealthvaultMessagesTest, AMissingFormatIsLeftToThePlatform) {
  // HV-GET-05: 16 INVALID_FORMAT is not 3 INVALID_XML.
  const auto read = read_request_info<GetThings>("<info><group/></info>");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_FALSE(read->groups.at(0).format);
}

}  // namespace
}  // namespace bb::healthvault::test
