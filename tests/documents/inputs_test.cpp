#include "harness/documents/inputs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <bb/core/files.hpp>

#include "documents/zip_text.hpp"
#include "harness/documents/package.hpp"
#include "support/temporary_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class InputsTest : public testing::Test {
 protected:
  fs::path write(const std::string& name, std::string_view text) {
    const auto file = folder_.path() / name;
    fs::create_directories(file.parent_path());
    EXPECT_TRUE(write_text(file, text));
    return file;
  }

  // What reading the inputs gives, a line each, below the test's folder.
  std::vector<std::string> lines_of(const std::vector<std::string>& names) {
    const auto inputs = find_inputs(names);
    if (!inputs) return {"error: " + inputs.error().what};
    std::vector<std::string> lines;
    passed_over_count_ = inputs->passed_over_count;
    for (const auto& file : inputs->files)
      passed_over_count_ += read_input(file, [&](const Piece& piece) {
        lines.push_back(piece.name.substr(std::min(piece.name.size(), folder_.path().string().size() + 1)) +
                        (piece.problem.empty() ? "" : " problem: " + piece.problem) +
                        (piece.failure.empty() ? "" : " failure: " + piece.failure));
      });
    return lines;
  }

  std::vector<std::string> lines_of_folder() { return lines_of({folder_.path().string()}); }

  test::TemporaryFolder folder_;
  std::size_t passed_over_count_ = 0;
};

TEST_F(InputsTest, GivesTheFilesOfAFolderByName) {
  for (const auto* name : {"b.xml", "a/z.xml", "a/deep/er/c.txt", "B.XML"}) write(name, "<a/>");
  EXPECT_THAT(lines_of_folder(), ElementsAre("B.XML", "a/deep/er/c.txt", "a/z.xml", "b.xml"));
}

TEST_F(InputsTest, PassesOverWhatIsHiddenLinkedOrOfAnotherKind) {
  write("visit.xml", "<a/>");
  write(".hidden.xml", "<a/>");
  write(".git/config.xml", "<a/>");
  write("picture", "\x89PNG....");
  write("page.html", "<!DOCTYPE html><html></html>");
  write("notes.txt", "no document");
  fs::create_symlink(folder_.path(), folder_.path() / "round");
  fs::create_symlink(folder_.path() / "visit.xml", folder_.path() / "link.xml");
  ASSERT_EQ(::mkfifo((folder_.path() / "fifo.xml").c_str(), 0600), 0);
  EXPECT_THAT(lines_of_folder(), ElementsAre("page.html", "visit.xml"));
  EXPECT_EQ(passed_over_count_, 5u) << "a picture, a note, two links, a pipe";
}

TEST_F(InputsTest, ChecksWhatIsADocumentByItsNameOrByItsContent) {
  write("empty.xml", "");
  write("garbage.XML", "\x01\x02");
  write("no_extension", "\xEF\xBB\xBF\n <a/>");
  write("wide", std::string_view("\xFF\xFE<\0a\0/\0>\0", 10));
  EXPECT_THAT(lines_of_folder(), ElementsAre("empty.xml", "garbage.XML", "no_extension", "wide"));
}

TEST_F(InputsTest, ChecksWhateverIsNamed) {
  EXPECT_THAT(lines_of({write("notes.txt", "no document").string()}), ElementsAre("notes.txt"));
  fs::create_symlink(folder_.path() / "notes.txt", folder_.path() / "link");
  EXPECT_THAT(lines_of({(folder_.path() / "link").string()}), ElementsAre("link"));
}

