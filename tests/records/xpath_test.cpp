// Every statement of the published documents, found a second time by XPath: its
// section, line and code must be what the reader says. Written from HL7's
// C-CDA R1.1 and R2.1, CCD 1.0 and HITSP C83; shares nothing with the reader.
#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <map>
#include <memory>
#include <set>

#include <bb/records/read.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

struct Kind {
  std::string name;
  std::set<std::string> loinc_codes;
  std::set<std::string> templates;  // of sections
  std::string statements;           // from the section
  std::string coded;                // from the statement: the elements that may name it
};

// Of a kind in an entry, alone or in a concern or an organizer.
std::string grouped(const std::string& kind) {
  return "h:entry/h:" + kind +
         " | h:entry/*[self::h:act or self::h:organizer]/*[self::h:entryRelationship or self::h:component]/h:" + kind;
}

std::string without_templates(const std::string& paths, const std::vector<std::string>& roots) {
  std::string condition;
  for (const auto& root : roots) condition += (condition.empty() ? "" : " or ") + ("@root='" + root + "'");
  return "(" + paths + ")[not(h:templateId[" + condition + "])]";
}

const std::string drug = "h:consumable/h:manufacturedProduct/h:manufacturedMaterial/h:code";
const std::string note = "h:templateId/@root='2.16.840.1.113883.10.20.22.4.202'";
const std::string a = "2.16.840.1.113883.10.20.22.2.";    // C-CDA
const std::string ccd = "2.16.840.1.113883.10.20.1.";     // CCD 1.0
const std::string c83 = "2.16.840.1.113883.3.88.11.83.";  // HITSP
const std::string ihe = "1.3.6.1.4.1.19376.1.5.3.1.";

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {"allergies",
       {"48765-2"},
       {a + "6", a + "6.1", ccd + "2", c83 + "102", ihe + "3.13"},
       grouped("observation"),
       "h:participant/h:participantRole/h:playingEntity/h:code"},
      {"problems",
       {"11450-4"},
       {a + "5", a + "5.1", ccd + "11", c83 + "103", ihe + "3.6"},
       // not: health and problem status, severity, age, prognosis, priority, episode
       without_templates(
           grouped("observation"),
           {"2.16.840.1.113883.10.20.22.4.5", "2.16.840.1.113883.10.20.22.4.6", "2.16.840.1.113883.10.20.22.4.8",
            "2.16.840.1.113883.10.20.22.4.31", "2.16.840.1.113883.10.20.22.4.113", "2.16.840.1.113883.10.20.22.4.143",
            "2.16.840.1.113883.10.20.1.38", "2.16.840.1.113883.10.20.1.41", "2.16.840.1.113883.10.20.1.50",
            "2.16.840.1.113883.10.20.1.51"}),
       "h:value"},
      {"medications",
       {"10160-0"},
       {a + "1", a + "1.1", ccd + "8", c83 + "112", ihe + "3.19"},
       grouped("substanceAdministration"),
       drug},
      {"immunizations",
       {"11369-6"},
       {a + "2", a + "2.1", ccd + "6", c83 + "117", ihe + "3.23"},
       grouped("substanceAdministration"),
       drug},
      {"results",
       {"30954-2"},
       {a + "3", a + "3.1", ccd + "14", c83 + "122", ihe + "3.28"},
       "h:entry/h:observation | h:entry/h:organizer/h:component/h:observation",
       "h:code"},
      {"vital_signs",
       {"8716-3"},
       {a + "4", a + "4.1", ccd + "16", c83 + "119", ihe + "3.25", ihe + "1.5.3.2"},
       grouped("observation"),
       "h:code"},
      {"encounters",
       {"46240-8"},
       {a + "22", a + "22.1", ccd + "3", c83 + "127", ihe + "1.5.3.3"},
       grouped("encounter"),
       "h:code"},
      {"procedures",
       {"47519-4"},
       {a + "7", a + "7.1", ccd + "12", c83 + "108", ihe + "3.11", ihe + "3.12"},
       "h:entry/*[self::h:procedure or self::h:observation or self::h:act[not(" + note + ")]]",
       "h:code"},
      {"social_history",
       {"29762-2"},
       {a + "17", ccd + "15", c83 + "126", ihe + "3.16"},
       grouped("observation"),
       "h:code"},
      {"plan",
       {"18776-5", "51847-2"},
       {a + "10", a + "9", ccd + "10", "2.16.840.1.113883.10.20.2.7", c83 + "124", ihe + "3.31"},
       "h:entry/*[self::h:act[not(" + note +
           ")] or self::h:encounter or self::h:observation[not(@moodCode='GOL')] or self::h:procedure or "
           "self::h:substanceAdministration or self::h:supply]",
       drug + " | h:product/h:manufacturedProduct/h:manufacturedMaterial/h:code | "
              "self::*[not(self::h:substanceAdministration or self::h:supply)]/h:code"},
      {"goals", {"61146-7"}, {a + "60"}, grouped("observation"), "h:code"},
      {"care_team",
       {"85847-2"},
       {a + "500"},
       "h:entry/h:organizer/h:component/h:act/h:performer",
       "h:functionCode | h:assignedEntity/h:code"},
      {"functional_status", {"47420-5"}, {a + "14", ccd + "5", c83 + "109"}, grouped("observation"), "h:code"},
      {"notes", {}, {a + "65"}, "", ""},
  };
  return all;
}

