// The tree of a FHIR resource: what JSON and XML write differently is the same
// here, faults have their place, and hostile files end soon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/fhir/element.hpp>

#include <string>

namespace bb::fhir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Form = Element::Form;

Document document(const Reading& reading) {
  if (const auto* problem = std::get_if<xml::Problem>(&reading)) {
    ADD_FAILURE() << xml::describe(*problem);
    return {};
  }
  return std::get<Document>(reading);
}

std::string refusal(const Reading& reading) {
  const auto* problem = std::get_if<xml::Problem>(&reading);
  return problem == nullptr ? "no refusal" : xml::describe(*problem);
}

// "name=value@line:column" of the element and what is in it; listed ones with '*'.
void outline(const Element& element, std::vector<std::string>& lines, int depth = 0) {
  lines.push_back(std::string(static_cast<std::size_t>(depth), ' ') + element.name + (element.is_listed ? "*" : "") +
                  (element.resource_type.empty() ? "" : ":" + element.resource_type) +
                  (element.form == Form::object ? ""
                   : element.form == Form::none ? "=none"
                                                : "=" + element.value) +
                  "@" + std::to_string(element.place.line) + ":" + std::to_string(element.place.column));
  for (const auto& child : element.children) outline(child, lines, depth + 1);
}
std::vector<std::string> outline(const Document& d) {
  std::vector<std::string> lines;
  outline(d.root, lines);
  return lines;
}

std::vector<std::string> problems(const Document& d) {
  std::vector<std::string> lines;
  for (const auto& problem : d.problems)
    lines.push_back(std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) + " " +
                    problem.path + " " + problem.what);
  return lines;
}

TEST(FhirJsonTest, GivesEveryElementItsPlaceFormAndDigits) {
  const auto d =
      document(read_json("{\"resourceType\": \"Patient\",\n \"active\":true, \"n\" : -0.50e+2,\n"
                         " \"name\": [{\"given\": [\"A\\\"\\\\\",\n  \"B\"]}]}"));
  EXPECT_THAT(outline(d), ElementsAre("Patient:Patient@1:1", " active=true@2:2", " n=-0.50e+2@2:17", " name*@3:11",
                                      "  given*=A\"\\@3:22", "  given*=B@4:3"));
  EXPECT_EQ(d.syntax, Syntax::json);
  EXPECT_EQ(d.root.children[0].form, Form::boolean);
  EXPECT_EQ(d.root.children[1].form, Form::number);
  EXPECT_THAT(d.problems, IsEmpty());
}

TEST(FhirJsonTest, JoinsAPrimitiveWithItsExtensions) {
  // FHIR R4, json.html#primitive: the two arrays have the same positions.
  const auto d = document(read_json(R"({"resourceType":"X","_birthDate":{"id":"b"},"birthDate":"1970",
"code":["au",null,"nz"],"_code":[null,{"id":"c"},null],
"_only":{"extension":[{"url":"u"}]}})"));
  EXPECT_THAT(outline(d),
              ElementsAre("X:X@1:1", " birthDate=1970@1:45", "  id=b@1:35", " code*=au@2:9", " code*=none@2:39",
                          "  id=c@2:40", " code*=nz@2:19", " only=none@3:1", "  extension*@3:23", "   url=u@3:24"));
  EXPECT_THAT(d.problems, IsEmpty());
}

TEST(FhirJsonTest, NamesFaultsThatLoseNothing) {
  const auto d = document(read_json(R"({"resourceType":"X",
"a":null,
"b":[],
"c":{},
"d":"",
"e":["x",null],
"f":[[1]],
"g":["x"],"_g":[null,{"id":"2"}],
"h":[{"i":[null]}]})"));
  EXPECT_THAT(problems(d),
              ElementsAre("2:1 X.a is null; expected a value, or no such key",
                          "3:1 X.b is an empty array; expected items, or no such key",
                          "4:1 X.c is an empty object; expected content", "5:1 X.d is an empty string",
                          "7:6 X.f holds an array in an array",
                          "9:12 X.h[0].i[0] a null that no extension pairs with; expected a value, or nothing",
                          "8:17 X._g '_g' has 2 items where 'g' has 1; each pairs with the one of its place",
                          "6:10 X.e[1] a null that no extension pairs with; expected a value, or nothing"));
  EXPECT_THAT(d.root.children_of("g"), ::testing::SizeIs(2));
}

