// Hosts and connectors of several minor versions, in every pair. This file is
// built twice: with the host of today's headers, and with the same host's source
// compiled with newer ones. docs/abi/versioning.md is the policy.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <bb/abi/ext/view.h>

#include <bb/core/text.hpp>
#include "host/host_fixture.hpp"

namespace bb::test {
namespace {

constexpr bool is_newer_host = BB_ABI_MINOR >= 5;

struct Pair {
  KeepingRecorder recorder;
  host::Redactor redactor;
  std::unique_ptr<host::Clock> clock = host::make_real_clock();
  host::Host host;
  std::unique_ptr<host::Connector> connector;
  std::string problem;

  explicit Pair(const std::string& plugin)
      : host({{std::filesystem::path(BB_FIXTURE_FOLDER) / plugin}, "test", BB_CONNECTOR_HOST}) {
    host::InstanceOptions options;
    options.type_id = "org.example.versioned";
    options.name = "portal/alice";
    options.clock = clock.get();
    options.recorder = &recorder;
    options.redactor = &redactor;
    auto made = host.create(options);
    if (!made) problem = made.error().what;
    if (made) connector = *std::move(made);
  }
  host::Reply call(const std::string& function) {
    Value arguments = Value::object();
    if (function == "read") arguments.set("item_id", "1");
    return connector->invoke({"bb.view/1", function, std::move(arguments)}, {});
  }
};

std::string host_version() { return "host 1." + std::to_string(BB_ABI_MINOR); }

// "1.0" and the other minors whose headers are kept.
std::vector<std::string> released() { return split(BB_RELEASED, ' '); }

TEST(VersionMatrixTest, AConnectorOfEveryReleasedMinorRuns) {
  for (const auto& version : released()) {
    Pair pair(version);
    ASSERT_TRUE(pair.connector) << pair.problem;
    EXPECT_EQ(pair.call("read").body, host_version() + ", connector " + version + ", trace_parent not known");
  }
  EXPECT_EQ(released().front(), "1.0");
}

TEST(VersionMatrixTest, ANewerConnectorRunsAndSeesWhatIsMissing) {
  Pair pair("newer");
  ASSERT_TRUE(pair.connector) << pair.problem;
  EXPECT_EQ(pair.call("read").body,
            host_version() + ", connector 1.5, trace_parent " + (is_newer_host ? "there" : "missing"));
}

TEST(VersionMatrixTest, AStatusThatIsNotKnownIsActedOnByItsClass) {
  Pair pair("newer");
  ASSERT_TRUE(pair.connector) << pair.problem;
  const host::Reply reply = pair.call("list");
  EXPECT_EQ(reply.status, 304);
  EXPECT_EQ(host::status_name(reply.status), "BB_E_3xx (304)");
  EXPECT_EQ(host::result_word(reply), "unavailable");
}

TEST(VersionMatrixTest, AConnectorThatNeedsANewerHostIsRefusedInOneSentence) {
  Pair pair("needy");
  if constexpr (is_newer_host) {
    ASSERT_TRUE(pair.connector) << pair.problem;
    EXPECT_EQ(pair.call("read").body, "host 1.5, connector 1.5, trace_parent there");
  } else {
    EXPECT_EQ(pair.connector, nullptr);
    EXPECT_EQ(pair.problem,
              "plugin library " BB_FIXTURE_FOLDER "/needy/versioned.so needs host ABI 1.5, this host offers 1.0");
  }
}

// What each side of newer headers sees in the other's tables.
TEST(VersionMatrixTest, TailFunctionsAreSeenByTheirSize) {
  for (const auto& [name, has_tail] : {std::pair{"1.0", false}, std::pair{"newer", true}}) {
    const std::string file = std::string(BB_FIXTURE_FOLDER) + "/" + name + "/versioned.so";
    void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_TRUE(library) << ::dlerror();
    const auto entry = reinterpret_cast<bb_plugin_v1_fn>(::dlsym(library, BB_PLUGIN_V1_SYMBOL));
    const bb_plugin* const plugin = entry();
    const auto* const view = static_cast<const bb_view*>(plugin->get_interface(nullptr, BB_VIEW));
    EXPECT_TRUE(BB_HAS(view, read));
    EXPECT_EQ(plugin->struct_size > 80, has_tail);
#if BB_ABI_MINOR >= 5
    EXPECT_EQ(BB_HAS(view, watch), has_tail);
    EXPECT_EQ(BB_HAS(plugin, self_test), has_tail);
#endif
  }
}

}  // namespace
}  // namespace bb::test