// What the other readers need not be told.
class XPath {
 public:
  explicit XPath(const std::string& text)
      : document_(xmlReadMemory(
                      text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES),
                  xmlFreeDoc),
        context_(xmlXPathNewContext(document_.get()), xmlXPathFreeContext) {
    xmlXPathRegisterNs(context_.get(), BAD_CAST "h", BAD_CAST "urn:hl7-org:v3");
    xmlXPathRegisterNs(context_.get(), BAD_CAST "ccr", BAD_CAST "urn:astm-org:CCR");
  }

  std::vector<xmlNode*> nodes(const std::string& path, xmlNode* from = nullptr) const {
    std::vector<xmlNode*> found;
    const auto result = evaluate(path, from);
    if (result && result->nodesetval != nullptr) {
      xmlXPathNodeSetSort(result->nodesetval);
      for (int i = 0; i < result->nodesetval->nodeNr; ++i) found.push_back(result->nodesetval->nodeTab[i]);
    }
    return found;
  }

  std::string text(const std::string& path, xmlNode* from = nullptr) const {
    const auto result = evaluate("normalize-space(" + path + ")", from);
    return result ? reinterpret_cast<const char*>(result->stringval) : "";
  }

 private:
  using Object = std::unique_ptr<xmlXPathObject, void (*)(xmlXPathObjectPtr)>;
  Object evaluate(const std::string& path, xmlNode* from) const {
    context_->node = from == nullptr ? reinterpret_cast<xmlNode*>(document_.get()) : from;
    Object result(xmlXPathEvalExpression(BAD_CAST path.c_str(), context_.get()), xmlXPathFreeObject);
    EXPECT_TRUE(result) << path;
    return result;
  }

  std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> document_;
  std::unique_ptr<xmlXPathContext, void (*)(xmlXPathContextPtr)> context_;
};

using Said = std::pair<long, std::string>;  // line and code

const Kind* kind_of(const XPath& xpath, xmlNode* section) {
  for (auto* id : xpath.nodes("h:templateId[@root != '']", section))
    for (const auto& kind : kinds())
      if (kind.templates.contains(xpath.text("@root", id))) return &kind;
  for (const auto& kind : kinds())
    if (kind.loinc_codes.contains(xpath.text("h:code/@code", section))) return &kind;
  return nullptr;
}

// The code of the first element that has one, else of its first translation.
Said said_by(const XPath& xpath, xmlNode* statement, const std::string& coded) {
  std::string code;
  for (auto* element : xpath.nodes(coded, statement)) {
    if (code.empty()) code = xpath.text("self::*[not(@nullFlavor)]/@code", element);
    if (code.empty()) code = xpath.text("(h:translation[not(@nullFlavor)]/@code[normalize-space()])[1]", element);
  }
  return {xmlGetLineNo(statement), code};
}

std::map<std::string, std::vector<Said>> statements_by_xpath(const XPath& xpath) {
  std::map<std::string, std::vector<Said>> said;
  const std::string performer_code = "h:functionCode | h:assignedEntity/h:code";
  for (auto* node : xpath.nodes("/h:ClinicalDocument/h:documentationOf/h:serviceEvent/h:performer"))
    said["care_team"].push_back(said_by(xpath, node, performer_code));
  for (auto* section : xpath.nodes("//h:structuredBody//h:section")) {
    for (auto* node : xpath.nodes("h:entry/h:act[" + note + "]", section))
      said["notes"].push_back({xmlGetLineNo(node), ""});
    const auto* kind = kind_of(xpath, section);
    if (kind == nullptr) continue;
    if (!xpath.text("@nullFlavor", section).empty()) said[kind->name].push_back({xmlGetLineNo(section), ""});
    if (kind->statements.empty()) continue;
    for (auto* node : xpath.nodes(kind->statements, section))
      said[kind->name].push_back(said_by(xpath, node, kind->coded));
    if (kind->name == "plan")
      for (auto* node : xpath.nodes("h:entry/h:observation[@moodCode='GOL']", section))
        said["goals"].push_back(said_by(xpath, node, "h:code"));
  }
  return said;
}

