// What a connector's process may not do, tried by a connector that tries it.
// For what is harmless the same attempt is made here, without a sandbox: there
// it must succeed, or the refusal would prove nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "host/fixtures/forbidden.hpp"
#include "host/host_fixture.hpp"
#include "isolation/sanitized.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;

constexpr const char* not_permitted = "Operation not permitted";
constexpr const char* denied = "Permission denied";

struct SandboxTest : testing::Test {
  KeepingRecorder recorder;
  host::Redactor redactor;
  std::unique_ptr<host::Clock> clock = host::make_real_clock();
  host::Host host{{{std::filesystem::path(fixture_folder()) / "hostile"}, "test", BB_CONNECTOR_HOST}};
  host::InstanceOptions options;
  std::unique_ptr<host::Connector> connector;

  SandboxTest() {
    options.type_id = "org.example.hostile";
    options.name = "portal/alice";
    options.clock = clock.get();
    options.recorder = &recorder;
    options.redactor = &redactor;
  }

  std::string attempt(const std::string& what) {
    if (!connector) {
      auto made = host.create(options);
      EXPECT_TRUE(made) << made.error().what;
      if (!made) return "no connector";
      connector = *std::move(made);
    }
    const host::Reply reply = connector->invoke({"bb.view/1", "read", Value::object({{"item_id", "try " + what}})}, {});
    return reply.status == BB_OK ? reply.body : reply.error.message;
  }
};

struct Attempt {
  const char* what;
  const char* answer;
  bool is_tried_outside;
};
void PrintTo(const Attempt& attempt, std::ostream* out) { *out << attempt.what; }

struct ForbiddenTest : SandboxTest, testing::WithParamInterface<Attempt> {};

TEST_P(ForbiddenTest, IsRefused) {
  EXPECT_EQ(attempt(GetParam().what), GetParam().answer);
  if (GetParam().is_tried_outside) {
    EXPECT_EQ(try_forbidden(GetParam().what), "done");
  }
}

INSTANTIATE_TEST_SUITE_P(
    SystemCalls, ForbiddenTest,
    testing::Values(Attempt{"fork", not_permitted, true}, Attempt{"vfork", not_permitted, true},
                    Attempt{"clone", not_permitted, true}, Attempt{"clone3", "Function not implemented", true},
                    Attempt{"spawn", not_permitted, true}, Attempt{"exec", not_permitted, false},
                    Attempt{"socket inet", not_permitted, true}, Attempt{"socket inet6", not_permitted, true},
                    Attempt{"socket unix", not_permitted, true}, Attempt{"socket netlink", not_permitted, true},
                    Attempt{"bind", not_permitted, false}, Attempt{"signal parent", not_permitted, true},
                    Attempt{"signal all", not_permitted, false}, Attempt{"leave group", not_permitted, false},
                    Attempt{"trace parent", not_permitted, false}, Attempt{"read parent", not_permitted, false},
                    Attempt{"files of parent", not_permitted, true}, Attempt{"mode", not_permitted, false},
                    Attempt{"owner", not_permitted, false}, Attempt{"time", not_permitted, true},
                    Attempt{"mount", not_permitted, false}, Attempt{"unshare", not_permitted, false},
                    Attempt{"bpf", not_permitted, false}, Attempt{"keyctl", not_permitted, false},
                    Attempt{"ring", not_permitted, false}));
INSTANTIATE_TEST_SUITE_P(Limits, ForbiddenTest,
                         testing::Values(Attempt{"many files", "Too many open files", true},
                                         Attempt{"large file", "File too large", true},
                                         Attempt{"limit of files", not_permitted, false},
                                         Attempt{"limit of cores", not_permitted, false},
                                         Attempt{"limit of parent", not_permitted, false}));
// The runtime of a sanitizer reads its own map, so that such a build allows it.
INSTANTIATE_TEST_SUITE_P(Files, ForbiddenTest,
                         testing::Values(Attempt{"open /etc/passwd", denied, true}, Attempt{"list /", denied, true},
                                         Attempt{"list /etc", denied, true},
                                         Attempt{"open /proc/self/maps", host::is_sanitized ? "done" : denied, true},
                                         Attempt{"write /tmp/bb-escaped", denied, false},
                                         Attempt{"list ..", denied, true}, Attempt{"write /dev/full", denied, true}));
INSTANTIATE_TEST_SUITE_P(Privileges, ForbiddenTest, testing::Values(Attempt{"root again", not_permitted, false}));

TEST_F(SandboxTest, WhatAConnectorNeedsIsThere) {
  for (const char* const what : {"write kept", "open kept", "list .", "open /dev/null", "write /dev/null",
                                 "open /dev/urandom", "library libm.so.6", "library libz.so.1", "signal self"})
    EXPECT_EQ(attempt(what), "done") << what;
}

TEST_F(SandboxTest, ItsOwnLibraryMayBeReadAndTheFolderAroundItMayNot) {
  const auto folder = std::filesystem::path(fixture_folder()) / "hostile";
  EXPECT_EQ(attempt("open " + (folder / "hostile.so").string()), "done");
  EXPECT_EQ(attempt("open " + (folder / "hostile.bbplugin.yaml").string()), denied);
  EXPECT_EQ(attempt("write " + (folder / "hostile.so").string()), denied);
  EXPECT_EQ(attempt("list " + folder.string()), denied);
}

TEST_F(SandboxTest, AddressSpaceIsLimited) {
  if (host::is_sanitized)
    GTEST_SKIP() << "a sanitizer's shadow memory needs more address space than a limit would leave";
  EXPECT_EQ(attempt("memory"), "Cannot allocate memory");
  EXPECT_EQ(try_forbidden("memory"), "done");
}

TEST_F(SandboxTest, ANetworkOfItsOwnNeedsTheTargetsConsent) {
  options.type_id = "org.example.hostile.network";
  const auto made = host.create(options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().what,
            "connector 'portal/alice' (org.example.hostile.network) opens connections of its own (network: own), which "
            "the target does not allow; 'allow_network: true' beside 'connector' does");
}

TEST_F(SandboxTest, ANetworkOfItsOwnIsTheInternetAndNoMore) {
  options.type_id = "org.example.hostile.network";
  options.is_network_allowed = true;
  for (const char* const what : {"socket inet", "socket inet6", "socket netlink", "open /etc/hosts"})
    EXPECT_EQ(attempt(what), "done") << what;
  for (const char* const what : {"socket unix", "socket vsock", "fork"})
    EXPECT_EQ(attempt(what), not_permitted) << what;
  EXPECT_EQ(attempt("open /etc/passwd"), denied);
}

TEST_F(SandboxTest, ATypeThatAsksForNoNetworkGetsNoneWhateverTheTargetSays) {
  options.is_network_allowed = true;
  EXPECT_EQ(attempt("socket inet"), not_permitted);
}

TEST_F(SandboxTest, TheLayersAreNamed) {
  const auto info = host.describe("org.example.hostile");
  ASSERT_TRUE(info) << info.error().what;
  std::vector<std::string> names;
  for (const auto& layer : info->sandbox) {
    names.push_back(layer.name);
    EXPECT_TRUE(layer.is_in_force) << layer.name << ": " << layer.note;
    EXPECT_FALSE(layer.note.empty());
  }
  EXPECT_THAT(names, testing::ElementsAre("privileges", "limits", "landlock", "seccomp"));
}

}  // namespace
}  // namespace bb::test
