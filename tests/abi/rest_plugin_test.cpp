// What the REST library says of itself, and its manifest.
#include <filesystem>
#include <string>
#include <vector>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> interfaces_of(const bb_connector_type& type) {
  std::vector<std::string> ids;
  for (const char* const* id = type.interfaces; *id != nullptr; ++id) ids.emplace_back(*id);
  return ids;
}

TEST_F(RestTest, OffersAPortalAnInboxMessagesAndFhirServers) {
  EXPECT_STREQ(plugin->id, "org.bluebridge.rest");
  ASSERT_NE(plugin->type_at(0), nullptr);
  ASSERT_NE(plugin->type_at(1), nullptr);
  ASSERT_NE(plugin->type_at(2), nullptr);
  ASSERT_NE(plugin->type_at(3), nullptr);
  EXPECT_EQ(plugin->type_at(4), nullptr);
  EXPECT_STREQ(plugin->type_at(0)->id, "org.bluebridge.rest.portal");
  EXPECT_THAT(interfaces_of(*plugin->type_at(0)),
              ElementsAre(BB_SESSION, BB_VIEW, BB_DOWNLOAD, BB_SHARE, BB_ACTIVITY, BB_PROBE));
  EXPECT_STREQ(plugin->type_at(1)->id, "org.bluebridge.rest.inbox");
  EXPECT_THAT(interfaces_of(*plugin->type_at(1)), ElementsAre(BB_INBOX));
  EXPECT_STREQ(plugin->type_at(2)->id, "org.bluebridge.rest.messages");
  EXPECT_THAT(interfaces_of(*plugin->type_at(2)), ElementsAre(BB_INBOX));
  EXPECT_STREQ(plugin->type_at(3)->id, "org.bluebridge.rest.fhir");
  EXPECT_THAT(interfaces_of(*plugin->type_at(3)), ElementsAre(BB_SESSION, BB_VIEW, BB_DOWNLOAD, BB_PROBE));
}

TEST_F(RestTest, HasConfigurationSchemasThatAreJson) {
  for (std::uint32_t i = 0; i < 3; ++i) {
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
  for (std::uint32_t i = 0; i < 3; ++i) {
    std::string listed;
    for (const auto& id : interfaces_of(*plugin->type_at(i))) listed += (listed.empty() ? "" : ", ") + id;
    EXPECT_THAT(*manifest,
                HasSubstr("id: " + std::string(plugin->type_at(i)->id) + "\n    interfaces: [" + listed + "]"));
  }
}

}  // namespace
}  // namespace bb::test
