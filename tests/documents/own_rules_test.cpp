// The rules of conformance/documents: each finds its example, and nothing
// else does; and what the reader says of mistakes.
#include "harness/documents/own_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>

#include "documents/mail_recipe.hpp"
#include "documents/zip_text.hpp"
#include "harness/documents/check.hpp"
#include "harness/documents/render.hpp"
#include "support/temporary_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const fs::path source = BB_SOURCE_DIR;
const fs::path rules_folder = source / "conformance/documents";
const fs::path ccda_examples = rules_folder / "ccda/examples";
const fs::path form = source / "conformance/schemas/document-rules.schema.json";

const Formats& formats() {
  static const auto read = Formats::read(source / "conformance/documents/formats.yaml");
  EXPECT_TRUE(read) << (read ? "" : read.error().what);
  return *read;
}

const std::shared_ptr<const OwnRules>& own_rules() {
  static const auto read = OwnRules::read(rules_folder, form, formats());
  EXPECT_TRUE(read) << (read ? "" : read.error().what);
  return *read;
}

DocumentChecker make_checker(const MailSettings& mail) {
  auto store = DataStore::open(fs::path(testing::TempDir()) / "no data");
  EXPECT_TRUE(store);
  const Selection selection{.has_schema = false,
                            .has_schematron = false,
                            .has_own = true,
                            .files = {},
                            .mail = std::make_shared<const MailSettings>(mail)};
  return {std::make_shared<Rules>(formats(), *std::move(store), selection, own_rules()), {}};
}

DocumentReport check(const std::string& text) {
  static auto checker = make_checker({});
  return checker.check("example.xml", text);
}

std::set<std::string> rules_found(const DocumentReport& report) {
  std::set<std::string> rules;
  for (const auto& finding : report.findings) rules.insert(finding.rule);
  return rules;
}

// A good document, or one after an example's change; nothing where there is no such text to change.
class Example {
 public:
  explicit Example(const fs::path& path) : path_(path) {
    if (!fs::is_directory(path)) {
      auto text = read_text(path);
      EXPECT_TRUE(text) << (text ? "" : text.error().what);
      if (text) text_ = *std::move(text);
      return;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file())
        files_.emplace_back(entry.path().lexically_relative(path).generic_string(), *read_text(entry.path()));
    std::sort(files_.begin(), files_.end());
  }

  DocumentReport checked() const {
    if (!test::is_recipe(path_.string())) return check(files_.empty() ? text_ : zip_of(files_));
    const auto made = test::make_mail(text_, path_.parent_path().string());
    static std::map<std::string, DocumentChecker> checkers;  // by what of the settings differs
    auto key = made.settings.direct_as;
    for (const auto& anchor : made.settings.anchors) key += anchor.fingerprint();
    for (const auto& authority : made.settings.intermediates) key += " " + authority.fingerprint();
    for (const auto& list : made.settings.lists) key += list;
    auto checker = checkers.find(key);
    if (checker == checkers.end()) checker = checkers.emplace(key, make_checker(made.settings)).first;
    return checker->second.check("example.eml", made.bytes);
  }

  bool change(const Value& change) {
    const auto part = change["replace"].string_or("");
    const auto with = change["with"].string_or("");
    if (files_.empty()) {
      if (text_.starts_with('<')) text_ = collapse_whitespace(text_);  // as YAML folds the lines of examples
      return put(text_, part, with);
    }
    const auto* file = change["file"].string();
    return std::any_of(files_.begin(), files_.end(), [&](auto& one) {
      return file == nullptr ? put(one.first, part, with) : one.first.ends_with(*file) && put(one.second, part, with);
    });
  }

 private:
  static bool put(std::string& text, const std::string& part, const std::string& with) {
    const auto at = text.find(part);
    if (at == std::string::npos) return false;
    text.replace(at, part.size(), with);
    return true;
  }

  fs::path path_;
  std::string text_;
  std::vector<std::pair<std::string, std::string>> files_;  // of a package
};

// Rules that find something in a good document.
const std::set<std::string>& rules_before(const fs::path& file) {
  static std::map<fs::path, std::set<std::string>> known;
  const auto found = known.find(file);
  if (found != known.end()) return found->second;
  const auto report = Example(file).checked();
  // The number of the invented physician in our samples is nobody's.
  EXPECT_THAT(rules_found(report), testing::AnyOf(testing::IsEmpty(), testing::ElementsAre("CCDA-VOC-04")))
      << file << ":\n"
      << render_text(report);
  return known.emplace(file, rules_found(report)).first->second;
}

