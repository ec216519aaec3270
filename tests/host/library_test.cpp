// What the host says of libraries that it cannot use: one sentence each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include "host/host_fixture.hpp"
#include "host/scripted_server.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct LibraryTest : testing::Test {
  // A broken fixture, copied beside a manifest of its own.
  void install(const std::string& library) {
    std::filesystem::copy_file(std::filesystem::path(fixture_folder()) / "broken" / (library + ".so"),
                               folder.path() / (library + ".so"), std::filesystem::copy_options::overwrite_existing);
  }

  std::string manifest_of(const std::string& library, const std::string& more = "") {
    return "bbplugin: 1\nid: org.example.broken\nversion: 1.0.0\n"
           "library: {linux-x86_64: " +
           library + ".so, linux-aarch64: " + library +
           ".so}\n"
           "abi: {major: 1, minor: 0, min_host_minor: 0}\n"
           "types: [{id: org.example.broken, interfaces: [bb.view/1]}]\n" +
           more;
  }

  // What describe says of a library with this manifest; empty when it is good.
  std::string describe(const std::string& manifest, const std::string& type_id = "org.example.broken") {
    write_file(folder.path(), "broken.bbplugin.yaml", manifest);
    host::Host host({{folder.path()}, "test", connector_host()});
    const auto type = host.describe(type_id);
    return type ? "" : without_folder(type.error().what);
  }

  // Messages name whole paths; the tests compare what is not the folder.
  std::string without_folder(const std::string& message) const {
    return replace_all(message, folder.path().string() + "/", "");
  }

  std::string describe_broken(const std::string& library) {
    install(library);
    return describe(manifest_of(library));
  }

  std::string create(const std::string& library) {
    install(library);
    write_file(folder.path(), "broken.bbplugin.yaml", manifest_of(library));
    Scripted scripted;
    scripted.options.type_id = "org.example.broken";
    scripted.options.config = Value::object();
    host::Host host({{folder.path()}, "test", connector_host()});
    const auto made = host.create(scripted.options);
    return made ? "" : made.error().what;
  }

  std::string sha256_of(const std::string& library) const {
    return sha256_hex(*read_text(folder.path() / (library + ".so")));
  }

  TemporaryFolder folder;
};

TEST_F(LibraryTest, AGoodLibraryIsDescribed) { EXPECT_EQ(describe_broken("good"), ""); }

TEST_F(LibraryTest, AFileThatIsMissing) {
  EXPECT_EQ(describe(manifest_of("gone")), "plugin library gone.so does not exist; broken.bbplugin.yaml names it");
}

TEST_F(LibraryTest, AFileThatIsNoLibrary) {
  write_file(folder.path(), "text.so", "this is text");
  EXPECT_EQ(describe(manifest_of("text")), "text.so is not a plugin: it is no shared library (ELF)");
}

TEST_F(LibraryTest, AFileThatOnlyLooksLikeALibrary) {
  write_file(folder.path(), "short.so",
             "\x7f"
             "ELF");
  EXPECT_EQ(describe(manifest_of("short")), "plugin library short.so cannot be loaded: short.so: file too short");
}

TEST_F(LibraryTest, ALibraryForAnotherMachine) {
  // The header of a real library, as a 32-bit one of the same family has it.
  install("good");
  std::string library = *read_text(folder.path() / "good.so");
  const std::string here = library[18] == 62 ? "x86_64" : "aarch64";
  library[4] = 1;   // ELFCLASS32
  library[18] = 3;  // EM_386
  library[19] = 0;
  write_file(folder.path(), "small.so", library);
  const std::string ends = ", this host is " + here + ", 64-bit; build it for this machine";
  EXPECT_EQ(describe(manifest_of("small")), "plugin library small.so is for i386, 32-bit" + ends);
  library[4] = 2;
  library[18] = 21;  // EM_PPC64
  write_file(folder.path(), "small.so", library);
  EXPECT_EQ(describe(manifest_of("small")), "plugin library small.so is for machine 21, 64-bit" + ends);
}

TEST_F(LibraryTest, ALibraryThatIsNoPlugin) {
  EXPECT_EQ(describe_broken("no_entry"), "no_entry.so is not a plugin: it does not export bb_plugin_v1");
}

TEST_F(LibraryTest, APluginOfAnotherMajor) {
  EXPECT_EQ(describe_broken("major"), "plugin library major.so needs a host for ABI major 2, this host offers 1");
  install("good");
  std::string manifest = manifest_of("good");
  manifest.replace(manifest.find("major: 1"), 8, "major: 3");
  EXPECT_EQ(describe(manifest), "plugin library good.so needs a host for ABI major 3, this host offers 1");
}

