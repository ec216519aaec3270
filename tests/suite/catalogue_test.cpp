// Catalogues of requirements: in YAML, in CSV (RFC 4180), several at once.
#include <gmock/gmock.h>

#include "suite_files.hpp"

namespace bb::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CatalogueTest : public SuiteFiles {
 protected:
  suite::Catalogue csv(std::string_view text) {
    const auto loaded = suite::read_catalogue(write("c.csv", text));
    EXPECT_THAT(render(loaded.diagnostics), IsEmpty());
    return loaded.value.value_or(suite::Catalogue{});
  }
  std::string csv_problems(std::string_view text) {
    const auto file = write("c.csv", text);
    return replace_all(render(suite::read_catalogue(file).diagnostics), file.string(), "c.csv");
  }
  std::string yaml_problems(const std::string& requirements) {
    const auto file = write("c.yaml", "format: bluebridge-catalogue/1\nrequirements:\n" + requirements);
    return replace_all(render(suite::read_catalogue(file).diagnostics), file.string(), "c.yaml");
  }
};

TEST_F(CatalogueTest, ReadsAllColumnsFromYaml) {
  const auto loaded = suite::read_catalogue(write("c.yaml",
                                                  "format: bluebridge-catalogue/1\ncatalogue: x\ntitle: Rules\n"
                                                  "spec: {e1: https://www.example.org/}\nrequirements:\n"
                                                  "  A-1: {level: SHALL NOT, text: No., at: e1 (a), source: S, "
                                                  "status: house, applies: inpatient, from: \"2026-01-01\", until: "
                                                  "\"2027-01-01\", check: attest, untested: Later.}\n"
                                                  "  B.2: {level: SHOULD, text: Yes.}\n"));
  ASSERT_THAT(render(loaded.diagnostics), IsEmpty());
  EXPECT_EQ(loaded.value->title, "Rules");
  ASSERT_EQ(loaded.value->requirements.size(), 2u);
  const auto& first = loaded.value->requirements[0];
  EXPECT_EQ(first.id, "A-1");
  EXPECT_EQ(first.level_text, "SHALL NOT");
  EXPECT_EQ(first.level, suite::Level::shall);
  EXPECT_EQ(first.text, "No.");
  EXPECT_EQ(first.at, "e1 (a)");
  EXPECT_EQ(first.status, "house");
  EXPECT_EQ(first.applies, "inpatient");
  EXPECT_EQ(first.from, "2026-01-01");
  EXPECT_EQ(first.until, "2027-01-01");
  EXPECT_EQ(first.check, "attest");
  EXPECT_EQ(first.untested, "Later.");
  const auto& second = *loaded.value->find("B.2");
  EXPECT_EQ(second.level, suite::Level::should);
  EXPECT_EQ(second.status, "in-force");
  EXPECT_EQ(second.check, "test");
}

TEST_F(CatalogueTest, ReadsWhatARowRestsOnAndWhatJudgesIt) {
  const auto loaded =
      suite::read_catalogue(write("c.yaml",
                                  "format: bluebridge-catalogue/1\nrequirements:\n"
                                  "  A-1: {level: SHALL, text: T., rests_on: [B-1, C-1]}\n"
                                  "  A-2: {level: SHALL, text: T., rests_on: B-1, judged_by: bluebridge check}\n"));
  ASSERT_THAT(render(loaded.diagnostics), IsEmpty());
  const auto& rows = loaded.value->requirements;
  EXPECT_THAT(rows[0].rests_on, ElementsAre("B-1", "C-1"));
  EXPECT_THAT(rows[1].rests_on, ElementsAre("B-1"));
  EXPECT_EQ(rows[1].judged_by, "bluebridge check");
  const auto table = csv("id,level,text,rests_on\nA-1,SHALL,T.,B-1  C-1\nA-2,SHALL,T.,\n");
  EXPECT_THAT(table.requirements[0].rests_on, ElementsAre("B-1", "C-1"));
  EXPECT_THAT(table.requirements[1].rests_on, IsEmpty());
  EXPECT_THAT(yaml_problems("  A-1: {level: SHALL, text: T., rests_on: [B-1, \"B-*\"]}\n"),
              HasSubstr("c.yaml:3:43: error: 'rests_on' takes ids of requirements, got 'B-*'"));
  EXPECT_THAT(yaml_problems("  A-1: {level: SHALL, text: T., rests_on: [A-1]}\n"),
              HasSubstr("requirement 'A-1' rests on itself"));
  EXPECT_THAT(
      yaml_problems("  A-1: {level: SHALL, text: T., judged_by: a person}\n"),
      HasSubstr("c.yaml:3:44: error: 'judged_by' takes a command of this product or tests of its own, got 'a person'"));
}