template <class Facts, class Name>
std::vector<Said> said_in(const Facts& facts, Name name) {
  std::vector<Said> said;
  for (const auto& fact : facts) said.push_back({fact.line, name(fact).code});
  return said;
}

std::map<std::string, std::vector<Said>> statements_by_reader(const Record& r) {
  const auto test = [](const Observation& o) { return o.test; };
  std::vector<Observation> results;
  for (const auto& panel : r.results)
    results.insert(results.end(), panel.observations.begin(), panel.observations.end());
  return {{"allergies", said_in(r.allergies, [](const auto& f) { return f.substance; })},
          {"problems", said_in(r.problems, [](const auto& f) { return f.problem; })},
          {"medications", said_in(r.medications, [](const auto& f) { return f.drug; })},
          {"immunizations", said_in(r.immunizations, [](const auto& f) { return f.vaccine; })},
          {"results", said_in(results, test)},
          {"vital_signs", said_in(r.vital_signs, test)},
          {"encounters", said_in(r.encounters, [](const auto& f) { return f.type; })},
          {"procedures", said_in(r.procedures, [](const auto& f) { return f.procedure; })},
          {"social_history", said_in(r.social_history, test)},
          {"plan", said_in(r.plan, [](const auto& f) { return f.what; })},
          {"goals", said_in(r.goals, test)},
          {"care_team", said_in(r.care_team, [](const auto& f) { return f.role; })},
          {"functional_status", said_in(r.functional_status, test)},
          {"notes", said_in(r.notes, [](const auto&) { return Code{}; })}};
}

// Takes `said` out of what XPath found: the same line and code, else (for an
// absence, which may be named by its value) the same line.
std::vector<Said>::iterator match(std::vector<Said>& found, const Said& said, bool is_absence) {
  auto it = std::find(found.begin(), found.end(), said);
  if (it == found.end() && is_absence) it = std::find(found.begin(), found.end(), Said{said.first, ""});
  if (it == found.end() && is_absence)
    it = std::find_if(found.begin(), found.end(), [&](const Said& each) { return each.first == said.first; });
  return it;
}

std::string words(const Said& said) { return "line " + std::to_string(said.first) + " code '" + said.second + "'"; }

// How the reader departs from XPath, one sentence each.
std::vector<std::string> departures(const Record& record, std::map<std::string, std::vector<Said>> found) {
  std::vector<std::string> problems;
  for (const auto& [section, all] : statements_by_reader(record))
    for (const auto& said : all) {
      auto& left = found[section];
      const auto it = match(left, said, false);
      if (it == left.end())
        problems.push_back(section + ": the reader alone says " + words(said));
      else
        left.erase(it);
    }
  for (const auto& absence : record.absences) {
    auto& left = found[absence.section];
    const Said said{absence.line, absence.what.code};
    const auto it = match(left, said, true);
    if (it == left.end()) {
      problems.push_back(absence.section + ": the reader alone says " + absence.kind + " " + words(said));
      continue;
    }
    if (absence.kind == "unknown" && !it->second.empty() && it->second != "182904002")
      problems.push_back(absence.section + ": called unknown: " + words(*it));
    left.erase(it);
  }
  for (const auto& [section, left] : found)
    for (const auto& said : left) problems.push_back(section + ": not read: " + words(said));
  return problems;
}

std::vector<std::string> departures_of(const std::string& text) {
  const auto record = read_record(text);
  EXPECT_TRUE(record);
  return record ? departures(*record, statements_by_xpath(XPath(text))) : std::vector<std::string>{};
}

