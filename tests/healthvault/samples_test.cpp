// The answers that were published with a client library of the platform.
#include <gtest/gtest.h>

#include <bb/healthvault/response.hpp>

#include "example_messages.hpp"
#include "published_schema.hpp"

namespace bb::healthvault::test {
namespace {

struct HealthvaultSamplesTest : testing::Test {
  void SetUp() override {
    if (!std::filesystem::is_directory(healthvault_folder()))
      GTEST_SKIP() << "no published samples at " << healthvault_folder() << ": set BB_TEST_DATA";
  }
  static std::string sample(std::string_view name) {
    const auto text = read_text(healthvault_folder() / "sdk-samples" / name);
    EXPECT_TRUE(text) << name;
    return text ? *text : std::string{};
  }
};

TEST_F(HealthvaultSamplesTest, APersonAndTheirRecord) {
  const auto answer = read_answer_info<GetPersonInfo>(sample("PersonInfoSample.xml"));
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->person.name, "Hatim Saleem");
  EXPECT_EQ(answer->person.selected_record_id, "7a231675-4e78-451f-b94d-1e05b2a24586");
  ASSERT_EQ(answer->person.records.size(), 1u);
  const auto& record = answer->person.records[0];
  EXPECT_EQ(record.id, answer->person.selected_record_id);
  EXPECT_EQ(record.is_custodian, true);
  EXPECT_EQ(record.bytes_max, 4'294'967'296);
  EXPECT_EQ(record.authorization_expires, "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(answer->person.preferred_culture->language, "en-US");
  EXPECT_EQ(answer->person.location->country, "US");
}

TEST_F(HealthvaultSamplesTest, AuthorizedPeople) {
  const auto answer = read_answer_info<GetAuthorizedPeople>(sample("AuthorizedPeopleSample.xml"));
  ASSERT_TRUE(answer) << answer.error().what;
  ASSERT_EQ(answer->people.size(), 1u);
  EXPECT_EQ(answer->people[0].id, "2d44d876-3bde-482b-a2af-ba133bc41fa9");
  EXPECT_FALSE(answer->has_more);
}

TEST_F(HealthvaultSamplesTest, AWholeAnswer) {
  const auto text = sample("GetAuthorizedPeopleResult.xml");
  const auto response = read_response(text);
  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->code, 0);
  EXPECT_NE(text.find(response->info), std::string::npos);  // the bytes that arrived
  const auto answer = read_answer_info<GetAuthorizedPeople>(response->info);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->people.at(0).name, "David Rickard");
}

TEST_F(HealthvaultSamplesTest, SettingsInstanceAndVocabulary) {
  const auto settings = read_answer_info<GetApplicationSettings>(sample("AppSettingsSample.xml"));
  ASSERT_TRUE(settings) << settings.error().what;
  EXPECT_EQ(settings->selected_record_id, "7a231675-4e78-451f-b94d-1e05b2a24586");
  EXPECT_FALSE(settings->app_settings);

  const auto instance = read_answer_info<SelectInstance>(sample("InstanceSample.xml"));
  ASSERT_TRUE(instance) << instance.error().what;
  EXPECT_EQ(instance->selected->platform_url, "https://platform.healthvault-ppe.com/platform/wildcat.ashx");

  const auto vocabulary = read_answer_info<GetVocabulary>(sample("VocabularySample.xml"));
  ASSERT_TRUE(vocabulary) << vocabulary.error().what;
  ASSERT_EQ(vocabulary->vocabularies.size(), 1u);
  EXPECT_EQ(vocabulary->vocabularies[0].language, "en-GB");
  ASSERT_EQ(vocabulary->vocabularies[0].items.size(), 3u);
  EXPECT_EQ(vocabulary->vocabularies[0].items[2].display_text, "Pharmacy");
}

// A thing alone, put into the answer that it would come in.
Thing thing_of(std::string text) {
  text.erase(0, text.find("<thing>"));
  const auto answer = read_answer_info<GetThings>(
      "<wc:info xmlns:wc=\"urn:com.microsoft.wc.methods.response.GetThings3\"><group>" + text + "</group></wc:info>");
  EXPECT_TRUE(answer) << answer.error().what;
  return answer ? answer->groups.at(0).things.at(0) : Thing{};
}

TEST_F(HealthvaultSamplesTest, ThingsWithTheirAudits) {
  const auto glucose = thing_of(sample("ThingSample.xml"));
  EXPECT_EQ(glucose.type_name, "Blood glucose");
  EXPECT_EQ(glucose.key, (ThingKey{"60ed4338-0b1b-4061-aad4-effe2b8bbccd", "e6ecfb7c-4cc9-4267-8fd5-a5e49af7d40f"}));
  EXPECT_EQ(glucose.created->app.name, "Test Data");
  EXPECT_EQ(glucose.updated->master_app_id, "b6d73c26-28bb-44db-b91e-1ffc4311143e");
  ASSERT_EQ(glucose.data.size(), 1u);
  EXPECT_NE(glucose.data[0].bytes.find("<client-thing-id>dcd854e9"), std::string::npos);

  const auto weight = thing_of(sample("ThingSampleWeight.xml"));
  EXPECT_EQ(weight.type_id, weight_type);
  EXPECT_EQ(weight.updated->action, "Updated");
  EXPECT_EQ(weight.created->access_avenue, "Online");
}

TEST_F(HealthvaultSamplesTest, PagesWithWhatIsLeftToBeAskedFor) {
  for (const auto& [name, thing_count, left_count] :
       {std::tuple{"ThingsPagedResult1.xml", 240u, 263u}, {"ThingsPagedResult3.xml", 23u, 0u}}) {
    const auto text = sample(name);
    const auto response = read_response(text);
    ASSERT_TRUE(response) << name << ": " << response.error().what;
    const auto answer = read_answer_info<GetThings>(response->info);
    ASSERT_TRUE(answer) << name << ": " << answer.error().what;
    ASSERT_EQ(answer->groups.size(), 1u);
    EXPECT_EQ(answer->groups[0].things.size(), thing_count) << name;
    EXPECT_EQ(answer->groups[0].unprocessed.size(), left_count) << name;
    // Counted by grep in the files themselves, and nothing of the data's bytes is lost.
    for (const auto& one : answer->groups[0].things) EXPECT_NE(text.find(one.data.at(0).bytes), std::string::npos);
  }
}

TEST_F(HealthvaultSamplesTest, WhatWeWriteOfAPageIsValid) {
  const auto response = read_response(sample("ThingsPagedResult1.xml"));
  ASSERT_TRUE(response);
  const auto answer = read_answer_info<GetThings>(response->info);
  ASSERT_TRUE(answer);
  EXPECT_EQ(violations("response-getthings3.xsd", write_answer_info<GetThings>(*answer)), "");
}

}  // namespace
}  // namespace bb::healthvault::test
