// The two sample connectors through their one symbol, as a host loads them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include <bb/abi/ext/inbox.h>
#include <bb/abi/ext/view.h>
#include <bb/core/files.hpp>

#include "support/collectors.hpp"
#include "support/fake_call.hpp"
#include "support/fake_host.hpp"
#include "support/loaded_connector.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Sample {
  const char* library;
  const char* id;
  Config config;
  const char* kind;
};

void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.id; }

class SampleConnectorTest : public ::testing::TestWithParam<Sample> {
 protected:
  void SetUp() override {
    plugin = load_plugin(std::string(BB_BINARY_DIR) + "/sample-plugins/" + GetParam().library);
    ASSERT_NE(plugin, nullptr) << load_error();
  }

  const bb_plugin* plugin = nullptr;
  FakeHost host;
};

TEST_P(SampleConnectorTest, DescribesItself) {
  EXPECT_EQ(plugin->struct_size, sizeof(bb_plugin));
  EXPECT_EQ(plugin->abi_minor, BB_ABI_MINOR);
  EXPECT_STREQ(plugin->id, GetParam().id);
  const auto* type = plugin->type_at(0);
  ASSERT_NE(type, nullptr);
  EXPECT_STREQ(type->id, GetParam().id);
  EXPECT_STREQ(type->interfaces[0], BB_VIEW);
  EXPECT_EQ(type->interfaces[1], nullptr);
  EXPECT_EQ(plugin->type_at(1), nullptr);
  EXPECT_EQ(plugin->type_at(1001), nullptr);
}

TEST_P(SampleConnectorTest, InitialisesTwice) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(plugin->init(host.raw()), BB_OK);
    plugin->deinit();
  }
}

TEST_P(SampleConnectorTest, ReadsEverythingThatItLists) {
  LoadedConnector connector(plugin, host, GetParam().id, GetParam().config);
  const auto* view = connector.find<bb_view>(BB_VIEW);
  ASSERT_NE(view, nullptr);
  bb_query query{};
  query.struct_size = sizeof query;
  FakeCall call;
  ItemCollector items;
  ASSERT_EQ(view->list(connector.raw(), call.raw(), &query, items.raw()), BB_OK);
  ASSERT_THAT(items.items, SizeIs(2));
  for (const auto& item : items.items) {
    EXPECT_EQ(item.kind, GetParam().kind);
    ContentCollector content;
    EXPECT_EQ(view->read(connector.raw(), call.raw(), to_str(item.id), content.raw()), BB_OK);
    EXPECT_EQ(content.heads, 1);
    EXPECT_EQ(content.item.id, item.id);
    EXPECT_NE(content.body, "");
  }
}

TEST_P(SampleConnectorTest, SaysThatAnUnlistedItemIsNotThere) {
  LoadedConnector connector(plugin, host, GetParam().id, GetParam().config);
  for (const char* id : {"3", "", "11"}) {
    FakeCall call;
    ContentCollector content;
    EXPECT_EQ(connector.find<bb_view>(BB_VIEW)->read(connector.raw(), call.raw(), to_str(id), content.raw()),
              BB_E_NOT_FOUND);
    EXPECT_NE(call.error.message, "");
    EXPECT_EQ(content.heads, 0);
  }
}

TEST_P(SampleConnectorTest, StopsWhenTheHostSaysSo) {
  LoadedConnector connector(plugin, host, GetParam().id, GetParam().config);
  bb_query query{};
  query.struct_size = sizeof query;
  for (int stop_at = 0; stop_at < 2; ++stop_at) {
    FakeCall call;
    ItemCollector items;
    items.stop = {.stop_at = stop_at, .stop_status = BB_E_TOO_LARGE};
    EXPECT_EQ(connector.find<bb_view>(BB_VIEW)->list(connector.raw(), call.raw(), &query, items.raw()), BB_E_TOO_LARGE);
    EXPECT_THAT(items.items, SizeIs(stop_at + 1));
  }
}

TEST_P(SampleConnectorTest, EndsWhenTheCallIsCancelled) {
  LoadedConnector connector(plugin, host, GetParam().id, GetParam().config);
  bb_query query{};
  query.struct_size = sizeof query;
  FakeCall call;
  call.is_cancelled = true;
  ItemCollector items;
  EXPECT_EQ(connector.find<bb_view>(BB_VIEW)->list(connector.raw(), call.raw(), &query, items.raw()), BB_E_CANCELLED);
  EXPECT_THAT(items.items, SizeIs(0));
}

