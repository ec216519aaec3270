#include <gmock/gmock.h>

#include "checks/fixtures.hpp"

namespace bb::checks {
namespace {

using ::testing::HasSubstr;

constexpr auto held = Holds::held;
constexpr auto violated = Holds::violated;
constexpr auto unjudgeable = Holds::unjudgeable;

struct Row {
  std::string_view claim;
  Holds holds;
  std::string_view found = "";  // a part of what people are told was found
};

void expect_all(const evidence::Message* message, std::initializer_list<Row> rows) {
  for (const auto& row : rows) {
    const auto asked = claim(row.claim);
    const auto result = judge_claim(asked, scope(), message);
    EXPECT_EQ(result.holds, row.holds) << row.claim << "\nexpected: " << result.expected << "\nfound: " << result.found;
    EXPECT_THAT(result.found, HasSubstr(std::string(row.found))) << row.claim;
    EXPECT_FALSE(result.found.empty()) << row.claim;
    EXPECT_EQ(result.claim, &asked);
  }
}
void expect_all(const evidence::Message& message, std::initializer_list<Row> rows) { expect_all(&message, rows); }

TEST(JudgeClaimTest, Result) {
  expect_all(message("text/plain", "x"), {
                                             {R"({"result": "ok"})", held, "\"ok\""},
                                             {R"({"result": "refused"})", violated, "\"ok\""},
                                             {R"({"result": ["refused", "not_found"]})", violated, "\"ok\""},
                                             {R"({"result": ["refused", "ok"]})", held},
                                         });
  expect_all(unanswered(),
             {{R"({"result": "ok"})", violated, "\"unavailable\""}, {R"({"result": "unavailable"})", held}});
}

TEST(JudgeClaimTest, Status) {
  expect_all(message("text/plain", "x"), {
                                             {R"({"status": 200})", held, "200"},
                                             {R"({"status": 404})", violated, "200"},
                                             {R"({"status": [404, 200]})", held},
                                             {R"({"status": [404, 410]})", violated, "200"},
                                             {R"({"status": true, "min": 200, "max": 299})", held},
                                             {R"({"status": true, "max": 199})", violated, "200"},
                                         });
  expect_all(mail(), {{R"({"status": 200})", unjudgeable, "this message has no HTTP status"}});
  expect_all(unanswered(), {{R"({"status": 200})", violated, "no answer (unavailable)"}});
}

TEST(JudgeClaimTest, Header) {
  auto answer = message("text/plain", "x");
  answer.attributes.push_back({"vary", "accept"});
  answer.attributes.push_back({"vary", "cookie"});
  answer.attributes.push_back({"age", "5"});
  expect_all(answer, {
                         {R"({"header": "cache-control"})", held, "no-store"},
                         {R"({"header": "Cache-Control", "contains": "no-store"})", held},
                         {R"({"header": "cache-control", "contains": "private"})", violated, "not in \"no-store\""},
                         {R"({"header": "vary", "is": "accept, cookie"})", held},
                         {R"({"header": "age", "max": 5})", held},
                         {R"({"header": "age", "max": 4})", violated, "5"},
                         {R"({"header": "age", "is": 5})", held},
                         {R"({"header": "etag"})", violated, "nothing"},
                         {R"({"header": "etag", "exists": false})", held},
                         {R"({"header": "etag", "exists": true})", violated},
                         {R"({"header": "etag", "not": "x"})", violated, "nothing"},
                     });
  expect_all(mail(), {{R"({"header": "etag", "exists": false})", unjudgeable, "this message has no HTTP header"}});
  // What the connector says of its content is no HTTP header, and is looked at in the same way.
  auto opened = mail();
  opened.attributes.push_back({"opened.trust", "trusted"});
  expect_all(opened, {{R"({"header": "opened.trust", "is": "trusted"})", held},
                      {R"({"header": "opened.trust", "is": "untrusted"})", violated, "trusted"},
                      {R"({"header": "opened.signer", "exists": false})", unjudgeable}});
  expect_all(unanswered(), {{R"({"header": "etag", "exists": false})", violated, "no answer"}});
}

TEST(JudgeClaimTest, MediaType) {
  expect_all(message("text/html", "x"), {
                                            {R"({"media_type": "text/html"})", held},
                                            {R"({"media_type": "Text/HTML; charset=utf-8"})", held},
                                            {R"({"media_type": "text/plain"})", violated, "\"text/html\""},
                                            {R"({"media_type": ["text/plain", "text/html"]})", held},
                                            {R"({"media_type": true, "not": {"is": "Text/HTML; a=b"}})", violated},
                                            {R"({"media_type": true, "not": {"is": "text/plain"}})", held},
                                        });
  expect_all(message("", "x"), {{R"({"media_type": "text/html"})", violated, "nothing"}});
}

TEST(JudgeClaimTest, Filename) {
  auto file = message("text/plain", "x");
  file.filename = "record.txt";
  expect_all(file, {{R"({"filename": "record.txt"})", held},
                    {R"({"filename": "other.txt"})", violated, "record.txt"},
                    {R"({"filename": true, "matches": "\\.txt$"})", held}});
}

TEST(JudgeClaimTest, Time) {
  expect_all(message("text/plain", "x"),
             {
                 {R"({"time": "first_byte", "max": "120ms"})", held, "120 ms"},
                 {R"({"time": "first_byte", "max": "119ms"})", violated, "120 ms"},
                 {R"({"time": "total", "max": "1s"})", held, "340 ms"},
                 {R"({"time": "total", "min": "1s"})", violated, "340 ms"},
                 {R"({"time": "total", "max": "soon"})", unjudgeable, "\"soon\" is no number, duration or time"},
             });
  auto unmeasured = mail();
  unmeasured.first_byte_ms = -1;
  expect_all(unmeasured, {{R"({"time": "first_byte", "max": "5s"})", unjudgeable, "no time was measured"}});
  expect_all(unanswered(), {{R"({"time": "first_byte", "max": "5s"})", violated, "no answer"}});
}

constexpr auto events = R"({"events": [{"action": "view", "at": "2026-11-21T10:00:00Z", "n": 1},
                                       {"action": "download", "at": "2026-11-21T12:00:00+01:00", "n": 2}],
                            "text": "two  words", "list": ["a", "b"], "empty": [], "blank": "", "no": null,
                            "yes": true, "false": false, "number": 5, "five": "5"})";

