// `bluebridge show`: the record of a document on a terminal and as JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/records/read.hpp>
#include "harness/cli/record_page.hpp"
#include "support/temporary_folder.hpp"

namespace bb::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string program = std::string(BB_BINARY_DIR) + "/bin/bluebridge";
const std::string samples = std::string(BB_SOURCE_DIR) + "/samples/records/";

CommandResult show(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "show");
  auto result =
      run_command({.program = program, .arguments = arguments, .environment = {}, .is_stderr_captured = true}, 60'000);
  EXPECT_TRUE(result) << result.error().what;
  return result ? *result : CommandResult{.status = -1, .out = {}, .err = {}};
}

std::vector<SchemaFinding> departures(const Value& instance) {
  const auto text = read_text(std::string(BB_SOURCE_DIR) + "/conformance/schemas/record.schema.json");
  EXPECT_TRUE(text);
  const auto schema = parse_json(text ? *text : "{}");
  EXPECT_TRUE(schema);
  EXPECT_THAT(check_schema(*schema), IsEmpty());
  return validate(*schema, instance);
}

TEST(ShowTest, PrintsAPageWithTheLineOfEachFact) {
  const auto result = show({samples + "alice.xml"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(result.out, AllOf(HasSubstr("\nAllergies (4)\n     130  Penicillin (RxNorm 70618)\n"),
                                HasSubstr("  Name          Alice Jones Newman\n"), Not(HasSubstr("\x1b"))));
}

TEST(ShowTest, PrintsJsonByItsSchema) {
  for (const auto* stem : {"alice", "bruno", "dmitri", "zoe"}) {
    const auto result = show({"--json", samples + stem + ".xml"});
    EXPECT_EQ(result.status, 0);
    const auto value = parse_json(result.out);
    ASSERT_TRUE(value) << stem;
    EXPECT_EQ((*value)["file"].string_or(""), samples + stem + ".xml");
    for (const auto& finding : departures(*value)) ADD_FAILURE() << stem << finding.pointer << ": " << finding.message;
  }
}

TEST(ShowTest, TheSchemaNoticesAMissingAndAnUnknownMember) {
  auto value = *parse_json(show({"--json", samples + "bruno.xml"}).out);
  value.set("surprise", 1);
  value.erase("patient");
  EXPECT_THAT(departures(value), SizeIs(2));
}

TEST(ShowTest, PrintsOneObjectALineForSeveralDocuments) {
  const auto lines = split(show({"--json", samples + "bruno.xml", samples + "zoe.xml"}).out, '\n');
  ASSERT_THAT(lines, SizeIs(3));  // and the end of the last line
  for (const auto i : {0U, 1U}) EXPECT_THAT(departures(*parse_json(lines[i])), IsEmpty());
}

TEST(ShowTest, ShowsTheOthersWhereOneDocumentCannotBeRead) {
  const auto result = show({"--json", "/nowhere.xml", samples + "zoe.xml"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("/nowhere.xml"));
  EXPECT_THAT(result.out, HasSubstr("zoe.xml"));
}

TEST(ShowTest, TellsAPlannedVaccineFromOneThatWasGiven) {
  records::Record record;
  record.immunizations = {{{"", "", "", "Influenza"}, "2030", "INT", "completed", "", 7},
                          {{"", "", "", "Tetanus"}, "2020", "EVN", "completed", "", 9}};
  const auto page = record_page("x", record, {});
  EXPECT_THAT(page, AllOf(HasSubstr("7  Influenza\n          planned (INT), completed; 2030\n"),
                          HasSubstr("9  Tetanus\n          completed; 2020\n")));
}

TEST(ShowTest, SaysThatADocumentIsAboutSeveralPatients) {
  records::Record record;
  record.patient.name.family = "Ash";
  EXPECT_THAT(record_page("x", record, {}), Not(HasSubstr("patients")));
  record.other_patients.push_back(record.patient);
  record.other_patients[0].name.family = "Birch";
  EXPECT_THAT(record_page("x", record, {}), AllOf(HasSubstr("Another patient\n  Name          Birch\n"),
                                                  HasSubstr("The document is about 2 patients")));
}

TEST(ShowTest, RefusesWhatIsNoReadableDocument) {
  test::TemporaryFolder folder;
  const auto file = [&](const std::string& name, const std::string& text) {
    const auto path = (folder.path() / name).string();
    EXPECT_TRUE(write_text(path, text));
    return path;
  };
  const auto fifo = (folder.path() / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const std::vector<std::pair<std::string, std::string>> cases{
      {file("empty.xml", ""), "line 1, column 1: the document is empty"},
      {file("one.xml", "<"), "line 1, column 2: not well-formed XML"},
      {file("page.xml", "<html/>"), "expected the root element ClinicalDocument"},
      {file("page.html", "<!DOCTYPE html><p>Alice<br></html>"), "found a page, which has words for people alone"},
      {file("a.pdf", "%PDF-1.7 x"), "found a PDF, which has words for people alone"},
      {file("a.zip", "PK\3\4..."), "found a package: unpack it, and name the documents in it"},
      {file("a.txt", "Dear Alice"),
       "expected CDA or CCR in XML, FHIR in JSON or XML, or a Blue Button text; found neither"},
      {folder.path().string(), "it is a folder, no regular file"},
      {fifo, "no regular file"},
      {"/nowhere.xml", "/nowhere.xml"}};
  for (const auto& [path, message] : cases) {
    const auto result = show({path});
    EXPECT_EQ(result.status, 2) << path;
    EXPECT_THAT(result.err, AllOf(HasSubstr(path), HasSubstr(message)));
    EXPECT_THAT(result.out, IsEmpty());
  }
}

TEST(ShowTest, RefusesHalfAGigabyteBeforeReadingIt) {
  test::TemporaryFolder folder;
  const auto path = (folder.path() / "huge.xml").string();
  ASSERT_TRUE(write_text(path, "<ClinicalDocument xmlns='urn:hl7-org:v3'>"));
  std::filesystem::resize_file(path, 500'000'000);  // the rest is a hole
  const auto result = show({path});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr(path), HasSubstr("67108864")));
}

TEST(ShowTest, SaysThatAFileMayNotBeRead) {
  constexpr ::uid_t root = 0, nobody = 65534;
  test::TemporaryFolder folder;
  const auto path = (folder.path() / "secret.xml").string();
  ASSERT_TRUE(write_text(path, "<ClinicalDocument/>"));
  std::filesystem::permissions(path, std::filesystem::perms::none);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  const bool is_root = ::geteuid() == root;  // who may read every file
  ASSERT_EQ(is_root ? ::seteuid(nobody) : 0, 0);
  const bool can_run = ::eaccess(program.c_str(), X_OK) == 0;
  const auto result = can_run ? show({path}) : CommandResult{};
  ASSERT_EQ(is_root ? ::seteuid(root) : 0, 0);
  if (!can_run) GTEST_SKIP() << "another user cannot run " << program;
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr(path), HasSubstr("Permission denied")));
}

