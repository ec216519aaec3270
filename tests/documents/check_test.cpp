#include "harness/documents/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>

#include "harness/documents/render.hpp"
#include "harness/documents/summary.hpp"
#include "support/kind_checker.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Rules of our own for a document of two templates; the shape of C-CDA's.
constexpr const char* schematron = R"(<schema xmlns="http://purl.oclc.org/dsdl/schematron">
<ns prefix="cda" uri="urn:hl7-org:v3"/>
<phase id="errors"><active pattern="p1"/></phase>
<phase id="warnings"><active pattern="p2"/></phase>
<pattern id="p1"><rule context="cda:ClinicalDocument[cda:templateId[@root='2.16.840.1.113883.10.20.22.1.1' and @extension='2015-08-01']]">
<assert id="has-title" test="count(cda:title)=1">SHALL contain one title</assert>
<assert id="in-set" test="cda:code/@code=document('voc.xml')/voc:systems/voc:system[@valueSetOid='1.2.3']/voc:code/@value">SHALL be of the set</assert>
</rule></pattern>
<pattern id="p2"><rule context="cda:section"><assert id="has-code" test="cda:code">SHOULD have a code</assert></rule></pattern>
<ns prefix="voc" uri="http://www.lantanagroup.com/voc"/>
</schema>)";

constexpr const char* xsd = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hl7-org:v3"
 xmlns="urn:hl7-org:v3" elementFormDefault="qualified">
<xs:element name="deceasedInd"/>
<xs:element name="ClinicalDocument"><xs:complexType><xs:sequence>
<xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence>
<xs:attribute name="moodCode" type="xs:NMTOKEN"/></xs:complexType></xs:element></xs:schema>)";

class CheckTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "source");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) {
    ASSERT_TRUE(write_text(folder_ / "source" / name, text));
  }

  Result<Imported> import() {
    auto store = DataStore::open(folder_ / "data");
    return store->import(folder_ / "source");
  }

  void import_all() {
    write("rules.sch", schematron);
    write("cda.xsd", xsd);
    const auto imported = import();
    ASSERT_TRUE(imported) << imported.error().what;
  }

  DocumentReport check(std::string_view document, CheckOptions options = {}, Level least = Level::note,
                       std::vector<std::string> profiles = {}) {
    auto formats = Formats::read(fs::path(BB_SOURCE_DIR) / "conformance/documents/formats.yaml");
    auto store = DataStore::open(folder_ / "data");
    EXPECT_TRUE(store) << store.error().what;
    Selection selection;
    selection.has_own = false;
    selection.least = least;
    selection.profiles = std::move(profiles);
    auto rules = std::make_shared<Rules>(*std::move(formats), *std::move(store), selection, nullptr);
    return DocumentChecker(rules, std::move(options)).check("visit.xml", document);
  }

  static std::vector<std::string> lines_of(const DocumentReport& report) {
    std::vector<std::string> lines;
    for (const auto& f : report.findings)
      lines.push_back(std::to_string(f.line) + ":" + std::to_string(f.column) + " " + std::string(to_word(f.level)) +
                      " " + f.rule + " " + f.xpath);
    return lines;
  }

  fs::path folder_;
};

constexpr const char* document = R"(<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/>
  <!-- a > in a comment --><code code="x"/>
  <section/><section><code/></section>
</ClinicalDocument>)";

TEST_F(CheckTest, FindsWhatRulesSayAtLineAndColumnInDocumentOrder) {
  import_all();
  const auto report = check(document);
  EXPECT_THAT(lines_of(report), ElementsAre("2:1 error has-title /cda:ClinicalDocument",
                                            "5:3 warning has-code /cda:ClinicalDocument/cda:section[1]"));
  EXPECT_EQ(report.exit_status(), 1);
}

TEST_F(CheckTest, ListsWhatNeedsAValueSetThatIsNotThere) {
  import_all();
  const auto report = check(document);
  ASSERT_EQ(report.unjudged.size(), 1u);
  EXPECT_EQ(report.unjudged[0].rule, "in-set");
  EXPECT_THAT(report.unjudged[0].why, HasSubstr("value set 1.2.3"));
  EXPECT_THAT(render_text(report), HasSubstr("not evaluated: in-set, 1 time"));
}