TEST_F(LibraryTest, APluginThatNeedsANewerHost) {
  EXPECT_EQ(describe_broken("newer"), "plugin library newer.so needs host ABI 1.5, this host offers 1.0");
}

TEST_F(LibraryTest, ASymbolThatNothingDefines) {
  EXPECT_EQ(describe_broken("symbol"),
            "plugin library symbol.so uses the symbol 'nothing_defines_this', which none of its libraries defines");
}

TEST_F(LibraryTest, ALibraryThatIsNotInstalled) {
  EXPECT_EQ(describe_broken("needs_absent"),
            "plugin library needs_absent.so needs libabsent.so, which is not installed");
}

TEST_F(LibraryTest, ATableThatIsMissingOrTooSmallOrHasHoles) {
  EXPECT_EQ(describe_broken("no_table"), "plugin library no_table.so breaks the ABI: bb_plugin_v1 returned NULL");
  EXPECT_EQ(describe_broken("size"),
            "plugin library size.so breaks the ABI: bb_plugin says struct_size 24, version 1.0 has 80");
  EXPECT_EQ(describe_broken("null"), "plugin library null.so breaks the ABI: bb_plugin::destroy is NULL");
  EXPECT_EQ(describe_broken("type_size"),
            "plugin library type_size.so breaks the ABI: bb_connector_type says struct_size 16, version 1.0 has 64");
  EXPECT_EQ(describe_broken("endless"), "plugin library endless.so breaks the ABI: type_at gives more than 256 types");
}

TEST_F(LibraryTest, AManifestThatDiffersNamesBothValues) {
  install("good");
  const std::string differs = "plugin library good.so differs from its manifest: ";
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string manifest = manifest_of("good");
    for (std::size_t at = 0; (at = manifest.find(from, at)) != std::string::npos; at += to.size())
      manifest.replace(at, from.size(), to);
    return manifest;
  };
  EXPECT_EQ(describe(with("org.example.broken", "org.example.other"), "org.example.other"),
            differs + "id is 'org.example.other' in broken.bbplugin.yaml, 'org.example.broken' in the library");
  EXPECT_EQ(describe(with("version: 1.0.0", "version: 1.0.1")),
            differs + "version is '1.0.1' in broken.bbplugin.yaml, '1.0.0' in the library");
  EXPECT_EQ(describe(with("minor: 0, min", "minor: 1, min")),
            differs + "abi minor is '1' in broken.bbplugin.yaml, '0' in the library");
  EXPECT_EQ(describe(with("[bb.view/1]", "[bb.view/1, bb.share/1]")),
            differs +
                "interfaces of type 'org.example.broken' is 'bb.share/1, bb.view/1' in broken.bbplugin.yaml, "
                "'bb.view/1' in the library");
  EXPECT_EQ(describe(with("[{id: org.example.broken,",
                          "[{id: org.example.broken.two, interfaces: [bb.view/1]}, {id: org.example.broken,")),
            "plugin library good.so differs from its manifest broken.bbplugin.yaml: type 'org.example.broken.two' is "
            "in the manifest but "
            "not in the library");
  EXPECT_EQ(describe(with("[{id: org.example.broken,", "[{id: org.example.broken.two,"), "org.example.broken.two"),
            "plugin library good.so differs from its manifest broken.bbplugin.yaml: type 'org.example.broken' is in "
            "the library but not "
            "in the manifest");
}

TEST_F(LibraryTest, AHashThatDiffersIsRefusedBeforeTheLibraryIsOpened) {
  install("symbol");
  const std::string right = sha256_of("symbol");
  const std::string wrong(64, '0');
  const auto pinned = [](const std::string& hash) {
    return "sha256: {linux-x86_64: \"" + hash + "\", linux-aarch64: \"" + hash + "\"}\n";
  };
  EXPECT_EQ(describe(manifest_of("symbol", pinned(wrong))),
            "plugin library symbol.so differs from its manifest: sha256 is '" + wrong + "' in broken.bbplugin.yaml, '" +
                right + "' of the file");
  install("good");
  EXPECT_EQ(describe(manifest_of("good", pinned(sha256_of("good")))), "");
}

TEST_F(LibraryTest, ASchemaThatCannotBeUsed) {
  EXPECT_THAT(describe_broken("schema"),
              StartsWith("config_schema of connector type 'org.example.broken' is no JSON: "));
}

