// Packages as rules look at them: names, sizes and hashes beside Python's, and
// archives made to harm.
#include "harness/documents/kind_package.hpp"

#include <libxml/tree.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/xml/nodes.hpp>

#include "documents/zip_text.hpp"
#include "harness/documents/nodes.hpp"
#include "harness/documents/package.hpp"
#include "harness/documents/render.hpp"
#include "support/kind_checker.hpp"
#include "support/published_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// "name size sha1" of each file that a report's view would have, and "link href" of links that lead nowhere.
std::multiset<std::string> lines_of(const View& view) {
  std::multiset<std::string> lines;
  for (const xmlNode* node = view.document.root(); node != nullptr;
       node = xml::next_in_order(node, view.document.root())) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if (name_of(node) == "file")
      lines.insert(std::string(attribute(node, "name")) + " " + std::string(attribute(node, "size")) + " " +
                   std::string(attribute(node, "sha1")));
    if (name_of(node) == "link" && attribute(node, "leads").empty())
      lines.insert("link " + std::string(attribute(node, "href")));
  }
  return lines;
}

TEST(PackageTest, FilesAndLinksAreThoseThatPythonFinds) {
  const auto folder = test::published_folder() / "packages";
  if (!fs::exists(folder)) GTEST_SKIP() << "no published packages";
  const std::string script = R"(
import hashlib, html.parser, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
files = {i.filename: archive.read(i) for i in archive.infolist() if not i.is_dir()}
for name, content in files.items():
    print(name, len(content), hashlib.sha1(content).hexdigest())
index = [name for name in files if name.lower().endswith('index.htm')]
class Links(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        href = dict(attributes).get('href', '')
        if tag == 'a' and href and ':' not in href:
            root = index[0][:-len('index.htm')]
            if not any(name.lower().startswith((root + href).lower()) for name in files):
                print('link', href)
if index and any('IHE_XDM' in name for name in files):
    Links().feed(files[index[0]].decode())
)";
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".zip") continue;
    const auto told =
        run_command({"/usr/bin/python3", {"-IS", "-c", script, entry.path().string()}, {}, false}, 20'000);
    ASSERT_TRUE(told && told->status == 0) << (told ? told->err : told.error().what);
    std::multiset<std::string> expected;
    for (const auto& line : split(told->out, '\n'))
      if (!line.empty()) expected.insert(line);
    auto formats = Formats::read(fs::path(BB_SOURCE_DIR) / "conformance/documents/formats.yaml");
    auto store = DataStore::open(fs::path(testing::TempDir()) / "no data");
    Rules rules(*std::move(formats), *std::move(store), Selection{}, nullptr);
    const auto look = look_at_xdm(*read_text(entry.path()), rules);
    EXPECT_EQ(lines_of(*look.view), expected) << entry.path();
    ++count;
  }
  EXPECT_EQ(count, 11u);
}

std::set<std::string> rules_of_zip(const std::string& bytes) {
  auto checker = test::own_rules_checker();
  return test::rules_in(checker.check("a.zip", bytes));
}

TEST(PackageTest, APlainArchiveHasNoFindings) {
  EXPECT_THAT(rules_of_zip(zip_of({{"a/visit.xml", "<a/>"}, {"a/notes.txt", "x"}})), IsEmpty());
}

TEST(PackageTest, NamesThatLeaveTheFolderAreFound) {
  for (const char* name : {"../a.xml", "a/../../b.xml", "/etc/passwd", "C:\\a.xml", "..\\a.xml", "a/..\\b.xml"})
    EXPECT_THAT(rules_of_zip(zip_of({{name, "<a/>"}})), ElementsAre("DIRECT-XDM-06.names")) << name;
  for (const char* name : {"a..b.xml", "...xml", "a/b/c.xml"})
    EXPECT_THAT(rules_of_zip(zip_of({{name, "<a/>"}})), IsEmpty()) << name;
  EXPECT_THAT(rules_of_zip(zip_of({{"a.xml^", "<a/>"}})), ElementsAre("DIRECT-XDM-06.zero"));
  EXPECT_THAT(rules_of_zip(zip_of({{"a.xml", "<a/>"}, {"A.XML", "<b/>"}})), ElementsAre("DIRECT-XDM-06.once"));
  EXPECT_THAT(rules_of_zip(zip_of({{"a.xml@", ""}})), ElementsAre("DIRECT-XDM-06.readable"));
  EXPECT_THAT(rules_of_zip(encrypted(zip_of({{"a.xml", "<a/>"}}))), ElementsAre("DIRECT-XDM-06.readable"));
}