// Rules that find something in a good document after an example's change.
std::set<std::string> rules_after(const fs::path& file, const Value& root, const Value& change) {
  const auto name = change["example"].string_or(root["example"].string_or(""));
  const auto path = file.parent_path() / name;
  const auto& before = rules_before(path);
  Example example(path);
  const bool is_changed = example.change(change);
  EXPECT_TRUE(is_changed) << name << " has no " << change["replace"].string_or("");
  if (!is_changed) return {};
  const auto report = example.checked();
  EXPECT_EQ(report.failure, "");
  auto found = rules_found(report);
  for (const auto& rule : before) found.erase(rule);
  return found;
}

// FHIR R4, bundle.html#references: whose subject it is the full URLs say.
TEST(OwnRulesTest, FactsOfFhirAreOfThePatientOfTheBundle) {
  const auto is_refused = [](const std::string& url, const std::string& subject) {
    const auto report = check(
        R"({"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "http://a.example/Patient/1", "resource": {"resourceType": "Patient", "id": "1"}},
        {"fullUrl": ")" +
        url + R"(", "resource": {"resourceType": "Condition", "id": "1", "subject": {"reference": ")" + subject +
        "\"}}}]}");
    return rules_found(report).contains("FHIRDOC-02.subject");
  };
  EXPECT_FALSE(is_refused("http://a.example/Condition/1", "Patient/1"));
  EXPECT_FALSE(is_refused("http://a.example/Condition/1", "http://a.example/Patient/1/_history/2"));
  EXPECT_FALSE(is_refused("urn:uuid:0c8ff4cf-54a6-4a24-9c2e-9a3f6c5d7e02", "Patient/1"));
  EXPECT_TRUE(is_refused("http://a.example/Condition/1", "Patient/2"));
  EXPECT_TRUE(is_refused("http://a.example/Condition/1", "http://b.example/Patient/1"));
  EXPECT_TRUE(is_refused("http://b.example/Condition/1", "Patient/1"));
}

TEST(OwnRulesTest, SourcesCiteConformanceStatements) {
  const auto cited = [](const char* text) {
    const auto numbers = conformance_in(text);
    return join({numbers.begin(), numbers.end()}, " ");
  };
  EXPECT_EQ(cited("C-CDA R2.1, 1198-5250, -5251"), "1198-5250 1198-5251");
  EXPECT_EQ(cited("C-CDA R2.1, 1198-8452 to -8454; R1.1, CONF:8452 to 8455"), "1198-8452 1198-8453 1198-8454");
  EXPECT_EQ(cited("C-CDA R2.1, document rules (for example 1198-32936)"), "1198-32936");
  EXPECT_EQ(cited("1198-16791, 81-7291, -7292"), "1198-16791 81-7291 81-7292");
  EXPECT_EQ(cited("45 CFR 170.207(h); table 2-60; 2015-08-01; -5; CONF:1"), "");
  EXPECT_EQ(cited("our reading"), "");
}

TEST(OwnRulesTest, RulesOfAWeakerLevelAreLeftOut) {
  const auto all = own_rules()->schema_for("ccda-2.1", "ccd");
  const auto errors = own_rules()->schema_for("ccda-2.1", "ccd", Level::error);
  EXPECT_LT(errors.rules.size(), all.rules.size());
  for (const auto& [assertion, rule] : errors.rules) EXPECT_EQ(rule->level, Level::error) << rule->id;
}

TEST(OwnRulesTest, EachExampleIsFoundByItsRuleAndByNoOther) {
  for (const auto& entry : fs::recursive_directory_iterator(rules_folder)) {
    if (entry.path().extension() != ".yaml") continue;
    const auto root = read_yaml(entry.path());
    if (root && (*root)["rules"].is_null()) continue;  // a table of something else
    ASSERT_TRUE(root) << root.error().what;
    for (const auto& [id, rule] : *(*root)["rules"].members()) {
      for (const auto& change : *rule["fails"].items()) {
        std::set<std::string> expected{id};
        if (const auto* also = change["also"].items())
          for (const auto& other : *also) expected.insert(other.string_or(""));
        EXPECT_EQ(rules_after(entry.path(), *root, change), expected)
            << entry.path().filename() << ": " << id << ": " << change["with"].string_or("");
      }
      const auto* passes = rule["passes"].items();
      for (const auto& change : passes == nullptr ? Value::Array{} : *passes)
        EXPECT_THAT(rules_after(entry.path(), *root, change), Not(Contains(id))) << change["with"].string_or("");
    }
  }
}

TEST(OwnRulesTest, EachRuleIsOfARowOfTheCatalogueAndNotStronger) {
  std::map<std::string, std::string> levels;  // of rows
  for (const auto& file : fs::directory_iterator(source / "conformance/requirements")) {
    const auto catalogue = read_yaml(file.path());
    ASSERT_TRUE(catalogue) << catalogue.error().what;
    for (const auto& [id, row] : *(*catalogue)["requirements"].members()) levels[id] = row["level"].string_or("");
  }
  for (const auto& rule : own_rules()->rules()) {
    ASSERT_TRUE(levels.contains(rule.requirement)) << rule.id << ": " << rule.requirement;
    const auto& word = levels[rule.requirement];
    const auto level = word.starts_with("SHALL")    ? Level::error
                       : word.starts_with("SHOULD") ? Level::warning
                                                    : Level::note;
    EXPECT_GE(rule.level, level) << rule.id << " of a row that is " << word;
  }
}

TEST(OwnRulesTest, AFindingHasAllThatAPortalTeamNeeds) {
  auto text = *read_text(source / "samples/records/alice.xml");
  const std::string part = "<realmCode code=\"US\"/>";
  const auto report = check(text.replace(text.find(part), part.size(), "<realmCode code=\"CA\"/>"));
  ASSERT_EQ(report.count(Level::error), 1u);
  const auto& finding = report.findings.front();
  EXPECT_EQ(finding.rule, "CCDA-HDR-01");
  EXPECT_EQ(finding.requirement, "CCDA-HDR-01");
  EXPECT_EQ(finding.level, Level::error);
  EXPECT_EQ(finding.line, 4);
  EXPECT_EQ(finding.column, 1);
  EXPECT_EQ(finding.xpath, "/cda:ClinicalDocument");
  EXPECT_EQ(finding.expected, "<realmCode code=\"US\"/>");
  EXPECT_EQ(finding.found, "CA");
  EXPECT_THAT(finding.hint, HasSubstr("realm of the guide"));
}

// The document of an example, as another type.
std::string discharge_as(const std::string& root) {
  return replace_all(*read_text(ccda_examples / "discharge-2.1.xml"), "2.16.840.1.113883.10.20.22.1.8",
                     "2.16.840.1.113883.10.20.22.1." + root);
}

TEST(OwnRulesTest, EachSectionOfADocumentTypeIsAskedFor) {
  const auto formats_file = read_yaml(source / "conformance/documents/formats.yaml");
  const auto sections = read_yaml(rules_folder / "ccda/sections.yaml");
  ASSERT_TRUE(formats_file && sections);
  std::size_t asked_count = 0;
  for (const auto& [type, entry] : *(*formats_file)["document_types"].members()) {
    const auto root = entry["template"].string_or("");
    const auto text = discharge_as(root.substr(root.rfind('.') + 1));
    std::set<std::string> expected;
    for (const auto& row : *(*sections)["tables"]["others"].items())
      if (row["type"].string_or("") == type && text.find(row["code"].string_or("")) == std::string::npos)
        expected.insert("this type of document SHALL have the section " + row["name"].string_or(""));
    std::set<std::string> found;
    for (const auto& finding : check(text).findings)
      if (finding.rule == "CCDA-DOC-04.sections") found.insert(finding.message);
    EXPECT_EQ(found, expected) << type;
    asked_count += expected.size();
  }
  EXPECT_GT(asked_count, 20u);
}

// Messages about a statement of a table's row that has its template and `content` alone.
std::set<std::string> messages_about_bare(const Value& row, const std::string& content = {}) {
  auto text = *read_text(ccda_examples / "ccd-1.1.xml");
  const auto name = row["element"].string_or("").substr(std::string_view("cda:").size());
  const std::string part = "<entry typeCode=\"DRIV\">";
  text.insert(text.find(part), "<entry><" + name + "><templateId root=\"" + row["root"].string_or("") + "\"/>" +
                                   content + "</" + name + "></entry>");
  std::set<std::string> messages;
  for (const auto& finding : check(text).findings)
    if (finding.level == Level::error) messages.insert(finding.message);
  return messages;
}

TEST(OwnRulesTest, EachPartOfAnEntryIsAskedFor) {
  const auto entries = read_yaml(rules_folder / "ccda/entries.yaml");
  ASSERT_TRUE(entries) << entries.error().what;
  const auto& tables = (*entries)["tables"];
  for (const auto& row : *tables["entries"].items()) {
    const auto name = row["name"].string_or("");
    const auto messages = messages_about_bare(row);
    EXPECT_THAT(messages, Contains(name + " SHALL have the classCode " + row["class"].string_or("")));
    EXPECT_THAT(messages, Contains(name + " SHALL have the moodCode " + row["mood"].string_or("")));
    EXPECT_THAT(messages, Contains(name + " SHALL have at least one id"));
  }
  for (const auto& row : *tables["completed"].items())
    EXPECT_THAT(messages_about_bare(row), Contains(row["name"].string_or("") + " SHALL have the status completed"));
  for (const auto& row : *tables["coded"].items())
    EXPECT_THAT(messages_about_bare(row, "<code/>"),
                Contains("the code of " + row["name"].string_or("") + " SHALL have a code, or a nullFlavor"));
  for (const auto& row : *tables["musts"].items())
    EXPECT_THAT(messages_about_bare(row),
                Contains(row["name"].string_or("") + " SHALL have " + row["part"].string_or("")));
}

// The lines of a section of a text: from its title, between dashes or alone, to the line before the next one.
std::pair<std::size_t, std::size_t> section_of(const std::vector<std::string>& lines, const std::string& title) {
  const auto is_title = [&](const std::string& line) {
    const auto first = line.find_first_not_of("- "), last = line.find_last_not_of("- \r");
    return first != std::string::npos && line.substr(first, last + 1 - first) == title;
  };
  const auto begin = static_cast<std::size_t>(std::find_if(lines.begin(), lines.end(), is_title) - lines.begin());
  auto end = std::min(begin + 2, lines.size());
  const bool is_framed = begin > 0 && begin < lines.size() && lines[begin].find('-') != 0;
  const auto begins_next = [&](std::size_t i) {
    const auto& line = lines[i];
    if (!line.starts_with("----")) return false;
    return is_framed ? line.find_first_not_of("-\r") == std::string::npos && i > begin + 2
                     : line.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos;
  };
  while (end < lines.size() && !begins_next(end)) ++end;
  return {begin, end};
}

// The text without a key and its value, wherever they stand in a section; nothing where there is no such key.
std::string without_key(const std::string& text, const std::string& section, const std::string& key) {
  auto lines = split(text, '\n');
  const auto [begin, end] = section_of(lines, section);
  bool is_changed = false;
  for (auto i = begin; i < end; ++i) {
    const auto at = lines[i].find(key + ":");
    if (at == std::string::npos || (at > 0 && lines[i][at - 1] != ' ')) continue;
    // Of two keys in a line the other one is behind two blanks.
    const auto value = lines[i].find_first_not_of(' ', at + key.size() + 1);
    const auto behind = value == std::string::npos ? value : lines[i].find("  ", value);
    lines[i].erase(at, behind == std::string::npos ? behind : behind - at);
    is_changed = true;
  }
  return is_changed ? join(lines, "\n") : "";
}

TEST(OwnRulesTest, EachKeyOfASectionOfATextIsAskedFor) {
  // Entries of sections that the good texts lack or that are empty there (TXT-VA-21 to TXT-VA-35, TXT-CMS-22).
  const std::map<std::string, std::string> entries{
      {"SELF REPORTED ALLERGIES", "Allergy Name: Dust\nDate: 06 Jan 2013\n"},
      {"SELF REPORTED IMMUNIZATIONS", "Immunization: Tetanus\nDate Received: 06 Jan 2013\n"},
      {"SELF REPORTED MEDICAL EVENTS", "Medical Event: Fall\nStart Date: 06 Jan 2013\n"},
      {"SELF REPORTED LABS AND TESTS", "Test Name: Glucose\nDate: 06 Jan 2013\n"},
      {"SELF REPORTED HEALTH CARE PROVIDERS", "Provider Name: ONE, A\nType of Provider: Dentist\n"},
      {"VA ELECTROCARDIOGRAM (EKG) REPORTS",
       "Procedure/Test Name: EKG\nDate/Time Exam Performed: 10 Dec 2012 @ 1014\n"},
      {"Primary Insurance", "MSP Type: Group\n\nInsurer Name: Insurer\n"}};
  const auto with_section = [&](const std::string& text, const std::string& title) {
    const auto entry = entries.find(title);
    if (entry == entries.end()) return text;
    const std::string rule = "--------------------------------";
    const auto is_va = text.find("DOWNLOAD REQUEST SUMMARY") != std::string::npos;
    auto section = is_va
                       ? "---- " + title + " ----\n\nSource: Self-Entered\n\n" + entry->second + "\n"
                       : rule + "\n" + title + "\n\n" + rule + "\n\nSource: MyMedicare.gov\n\n" + entry->second + "\n";
    if (is_va) section = replace_all(section, "\n", "\r\n");
    const auto first = text.find(is_va ? "DOWNLOAD REQUEST SUMMARY" : rule + "\nDemographic");
    return std::string(text).insert(is_va ? text.rfind('\n', first) + 1 : first, section);
  };
  std::size_t row_count = 0;
  for (const auto& [file, rule] : {std::pair{"va.yaml", "TXT-VA-19.keys"}, {"cms.yaml", "TXT-CMS-11.keys"}}) {
    const auto root = read_yaml(rules_folder / "text" / file);
    ASSERT_TRUE(root) << root.error().what;
    const auto good = *read_text(rules_folder / "text" / (*root)["example"].string_or(""));
    const auto asked_for = [&](const std::string& text) {
      std::set<std::string> rows;
      for (const auto& finding : check(text).findings)
        if (finding.rule == rule) rows.insert(finding.requirement + " " + finding.message);
      return rows;
    };
    for (const auto& row : *(*root)["tables"]["keys"].items()) {
      const auto section = row["section"].string_or(""), key = row["key"].string_or("");
      const auto text = with_section(good, section);
      EXPECT_EQ(asked_for(text), std::set<std::string>{}) << section;
      const auto bad = without_key(text, section, key);
      ASSERT_NE(bad, "") << section << " has no " << key;
      EXPECT_EQ(asked_for(bad),
                std::set<std::string>{row["row"].string_or("") + " an entry of " + section + " SHOULD have " + key});
      ++row_count;
    }
  }
  EXPECT_EQ(row_count, 46u);
}

// A call with a wrong number of arguments, or of a function or key that is not
// there, shows only when it is evaluated: so each rule is, at the root.
TEST(OwnRulesTest, EachExpressionCanBeEvaluated) {
  const test::TemporaryFolder folder;
  for (const auto& entry : fs::recursive_directory_iterator(rules_folder)) {
    if (entry.path().extension() != ".yaml" || entry.path().parent_path() == rules_folder) continue;
    std::string text;
    for (const auto& line : split(*read_text(entry.path()), '\n')) {
      if (line.starts_with("    context: "))
        text += "    context: cda:ClinicalDocument\n";
      else if (line.starts_with("applies: "))
        text += "applies: [ccda-1.1, ccda-2.0, ccda-2.1, ccda-4.1, ccda-5.0, c32, c62, ccd-1.0, cda]\n";
      else if (!line.starts_with("    applies: ") && !line.starts_with("    types: "))
        text += replace_all(line, " type: ", " kind: ") + "\n";
    }
    const auto copy = folder.path() / entry.path().lexically_relative(rules_folder);
    fs::create_directories(copy.parent_path());
    ASSERT_TRUE(write_text(copy, text));
  }
  const auto read = OwnRules::read(folder.path(), form, formats());
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ((*read)->rules().size(), own_rules()->rules().size());
  auto store = DataStore::open(folder.path());
  const Selection selection{.has_schema = false, .has_schematron = false, .has_own = true, .files = {}};
  auto rules = std::make_shared<Rules>(formats(), *std::move(store), selection, *read);
  const auto report = DocumentChecker(rules, {}).check("alice.xml", *read_text(source / "samples/records/alice.xml"));
  EXPECT_GT(report.findings.size(), 50u);
  for (const auto& unjudged : report.unjudged) ADD_FAILURE() << unjudged.rule << ": " << unjudged.why;
}

// The keys of other formats would be looked for in every node of a document.
TEST(OwnRulesTest, ASchemaHasTheKeysThatItsRulesAskFor) {
  const auto keys_for = [](std::string_view format, std::string_view type) {
    const auto own = own_rules()->schema_for(format, type);
    std::vector<std::string> names;
    for (const auto& key : own.schema->keys) names.push_back(key.name);
    return names;
  };
  EXPECT_THAT(keys_for("ccda-2.1", "ccd"),
              testing::UnorderedElementsAre("holder-of", "narrative", "section-of", "section-of-code", "section-with"));
  EXPECT_THAT(keys_for("html", ""), testing::ElementsAre("html-id"));
  EXPECT_THAT(keys_for("pdf", ""), testing::IsEmpty());
}

class MistakeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::create_directories(folder_ / "kind");
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string mistake(const std::string& rules, const std::string& before = {}) {
    EXPECT_TRUE(write_text(folder_ / "kind/rules.yaml",
                           "format: bluebridge-document-rules/1\ntitle: t\napplies: [ccda-2.1]\nexample: x.xml\n" +
                               before + "rules:\n" + rules));
    const auto read = OwnRules::read(folder_, form, formats());
    return read ? "" : read.error().what;
  }

  // Lines of a rule, with one of them put in place of its namesake.
  static std::string rule(const std::string& key = {}, const std::string& value = {}) {
    std::string text = "  CCDA-HDR-01:\n";
    for (const auto& [name, usual] :
         std::vector<std::pair<std::string, std::string>>{{"level", "SHALL"},
                                                          {"text", "t"},
                                                          {"context", "cda:a"},
                                                          {"test", "cda:b"},
                                                          {"source", "s"},
                                                          {"fails", "[{replace: a, with: b}]"}})
      text += "    " + name + ": " + (name == key ? value : usual) + "\n";
    if (text.find("    " + key + ": ") == std::string::npos && !key.empty()) text += "    " + key + ": " + value + "\n";
    return text;
  }

  fs::path folder_;
};

TEST_F(MistakeTest, AGoodRuleIsNone) { EXPECT_EQ(mistake(rule()), ""); }

TEST_F(MistakeTest, IsNamedWithLineAndColumn) {
  EXPECT_THAT(mistake(rule("level", "MUST")), HasSubstr("rules.yaml:7:5: error:"));
  EXPECT_THAT(mistake(rule("colour", "red")), HasSubstr("rules.yaml:13:5: error:"));
  EXPECT_THAT(mistake("  CCDA-HDR-01: {level: SHALL}\n"), HasSubstr("rules.yaml:6:3: error:"));
}

TEST_F(MistakeTest, ExpressionsAreRead) {
  EXPECT_THAT(mistake(rule("test", "count(cda:a")),
              HasSubstr("rules.yaml:6:3: error: CCDA-HDR-01: 'count(cda:a' is not XPath"));
  EXPECT_THAT(mistake(rule("found", "cda:a[")), HasSubstr("is not XPath"));
  EXPECT_THAT(mistake(rule("context", "cda:a[")), HasSubstr("rules.yaml:6:3: error: CCDA-HDR-01"));
}

TEST_F(MistakeTest, NamesMeanSomething) {
  EXPECT_THAT(mistake(rule("test", "bb:is-lonic(cda:b)")), HasSubstr("no function 'bb:is-lonic'"));
  EXPECT_THAT(mistake(rule("test", "bb:is-in('colours', @code)")), HasSubstr("no value set 'colours'"));
  EXPECT_THAT(mistake(rule("applies", "[ccda-9]")), HasSubstr("rules.yaml:13:15: error: unknown format 'ccda-9'"));
  EXPECT_THAT(mistake(rule("types", "[diary]")), HasSubstr("unknown document type 'diary'"));
  EXPECT_THAT(mistake(rule("each", "things")), HasSubstr("no table 'things'"));
  EXPECT_THAT(mistake(rule("text", "'{colour}'")), HasSubstr("'{colour}' is no column"));
}

TEST_F(MistakeTest, ARuleOfATableStandsForEachRow) {
  ASSERT_EQ(mistake(rule("each", "things"), "tables: {things: [{a: x}, {a: y}]}\n"), "");
  const auto read = OwnRules::read(folder_, form, formats());
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)->rules().size(), 2u);
}

TEST_F(MistakeTest, AFolderWithoutRulesIsOne) {
  EXPECT_THAT(OwnRules::read(folder_, form, formats()).error().what, HasSubstr("no rules"));
  EXPECT_THAT(OwnRules::read(folder_ / "none", form, formats()).error().what, HasSubstr("none"));
}

}  // namespace
}  // namespace bb::documents