TEST_F(CatalogueTest, ATableMayHaveColumnsOfItsOwn) {
  EXPECT_EQ(csv("id,level,text,x-owner\nA-1,SHALL,T.,Ada\n").requirements.size(), 1u);
  EXPECT_THAT(csv_problems("id,level,text,owner\nA-1,SHALL,T.,Ada\n"), HasSubstr("unknown key 'owner'"));
  EXPECT_THAT(csv_problems("id,level,text,x-a,x-a\nA-1,SHALL,T.,1,2\n"), HasSubstr("duplicate column 'x-a'"));
}

TEST_F(CatalogueTest, ReadsTheSameFromCsv) {
  const auto catalogue =
      csv("id,level,text,untested\r\nA-1,SHALL,\"He said \"\"no\"\", twice\",\r\nB-2,MAY,\"two\nlines\",Later.\r\n");
  ASSERT_EQ(catalogue.requirements.size(), 2u);
  EXPECT_EQ(catalogue.requirements[0].text, "He said \"no\", twice");
  EXPECT_EQ(catalogue.requirements[0].untested, "");
  EXPECT_EQ(catalogue.requirements[0].place.line, 2);
  EXPECT_EQ(catalogue.requirements[1].level, suite::Level::may);
  EXPECT_EQ(catalogue.requirements[1].text, "two\nlines");
  EXPECT_EQ(catalogue.requirements[1].place.line, 3);
}

TEST_F(CatalogueTest, CsvTakesBareLineEndsAMarkEmptyLinesAndNoLastLineEnd) {
  const auto catalogue = csv("\xEF\xBB\xBFlevel,id,text\n\nSHALL,A-1,One.\n\nSHALL,B-2,Two.");
  ASSERT_EQ(catalogue.requirements.size(), 2u);
  EXPECT_EQ(catalogue.requirements[1].text, "Two.");
}

TEST_F(CatalogueTest, CsvCellsAreTextsWhateverTheyLookLike) {
  EXPECT_EQ(csv("id,level,text\n1,SHALL,true\n").requirements.at(0).text, "true");
}