TEST(XPathTest, AgreesWithTheReaderOnEveryStatementOfPublishedDocuments) {
  std::size_t document_count = 0, vendor_count = 0, statement_count = 0;
  for (const auto& folder : {samples_folder(), published_folder() / "ccda", published_folder() / "c32"})
    for (const auto& file : xml_files(folder)) {
      const auto text = read_text(file);
      if (!text || !read_record(*text)) continue;  // patients_oracle.py sees which must be read
      for (const auto& problem : departures_of(*text)) ADD_FAILURE() << file << ": " << problem;
      ++document_count;
      vendor_count += file.string().find("/onc-2015/") != std::string::npos;
      for (const auto& [section, said] : statements_by_xpath(XPath(*text))) statement_count += said.size();
    }
  RecordProperty("documents", static_cast<int>(document_count));
  RecordProperty("statements", static_cast<int>(statement_count));
  if (document_count < 25) GTEST_SKIP() << "no published documents at " << published_folder() << ": set BB_TEST_DATA";
  EXPECT_GE(vendor_count, 40U);
  EXPECT_GE(statement_count, 10'000U);
}

TEST(XPathTest, NoticesWhatTheReaderMissesMovesOrRenames) {
  const auto text = read_text(samples_folder() / "alice.xml");
  ASSERT_TRUE(text);
  const auto found = statements_by_xpath(XPath(*text));
  const auto record = *read_record(*text);
  ASSERT_TRUE(departures(record, found).empty());
  auto missing = record;
  missing.problems.pop_back();
  EXPECT_EQ(departures(missing, found).size(), 1U);
  auto renamed = record;
  renamed.medications[0].drug.code = "1";
  EXPECT_EQ(departures(renamed, found).size(), 2U);
  auto moved = record;
  ++moved.vital_signs[0].line;
  EXPECT_EQ(departures(moved, found).size(), 2U);
  auto denied = record;
  denied.absences.push_back({"problems", "unknown", {}, "", record.problems[0].line});
  denied.problems.erase(denied.problems.begin());
  EXPECT_EQ(departures(denied, found).size(), 1U);
}

TEST(XPathTest, AgreesWithTheReaderOnACcr) {
  const auto text = read_text(published_folder() / "ccr/CCR_Sample1.xml");
  if (!text) GTEST_SKIP() << "no published CCR at " << published_folder() << ": set BB_TEST_DATA";
  const auto record = read_record(*text);
  ASSERT_TRUE(record);
  const XPath xpath(*text);
  const auto by_xpath = [&](const std::string& objects, const std::string& code) {
    std::vector<Said> said;
    for (auto* node : xpath.nodes("//ccr:Body/" + objects))
      said.push_back({xmlGetLineNo(node), xpath.text(code + "/ccr:Code[1]/ccr:Value", node)});
    return said;
  };
  const auto by_reader = statements_by_reader(*record);
  EXPECT_EQ(by_reader.at("problems"), by_xpath("ccr:Problems/ccr:Problem", "ccr:Description"));
  EXPECT_EQ(by_reader.at("medications"), by_xpath("ccr:Medications/ccr:Medication", "ccr:Product/ccr:ProductName"));
  EXPECT_EQ(by_reader.at("results"), by_xpath("ccr:Results/ccr:Result/ccr:Test", "ccr:Description"));
  EXPECT_EQ(by_reader.at("allergies").size(), by_xpath("ccr:Alerts/ccr:Alert", "ccr:Description").size());
  EXPECT_FALSE(by_reader.at("problems").empty());
}

TEST(XPathTest, AgreesWithTheReaderOnUnstructuredBodies) {
  const auto files = xml_files(published_folder() / "c62");
  if (files.empty()) GTEST_SKIP() << "no published C62 at " << published_folder() << ": set BB_TEST_DATA";
  std::size_t body_count = 0;
  for (const auto& file : files) {
    const auto text = read_text(file);
    const auto record = read_record(*text);
    if (!record) continue;  // wrapped in another vocabulary
    const XPath xpath(*text);
    const auto bodies = xpath.nodes("/h:ClinicalDocument/h:component/h:nonXMLBody/h:text");
    ASSERT_EQ(record->attachments.size(), bodies.size()) << file;
    for (std::size_t i = 0; i < bodies.size(); ++i, ++body_count) {
      const auto& attachment = record->attachments[i];
      EXPECT_EQ(attachment.media_type, xpath.text("@mediaType", bodies[i])) << file;
      EXPECT_EQ(attachment.line, xmlGetLineNo(bodies[i])) << file;
      if (!attachment.is_readable || xpath.text("@representation", bodies[i]) != "B64") continue;
      // RFC 4648: three bytes for four characters, less one for each '='.
      const auto base64 = xpath.text("translate(., ' \n\r\t', '')", bodies[i]);
      const auto padding = static_cast<std::size_t>(std::count(base64.begin(), base64.end(), '='));
      EXPECT_EQ(attachment.size, base64.size() / 4 * 3 - padding) << file;
    }
  }
  EXPECT_GE(body_count, 15U);
}

}  // namespace
}  // namespace bb::records
