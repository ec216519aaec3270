#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/host/host.hpp>
#include <bb/host/manifest.hpp>
#include "host/certificates.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* good = R"(bbplugin: 1
id: org.example.direct
version: 1.4.0
library: {linux-x86_64: libbb_direct.so, linux-aarch64: libbb_direct.so}
sha256: {linux-x86_64: "9f2c000000000000000000000000000000000000000000000000000000000000", linux-aarch64: "9f2c000000000000000000000000000000000000000000000000000000000000"}
abi: {major: 1, minor: 2, min_host_minor: 1}
links: [libcurl.so.4]
types:
  - id: org.example.direct.edge
    interfaces: [bb.transmit/1, bb.inbox/1]
    network: own
  - id: org.example.direct
    interfaces: [bb.view/1]
grants:
  host: [bb.host.log/1, bb.host.clock/1]
  network: [{scheme: smtp, hosts: ["*.hisp.example.org"]}, {scheme: dns}]
  secrets: [direct-signing-key]
  algorithms: [RS1]
isolation: in-process
)";

struct ManifestTest : testing::Test {
  Result<host::Manifest> read(const std::string& text) {
    return host::read_manifest(write_file(folder.path(), "a.bbplugin.yaml", text));
  }
  // The good manifest with one line replaced.
  std::string mistake(const std::string& line, const std::string& replacement) {
    std::string text = good;
    const std::size_t at = text.find(line);
    EXPECT_NE(at, std::string::npos) << line;
    text.replace(at, text.find('\n', at) - at, replacement);
    const auto manifest = read(text);
    return manifest ? "" : manifest.error().what;
  }
  TemporaryFolder folder;
};

TEST_F(ManifestTest, EveryMemberIsRead) {
  const auto manifest = read(good);
  ASSERT_TRUE(manifest) << manifest.error().what;
  EXPECT_EQ(manifest->file, folder.path() / "a.bbplugin.yaml");
  EXPECT_EQ(manifest->id, "org.example.direct");
  EXPECT_EQ(manifest->version, "1.4.0");
  EXPECT_EQ(manifest->library, folder.path() / "libbb_direct.so");
  EXPECT_EQ(manifest->sha256.substr(0, 6), "9f2c00");
  EXPECT_EQ(manifest->abi_major, 1u);
  EXPECT_EQ(manifest->abi_minor, 2u);
  EXPECT_EQ(manifest->min_host_minor, 1u);
  EXPECT_THAT(manifest->links, ElementsAre("libcurl.so.4"));
  ASSERT_EQ(manifest->types.size(), 2u);
  EXPECT_EQ(manifest->types[0].id, "org.example.direct.edge");
  EXPECT_THAT(manifest->types[0].interfaces, ElementsAre("bb.transmit/1", "bb.inbox/1"));
  EXPECT_EQ(manifest->types[0].network, host::Network::own);
  EXPECT_EQ(manifest->types[1].network, host::Network::host);
  ASSERT_EQ(manifest->network_grants.size(), 2u);
  EXPECT_EQ(manifest->network_grants[0].scheme, "smtp");
  EXPECT_THAT(manifest->network_grants[0].hosts, ElementsAre("*.hisp.example.org"));
  EXPECT_EQ(manifest->network_grants[1].scheme, "dns");
  EXPECT_THAT(manifest->network_grants[1].hosts, IsEmpty());
  EXPECT_THAT(manifest->algorithm_grants, ElementsAre("RS1"));
  EXPECT_THAT(manifest->host_grants, ElementsAre("bb.host.log/1", "bb.host.clock/1"));
  EXPECT_EQ(manifest->isolation, "in-process");
}

TEST_F(ManifestTest, AMistakeIsShownInItsPlace) {
  const std::string file = (folder.path() / "a.bbplugin.yaml").string();
  const std::string what = mistake("version:", "verson: 1.4.0");
  EXPECT_THAT(what, HasSubstr(file + ":1:1: error: missing key 'version'\n"));
  EXPECT_THAT(what, HasSubstr(file + ":3:1: error: unknown key 'verson' of a manifest\n"));
  EXPECT_THAT(what, HasSubstr("3 | verson: 1.4.0\n"));
  EXPECT_THAT(what, testing::EndsWith("| ^~~~~~ did you mean 'version'? known here: bbplugin, id, version, library, "
                                      "sha256, abi, links, types, grants, isolation"));
}