TEST_F(CheckTest, JudgesByTheValueSetThatWasImported) {
  write("voc.xml",
        "<systems xmlns='http://www.lantanagroup.com/voc'><system valueSetOid='1.2.3'><code value='y'/></system>"
        "<system valueSetOid='other'><code value='x'/></system></systems>");
  import_all();
  EXPECT_THAT(lines_of(check(document)), testing::Contains("2:1 error in-set /cda:ClinicalDocument"));
  const auto kept = read_text(folder_ / "data/ccda-2.1/voc.xml");
  ASSERT_TRUE(kept);
  EXPECT_THAT(*kept, testing::Not(HasSubstr("other"))) << "only what rules name is kept";
}

TEST_F(CheckTest, FindsWhatTheSchemaForbids) {
  import_all();
  const auto report = check("<ClinicalDocument xmlns='urn:hl7-org:v3' classCode='X'/>");
  EXPECT_THAT(lines_of(report), testing::Contains("1:1 error xsd /cda:ClinicalDocument"));
}

TEST_F(CheckTest, IsNeverValidWithoutItsValidators) {
  const auto report = check("<ClinicalDocument xmlns='urn:hl7-org:v3'/>");
  EXPECT_EQ(report.exit_status(), 3);
  EXPECT_THAT(report.missing, ElementsAre(HasSubstr("bluebridge data import")));
}

TEST_F(CheckTest, RefusesImportedDataThatWasChanged) {
  import_all();
  ASSERT_TRUE(write_text(folder_ / "data/cda-sdtc/cda.xsd", "<xs:schema/>"));
  const auto report = check("<ClinicalDocument xmlns='urn:hl7-org:v3'/>");
  EXPECT_EQ(report.exit_status(), 3);
  EXPECT_THAT(report.missing, ElementsAre(HasSubstr("is not what was imported")));
}

TEST_F(CheckTest, CountsWhatIsIgnored) {
  import_all();
  const auto report = check(document, {.as = {}, .ignore = {"has-title"}});
  EXPECT_EQ(report.count(Level::error), 0u);
  EXPECT_EQ(report.ignored.at("has-title"), 1u);
  EXPECT_THAT(render_text(report), HasSubstr("ignored as asked: has-title, 1 time"));
}

TEST_F(CheckTest, LooksOnlyForTheLevelThatIsAskedForAndSaysSo) {
  import_all();
  const auto errors = check(document, {}, Level::error);
  EXPECT_THAT(lines_of(errors), ElementsAre("2:1 error has-title /cda:ClinicalDocument"));
  EXPECT_THAT(render_text(errors), testing::EndsWith(": 1 error; others were not looked for\n"));
  EXPECT_EQ(to_value(errors)["level"].string_or(""), "error");
  const auto both = check(document, {}, Level::warning);
  EXPECT_THAT(render_text(both), testing::EndsWith(": 1 error, 1 warning; others were not looked for\n"));
  const auto all = check(document);
  EXPECT_THAT(render_text(all), testing::EndsWith(": 1 error, 1 warning, 0 notes\n"));
  EXPECT_TRUE(to_value(all)["level"].is_null());
  for (const auto* report : {&errors, &both, &all})
    EXPECT_EQ(from_value(to_value(*report)).value().least, report->least);
}

TEST(RenderTest, SaysWhatWasExpectedAndFoundAsFarAsItIsKnown) {
  const auto lines_of_finding = [](const std::string& expected, const std::string& found) {
    DocumentReport report;
    report.name = "a";
    report.findings.push_back({.rule = "r", .message = "wrong", .expected = expected, .found = found});
    const auto lines = split(render_text(report), '\n');
    return lines.size() > 1 && lines[1].starts_with("    ") ? lines[1] : "";
  };
  EXPECT_EQ(lines_of_finding("one", "two"), "    expected one, found two");
  EXPECT_EQ(lines_of_finding("one", ""), "    expected one");
  EXPECT_EQ(lines_of_finding("", "two"), "    found two");
  EXPECT_EQ(lines_of_finding("", ""), "");
}

TEST(RenderTest, AFieldCannotPassForAFinding) {
  const std::string forged = "x\nother.xml:1:1: error: forged [rule]\r\nx";
  DocumentReport report;
  report.name = forged;
  report.recognition.title = forged;
  report.findings.push_back({.rule = forged,
                             .line = 1,
                             .path = forged,
                             .message = forged,
                             .expected = forged,
                             .found = forged,
                             .hint = forged,
                             .also = forged});
  report.findings.push_back({.rule = "a", .line = 0, .message = "\x1b[2J"});
  report.dropped_count = 1;
  report.unjudged.push_back({forged, forged, 1});
  report.ignored[forged] = 1;
  report.missing.push_back(forged);
  report.failure = forged;
  const auto text = render_text(report);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 11);
  EXPECT_EQ(text.find("\nother.xml"), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  Summary summary;
  summary.add(report);
  EXPECT_EQ(summary.render().find("\nother.xml"), std::string::npos);
}