TEST(FhirJsonTest, KeepsAnUnderscoreKeyThatPairsWithNoPrimitive) {
  const auto d = document(read_json(R"({"resourceType":"X","name":{"id":"1"},"_name":{"id":"2"},"_w":"text"})"));
  EXPECT_THAT(outline(d),
              ElementsAre("X:X@1:1", " name@1:21", "  id=1@1:29", " _name@1:39", "  id=2@1:48", " _w=text@1:58"));
}

TEST(FhirJsonTest, TakesResourceTypeForATypeOnlyWhereAResourceStands) {
  const auto d = document(read_json(
      R"({"entry":[{"resource":{"id":"1","resourceType":"Patient"}}],"instance":[{"resourceType":"code"}],"resourceType":"Bundle"})"));
  EXPECT_EQ(d.root.name, "Bundle");
  EXPECT_EQ(d.root.find("entry")->find("resource")->resource_type, "Patient");
  EXPECT_EQ(d.root.find("instance")->value_of("resourceType"), "code");
  EXPECT_EQ(d.root.find("instance")->resource_type, "");
}

TEST(FhirJsonTest, RefusesWhatIsNoJsonOrNoResource) {
  EXPECT_EQ(refusal(read_json("")), "line 1, column 1: the file is empty");
  EXPECT_THAT(refusal(read_json("{\"resourceType\":\"X\",\n \"a\":1,\n \"b\":2, \"a\":3}")),
              HasSubstr("line 3, column 9: not JSON of FHIR: the key 'a' occurs twice"));
  EXPECT_THAT(refusal(read_json("{\"a\":1}")), HasSubstr("line 1, column 1: expected a FHIR resource"));
  EXPECT_THAT(refusal(read_json("[]")), HasSubstr("line 1, column 1: expected a FHIR resource"));
  EXPECT_THAT(refusal(read_json("\n 7")), HasSubstr("line 2, column 2: expected a FHIR resource"));
  EXPECT_THAT(refusal(read_json("{\"resourceType\":\"X\",\n\"a\":01}")), HasSubstr("line 2, column 6: not JSON: "));
  EXPECT_THAT(refusal(read_json("{\"a\":\"\xFF\"}")), HasSubstr("not JSON: "));
  EXPECT_THAT(refusal(read_json("{\"a\":1,}")), HasSubstr("not JSON: "));
  EXPECT_THAT(refusal(read_json("{\"a\":1} x")), HasSubstr("not JSON: "));
  EXPECT_THAT(refusal(read_json("{/* c */\"a\":1}")), HasSubstr("not JSON: "));
  EXPECT_THAT(refusal(read_json(std::string("{\0}\0", 4))), HasSubstr("UTF-16"));
}