TEST_F(LibraryTest, AnInitThatFailsAndACreateThatMakesNothing) {
  EXPECT_EQ(create("init"), "plugin library 'org.example.broken' did not start: init returned BB_E_INTERNAL");
  EXPECT_EQ(create("create"),
            "connector 'portal/alice' (org.example.broken) could not be made: BB_E_INTERNAL: connector broke its "
            "contract: it returned BB_OK from create without an instance");
  EXPECT_EQ(create("good"), "");
}

TEST_F(LibraryTest, ATypeThatNobodyOffersNamesTheNearestAndTheFolders) {
  install("good");
  EXPECT_EQ(describe(manifest_of("good"), "org.example.brocken"),
            "no plugin offers connector type 'org.example.brocken'; did you mean 'org.example.broken'?; known: "
            "org.example.broken; searched: " +
                folder.path().string());
  host::Host empty({{}, "test"});
  EXPECT_EQ(empty.find_type("x").error().what, "no plugin offers connector type 'x'; searched: no folder");
}

TEST_F(LibraryTest, TwoLibrariesWithOneTypeAreAnErrorThatNamesBoth) {
  install("good");
  write_file(folder.path(), "other.bbplugin.yaml", manifest_of("good"));
  EXPECT_THAT(describe(manifest_of("good")),
              AllOf(StartsWith("connector type 'org.example.broken' is offered twice: by "),
                    HasSubstr("broken.bbplugin.yaml and by "), HasSubstr("other.bbplugin.yaml")));
}

TEST_F(LibraryTest, ALibraryIsDescribedAsItSays) {
  Scripted scripted;
  const auto type = scripted.host.describe("org.example.scripted.bare");
  ASSERT_TRUE(type) << type.error().what;
  EXPECT_EQ(type->name, "Bare");
  EXPECT_EQ(type->vendor, "Example");
  EXPECT_EQ(type->version, "1.2.3");
  EXPECT_EQ(type->url, "");
  EXPECT_TRUE(type->is_concurrent);
  EXPECT_TRUE(type->config_schema.is_null());
  EXPECT_THAT(type->interfaces, testing::ElementsAre("bb.view/1"));
  EXPECT_EQ(scripted.host.describe("org.example.scripted")->config_schema["required"][0].string_or(""), "base_url");
}

// --- configuration ---

TEST(ConfigTest, PointersAndLeavesWithDefaults) {
  Scripted scripted;
  scripted.options.config =
      Value::object({{"base_url", "https://portal.example"}, {"hosts", Value::strings({"a", "b"})}});
  EXPECT_EQ(scripted.probe("config").body,
            R"({"":"{\"base_url\":\"https://portal.example\",\"hosts\":[\"a\",\"b\"],\"page\":50}",)"
            R"("/base_url":"\"https://portal.example\"","/hosts/0":"\"a\"","/hosts/1":"\"b\"","/page":"50"})");
}

TEST(ConfigTest, AnEmptyListIsALeaf) {
  Scripted scripted;
  const host::Reply reply = scripted.probe("config");
  EXPECT_THAT(reply.body, HasSubstr(R"("/hosts":"[]")"));
}

TEST(ConfigTest, WhatTheSchemaRefusesIsToldByItsPointer) {
  Scripted scripted;
  scripted.options.config = Value::object({{"page", 0}, {"base_uri", "x"}});
  const auto made = scripted.host.create(scripted.options);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().what, AllOf(StartsWith("configuration of 'portal/alice' (org.example.scripted): "),
                                       HasSubstr("/page"), HasSubstr("base_uri"), HasSubstr("base_url")));
}

TEST(ConfigTest, ATypeWithoutASchemaTakesNothing) {
  Scripted scripted;
  scripted.options.type_id = "org.example.scripted.bare";
  scripted.options.config = Value::object({{"a", 1}});
  const auto made = scripted.host.create(scripted.options);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().what, HasSubstr("this connector has nothing to configure, got {\"a\":1}"));
  scripted.options.config = Value();
  EXPECT_TRUE(scripted.host.create(scripted.options));
}

TEST(ConfigTest, WhatTheConnectorRefusesIsInItsOwnWords) {
  Scripted scripted;
  scripted.options.config.set("refuse", true);
  const auto made = scripted.host.create(scripted.options);
  ASSERT_FALSE(made);
  EXPECT_EQ(
      made.error().what,
      "connector 'portal/alice' (org.example.scripted) could not be made: BB_E_INVALID_ARGUMENT: /refuse is true");
}

}  // namespace
}  // namespace bb::test
