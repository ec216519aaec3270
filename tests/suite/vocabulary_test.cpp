// The table of verbs and the registries.
#include <gmock/gmock.h>

#include "suite_files.hpp"

namespace bb::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(VocabularyTest, KnowsTheVerbsOfEveryCapability) {
  // The table of the format's page "Verbs of a role".
  const std::vector<std::pair<const char*, const char*>> table = {{"sign_in", "session"},
                                                                  {"describe_session", "session"},
                                                                  {"sign_out", "session"},
                                                                  {"list", "view"},
                                                                  {"view", "view"},
                                                                  {"formats", "download"},
                                                                  {"download", "download"},
                                                                  {"share", "share"},
                                                                  {"track", "share"},
                                                                  {"transmit", "transmit"},
                                                                  {"allocate", "inbox"},
                                                                  {"poll", "inbox"},
                                                                  {"receive", "inbox"},
                                                                  {"acknowledge", "inbox"},
                                                                  {"activity", "activity"},
                                                                  {"probe", "probe"},
                                                                  {"anchors", "trust"},
                                                                  {"discover", "trust"},
                                                                  {"evaluate", "trust"},
                                                                  {"threads", "messaging"},
                                                                  {"thread", "messaging"},
                                                                  {"recipients", "messaging"},
                                                                  {"post", "messaging"},
                                                                  {"prescriptions", "refills"},
                                                                  {"refill", "refills"},
                                                                  {"refill_status", "refills"},
                                                                  {"appointments", "appointments"},
                                                                  {"slots", "appointments"},
                                                                  {"book", "appointments"},
                                                                  {"cancel", "appointments"}};
  for (const auto& [name, capability] : table) {
    const auto* verb = vocabulary().find_verb(name);
    ASSERT_NE(verb, nullptr) << name;
    EXPECT_EQ(verb->capability, capability) << name;
    EXPECT_FALSE(verb->title.empty()) << name;
    EXPECT_FALSE(verb->functions.empty()) << name;
    EXPECT_TRUE(verb->arguments.is_object()) << name;
  }
  EXPECT_EQ(vocabulary().find_verb("recieve"), nullptr);
}

TEST(VocabularyTest, KnowsEventsProbesFormatsKindsAndDefects) {
  ASSERT_NE(vocabulary().find_event("inbox.message"), nullptr);
  EXPECT_EQ(vocabulary().find_event("inbox.message")->capability, "inbox");
  ASSERT_NE(vocabulary().find_probe("read-other-patient"), nullptr);
  EXPECT_THAT(vocabulary().formats, Contains("ccda-2.1"));
  EXPECT_THAT(vocabulary().kinds, Contains("summary"));
  EXPECT_EQ(vocabulary().defects.size(), 514u);
}

class BrokenVocabularyTest : public SuiteFiles {
 protected:
  void SetUp() override {
    SuiteFiles::SetUp();
    const auto from = std::filesystem::path(BB_SOURCE_DIR) / "conformance";
    for (const auto* part : {"schemas", "registry"})
      std::filesystem::copy(from / part, folder_ / part, std::filesystem::copy_options::recursive);
  }
};

TEST_F(BrokenVocabularyTest, SaysWhichFileIsMissing) {
  std::filesystem::remove(folder_ / "registry/probes.yaml");
  const auto read = suite::read_vocabulary(folder_);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("probes.yaml"));
}

TEST_F(BrokenVocabularyTest, SaysWhichSchemaIsWrong) {
  write("registry/probes.yaml", "format: bluebridge-registry/1\nprobes: {p: {title: T, arguments: {tpye: object}}}\n");
  const auto read = suite::read_vocabulary(folder_);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("probe 'p': arguments"));
}

TEST_F(BrokenVocabularyTest, SaysWhichFormatItGot) {
  write("registry/kinds.yaml", "format: bluebridge-suite/1\nkinds: {}\n");
  const auto read = suite::read_vocabulary(folder_);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("got format 'bluebridge-suite/1', expected 'bluebridge-registry/1'"));
}

}  // namespace
}  // namespace bb::test