// APPNOTE 4.3.12: in the directory the CRC is at 16, the packed size at 20, the size at 24, the name at 46.
TEST(PackageTest, ADirectoryThatSaysOtherThanTheFilesIsFound) {
  const auto problem_of = [](const std::string& zip) {
    std::string problem;
    read_package(zip, {}, [&](const PackageEntry& entry) {
      problem += entry.problem;
      EXPECT_EQ(entry.bytes.empty(), !entry.problem.empty());
    });
    return problem;
  };
  // Python writes sizes into the header of each file, libarchive behind its content.
  const auto written_by_python = run_command(
      {"/usr/bin/python3",
       {"-IS", "-c",
        "import sys, zipfile, io\nout = io.BytesIO()\nwith zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as zip:\n"
        "    zip.writestr('a.xml', '<a/>')\nsys.stdout.buffer.write(out.getvalue())"},
       {},
       false},
      20'000);
  ASSERT_TRUE(written_by_python && written_by_python->status == 0);
  for (const auto& good : {zip_of({{"a.xml", "<a/>"}}), written_by_python->out}) {
    ASSERT_EQ(problem_of(good), "");
    const auto directory = good.find("PK\x01\x02");
    for (const auto& [at, word] :
         {std::pair<std::size_t, const char*>{16, "CRC"}, {20, ""}, {24, "directory"}, {46, "calls it 'a.xml'"}}) {
      auto changed = good;
      auto& byte = changed[directory + at];
      byte = static_cast<char>(byte ^ 0x01);
      EXPECT_THAT(problem_of(changed), AllOf(Not(IsEmpty()), HasSubstr(word))) << at;
    }
    EXPECT_EQ(problem_of("#!/bin/sh\n" + good), "") << "an archive behind a program";
  }
}

TEST(PackageTest, FindingsWithoutAPlaceFitTheSchema) {
  const auto schema = parse_json(*read_text(fs::path(BB_SOURCE_DIR) / "conformance/schemas/check.schema.json"));
  ASSERT_TRUE(schema);
  auto checker = test::own_rules_checker();
  for (const auto& bytes : {zip_of({{"../a.xml", "<a/>"}}), zip_of({{"a.xml", "<a/>"}, {"a.xml", "<b/>"}})}) {
    const auto report = checker.check("a.zip", bytes);
    ASSERT_EQ(report.findings.size(), 1u);
    const auto value = to_value(report);
    EXPECT_THAT(validate(*schema, value), IsEmpty()) << to_json(value);
    EXPECT_EQ(to_json(value).find("\"line\""), std::string::npos);
    const auto again = from_value(value);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->findings[0].line, 0);
    EXPECT_EQ(again->findings[0].column, 0);
  }
}

TEST(PackageTest, ABombIsAFinding) {
  const std::string zeros(64 * 1024 * 1024, '\0');
  EXPECT_THAT(rules_of_zip(zip_of({{"a.bin", zeros}})), Contains("package"));
}

TEST(PackageTest, EachCutOfAPackageIsJudged) {
  const fs::path folder = fs::path(BB_SOURCE_DIR) / "conformance/documents/package/examples/visit";
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      files.emplace_back(entry.path().lexically_relative(folder).generic_string(), *read_text(entry.path()));
  const auto whole = zip_of(files);
  auto checker = test::own_rules_checker();
  EXPECT_THAT(test::rules_in(checker.check("whole", whole)), IsEmpty());
  const auto step = whole.size() / 200 + 1;
  for (std::size_t end = 4; end < whole.size() - 1; end += step) {
    const auto report = checker.check("cut", whole.substr(0, end));
    EXPECT_EQ(report.failure, "");
    EXPECT_THAT(test::rules_in(report), Not(IsEmpty())) << end;
  }
  // A byte that is another one: found where it is content, and never worse.
  for (std::size_t at = 0; at < whole.size(); at += step) {
    auto changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    EXPECT_EQ(checker.check("changed", changed).failure, "") << at;
  }
}

TEST(PackageTest, HashesAreThoseOfTheirStandard) {
  EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180-4, example
}

}  // namespace
}  // namespace bb::documents