TEST_F(InputsTest, RefusesANameThatIsNoFile) {
  EXPECT_THAT(lines_of({"/nowhere/x.xml"}), ElementsAre(HasSubstr("error: cannot read /nowhere/x.xml: No such file")));
  const auto pipe = (folder_.path() / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(lines_of({pipe}), ElementsAre(HasSubstr("it is no regular file but a pipe")));
  EXPECT_THAT(lines_of({"/dev/zero"}), ElementsAre(HasSubstr("it is no regular file but a device")));
}

TEST_F(InputsTest, TellsAFileThatWentAwayAsAFailureOfItAlone) {
  write("a.xml", "<a/>");
  const auto gone = write("b.xml", "<a/>");
  const auto inputs = find_inputs({folder_.path().string()});
  ASSERT_TRUE(inputs);
  fs::remove(gone);
  fs::create_symlink("/etc/passwd", gone);
  std::vector<std::string> failures;
  for (const auto& file : inputs->files)
    read_input(file, [&](const Piece& piece) { failures.push_back(piece.failure); });
  EXPECT_THAT(failures, ElementsAre("", HasSubstr("it is a symbolic link")));
}

TEST_F(InputsTest, DoesNotReadWhatIsTooLarge) {
  const auto large = write("large.xml", "<a>");
  fs::resize_file(large, document_bytes_max);
  EXPECT_THAT(lines_of({large.string()}), ElementsAre("large.xml"));
  fs::resize_file(large, document_bytes_max + 1);
  EXPECT_THAT(lines_of({large.string()}),
              ElementsAre("large.xml problem: the document has 67108865 bytes, at most 67108864 are read"));
  const auto package = write("large.zip", "PK\x03\x04");
  fs::resize_file(package, package_bytes_max + 1);
  EXPECT_THAT(lines_of({package.string()}), ElementsAre(HasSubstr("the package has 268435457 bytes")));
}

TEST_F(InputsTest, ReadsTheDocumentsOfAPackage) {
  write("visit.bin",
        zip_of({{"b.xml", "<b/>"}, {"../a.xml", "<a/>"}, {"notes.txt", "text"}, {"__MACOSX/._b.xml", "?"}}));
  EXPECT_THAT(lines_of_folder(), ElementsAre("visit.bin", "visit.bin!/b.xml", "visit.bin!/../a.xml"));
  EXPECT_EQ(passed_over_count_, 1u);
}

TEST_F(InputsTest, KnowsWhatIsNoDocumentOfAnXdmPackage) {
  write("xdm.zip", zip_of({{"INDEX.HTM", "<?xml version='1.0'?><html/>"},
                           {"README.TXT", "text"},
                           {"IHE_XDM/SUBSET01/METADATA.XML", "<m/>"},
                           {"IHE_XDM/SUBSET01/CDA.XSL", "<s/>"},
                           {"IHE_XDM/SUBSET01/DOC.XML", "<a/>"}}));
  write("plain.zip", zip_of({{"METADATA.XML", "<m/>"}}));
  EXPECT_THAT(lines_of_folder(),
              ElementsAre("plain.zip!/METADATA.XML", "xdm.zip", "xdm.zip!/IHE_XDM/SUBSET01/DOC.XML"));
}

TEST_F(InputsTest, ReadsAPackageInAPackageAndNoDeeper) {
  const auto inner = zip_of({{"c.xml", "<c/>"}});
  const auto middle = zip_of({{"inner.zip", inner}, {"b.xml", "<b/>"}});
  write("one.zip", middle);
  write("two.zip", zip_of({{"middle.zip", middle}}));
  EXPECT_THAT(lines_of_folder(),
              ElementsAre("one.zip!/inner.zip!/c.xml", "one.zip!/b.xml",
                          "two.zip!/middle.zip!/inner.zip problem: a package in a package in a package is not read",
                          "two.zip!/middle.zip!/b.xml"));
}

TEST_F(InputsTest, TellsAPackageOfNoUse) {
  write("a.zip", zip_of({{"notes.txt", "text"}}));
  write("b.zip", encrypted(zip_of({{"a.xml", "<a/>"}})));
  const auto whole = zip_of({{"a.xml", "<a/>"}});
  write("c.zip", whole.substr(0, whole.size() - 10));
  EXPECT_THAT(lines_of_folder(),
              ElementsAre("a.zip problem: the package holds no document", "b.zip!/a.xml problem: it is encrypted",
                          HasSubstr("c.zip problem: damaged zip archive: ")));
}

TEST_F(InputsTest, TellsAnEntryThatIsDamaged) {
  auto zip = zip_of({{"a.xml", "<a>one</a>"}, {"b.xml", "<b/>"}}, Packing::store);
  zip[zip.find("<a>one") + 3] = '?';
  write("a.zip", zip);
  EXPECT_THAT(lines_of_folder(), ElementsAre(HasSubstr("a.zip!/a.xml problem: it is damaged: "), "a.zip!/b.xml"));
}

// What ends the reading of an archive under limits, and what it gave until then.
std::pair<std::string, std::vector<std::string>> read_with(const PackageLimits& limits, const std::string& zip) {
  std::vector<std::string> names;
  const auto end =
      read_package(zip, limits, [&](const PackageEntry& entry) { names.push_back(entry.name + " " + entry.problem); });
  return {end.value_or(""), names};
}

TEST(PackageTest, KeepsToItsLimits) {
  const auto zip = zip_of({{"a", std::string(1000, 'a')}, {"b", std::string(1000, 'b')}});
  EXPECT_THAT(read_with({}, zip), testing::Pair("", ElementsAre("a ", "b ")));
  EXPECT_THAT(read_with({.entry_count_max = 2}, zip).first, "");
  EXPECT_THAT(read_with({.entry_count_max = 1}, zip),
              testing::Pair("the archive has more than 1 entries", ElementsAre("a ")));
  EXPECT_THAT(read_with({.entry_bytes_max = 1000}, zip).second, ElementsAre("a ", "b "));
  EXPECT_THAT(read_with({.entry_bytes_max = 999}, zip).second,
              ElementsAre("a it unpacks to more than 999 bytes", "b it unpacks to more than 999 bytes"));
  EXPECT_THAT(read_with({.bytes_max = 2000}, zip).first, "");
  EXPECT_THAT(read_with({.bytes_max = 1999}, zip).first, "the archive unpacks to more than 1999 bytes");
}

TEST(PackageTest, RefusesABomb) {
  const auto zip = zip_of({{"bomb.xml", std::string(17u << 20, ' ')}});
  EXPECT_THAT(read_with({}, zip), testing::Pair("the archive unpacks to more than 200 times its size", IsEmpty()));
}

TEST(PackageTest, ReadsNoCompressionThatTakesMemoryAsItIsTold) {
  const auto zip = zip_of({{"a.xml", "<a/>"}}, Packing::store);
  EXPECT_THAT(read_with({}, with_method(zip, 0)).second, ElementsAre("a.xml "));
  for (const int method : {9, 12, 14, 93, 95, 98})  // deflate64, bzip2, LZMA, zstd, xz, PPMd
    EXPECT_THAT(read_with({}, with_method(zip, static_cast<char>(method))).second,
                ElementsAre(HasSubstr("its compression is not read: ")))
        << method;
}

TEST(PackageTest, SurvivesEveryTruncation) {
  const auto zip = zip_of({{"a.xml", "<a/>"}, {"b.xml", std::string(500, 'b')}});
  for (std::size_t length = 4; length < zip.size(); ++length)
    EXPECT_NE(read_with({}, zip.substr(0, length)).first, "") << length << " of " << zip.size();
}

}  // namespace
}  // namespace bb::documents
