#include "pull/provider_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bb::rest::pull {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view two_providers = R"([
  {"name": "Good Health Clinic", "url": "https://clinic.example", "unknown": [1],
   "oauth2": {"registration_uri": "https://clinic.example/r", "authorize_uri": "https://clinic.example/a",
              "token_uri": "https://clinic.example/t", "introspect_uri": null},
   "bb_api": {"summary": "https://clinic.example/s", "search": "https://clinic.example/d"}},
  {"name": "Other", "url": "https://other.example"}])";

TEST(ProviderListTest, ReadsProviders) {
  const auto providers = read_providers(two_providers);
  ASSERT_TRUE(providers) << providers.error().what;
  ASSERT_EQ(providers->size(), 2u);
  const auto& clinic = providers->front();
  EXPECT_EQ(clinic.name, "Good Health Clinic");
  EXPECT_EQ(clinic.url, "https://clinic.example");
  EXPECT_EQ(clinic.registration_uri, "https://clinic.example/r");
  EXPECT_EQ(clinic.authorize_uri, "https://clinic.example/a");
  EXPECT_EQ(clinic.token_uri, "https://clinic.example/t");
  EXPECT_EQ(clinic.introspect_uri, "");
  EXPECT_EQ(clinic.summary, "https://clinic.example/s");
  EXPECT_EQ(clinic.search, "https://clinic.example/d");
  EXPECT_EQ(providers->back().summary, "");
}

TEST(ProviderListTest, ChoosesByNameByUrlOrTheOnlyOne) {
  const auto providers = *read_providers(two_providers);
  EXPECT_EQ(choose_provider(providers, "Other")->url, "https://other.example");
  EXPECT_EQ(choose_provider(providers, "https://clinic.example")->name, "Good Health Clinic");
  EXPECT_EQ(choose_provider({providers.back()}, "")->name, "Other");
  EXPECT_THAT(choose_provider(providers, "").error().what,
              HasSubstr("expected one provider, found 2; name one in the configuration (/provider), of "
                        "'Good Health Clinic', 'Other'"));
  EXPECT_THAT(choose_provider(providers, "Third").error().what, HasSubstr("expected one provider 'Third', found 0"));
  EXPECT_THAT(choose_provider({}, "").error().what, HasSubstr("there is no provider"));
}

TEST(ProviderListTest, FindsWhatIsFixedOfAnApplication) {
  constexpr std::string_view apps = R"([
    {"url": "https://a.example", "fixed_registration_parameters": {"client_name": "A"}},
    {"url": "https://b.example"}, {"url": "https://c.example", "fixed_registration_parameters": []}])";
  EXPECT_EQ((**read_fixed_parameters(apps, "https://a.example"))["client_name"].string_or(""), "A");
  EXPECT_TRUE((**read_fixed_parameters(apps, "https://b.example")).members()->empty());
  EXPECT_FALSE(*read_fixed_parameters(apps, "https://d.example"));
  EXPECT_THAT(read_fixed_parameters(apps, "https://c.example").error().what, HasSubstr("to be an object, got array"));
}

TEST(ProviderListTest, SaysWhatIsNoList) {
  const auto why = [](std::string_view text) { return read_providers(text).error().what; };
  EXPECT_THAT(why("<html>"), HasSubstr("providers.json: the answer is no JSON"));
  EXPECT_THAT(why("{}"), HasSubstr("expected an array, got object"));
  EXPECT_THAT(why("[1]"), HasSubstr("expected objects, got integer"));
  EXPECT_THAT(why(R"([{"name": 1}])"), HasSubstr("expected 'name' to be a text, got integer"));
  EXPECT_THAT(why(R"([{"oauth2": {"token_uri": {}}}])"), HasSubstr("expected 'token_uri' to be a text, got object"));
  EXPECT_THAT(read_fixed_parameters("{}", "x").error().what, HasSubstr("apps.json: expected an array"));
}

TEST(ProviderListTest, IsBounded) {
  const auto of_entries = [](std::size_t count) {
    std::string text = "[{}";
    for (std::size_t i = 1; i < count; ++i) text += ",{}";
    return text + "]";
  };
  EXPECT_TRUE(read_providers(of_entries(registry_entries_max)));
  EXPECT_THAT(read_providers(of_entries(registry_entries_max + 1)).error().what, HasSubstr("at most 10000 entries"));
  EXPECT_THAT(read_providers(std::string(registry_bytes_max + 1, ' ')).error().what,
              HasSubstr("at most 8388608 bytes"));
}

}  // namespace
}  // namespace bb::rest::pull