TEST_P(SampleConnectorTest, OffersNothingElse) {
  LoadedConnector connector(plugin, host, GetParam().id, GetParam().config);
  for (const char* id : {"", "bb.view/2", "bb.view/1x", "bb.view", BB_INBOX})
    EXPECT_EQ(connector.find<void>(id), nullptr) << id;
  EXPECT_EQ(connector.find<void>(BB_VIEW), connector.find<void>(BB_VIEW));
}

TEST_P(SampleConnectorTest, IsMadeByItsExactIdOnly) {
  LoadedConnector connector(plugin, host, std::string(GetParam().id) + "x", GetParam().config);
  EXPECT_EQ(connector.create_status, BB_E_NOT_FOUND);
  EXPECT_EQ(connector.raw(), nullptr);
  EXPECT_NE(connector.create_error.message, "");
}

TEST_P(SampleConnectorTest, WorksUnderAHostThatOffersNothing) {
  for (const char* id :
       {BB_HOST_LOG, BB_HOST_CLOCK, BB_HOST_CANCEL, BB_HOST_SECRET, BB_HOST_HTTP, BB_HOST_EVIDENCE, BB_HOST_RANDOM})
    host.take_away(id);
  LoadedConnector connector(plugin, host, GetParam().id, GetParam().config);
  FakeCall call;
  ContentCollector content;
  EXPECT_EQ(connector.find<bb_view>(BB_VIEW)->read(connector.raw(), call.raw(), to_str("1"), content.raw()), BB_OK);
}

INSTANTIATE_TEST_SUITE_P(
    BothLanguages, SampleConnectorTest,
    ::testing::Values(Sample{"acme.so", "com.example.acme", {{"/facility", "\"Acme General\""}}, "fhir:Observation"},
                      Sample{"notes.so", "com.example.notes", {}, "note"}),
    [](const auto& parameter) { return parameter.index == 0 ? "Cpp" : "C"; });

TEST(CppSampleTest, IsOneFileOfAtMostFortyLines) {
  const auto text = read_text(std::filesystem::path(BB_SOURCE_DIR) / "samples/connectors/cpp/acme.cpp");
  ASSERT_TRUE(text) << text.error().what;
  EXPECT_LE(std::count(text->begin(), text->end(), '\n'), 40);
}

TEST(CppSampleTest, IsTheExampleOfTheManual) {
  const auto folder = std::filesystem::path(BB_SOURCE_DIR);
  const auto sample = read_text(folder / "samples/connectors/cpp/acme.cpp");
  const auto manual = read_text(folder / "docs/reference/connector-sdk.md");
  ASSERT_TRUE(sample) << sample.error().what;
  ASSERT_TRUE(manual) << manual.error().what;
  EXPECT_NE(manual->find("```cpp from=samples/connectors/cpp/acme.cpp\n" + *sample + "```"), std::string::npos)
      << "docs/reference/connector-sdk.md must show samples/connectors/cpp/acme.cpp as it is";
}

TEST(CppSampleTest, NamesTheConfigurationThatIsMissing) {
  const auto* plugin = load_plugin(std::string(BB_BINARY_DIR) + "/sample-plugins/acme.so");
  ASSERT_NE(plugin, nullptr) << load_error();
  FakeHost host;
  LoadedConnector connector(plugin, host, "com.example.acme", {});
  EXPECT_EQ(connector.create_status, BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(connector.create_error.message, "configuration: /facility is missing");
}

TEST(CppSampleTest, RefusesAnIdThatIsNoText) {
  const auto* plugin = load_plugin(std::string(BB_BINARY_DIR) + "/sample-plugins/acme.so");
  ASSERT_NE(plugin, nullptr) << load_error();
  FakeHost host;
  LoadedConnector connector(plugin, host, "com.example.acme", {{"/facility", "\"x\""}});
  FakeCall call;
  ContentCollector content;
  EXPECT_EQ(connector.find<bb_view>(BB_VIEW)->read(connector.raw(), call.raw(), to_str("\xff"), content.raw()),
            BB_E_INVALID_ARGUMENT);
  EXPECT_THAT(call.error.message, HasSubstr("not well-formed UTF-8"));
}

TEST(CSampleTest, LogsWhatItReads) {
  const auto* plugin = load_plugin(std::string(BB_BINARY_DIR) + "/sample-plugins/notes.so");
  ASSERT_NE(plugin, nullptr) << load_error();
  FakeHost host;
  LoadedConnector connector(plugin, host, "com.example.notes", {});
  FakeCall call;
  ContentCollector content;
  ASSERT_EQ(connector.find<bb_view>(BB_VIEW)->read(connector.raw(), call.raw(), to_str("2"), content.raw()), BB_OK);
  EXPECT_EQ(content.body, "Feels better.");
  EXPECT_THAT(host.logs, SizeIs(1));
}

}  // namespace
}  // namespace bb::test
