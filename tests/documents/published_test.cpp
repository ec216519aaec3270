// Published documents: what ONC broke on purpose is found where it stands, and
// HL7's own samples have no faults but those that are really in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/tree.h>

#include <filesystem>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "harness/documents/check.hpp"
#include "harness/documents/render.hpp"
#include "support/published_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using test::published_folder;

const fs::path conformance = fs::path(BB_SOURCE_DIR) / "conformance";

DocumentChecker make_checker(const fs::path& data, bool has_published) {
  auto formats = Formats::read(conformance / "documents/formats.yaml");
  EXPECT_TRUE(formats);
  auto own = OwnRules::read(conformance / "documents", conformance / "schemas/document-rules.schema.json", *formats);
  EXPECT_TRUE(own) << (own ? "" : own.error().what);
  auto store = DataStore::open(data);
  EXPECT_TRUE(store);
  const Selection selection{.has_schema = has_published, .has_schematron = has_published, .has_own = true, .files = {}};
  return {std::make_shared<Rules>(*std::move(formats), *std::move(store), selection, *std::move(own)), {}};
}

// The elements of a document in order, with the place of each.
struct Elements {
  explicit Elements(const std::string& bytes) : positions(xml::element_positions(bytes)) {
    auto read = xml::read(bytes);
    if (auto* found = std::get_if<xml::Document>(&read)) {
      document = std::move(*found);
      add(document->root());
    }
  }
  void add(const xmlNode* node) {
    nodes.push_back(node);
    for (const auto* child = node->children; child != nullptr; child = child->next)
      if (child->type == XML_ELEMENT_NODE) add(child);
  }
  // Place of the first element below a line, and of the one that holds it where
  // that may be it.
  std::set<std::pair<int, int>> places_after(int line, bool is_holder_too) const {
    std::set<std::pair<int, int>> places;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (positions[i].line <= line) continue;
      places.emplace(positions[i].line, positions[i].column);
      const auto parent = std::find(nodes.begin(), nodes.end(), nodes[i]->parent);
      if (is_holder_too && parent != nodes.end()) {
        const auto& position = positions[static_cast<std::size_t>(parent - nodes.begin())];
        places.emplace(position.line, position.column);
      }
      break;
    }
    return places;
  }
  std::optional<xml::Document> document;
  std::vector<xml::Position> positions;
  std::vector<const xmlNode*> nodes;
};

class PublishedTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(published_folder())) GTEST_SKIP() << "no published documents in " << published_folder();
  }
};

// Errors that ONC put into a document, by file and line of the comment that
// marks them, which the guide does not forbid. Each is a warning.
constexpr const char* is_open =
    "templates are open: the guide asks for this one with SHOULD or MAY, or another part of the organizer has it";
const std::map<std::string, std::map<int, std::string>> warned_for_a_reason{
    {"NT_Bad_ProblemObservationElements_r11_v3.xml",
     {{2994, "R1.1, CONF:9045: a code SHOULD be a Problem Type"},
      {3464, "R1.1, CONF:9058: a value SHOULD be of Problem, whose thousands of codes are not at hand: no finding"}}},
    {"NT_USCDI_Sample3_r21_v4.xml",
     {{506, is_open}, {762, is_open}, {1057, is_open}, {1121, is_open}, {1146, is_open}, {1216, is_open}}},
};

// The fault is told once, in the words of the published rule, at our place and
// with our hint.
TEST_F(PublishedTest, WhatPublishedRulesSayTooIsToldOnce) {
  const auto data = fs::path(testing::TempDir()) / "published-once";
  fs::remove_all(data);
  {
    auto store = DataStore::open(data);
    ASSERT_TRUE(store->import(published_folder() / "schemas"));
  }
  auto text = *read_text(published_folder() / "ccda/hl7-published/C-CDA_R2-1_CCD.xml");
  const auto code = text.find("<administrativeGenderCode");
  ASSERT_NE(code, std::string::npos);
  text.erase(code, text.find(">", code) + 1 - code);
  const auto findings_of = [&](bool has_published) {
    std::map<std::string, Finding> findings;
    for (auto& finding : make_checker(data, has_published).check("visit.xml", text).findings)
      findings.emplace(finding.rule, finding);
    return findings;
  };
  const auto alone = findings_of(false);
  ASSERT_TRUE(alone.contains("CCDA-HDR-17"));
  const auto both = findings_of(true);
  EXPECT_FALSE(both.contains("CCDA-HDR-17"));
  ASSERT_TRUE(both.contains("a-1198-6394"));
  const auto& once = both.at("a-1198-6394");
  EXPECT_EQ(once.also, "CCDA-HDR-17");
  EXPECT_EQ(once.hint, alone.at("CCDA-HDR-17").hint);
  EXPECT_EQ(once.requirement, "CCDA-HDR-17");
  EXPECT_THAT(once.xpath, testing::EndsWith("/cda:patient"));
  EXPECT_EQ(rules_of(once), "a-1198-6394, CCDA-HDR-17");
}

