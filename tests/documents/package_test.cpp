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
#include "harness/documents/zip_layout.hpp"
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

// A zip archive that Python's zipfile writes: what `code` does with `zip` and `out`.
std::string written_by_python(const std::string& code) {
  const auto ran = run_command({"/usr/bin/python3",
                                {"-IS", "-c",
                                 "import io, struct, sys, zipfile\nout = io.BytesIO()\n"
                                 "zip = zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED)\n" +
                                     code + "\nzip.close()\nsys.stdout.buffer.write(out.getvalue())"},
                                {},
                                false},
                               20'000);
  EXPECT_TRUE(ran && ran->status == 0) << (ran ? ran->err : ran.error().what);
  return ran ? ran->out : "";
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
  for (const auto& good : {zip_of({{"a.xml", "<a/>"}}), written_by_python("zip.writestr('a.xml', '<a/>')")}) {
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

// "kind what" of each.
std::vector<std::string> deviations_of(const std::string& zip) {
  std::vector<std::string> told;
  const auto directory = read_zip_directory(zip);
  if (!directory) return {"no directory"};
  for (const auto& one : zip_deviations(zip, *directory)) told.push_back(std::string(one.kind) + " " + one.what);
  return told;
}

// APPNOTE 4.3.6: files, directory and its end, one behind the other.
TEST(PackageTest, WhatNoFileOfTheDirectoryIsIsFound) {
  const auto one = zip_of({{"a.xml", "<a/>"}}), other = zip_of({{"b.xml", "<b/>"}, {"c.xml", "<c/>"}});
  EXPECT_THAT(deviations_of(one), IsEmpty());
  EXPECT_THAT(deviations_of(other), IsEmpty());
  EXPECT_THAT(deviations_of(zip_of({{"a.xml", "<a/>"}}, Packing::store)), IsEmpty());
  EXPECT_THAT(deviations_of("#!/bin/sh\n" + one), ElementsAre("data 10 bytes before the first file, at byte 0"));
  EXPECT_THAT(deviations_of(one + "more"), ElementsAre(HasSubstr("data 4 bytes behind the archive, at byte ")));
  EXPECT_THAT(deviations_of(zip_of({{"a.xml!", "<a/>"}, {"b.xml", "<b/>"}})),
              ElementsAre(HasSubstr("unlisted 'a.xml!' at byte 0, before the first file, is not in the directory")));
  EXPECT_THAT(deviations_of(zip_of({{"a.xml", "<a/>"}, {"b.xml!", "<b/>"}})),
              ElementsAre(AllOf(HasSubstr("unlisted 'b.xml!'"), HasSubstr("behind 'a.xml'"))));
  EXPECT_THAT(deviations_of(one + other), ElementsAre(HasSubstr("unlisted 'a.xml' at byte 0")));
  EXPECT_THAT(deviations_of(other + one), ElementsAre(HasSubstr("unlisted 'b.xml'"), HasSubstr("unlisted 'c.xml'")));
  // A header of the directory at another place: 4.3.12, the place is at 42.
  auto moved = zip_of({{"a.xml", "<a/>"}});
  moved[moved.find("PK\x01\x02") + 42] = 1;
  EXPECT_THAT(deviations_of(moved), Contains(HasSubstr("missing 'a.xml' would begin at byte 1")));
  auto twice = other;
  twice[twice.rfind("PK\x01\x02") + 42] = 0;
  EXPECT_THAT(deviations_of(twice), Contains(HasSubstr("overlap 'c.xml' begins at byte 0, inside of 'b.xml'")));
  auto counted = one;  // 4.3.16: the number of files is at 8 and 10
  counted[counted.rfind("PK\x05\x06") + 10] = 2;
  EXPECT_THAT(deviations_of(counted), ElementsAre("count the directory has 1 file, its end says 2"));
}

TEST(PackageTest, WhatNoFileOfTheDirectoryIsIsJudged) {
  const auto one = zip_of({{"a.xml", "<a/>"}});
  EXPECT_THAT(rules_of_zip(one + one), ElementsAre("DIRECT-XDM-06.directory"));
  EXPECT_THAT(rules_of_zip(one + "more"), ElementsAre("DIRECT-XDM-06.data"));
  EXPECT_TRUE(is_judged_itself(one + one));
  EXPECT_FALSE(is_judged_itself(one));
}

// APPNOTE 4.3.14, 4.3.15, 4.5.3: Python writes ZIP64 where it is asked to, of any size.
TEST(PackageTest, NumbersOfZip64AreRead) {
  const auto wide = written_by_python(
      "with zip.open('a.xml', 'w', force_zip64=True) as file: file.write(b'<a/>')\n"
      "zip.writestr('b.xml', '<b/>')");
  EXPECT_THAT(deviations_of(wide), IsEmpty());
  EXPECT_THAT(rules_of_zip(wide), IsEmpty());
  // As an archive of more than 65535 files ends; and every number of the directory in its ZIP64 form.
  const std::string end_in_zip64 =
      "zip.writestr('a.xml', '<a/>')\nzip.close()\nall = out.getvalue()\nend = all.rfind(b'PK\\5\\6')\n"
      "size, begin = struct.unpack('<LL', all[end + 12:end + 20])\n"
      "record = bytearray(all[begin:end])\n"
      "numbers = struct.unpack('<L', record[24:28]) + struct.unpack('<L', record[20:24]) + struct.unpack('<L', "
      "record[42:46])\n"
      "record[20:28] = b'\\xff' * 8; record[42:46] = b'\\xff' * 4; record[30:32] = struct.pack('<H', 28)\n"
      "record += struct.pack('<HHQQQ', 1, 24, *numbers)\n"
      "wide = b'PK\\6\\6' + struct.pack('<QHHLLQQQQ', 44, 45, 45, 0, 0, 1, COUNT, len(record), begin)\n"
      "place = b'PK\\6\\7' + struct.pack('<LQL', 0, begin + len(record), 1)\n"
      "last = b'PK\\5\\6' + struct.pack('<HHHHLLH', 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0)\n"
      "sys.stdout.buffer.write(all[:begin] + bytes(record) + wide + place + last); sys.exit(0)";
  const auto whole = written_by_python(replace_all(end_in_zip64, "COUNT", "1"));
  EXPECT_THAT(deviations_of(whole), IsEmpty());
  EXPECT_THAT(rules_of_zip(whole), IsEmpty());
  EXPECT_THAT(deviations_of("#!/bin/sh\n" + whole), ElementsAre("data 10 bytes before the first file, at byte 0"));
  EXPECT_THAT(deviations_of(written_by_python(replace_all(end_in_zip64, "COUNT", "2"))),
              ElementsAre("count the directory has 1 file, its end says 2"));
  auto differs = whole;
  differs[differs.rfind("PK\x05\x06") + 10] = 3;  // and no longer 0xFFFF
  EXPECT_THAT(deviations_of(differs),
              Contains("zip64 the end of the directory and its ZIP64 form tell different numbers"));
  auto lost = whole;
  lost[lost.find("PK\x06\x06")] = 'X';
  EXPECT_THAT(deviations_of(lost), Contains("zip64 the ZIP64 locator leads to no end of the directory"));
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