TEST(FhirJsonTest, BoundsDepthKeysElementsAndBytes) {
  const auto nested = [](int depth) {
    std::string text = "{\"resourceType\":\"X\"";
    for (int i = 1; i < depth; ++i) text += ",\"a\":{\"b\":1";
    return text + std::string(static_cast<std::size_t>(depth), '}');
  };
  EXPECT_EQ(refusal(read_json(nested(256))), "no refusal");
  EXPECT_THAT(refusal(read_json(nested(257))), HasSubstr("nested deeper than 256"));
  EXPECT_THAT(refusal(read_json(std::string(100'000, '['))), HasSubstr("expected a FHIR resource"));
  EXPECT_EQ(refusal(read_json("{\"resourceType\":\"X\",\"" + std::string(256, 'k') + "\":1}")), "no refusal");
  EXPECT_THAT(refusal(read_json("{\"resourceType\":\"X\",\"" + std::string(257, 'k') + "\":1}")),
              HasSubstr("line 1, column 21: a key of 257 bytes"));
  std::string wide = "{\"resourceType\":\"X\",\"a\":[1";
  for (std::size_t i = 1; i < element_count_max; ++i) wide += ",1";
  EXPECT_EQ(refusal(read_json(wide + "]}")), "no refusal");
  EXPECT_THAT(refusal(read_json(wide + ",1]}")), HasSubstr("more than 2000000 elements"));
  EXPECT_THAT(refusal(read_json(std::string(bytes_max + 1, ' '))), HasSubstr("at most 67108864 are read"));
}

TEST(FhirJsonTest, NamesOnlyAThousandFaults) {
  std::string text = "{\"resourceType\":\"X\",\"a\":[null";
  for (int i = 1; i < 5000; ++i) text += ",null";
  const auto d = document(read_json(text + "]}"));
  ASSERT_EQ(d.problems.size(), 1000U);
  EXPECT_THAT(d.problems.back().what, HasSubstr("more faults"));
}

TEST(FhirXmlTest, GivesTheSameTreeAsJson) {
  const auto d = document(read_xml(R"(<Bundle xmlns="http://hl7.org/fhir">
 <type value="collection"/>
 <entry id="e"><resource><Patient><text><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></text>
   <birthDate id="b" value="1970"/><deceasedDateTime><extension url="u"><valueCode value="unknown"/></extension></deceasedDateTime></Patient></resource></entry>
</Bundle>)"));
  EXPECT_THAT(outline(d), ElementsAre("Bundle:Bundle@1:1", " type=collection@2:2", " entry@3:2", "  id=e@3:2",
                                      "  resource:Patient@3:26", "   text@3:35",
                                      "    div=<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</p></div>@3:41",
                                      "   birthDate=1970@4:4", "    id=b@4:4", "   deceasedDateTime=none@4:36",
                                      "    extension@4:54", "     url=u@4:54", "     valueCode=unknown@4:73"));
  EXPECT_EQ(d.syntax, Syntax::xml);
  EXPECT_THAT(d.problems, IsEmpty());
}

TEST(FhirXmlTest, NamesFaultsThatLoseNothing) {
  const auto d = document(read_xml(R"(<Patient xmlns="http://hl7.org/fhir">
 <name/>
 <name>text<family value=""/></name>
 <x xmlns="urn:other" foo="1"/>
 <contained><Group><active value="true"/></Group><Group><active value="true"/></Group></contained>
</Patient>)"));
  EXPECT_THAT(problems(d), ElementsAre("2:2 Patient.name[0] is an empty element; expected content",
                                       "3:2 Patient.name[1] holds text between its elements; expected elements alone",
                                       "3:12 Patient.name[1].family has an empty value",
                                       "4:2 Patient.x is of namespace 'urn:other'; expected 'http://hl7.org/fhir'",
                                       "5:2 Patient.contained holds more than one element; expected one resource"));
  EXPECT_EQ(d.root.children_of("contained").size(), 2U);
  EXPECT_EQ(d.root.find("x")->value_of("foo"), "1");
}

TEST(FhirXmlTest, RefusesWhatIsNoResource) {
  EXPECT_THAT(refusal(read_xml("<Patient/>")), HasSubstr("expected a FHIR resource as the root"));
  EXPECT_THAT(refusal(read_xml("<html xmlns=\"http://hl7.org/fhir\"/>")), HasSubstr("found 'html'"));
  EXPECT_THAT(refusal(read_xml("<!DOCTYPE x><Patient xmlns=\"http://hl7.org/fhir\"/>")), HasSubstr("DOCTYPE"));
}

TEST(FhirNdjsonTest, ReadsEachLineAndGoesOnAfterABrokenOne) {
  const auto readings =
      read_ndjson("{\"resourceType\":\"A\"}\r\n\n{\"resourceType\":\n {\"resourceType\":\"B\",\"x\":1}");
  ASSERT_EQ(readings.size(), 3U);
  EXPECT_EQ(document(readings[0]).root.name, "A");
  EXPECT_THAT(refusal(readings[1]), HasSubstr("line 3, column "));
  EXPECT_THAT(outline(document(readings[2])), ElementsAre("B:B@4:2", " x=1@4:22"));
}

TEST(FhirTest, IsRecognisedByItsContent) {
  EXPECT_TRUE(looks_like_fhir("\xEF\xBB\xBF {\"id\":1,\"resourceType\":\"X\"}"));
  EXPECT_TRUE(looks_like_fhir("<?xml version='1.0'?><!-- <x> --><f:Patient xmlns:f='http://hl7.org/fhir'/>"));
  EXPECT_FALSE(looks_like_fhir("<Patient xmlns='urn:x'><y xmlns='http://hl7.org/fhir'/></Patient>"));
  EXPECT_FALSE(looks_like_fhir("{\"id\":1}"));
  EXPECT_FALSE(looks_like_fhir("[{\"resourceType\":1}]"));
  EXPECT_FALSE(looks_like_fhir(""));
  EXPECT_TRUE(looks_like_ndjson("{\"resourceType\":\"}\\\"\"}\n{}"));
  EXPECT_FALSE(looks_like_ndjson("{\"resourceType\":\"X\",\n\"a\":{\n}}"));
  EXPECT_FALSE(looks_like_ndjson("{\"resourceType\":\"X\"}\n"));
}

}  // namespace
}  // namespace bb::fhir