TEST_F(CatalogueTest, CsvReportsAllMistakesWithTheirPlaces) {
  const std::string text = csv_problems(
      "id,level,txt,text\nA-1,SHALL,,One.\nA-1,SHALL,,Two.\n,SHALL,,Three.\nB-2,MUST,,Four.\nC-3,SHALL\nD-4,SHALL,,"
      "a\"b\n"
      "E-5,SHALL,,\"a\"b\nF-6,SHALL,,\"open\n");
  for (const auto* part :
       {"c.csv:1:10: error: unknown key 'txt' in the first line", "did you mean 'text'?",
        "c.csv:3:1: error: duplicate requirement 'A-1'", "the first stands in line 2",
        "c.csv:4:1: error: this record has no id",
        "c.csv:5:5: error: 'level' takes one word of a few, got the text 'MUST'",
        "c.csv:6:1: error: this record has 2 cells, the first line names 4 columns",
        "c.csv:6:1: error: requirement 'C-3' lacks 'text'", "c.csv:7:13: error: a quote inside a cell without quotes",
        "c.csv:8:15: error: text after the closing quote", "c.csv:9:12: error: a cell in quotes is never closed"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST_F(CatalogueTest, CsvNeedsAnIdColumnAndUtf8) {
  EXPECT_THAT(csv_problems("level,text\nSHALL,One.\n"), HasSubstr("lacks the column 'id'"));
  EXPECT_THAT(csv_problems("id,id\n"), HasSubstr("duplicate column 'id'"));
  EXPECT_THAT(csv_problems("id,text\nA,\xFF\n"), HasSubstr("not UTF-8"));
}

TEST_F(CatalogueTest, DatesAreDaysInOrder) {
  const auto with = [&](const std::string& dates) {
    return yaml_problems("  A-1: {level: SHALL, text: One., " + dates + "}\n");
  };
  EXPECT_EQ(with("from: \"2026-01-31\""), "");
  EXPECT_EQ(with("from: \"2026-01-31\", until: \"2026-02-01\""), "");
  EXPECT_THAT(with("from: \"2026-02-01\", until: \"2026-02-01\""),
              HasSubstr("'until' 2026-02-01 is not after 'from' 2026-02-01"));
  EXPECT_THAT(with("from: \"2026-02-30\""), HasSubstr("'from' takes a date, got '2026-02-30'"));
  EXPECT_THAT(with("from: \"2026-02-01T00:00:00Z\""), HasSubstr("'from' takes a date"));
}

class SuiteCatalogueTest : public SuiteFiles {
 protected:
  std::string head = "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\n";
  std::string tests = "tests: {t: {steps: [{attest: It is so.}]}}\n";
};

TEST_F(SuiteCatalogueTest, SeveralFilesBecomeOneCatalogue) {
  write("a.yaml", "format: bluebridge-catalogue/1\nrequirements: {A-1: {level: SHALL, text: One.}}\n");
  write("b.csv", "id,level,text\nB-1,MAY,Two.\n");
  const auto loaded = suite::read_suite(write("s.yaml", head + "requirements: [a.yaml, b.csv]\n" + tests));
  ASSERT_THAT(render(loaded.diagnostics), IsEmpty());
  EXPECT_NE(loaded.value->catalogue.find("A-1"), nullptr);
  EXPECT_NE(loaded.value->catalogue.find("B-1"), nullptr);
  EXPECT_EQ(loaded.value->catalogue.find("C-1"), nullptr);
}

TEST_F(SuiteCatalogueTest, TheSameRequirementInTwoFilesIsAMistake) {
  write("a.yaml", "format: bluebridge-catalogue/1\nrequirements: {A-1: {level: SHALL, text: One.}}\n");
  write("b.csv", "id,level,text\nA-1,MAY,Two.\n");
  const auto loaded = suite::read_suite(write("s.yaml", head + "requirements: [a.yaml, b.csv]\n" + tests));
  EXPECT_THAT(render(loaded.diagnostics), HasSubstr("requirement 'A-1' stands in two catalogues"));
}

TEST_F(SuiteCatalogueTest, ASuiteTakesSomeRowsOfAFile) {
  write("a.yaml",
        "format: bluebridge-catalogue/1\nrequirements: {A-1: {level: SHALL, text: One.}, A-2: {level: SHALL, text: "
        "Two.}, "
        "B-1: {level: MAY, text: Three.}}\n");
  const auto read = [&](const std::string& rows) {
    return suite::read_suite(write("s.yaml", head + "requirements: [{file: a.yaml, rows: " + rows + "}]\n" + tests));
  };
  const auto some = read("[A-*, B-1]");
  ASSERT_THAT(render(some.diagnostics), IsEmpty());
  EXPECT_EQ(some.value->catalogue.requirements.size(), 3u);
  const auto one = read("A-2");
  ASSERT_THAT(render(one.diagnostics), IsEmpty());
  EXPECT_NE(one.value->catalogue.find("A-2"), nullptr);
  EXPECT_EQ(one.value->catalogue.requirements.size(), 1u);
  EXPECT_THAT(render(read("[A-1, C-*]").diagnostics),
              HasSubstr("s.yaml:4:37: error: no requirement of the file is called 'C-*'"));
  EXPECT_THAT(render(read("[]").diagnostics), HasSubstr("error:"));
  const auto without = suite::read_suite(write("s.yaml", head + "requirements: [{rows: A-1}]\n" + tests));
  EXPECT_THAT(render(without.diagnostics), HasSubstr("'file'"));
}

TEST_F(SuiteCatalogueTest, MistakesOfTheCatalogueAreReportedWithThoseOfTheSuite) {
  write("a.yaml", "format: bluebridge-catalogue/1\nrequirements: {A-1: {level: MUST, text: One.}}\n");
  const auto loaded = suite::read_suite(write("s.yaml", head + "titel: T\nrequirements: a.yaml\n" + tests));
  EXPECT_THAT(render(loaded.diagnostics), HasSubstr("a.yaml:2:29: error: 'level' takes one word"));
  EXPECT_THAT(render(loaded.diagnostics), HasSubstr("s.yaml:4:1: error: unknown key 'titel'"));
}

TEST_F(SuiteCatalogueTest, AMissingFileIsReportedWhereItIsNamed) {
  const auto loaded = suite::read_suite(write("s.yaml", head + "requirements: [none.yaml]\n" + tests));
  EXPECT_THAT(render(loaded.diagnostics), HasSubstr("s.yaml:4:16: error: requirements file 'none.yaml' is not there"));
}

class CataloguesOfARunTest : public SuiteFiles {
 protected:
  suite::Suite suite_with(const std::string& id, const std::string& row) {
    const auto loaded = suite::read_suite(write(
        id + ".yaml",
        "format: bluebridge-suite/1\nsuite: " + id + "\nversion: \"1.0.0\"\ntitle: T\nrequirements:\n  R-1: {" + row +
            "}\ntests:\n  t: {title: It is so, verifies: R-1, steps: [{check: [{value: $run.id, is: a}]}]}\n"));
    EXPECT_THAT(render(loaded.diagnostics), IsEmpty());
    return loaded.value.value_or(suite::Suite{});
  }
  std::string problems(const std::string& one, const std::string& other) {
    return replace_all(render(suite::lint_catalogues({suite_with("a", one), suite_with("b", other)})),
                       folder_.string() + "/", "");
  }
};

TEST_F(CataloguesOfARunTest, SayTheSameOfARequirement) {
  const std::string row = "level: SHALL, text: T.";
  EXPECT_EQ(problems(row, row), "");
  EXPECT_EQ(problems(row, row + ", status: in-force"), "");
  const std::string text = problems("level: MAY, text: T.", row);
  EXPECT_THAT(text, HasSubstr("b.yaml:6:3: error: requirement 'R-1' stands in two catalogues of this run and is not "
                              "the same: level is 'SHALL' here, 'MAY' there [T09]"));
  EXPECT_THAT(text, HasSubstr("the other stands in a.yaml:6:3"));
  EXPECT_THAT(problems(row + ", status: proposed", row), HasSubstr("status is 'in-force' here, 'proposed' there"));
  EXPECT_THAT(problems(row, row + ", from: \"2030-01-01\""), HasSubstr("from is '2030-01-01' here, nothing there"));
  EXPECT_THAT(problems(row, row + ", until: \"2030-01-01\""), HasSubstr("until is '2030-01-01' here, nothing there"));
  EXPECT_THAT(problems(row, row + ", rests_on: [R-2, R-3]"), HasSubstr("rests_on is 'R-2 R-3' here, nothing there"));
  EXPECT_THAT(problems(row, row + ", judged_by: bluebridge check"),
              HasSubstr("judged_by is 'bluebridge check' here, nothing there"));
  EXPECT_THAT(problems(row, row + ", untested: Later."), HasSubstr("untested is 'Later.' here, nothing there"));
}

}  // namespace
}  // namespace bb::test