TEST_F(CheckTest, SaysWhenItIsNotTheFormatThatWasAskedFor) {
  import_all();
  const auto report = check(document, {.as = "ccda-1.1", .ignore = {}});
  EXPECT_THAT(lines_of(report), testing::Contains("2:1 error format /cda:ClinicalDocument"));
}

TEST_F(CheckTest, TakesAFormatForTheOneItBuildsOn) {
  import_all();
  const auto newer = replace_all(document, "2015-08-01", "2023-05-01");
  EXPECT_THAT(lines_of(check(newer, {.as = "ccda-2.1", .ignore = {}})),
              testing::Each(testing::Not(HasSubstr("format"))));
  EXPECT_THAT(lines_of(check(document, {.as = "ccda-4.1", .ignore = {}})),
              testing::Contains(HasSubstr("error format")));
}

TEST(IgnoredFormatTest, IsThatOfAsOfEachKindAndNeverThatAFileIsNoOutput) {
  const std::string text = "------ TRICARE ------\nName: DOE, JANE\nDate of Birth: 02 Feb 1970\n";
  const std::string page =
      "<!DOCTYPE html><html lang='en'><head><title>t</title></head><body><h1>h</h1><p>p</p></body></html>";
  for (const auto& bytes : {text, page}) {
    EXPECT_THAT(test::rules_in(test::own_rules_checker({.as = "pdf", .ignore = {}}).check("a", bytes)),
                testing::Contains("format"));
    const auto report = test::own_rules_checker({.as = "pdf", .ignore = {"format"}}).check("a", bytes);
    EXPECT_EQ(report.ignored.at("format"), 1u);
    EXPECT_THAT(test::rules_in(report), testing::Not(testing::Contains("format")));
  }
  for (const std::string bytes : {"hello", "<a/>", ""})
    EXPECT_EQ(test::own_rules_checker({.as = {}, .ignore = {"format", "xml"}}).check("a", bytes).exit_status(), 1)
        << bytes;
}

TEST_F(CheckTest, AnUnknownReleaseIsToldAndNeverValid) {
  import_all();
  const auto unknown = replace_all(document, "2015-08-01", "2015-08-1");
  const auto report = check(unknown);
  EXPECT_THAT(lines_of(report), testing::Contains("3:3 warning format /cda:ClinicalDocument/cda:templateId"));
  EXPECT_EQ(report.exit_status(), 3);
  EXPECT_THAT(report.missing, testing::Contains(HasSubstr("the release '2015-08-1' of C-CDA")));
  // With R1.1 beside it, it is judged as that.
  const auto beside = replace_all(unknown, "<!--", "<templateId root=\"2.16.840.1.113883.10.20.22.1.1\"/><!--");
  EXPECT_EQ(check(beside).recognition.format, "ccda-1.1");
  EXPECT_THAT(lines_of(check(beside)), testing::Contains(HasSubstr("warning format")));
  const auto none = check("<ClinicalDocument xmlns='urn:hl7-org:v3'/>");
  EXPECT_THAT(lines_of(none), ElementsAre("1:1 warning format /cda:ClinicalDocument"));
}