TEST_F(ManifestTest, EachMistakeHasItsSentence) {
  EXPECT_THAT(mistake("bbplugin:", "bbplugin: 2"), HasSubstr("unknown manifest format '2'"));
  EXPECT_THAT(mistake("id:", "id: direct"), HasSubstr(":2:5: error: 'direct' is no library id"));
  EXPECT_THAT(mistake("id:", "id: [a]"), HasSubstr("'id' must be text, not a list"));
  EXPECT_THAT(mistake("id:", "id:"), HasSubstr("'id' must be text, not empty"));
  EXPECT_THAT(mistake("version:", "version: 1.4"), HasSubstr(":3:10: error: '1.4' is no version"));
  EXPECT_THAT(
      mistake("library:", "library: {linux-riscv: a.so}"),
      AllOf(HasSubstr("unknown key 'linux-riscv' of 'library'"), HasSubstr("no library for this platform, linux-")));
  EXPECT_THAT(mistake("library:", "library: a.so"), HasSubstr("'library' must be a map, not text"));
  EXPECT_THAT(mistake("sha256:", "sha256: {linux-x86_64: 9F2C, linux-aarch64: 9F2C}"),
              HasSubstr("'9F2C' is no SHA-256"));
  EXPECT_THAT(mistake("abi:", "abi: {major: one, minor: 0, min_host_minor: 0}"),
              HasSubstr("'major' must be a whole number from 0 to 65535, got 'one'"));
  EXPECT_THAT(mistake("abi:", "abi: {major: 1, minor: 65536, min_host_minor: 0}"), HasSubstr("got '65536'"));
  EXPECT_THAT(mistake("abi:", "abi: {major: 1, minor: 0}"), HasSubstr("missing key 'min_host_minor'"));
  EXPECT_THAT(mistake("abi:", "abi: {major: 1, minor: 0, min_host_minor: 1}"),
              HasSubstr("min_host_minor 1 is above the library's own minor 0"));
  EXPECT_THAT(mistake("links:", "links: libcurl.so.4"), HasSubstr("'links' must be a list, not text"));
  EXPECT_THAT(mistake("  - id: org.example.direct.edge", "  - id: org.example.directedge"),
              HasSubstr("type id 'org.example.directedge' does not belong to library 'org.example.direct'"));
  EXPECT_THAT(mistake("  - id: org.example.direct.edge", "  - id: org.example.direct"),
              HasSubstr("type id 'org.example.direct' is given twice"));
  EXPECT_THAT(mistake("    interfaces: [bb.transmit", "    interfaces: [transmit]"),
              HasSubstr("'transmit' is no interface id"));
  EXPECT_THAT(mistake("    network: own", "    network: none"), HasSubstr("unknown network 'none'"));
  EXPECT_THAT(mistake("  host: [", "  hosts: [bb.host.log/1]"), HasSubstr("unknown key 'hosts' of 'grants'\n"));
  EXPECT_THAT(mistake("  network: [", "  network: [{hosts: [a]}]"), HasSubstr("missing key 'scheme'"));
  EXPECT_THAT(mistake("  network: [", "  network: [{scheme: smtp, hosts: []}]"), HasSubstr("'hosts' is empty"));
  EXPECT_THAT(mistake("isolation:", "isolation: thread"), HasSubstr("unknown isolation 'thread'"));
}

TEST_F(ManifestTest, AllMistakesAreToldAtOnce) {
  const auto manifest = read("bbplugin: 1\nid: direct\nversion: one\nextra: 1\n");
  ASSERT_FALSE(manifest);
  for (const char* const part : {"'direct' is no library id", "'one' is no version", "unknown key 'extra'",
                                 "missing key 'library'", "missing key 'abi'", "missing key 'types'"})
    EXPECT_THAT(manifest.error().what, HasSubstr(part));
}

TEST_F(ManifestTest, ADuplicateKeyIsAMistake) {
  EXPECT_THAT(mistake("isolation:", "id: org.example.other"), HasSubstr("'id'"));
}