TEST(JudgeClaimTest, JsonWithEveryMatcher) {
  expect_all(message("application/json", events),
             {
                 {R"({"json": "$.events[*].action"})", held},
                 {R"({"json": "$.events[*].actor"})", violated, "nothing"},
                 {R"({"json": "$.yes"})", held},
                 {R"({"json": "$.false"})", violated, "false"},
                 {R"({"json": "$.no"})", violated, "nothing"},
                 {R"({"json": "$.blank"})", violated, "nothing"},
                 {R"({"json": "$.number", "is": 5})", held},
                 {R"({"json": "$.number", "is": 5.0})", held},
                 {R"({"json": "$.five", "is": 5})", violated, "\"5\""},
                 {R"({"json": "$.text", "is": "two words"})", held},
                 {R"({"json": "$.list", "is": ["a", "b"]})", held},
                 {R"({"json": "$.list", "is": ["b", "a"]})", violated},
                 {R"({"json": "$.events[*].action", "is": "view"})", violated, "\"download\""},
                 {R"({"json": "$.missing", "is": "view"})", violated, "nothing"},
                 {R"({"json": "$.text", "not": "one word"})", held},
                 {R"({"json": "$.list", "not": "b"})", violated, "\"b\""},
                 {R"({"json": "$.list", "not": ["x", "b"]})", violated},
                 {R"({"json": "$.missing", "not": "b"})", violated, "nothing"},
                 {R"({"json": "$.events[*].action", "in": ["view", "download", "transmit"]})", held},
                 {R"({"json": "$.events[*].action", "in": ["view"]})", violated, "\"download\""},
                 {R"({"json": "$.empty", "in": ["view"]})", violated, "nothing"},
                 {R"({"json": "$.text", "matches": "^two"})", held},
                 {R"({"json": "$.text", "matches": "^words"})", violated},
                 {R"({"json": "$.text", "matches": "("})", unjudgeable, "'(' is no pattern of RE2"},
                 {R"({"json": "$.missing", "matches": "."})", violated},
                 {R"({"json": "$.text", "contains": "wo words"})", held},
                 {R"({"json": "$.text", "contains": "Words"})", violated},
                 {R"({"json": "$.events[*].action", "contains": "view"})", held},
                 {R"({"json": "$.events[*].action", "contains": "vie"})", violated, "\"view\", \"download\""},
                 {R"({"json": "$.events[*].action", "contains": ["view", "download"]})", held},
                 {R"({"json": "$.events[*].action", "contains": ["view", "transmit"]})", violated,
                  "1 of 2 missing: \"transmit\""},
                 {R"({"json": "$.empty", "contains": "view"})", violated, "nothing"},
                 {R"({"json": "$.events[*].n", "min": 1})", held},
                 {R"({"json": "$.events[*].n", "min": 2})", violated, "1"},
                 {R"({"json": "$.events[*].n", "max": 2})", held},
                 {R"({"json": "$.events[*].n", "max": 1})", violated, "2"},
                 {R"({"json": "$.events[*].at", "min": "$run.started"})", held},
                 {R"({"json": "$.events[*].at", "max": "$run.started"})", violated, "2026-11-21T12:00:00+01:00"},
                 {R"({"json": "$.text", "min": 1})", violated, "which cannot be compared"},
                 {R"({"json": "$.number", "min": "x"})", unjudgeable},
                 {R"({"json": "$.missing", "min": 1})", violated, "nothing"},
                 {R"({"json": "$.events[*].action", "count": 2})", held, "2 values"},
                 {R"({"json": "$.events", "count": 2})", held},
                 {R"({"json": "$.events[*].action", "count": 1})", violated, "2 values: \"view\", \"download\""},
                 {R"({"json": "$.empty", "count": 0})", held, "0 values"},
                 {R"({"json": "$.number", "count": "many"})", unjudgeable},
                 {R"({"json": "$.missing", "exists": false})", held},
                 {R"({"json": "$.number", "exists": false})", violated, "5"},
                 {R"({"json": "$.number", "exists": true})", held},
                 {R"({"json": "$.number", "exists": "maybe"})", unjudgeable},
                 {R"({"json": "$.number", "min": 1, "max": 4})", violated, "5"},
                 {R"({"json": "$.number", "min": 1, "max": 5})", held},
             });
}

TEST(JudgeClaimTest, JsonOfSomethingElseIsAViolation) {
  expect_all(message("text/html", "<p>"), {{R"({"json": "$.a"})", violated, "not JSON: "},
                                           {R"({"json": "$.a", "exists": false})", violated, "not JSON: "},
                                           {R"({"json": "$.["})", unjudgeable, "column 3"}});
  expect_all(message("application/json", " "), {{R"({"json": "$.a"})", violated, "not JSON: it is empty"}});
  expect_all(unanswered(), {{R"({"json": "$.a"})", violated, "no answer (unavailable)"}});
}

TEST(JudgeClaimTest, ANegatedMatcherMustNotHold) {
  expect_all(message("application/json", events),
             {
                 {R"({"json": "$.text", "not": {"contains": "three"}})", held},
                 {R"({"json": "$.text", "not": {"contains": "two"}})", violated, "contains \"two\""},
                 {R"({"json": "$.text", "not": {"contains": ["three", "two"]}})", violated, "contains \"two\""},
                 {R"({"json": "$.text", "not": {"contains": []}})", violated, "nothing to look for"},
                 {R"({"json": "$.text", "not": {"matches": "^t"}})", violated},
                 {R"({"json": "$.text", "not": {"matches": "^w"}})", held},
                 {R"({"json": "$.text", "not": {"matches": "("}})", unjudgeable},
                 {R"({"json": "$.text", "not": {"matches": ""}})", violated, "nothing to look for"},
                 {R"({"json": "$.list", "not": {"matches": "c"}})", held},
                 {R"({"json": "$.list", "not": {"matches": "b"}})", violated, "\"b\""},
                 {R"({"json": "$.list", "not": {"in": ["c"]}})", held},
                 {R"({"json": "$.list", "not": {"in": ["c", "b"]}})", violated, "\"b\""},
                 {R"({"json": "$.list", "not": {"in": []}})", violated, "nothing to look for"},
                 {R"({"json": "$.list", "not": {"is": "c"}})", held},
                 {R"({"json": "$.list", "not": {"is": "b"}})", violated, "\"b\""},
                 {R"({"json": "$.list", "not": {"min": 1}})", unjudgeable, "'not' knows"},
                 {R"({"json": "$.missing", "not": {"contains": "two"}})", violated, "nothing"},
             });
}

TEST(JudgeClaimTest, AnEmptyOperandIsNeverFound) {
  expect_all(message("text/plain", "some text"),
             {
                 {R"({"body": "text", "contains": "$patient.nothing"})", violated, "nothing to look for"},
                 {R"({"body": "text", "contains": ""})", violated, "nothing to look for"},
                 {R"({"body": "text", "contains": "$patient.blank"})", violated, "nothing to look for"},
                 {R"({"body": "text", "contains": ["some", ""]})", violated, "nothing to look for"},
                 {R"({"body": "text", "matches": ""})", violated, "nothing to look for"},
                 {R"({"body": "text", "in": []})", violated, "nothing to look for"},
                 {R"({"body": "text", "not": []})", violated, "nothing to look for"},
             });
}

TEST(JudgeClaimTest, AReferenceWithoutValueCannotBeJudged) {
  expect_all(
      message("text/plain", "some text"),
      {
          {R"({"body": "text", "contains": "$patient.nickname"})", unjudgeable, "'$patient.nickname' has no value"},
          {R"({"body": "text", "of": "$edit.file"})", unjudgeable, "'$edit.file' has no value"},
          {R"({"value": "$patient.nickname"})", unjudgeable, "'$patient.nickname' has no value"},
          {R"({"value": "$patient.nickname", "exists": false})", held},
          {R"({"value": "$patient.nickname", "exists": true})", violated},
      });
}

constexpr auto document = R"(<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <templateId root="2.16.840.1.113883.10.20.22.1.1"/><templateId root="2.16.840.1.113883.10.20.22.1.2"/>
  <title>Summary</title><effectiveTime value="20260102101530+0100"/>
  <recordTarget><patientRole><patient><name><given>Isabella</given><family>Newman</family></name>
    <birthTime value="19700501"/></patient></patientRole></recordTarget>
  <component><structuredBody><component><section><title>Problems</title>
    <text><table><tr><td ID="p1">Asthma</td><td>active</td></tr></table></text>
    <entry><observation><value xsi:type="CD" code="195967001" displayName="Bronchial asthma">
      <originalText><reference value="#p1"/></originalText></value></observation></entry>
  </section></component></structuredBody></component>
</ClinicalDocument>)";

TEST(JudgeClaimTest, XPath) {
  expect_all(
      message("application/xml", document),
      {
          {R"({"xpath": "/cda:ClinicalDocument/cda:templateId/@root", "contains": "2.16.840.1.113883.10.20.22.1.2"})",
           held},
          {R"({"xpath": "/cda:ClinicalDocument/cda:templateId/@root", "contains": "2.16.840.1"})", violated, "22.1.1"},
          {R"({"xpath": "/cda:ClinicalDocument/cda:templateId", "count": 2})", held},
          {R"({"xpath": "//cda:entry"})", held},
          {R"({"xpath": "//cda:act"})", violated, "nothing"},
          {R"({"xpath": "//cda:act", "exists": false})", held},
          {R"({"xpath": "//cda:family", "is": "$patient.family_name"})", held},
          {R"-({"xpath": "count(//cda:entry)", "is": 1})-", held, "1"},
          {R"-({"xpath": "count(//cda:entry)", "min": 2})-", violated, "1"},
          {R"-({"xpath": "//cda:title = 'Summary'"})-", held, "true"},
          {R"-({"xpath": "//cda:title = 'Other'"})-", violated, "false"},
          {R"-({"xpath": "string(//cda:title)", "contains": "umm"})-", held},
          {R"-({"xpath": "//cda:value/@code", "is": 195967001})-", held},
          {R"-({"xpath": "//cda:value/@xsi:type", "is": "CD"})-", held},
          {R"-({"xpath": "//cda:birthTime/@value", "max": "1970-05-01"})-", held},
          {R"-({"xpath": "//cda:birthTime/@value", "max": "1970-04-30"})-", violated, "19700501"},
          {R"-({"xpath": "//cda:effectiveTime/@value", "min": "2026-01-02T09:15:30Z", "max": "2026-01-02T09:15:30Z"})-",
           held},
          {R"-({"xpath": "//cda:family", "matches": "^New"})-", held},
          {R"-({"xpath": "//cda:family", "in": ["Newman"]})-", held},
          {R"-({"xpath": "//cda:family", "not": "Oldman"})-", held},
          {R"-({"xpath": "//["})-", unjudgeable, "the XPath '//[' does not work"},
          {R"-({"xpath": "//nope:a"})-", unjudgeable, "the XPath '//nope:a' does not work"},
          {R"-({"xpath": "document('/etc/passwd')"})-", unjudgeable, "does not work"},
      });
}

TEST(JudgeClaimTest, XPathOfSomethingElseIsAViolation) {
  expect_all(message("application/json", "{}"), {{R"({"xpath": "//a"})", violated, "not XML: line 1"}});
  expect_all(message("application/xml", ""),
             {{R"({"xpath": "//a", "exists": false})", violated, "not XML: it is empty"}});
  expect_all(message("application/xml", "<a><b></a>"), {{R"({"xpath": "//a"})", violated, "not XML: line 1"}});
  expect_all(message("application/xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
             {{R"({"xpath": "//a"})", violated, "declares an entity, which is refused"}});
}

TEST(JudgeClaimTest, XPathReadsPagesAsABrowserDoes) {
  expect_all(message("text/html", "<!doctype html><title>Record</title><h1>Isabella<p>One<p>Two"),
             {
                 {R"({"xpath": "//html:h1"})", held},
                 {R"({"xpath": "//html:p", "count": 2})", held},
                 {R"({"xpath": "//html:title", "is": "Record"})", held},
             });
  expect_all(
      message("application/xhtml+xml", R"(<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>A</h1></body></html>)"),
      {{R"({"xpath": "//html:h1", "is": "A"})", held}});
}

TEST(JudgeClaimTest, Mime) {
  expect_all(mail(), {
                         {R"({"mime": "attachment"})", held, "a document (application/xml, 15 bytes)"},
                         {R"({"mime": "attachment", "count": 1})", held},
                         {R"({"mime": "attachment", "count": 2})", violated, "1 value"},
                         {R"({"mime": "attachment", "contains": "Isabella"})", held},
                         {R"({"mime": "attachment", "contains": "Oldman"})", violated},
                         {R"({"mime": "attachment:application/xml", "contains": "Isabella"})", held},
                         {R"({"mime": "attachment:Application/XML", "count": 1})", held},
                         {R"({"mime": "attachment:text/html"})", violated},
                         {R"({"mime": "attachment:"})", violated},
                         {R"({"mime": "attachment.filename", "is": "ccd.xml"})", held},
                         {R"({"mime": "attachment.media_type", "is": "application/xml"})", held},
                         {R"({"mime": "text", "contains": "$patient.family_name"})", held},
                         {R"({"mime": "subject", "is": "Your record"})", held},
                         {R"({"mime": "to", "contains": "alice@inbox.example"})", held},
                         {R"({"mime": "from", "matches": "@example\\.org"})", held},
                         {R"({"mime": "header:X-Note", "is": "one"})", held},
                         {R"({"mime": "header:X-Other", "exists": false})", held},
                         {R"({"mime": "picture"})", unjudgeable, "a mail has no part 'picture'"},
                     });
}

TEST(JudgeClaimTest, BodyTextIsWhatAPersonReads) {
  expect_all(message("text/html", "<p>Isabella\n <b>New</b>man</p><script>Oldman</script>"),
             {
                 {R"({"body": "text", "contains": "Isabella Newman"})", held},
                 {R"({"body": "text", "contains": "Oldman"})", violated},
                 {R"({"body": "text", "not": {"contains": "Oldman"}})", held},
                 {R"({"body": "raw", "contains": "Oldman"})", held},
             });
  expect_all(message("", "<!DOCTYPE html><p>A&amp;B</p>"), {{R"({"body": "text", "contains": "A&B"})", held}});
  expect_all(
      message("application/xml", document),
      {
          {R"({"body": "text", "contains": ["Summary", "Isabella Newman", "1970-05-01", "Asthma active"]})", held},
          {R"({"body": "text", "contains": "Bronchial asthma"})", violated},
      });
  expect_all(message("application/json", R"({"a": "b"})"),
             {{R"({"body": "text", "contains": "{\"a\": \"b\"}"})", held}});
  expect_all(mail(), {{R"({"body": "text", "contains": ["Your record", "Isabella Newman"]})", held}});
  expect_all(message("text/plain", "  \n"), {{R"({"body": "text"})", violated, "nothing"}});
}

TEST(JudgeClaimTest, BodyContainsEveryFact) {
  expect_all(message("text/plain", "Asthma\nand Peni\ncillin"),
             {{R"({"body": "text", "contains": "$patient.facts"})", violated, "1 of 2 missing: \"Penicillin\""}});
  expect_all(message("text/plain", "Asthma\nand Penicillin"),
             {{R"({"body": "text", "contains": "$patient.facts"})", held}});
}

TEST(JudgeClaimTest, BodyValuesAreWhatAProgramReads) {
  expect_all(message("application/xml", document),
             {
                 {R"({"body": "values", "contains": ["Bronchial asthma", "195967001", "Newman"]})", held},
                 {R"({"body": "values", "contains": "Asthma"})", held},      // through originalText's reference
                 {R"({"body": "values", "contains": "active"})", violated},  // narrative alone
             });
  expect_all(message("application/json", R"({"a": [{"b": "Asthma"}], "n": 5})"),
             {
                 {R"({"body": "values", "contains": ["Asthma", "5"]})", held},
                 {R"({"body": "values", "contains": "b"})", violated},
             });
  expect_all(message("text/plain", "--- Allergies ---\nSubstance: Penicillin V\nPlain prose about Asthma\n"),
             {
                 {R"({"body": "values", "contains": "Penicillin"})", held},
                 {R"({"body": "values", "contains": "Asthma"})", violated},
                 {R"({"body": "values", "matches": "^Peni"})", held},
                 {R"({"body": "values", "matches": "^Asth"})", violated},
             });
  expect_all(message("text/plain", "prose only"), {{R"({"body": "values"})", violated, "nothing"}});
  expect_all(message("application/json", "{"), {{R"({"body": "values"})", violated, "not JSON"}});
  expect_all(message("application/xml", "<a"), {{R"({"body": "values"})", violated, "not XML"}});
}

TEST(JudgeClaimTest, BodyRawAndSize) {
  expect_all(message("text/plain", "a  b"), {
                                                {R"({"body": "raw", "is": "a  b"})", held},
                                                {R"({"body": "raw", "is": "a b"})", violated},
                                                {R"({"body": "raw", "contains": "a b"})", violated},
                                                {R"({"body": "size", "is": 4})", held},
                                                {R"({"body": "size", "min": 5})", violated, "4"},
                                                {R"({"body": "pages"})", unjudgeable, "a body has no form 'pages'"},
                                            });
}

TEST(JudgeClaimTest, ValueOfTheScope) {
  expect_all(nullptr, {
                          {R"({"value": "$patient.family_name", "is": "Newman"})", held},
                          {R"({"value": "$patient.family_name", "is": "Oldman"})", violated, "\"Newman\""},
                          {R"({"value": "$patient.encounters", "min": 2})", held},
                          {R"({"value": "$patient.encounters", "min": 3})", violated, "2"},
                          {R"({"value": "$patient.facts", "count": 2})", held},
                          {R"({"value": "$patient.nothing"})", violated, "nothing"},
                          {R"({"value": "$patient.nothing", "count": 0})", held},
                          {R"({"value": "$target.profile.content", "contains": "visit"})", held},
                          {R"({"value": "$view.page", "contains": "Isabella Newman"})", held},
                      });
}

TEST(JudgeClaimTest, OfReadsASavedDocument) {
  expect_all(nullptr,
             {
                 {R"({"xpath": "//b", "of": "$download[ccda-2.1].file", "is": 1})", held},
                 {R"({"xpath": "//b", "of": "$view.page", "count": 0})", held},
                 {R"({"body": "text", "of": "$view.page", "contains": "Newman"})", held},
                 {R"({"media_type": "application/xml", "of": "$download[ccda-2.1].file"})", held},
                 {R"({"body": "text", "of": "$from", "contains": "2024"})", held},
                 {R"({"body": "text", "of": "$list.many"})", unjudgeable, "holds 2 values, expected one document"},
                 {R"({"body": "text", "of": "$patient"})", unjudgeable, "holds object, expected one document"},
                 {R"({"status": 200, "of": "$view.page"})", unjudgeable, "a saved value has no status"},
             });
}

TEST(JudgeClaimTest, OfSeveralDocumentsIsWhatAnyOfThemHolds) {
  expect_all(
      nullptr,
      {
          {R"({"json": "$.entry[*].n", "of": ["$get[a].bundle", "$get[b].bundle"], "is": [1, 2, 3]})", held},
          {R"({"json": "$.entry[*].m", "of": ["$get[a].bundle", "$get[b].bundle"]})", held, "x"},
          {R"({"json": "$.entry[*].m", "of": ["$get[b].bundle", "$get[a].bundle"]})", held, "x"},
          {R"({"json": "$.entry[*].k", "of": ["$get[a].bundle", "$get[b].bundle"]})", violated, "nothing"},
          {R"({"json": "$.entry[*].n", "of": ["$get[a].bundle", "$get[b].bundle"], "max": 2})", violated, "3"},
          {R"({"json": "$.entry[0].n", "of": ["$get[a].bundle", "$get[b].bundle"], "is": 1})", violated, "3"},
          {R"({"json": "$.entry[*].m", "of": ["$get[a].bundle", "$get[c].bundle"]})", violated, "not JSON"},
          {R"({"json": "$.entry[*].m", "of": ["$get[a].bundle", "$get[d].bundle"]})", unjudgeable, "has no value"},
      });
}

TEST(JudgeClaimTest, LargeDocumentsThatTakeTurnsAreNotConfused) {
  const auto asked = claim(R"({"json": "$.n"})");
  for (int round = 0; round < 3; ++round)
    for (int n = 0; n < 6; ++n) {
      const auto body = R"({"n": )" + std::to_string(n) + R"(, "filling": ")" + std::string(20'000, 'x') + "\"}";
      const auto large = message("application/json", body);
      EXPECT_EQ(judge_claim(asked, scope(), &large).found, std::to_string(n));
      const auto broken = message("application/json", body.substr(0, body.size() - 1));
      EXPECT_THAT(judge_claim(asked, scope(), &broken).found, HasSubstr("not JSON"));
    }
}

TEST(JudgeClaimTest, ACheckWithoutOfHasNoMessage) {
  expect_all(nullptr, {{R"({"body": "text"})", unjudgeable, "a check has no message"}});
}

TEST(JudgeClaimTest, WordsForPeopleAreBounded) {
  const auto result = judge_claim(claim(R"({"body": "raw", "is": "x"})"), scope(), [] {
    static const auto large = message("text/plain", std::string(1'000'000, 'y'));
    return &large;
  }());
  EXPECT_LT(result.found.size(), 2'049U);
  EXPECT_EQ(result.expected, "\"x\"");
}

TEST(JudgeClaimTest, ExpectedNamesEveryMatcher) {
  const auto answer = message("text/plain", "abc");
  const auto result = judge_claim(claim(R"({"body": "size", "min": 5, "max": 9})"), scope(), &answer);
  EXPECT_EQ(result.expected, "at least 5 and at most 9");
  EXPECT_EQ(result.found, "3");
}

TEST(JudgeClaimTest, ExpectedShowsAnOperandOfNothingAndOneThatNobodyKnows) {
  const auto answer = message("text/plain", "abc");
  const auto expected = [&](std::string_view text) { return judge_claim(claim(text), scope(), &answer).expected; };
  EXPECT_EQ(expected(R"({"body": "text", "contains": ""})"), "contains \"\"");
  EXPECT_EQ(expected(R"({"body": "text", "not": {"contains": ""}})"), "not contains \"\"");
  EXPECT_EQ(expected(R"({"body": "text", "in": []})"), "in an empty list");
  EXPECT_EQ(expected(R"({"body": "text", "contains": "$patient.unknown"})"), "contains \"$patient.unknown\"");
  EXPECT_EQ(expected(R"({"json": "$.a", "is": "$patient.unknown"})"), "is \"$patient.unknown\"");
}

}  // namespace
}  // namespace bb::checks