TEST_F(CheckTest, NoNumberOfWarningsHidesAnError) {
  import_all();
  std::string many =
      "<ClinicalDocument xmlns='urn:hl7-org:v3'>"
      "<templateId root='2.16.840.1.113883.10.20.22.1.1' extension='2015-08-01'/><title/>";
  for (int i = 0; i < 10'100; ++i) many += "<section/>";
  auto report = check(many + "</ClinicalDocument>");
  EXPECT_EQ(report.count(Level::warning), findings_max);
  EXPECT_EQ(report.dropped_count, 100u);
  EXPECT_EQ(report.exit_status(), 0);
  // Errors come after warnings where they stand in another rule set.
  write("later.sch", R"sch(<schema xmlns="http://purl.oclc.org/dsdl/schematron"><ns prefix="cda" uri="urn:hl7-org:v3"/>
<pattern><rule context="cda:title"><assert id="late" test="false()">no</assert></rule></pattern></schema>)sch");
  auto formats = Formats::read(fs::path(BB_SOURCE_DIR) / "conformance/documents/formats.yaml");
  Selection selection;
  selection.has_own = false;
  selection.files = {(folder_ / "source/later.sch").string()};
  auto rules =
      std::make_shared<Rules>(*std::move(formats), DataStore::open(folder_ / "data").value(), selection, nullptr);
  report = DocumentChecker(rules, {}).check("many.xml", many + "</ClinicalDocument>");
  EXPECT_EQ(report.count(Level::error), 1u);
  EXPECT_EQ(report.exit_status(), 1);
}

TEST_F(CheckTest, TellsADamagedFileByOneFinding) {
  for (const auto* bytes :
       {"<", "<a", "\xEF\xBB\xBF<", "x<ClinicalDocument/>", "<a>&x;</a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"}) {
    SCOPED_TRACE(bytes);
    const auto report = check(bytes);
    ASSERT_EQ(report.findings.size(), 1u);
    EXPECT_EQ(report.findings[0].rule, "xml");
    EXPECT_EQ(report.exit_status(), 1);
  }
}

TEST_F(CheckTest, SaysWhatIsNoOutput) {
  const std::vector<std::pair<const char*, const char*>> others{
      {"", "empty file"}, {"plain", "text"}, {"a,b\n1,2\n", "text"}, {"{", "JSON"}, {"{\"a\": 1}", "JSON"}};
  for (const auto& [bytes, title] : others) {
    SCOPED_TRACE(bytes);
    const auto report = check(bytes);
    ASSERT_EQ(report.findings.size(), 1u);
    EXPECT_EQ(report.findings[0].rule, "format");
    EXPECT_EQ(report.findings[0].message, std::string("no Blue Button output: ") + title);
    EXPECT_THAT(report.findings[0].expected, HasSubstr("a CDA document"));
    EXPECT_EQ(report.exit_status(), 1);
  }
}

TEST_F(CheckTest, FindsADocumentOfAnotherTypeThanWasAskedFor) {
  import_all();
  // The template of a Continuity of Care Document: C-CDA R2.1, 1.1.3.
  const auto ccd = replace_all(document, "<!--", "<templateId root='2.16.840.1.113883.10.20.22.1.2'/><!--");
  const auto finding = [&](std::string_view bytes, std::vector<std::string> profiles) {
    for (const auto& one : check(bytes, {}, Level::note, std::move(profiles)).findings)
      if (one.rule == "profile") return one.message + "; expected " + one.expected + ", found " + one.found;
    return std::string();
  };
  EXPECT_EQ(finding(ccd, {}), "");
  EXPECT_EQ(finding(ccd, {"ccd"}), "");
  EXPECT_EQ(finding(ccd, {"discharge_summary", "ccd"}), "") << "one of them";
  EXPECT_EQ(finding(ccd, {"discharge_summary"}),
            "this is C-CDA R2.1, Continuity of Care Document; expected a document of the profile discharge_summary, "
            "found ccd");
  EXPECT_EQ(finding(document, {"ccd"}), "this is C-CDA R2.1; expected a document of the profile ccd, found ccda-2.1");
  EXPECT_EQ(finding("<ContinuityOfCareRecord xmlns='urn:astm-org:CCR'/>", {"ccd"}),
            "this is ASTM Continuity of Care Record; expected a document of the profile ccd, found ccr");
  EXPECT_EQ(finding("<html lang='en'><body>x</body></html>", {"ccd"}),
            "this is HTML page; expected a document of the profile ccd, found html");
  EXPECT_THAT(finding(ccd, {"http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"}), HasSubstr("found ccd"))
      << "a profile of FHIR says nothing of it";
}

TEST_F(CheckTest, PrintsJsonOfThePublishedSchema) {
  import_all();
  const auto schema = parse_json(*read_text(fs::path(BB_SOURCE_DIR) / "conformance/schemas/check.schema.json"));
  ASSERT_TRUE(schema);
  for (const auto* bytes : {document, "", "<a/>"})
    EXPECT_EQ(validate(*schema, to_value(check(bytes))).size(), 0u) << bytes;
  EXPECT_EQ(validate(*schema, to_value(check(document, {}, Level::error))).size(), 0u);
}

TEST_F(CheckTest, ImportsNothingFromAFolderWithoutData) {
  write("notes.txt", "nothing");
  EXPECT_THAT(import().error().what, HasSubstr("holds no CDA schema"));
}

TEST_F(CheckTest, NamesARuleThatIsNoXPath) {
  write("rules.sch",
        "<schema xmlns='http://purl.oclc.org/dsdl/schematron'>\n<pattern><rule context='a'>\n"
        "<assert test='count(a'>x</assert></rule></pattern></schema>");
  EXPECT_THAT(import().error().what, HasSubstr("rules.sch:3: the test 'count(a' is not XPath 1.0"));
}

}  // namespace
}  // namespace bb::documents
