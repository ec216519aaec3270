// What the REST library says of itself, and its manifest.
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <bb/abi/draft/appointments.h>
#include <bb/abi/draft/messaging.h>
#include <bb/abi/draft/refills.h>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;

constexpr std::uint32_t type_count = 9;

std::vector<std::string> interfaces_of(const bb_connector_type& type) {
  std::vector<std::string> ids;
  for (const char* const* id = type.interfaces; *id != nullptr; ++id) ids.emplace_back(*id);
  return ids;
}

TEST_F(RestTest, OffersItsTypes) {
  EXPECT_STREQ(plugin->id, "org.bluebridge.rest");
  const std::vector<std::pair<std::string, std::vector<std::string>>> types{
      {"org.bluebridge.rest.portal",
       {BB_SESSION, BB_VIEW, BB_DOWNLOAD, BB_SHARE, BB_ACTIVITY, BB_PROBE, BB_MESSAGING, BB_REFILLS, BB_APPOINTMENTS}},
      {"org.bluebridge.rest.inbox", {BB_INBOX}},
      {"org.bluebridge.rest.messages", {BB_INBOX}},
      {"org.bluebridge.rest.fhir", {BB_SESSION, BB_VIEW, BB_DOWNLOAD, BB_PROBE}},
      {"org.bluebridge.rest.mapped", {BB_SESSION, BB_VIEW, BB_DOWNLOAD, BB_SHARE, BB_ACTIVITY}},
      {"org.bluebridge.rest.pull", {BB_SESSION, BB_VIEW, BB_DOWNLOAD, BB_PROBE}},
      {"org.bluebridge.rest.pages", {BB_PROBE}},
      {"org.bluebridge.rest.member-pages", {BB_SESSION, BB_PROBE}},
      {"org.bluebridge.rest.health-links", {BB_PROBE}}};
  ASSERT_EQ(types.size(), type_count);
  for (std::uint32_t i = 0; i < type_count; ++i) {
    ASSERT_NE(plugin->type_at(i), nullptr) << i;
    EXPECT_EQ(plugin->type_at(i)->id, types[i].first);
    EXPECT_EQ(interfaces_of(*plugin->type_at(i)), types[i].second);
  }
  EXPECT_EQ(plugin->type_at(type_count), nullptr);
}

TEST_F(RestTest, HasConfigurationSchemasThatAreJson) {
  for (std::uint32_t i = 0; i < type_count; ++i) {
    const auto schema = parse_json(plugin->type_at(i)->config_schema);
    ASSERT_TRUE(schema) << schema.error().what;
    EXPECT_EQ((*schema)["additionalProperties"], Value(false));
  }
}

TEST_F(RestTest, LiesBesideAManifestThatNamesTheSame) {
  const auto manifest = read_text(std::filesystem::path(BB_BINARY_DIR) / "plugins/rest.bbplugin.yaml");
  ASSERT_TRUE(manifest) << manifest.error().what;
  EXPECT_THAT(*manifest, HasSubstr("id: " + std::string(plugin->id) + "\n"));
  EXPECT_THAT(*manifest, HasSubstr("version: " + std::string(plugin->version) + "\n"));
  for (std::uint32_t i = 0; i < type_count; ++i) {
    std::string listed;
    for (const auto& id : interfaces_of(*plugin->type_at(i))) listed += (listed.empty() ? "" : ", ") + id;
    EXPECT_THAT(*manifest,
                HasSubstr("id: " + std::string(plugin->type_at(i)->id) + "\n    interfaces: [" + listed + "]"));
  }
}

}  // namespace
}  // namespace bb::test