TEST_F(ManifestTest, WhatIsNoManifestIsRefusedInOneSentence) {
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("just text"));
  EXPECT_FALSE(read("- a\n- b\n"));
  EXPECT_FALSE(read(std::string(2'000, '[')));
  EXPECT_FALSE(host::read_manifest(folder.path() / "missing.bbplugin.yaml"));
}

TEST_F(ManifestTest, ATextIsReadAsIfItStoodInItsFile) {
  const auto manifest = host::parse_manifest(good, "/nowhere/a.bbplugin.yaml");
  ASSERT_TRUE(manifest) << manifest.error().what;
  EXPECT_EQ(manifest->library, "/nowhere/libbb_direct.so");
  EXPECT_THAT(host::parse_manifest("bbplugin: 1\n", "/nowhere/a.bbplugin.yaml").error().what,
              testing::StartsWith("/nowhere/a.bbplugin.yaml:1:1: error: missing key "));
}

TEST_F(ManifestTest, AFileOverTheLimitIsNotRead) {
  const std::string comment = "# " + std::string(1024 * 1024, 'x') + "\n";
  const auto manifest = read(good + comment);
  ASSERT_FALSE(manifest);
  EXPECT_THAT(manifest.error().what, HasSubstr("a.bbplugin.yaml"));
}

// --- discovery ---

TEST_F(ManifestTest, DiscoveryFindsManifestsOnlyAndSortsThemById) {
  const auto other = [](std::string text, const std::string& id) {
    for (std::size_t at = 0; (at = text.find("org.example.direct", at)) != std::string::npos; at += id.size())
      text.replace(at, 18, id);
    return text;
  };
  write_file(folder.path(), "z.bbplugin.yaml", other(good, "org.example.a"));
  write_file(folder.path(), "a.bbplugin.yaml", other(good, "org.example.b"));
  write_file(folder.path(), "notes.yaml", "not: a manifest");
  write_file(folder.path(), "bad.bbplugin.yaml", "bbplugin: 1\n");
  const auto found = host::discover({folder.path(), folder.path() / "missing", folder.path()});
  ASSERT_EQ(found.manifests.size(), 2u);
  EXPECT_EQ(found.manifests[0].id, "org.example.a");
  EXPECT_EQ(found.manifests[1].id, "org.example.b");
  ASSERT_EQ(found.problems.size(), 1u);
  EXPECT_THAT(found.problems[0], HasSubstr("bad.bbplugin.yaml:1:1: error: missing key 'id'"));
}

TEST_F(ManifestTest, ATypeThatTwoLibrariesOfferNamesBothFiles) {
  const auto first = write_file(folder.path(), "one.bbplugin.yaml", good);
  const auto second = write_file(folder.path(), "two.bbplugin.yaml", good);
  const auto found = host::discover({folder.path()});
  ASSERT_EQ(found.problems.size(), 2u);
  EXPECT_EQ(found.problems[0], "connector type 'org.example.direct.edge' is offered twice: by " + first.string() +
                                   " and by " + second.string());
}

// A manifest that differs from others in its id alone.
std::string small_manifest(const std::string& id) {
  return "bbplugin: 1\nid: " + id +
         "\nversion: 1.0.0\nlibrary: {linux-x86_64: a.so, linux-aarch64: a.so}\n"
         "abi: {major: 1, minor: 0, min_host_minor: 0}\ntypes: [{id: " +
         id + ", interfaces: [bb.view/1]}]\n";
}

TEST_F(ManifestTest, TenThousandManifestsInOneFolderAreFound) {
  constexpr int count = 10'000;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(count + i);
    write_file(folder.path(), number + ".bbplugin.yaml", small_manifest("org.example.p" + number));
  }
  write_file(folder.path(), "bad.bbplugin.yaml", "bbplugin: 1\n");
  const host::Host host({{folder.path()}, "test"});
  EXPECT_EQ(host.discovery().manifests.size(), std::size_t{count});
  ASSERT_EQ(host.discovery().problems.size(), 1u);
  EXPECT_THAT(host.discovery().problems[0], HasSubstr("bad.bbplugin.yaml:1:1"));
  const auto last = host.find_type("org.example.p19999");
  ASSERT_TRUE(last) << last.error().what;
  EXPECT_EQ(last->file, folder.path() / "19999.bbplugin.yaml");
  const auto unknown = host.find_type("com.example.other");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().what, HasSubstr("org.example.p10019, and 9980 more; searched: "));
}

TEST_F(ManifestTest, OfManyProblemsTheFirstHundredAreTold) {
  for (int i = 0; i < 201; ++i)
    write_file(folder.path(), std::to_string(1000 + i) + ".bbplugin.yaml", small_manifest("org.example.one"));
  const auto found = host::discover({folder.path()});
  EXPECT_EQ(found.manifests.size(), 201u);
  ASSERT_EQ(found.problems.size(), 101u);
  EXPECT_THAT(found.problems[0], HasSubstr("connector type 'org.example.one' is offered twice"));
  EXPECT_EQ(found.problems[100], "and 100 more problems");
}

}  // namespace
}  // namespace bb::test