// A mark counts as found where an error stands at the element after it; of what
// is missing, at the element that holds the mark; in a file that is no XML,
// within the tag after it.
TEST_F(PublishedTest, EachErrorOfOncIsFoundAtItsPlace) {
  const auto data = fs::path(testing::TempDir()) / "published-data";
  fs::remove_all(data);
  {
    auto store = DataStore::open(data);
    const auto imported = store->import(published_folder() / "schemas");
    ASSERT_TRUE(imported) << imported.error().what;
  }
  auto checker = make_checker(data, true);
  const auto marks = parse_json(*read_text(published_folder() / "expected/negative-onc.json"));
  ASSERT_TRUE(marks);
  std::size_t mark_count = 0;
  for (const auto& [file, entry] : *marks->members()) {
    const auto bytes = read_text(published_folder() / file);
    ASSERT_TRUE(bytes);
    const auto report = checker.check(file, *bytes);
    EXPECT_TRUE(report.missing.empty());
    const Elements elements(*bytes);
    for (const auto& error : *entry["injected_errors"].items()) {
      ++mark_count;
      const int line = static_cast<int>(*error["line"].integer());
      const auto comment = to_lower(error["comment"].string_or(""));
      const auto has = [&](const char* word) { return comment.find(word) != std::string::npos; };
      const auto places = elements.places_after(line, has("missing") || has("template"));
      std::optional<Level> found;
      for (const auto& finding : report.findings) {
        const bool is_here = finding.rule == "xml" ? finding.line >= line && finding.line <= line + 3
                                                   : places.contains({finding.line, finding.column});
        if (is_here) found = std::min(found.value_or(Level::note), finding.level);
      }
      const auto name = fs::path(file).filename().string();
      const auto listed = warned_for_a_reason.find(name);
      std::optional<Level> expected = Level::error;
      if (listed != warned_for_a_reason.end() && listed->second.contains(line)) {
        expected = Level::warning;
        if (listed->second.at(line).ends_with("no finding")) expected = std::nullopt;
      }
      EXPECT_EQ(found, expected) << name << ":" << line << ": " << comment;
    }
  }
  EXPECT_EQ(mark_count, 78u);
  fs::remove_all(data);
}

// What is really wrong in documents that HL7 published, by file and rule.
const std::map<std::string, std::map<std::string, std::size_t>> faults_of_samples{
    // Days and months that are not: 201102019, 200130311, 20013103, 20100431, 20120008, 201604222.
    {"C-CDA_R2-1_CCD.xml", {{"CCDA-HDR-29.time", 2}}},
    {"CCD.XML", {{"CCDA-HDR-29.time", 2}}},
    {"Consultation_Note.xml", {{"CCDA-HDR-29.time", 5}}},
    {"History_and_Physical.xml", {{"CCDA-HDR-29.time", 1}}},
    // The time of its author is one of them; <given/> of a physician is empty.
    {"Sample-p2.xml", {{"CCDA-HDR-29.time", 3}, {"CCDA-HDR-22", 1}, {"CCDA-HDR-16.part", 1}}},
    // LOINC has no 57113-1: 57133-1 was meant.
    {"Referral_Note.xml", {{"CCDA-HDR-29.time", 12}, {"CCDA-HDR-06", 1}, {"CCDA-VOC-02", 1}}},
    // 29308 of SNOMED CT: LOINC's 29308-4 was meant.
    {"sampleCCD.xml", {{"CCDA-VOC-03", 2}}},
    // A place to be filled in: CarePlan-x.
    {"C-CDA_R2_Care_Plan.xml", {{"CCDA-VOC-02", 1}}},
};

TEST_F(PublishedTest, SamplesOfHl7HaveTheirRealFaultsAlone) {
  auto checker = make_checker(fs::path(testing::TempDir()) / "no data", false);
  std::size_t sample_count = 0;
  for (const auto* folder : {"ccda/hl7-published", "ccda/hl7-examples/Documents"})
    for (const auto& entry : fs::directory_iterator(published_folder() / folder)) {
      const auto report = checker.check(entry.path().string(), *read_text(entry.path()));
      if (!report.recognition.is_ccda()) continue;
      ++sample_count;
      std::map<std::string, std::size_t> found;
      for (const auto& finding : report.findings)
        if (finding.level == Level::error) ++found[finding.rule];
      const auto known = faults_of_samples.find(entry.path().filename().string());
      EXPECT_EQ(found, known == faults_of_samples.end() ? decltype(found){} : known->second) << entry.path();
    }
  EXPECT_EQ(sample_count, 13u);
}

// The publishers call all of them valid; the hashes and sizes in their metadata
// are those of their files. Links of some pages lead nowhere.
TEST(PublishedPackagesTest, EachXdmPackageIsWithoutFindingsButLinks) {
  const auto folder = published_folder() / "packages/xdm";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "no published packages at " << folder << ": set BB_TEST_DATA";
  auto checker = make_checker(fs::path(testing::TempDir()) / "no data", false);
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto report = checker.check(entry.path().filename(), *read_text(entry.path()));
    EXPECT_EQ(report.recognition.format, "xdm") << entry.path();
    for (const auto& finding : report.findings) EXPECT_EQ(finding.rule, "DIRECT-XDM-01.links") << render_text(report);
    ++count;
  }
  EXPECT_EQ(count, 9u);
}

}  // namespace
}  // namespace bb::documents