TEST(ShowTest, CutsALongTextOnThePageAlone) {
  // One line of 10 MB: the page must not break all of it into lines.
  test::TemporaryFolder folder;
  const auto path = (folder.path() / "letter.xml").string();
  ASSERT_TRUE(write_text(path, "<ClinicalDocument xmlns='urn:hl7-org:v3'><component><nonXMLBody><text>" +
                                   std::string(10'000'000, 'x') +
                                   "</text></nonXMLBody></component></ClinicalDocument>"));
  const auto page = show({path}).out;
  EXPECT_THAT(page, HasSubstr("... (--json has the whole text)\n"));
  EXPECT_LT(page.size(), 10'000U);
  EXPECT_GT(show({"--json", path}).out.size(), 10'000'000U);
}

TEST(ShowTest, KeepsControlCharactersFromTheTerminal) {
  test::TemporaryFolder folder;
  const auto path = (folder.path() / "evil.xml").string();
  // XML takes C1 controls: CSI (U+009B), and the override of direction.
  ASSERT_TRUE(write_text(path,
                         "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>A&#x9b;31mB&#x202e;C</title>"
                         "</ClinicalDocument>"));
  EXPECT_THAT(show({path}).out, AllOf(Not(HasSubstr("\xC2\x9B")), Not(HasSubstr("\xE2\x80\xAE"))));
  EXPECT_THAT(show({"--json", path}).out, AllOf(HasSubstr("\\u009b31m"), HasSubstr("\\u202e")));
}

TEST(RecordPageTest, ColoursHeadingsOnlyWhereAsked) {
  records::Record record;
  record.patient.name.family = "Newman";
  EXPECT_THAT(record_page("x.xml", record, {.is_coloured = true}), HasSubstr("\x1b[1mPatient\x1b[0m"));
  EXPECT_THAT(record_page("x.xml", record, {}), Not(HasSubstr("\x1b")));
}

TEST(RecordPageTest, NeverExceedsTheWidth) {
  const auto text = read_text(samples + "alice.xml");
  const auto record = records::read_record(*text);
  ASSERT_TRUE(record);
  for (const auto& line : split(record_page("alice.xml", *record, {.width = 60}), '\n'))
    EXPECT_LE(line.size(), 60U) << line;
}

}  // namespace
}  // namespace bb::cli
